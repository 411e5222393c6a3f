"""Customer keys, CNPJ and yes or no."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.identify.cleansing.cnpj import check_digits, judge_cnpj
from b2shift.identify.cleansing.flags import judge_flag
from b2shift.identify.cleansing.keys import judge_key
from b2shift.identify.resolution.companies import cnpj_root
from b2shift.identify.sources.codes import tidy, tidy_text

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
bases = st.text(ALPHABET, min_size=12, max_size=12)


@pytest.mark.parametrize(
    ("text", "key"), [("tfabc1", "TFABC1"), ("TFABC1 ", "TFABC1"), (" tf abc1", "TFABC1"), ("99999", "99999")]
)
def test_keys_lose_their_spaces_and_gain_their_case(text: str, key: str) -> None:
    verdict = judge_key(text)
    assert (verdict.after, verdict.kind) == (key, "key_whitespace_or_case")


@pytest.mark.parametrize("text", ["", "T", "TFABC12", "TFÁBC1", "T-ABC1", "123456789", "1234"])
def test_what_cannot_be_a_key_is_invalid(text: str) -> None:
    verdict = judge_key(text)
    assert (verdict.after, verdict.kind) == (None, "invalid_key")


def test_check_digits_of_known_numbers() -> None:
    assert check_digits("000000000001") == "91"  # Banco do Brasil, the number everybody knows
    assert check_digits("12ABC34501DE") == "35"  # the example of the rule of July 2026


@given(bases)
def test_a_cnpj_without_marks_gets_them_back(base: str) -> None:
    bare = base + check_digits(base)
    canonical = f"{bare[:2]}.{bare[2:5]}.{bare[5:8]}/{bare[8:12]}-{bare[12:]}"
    for text in (bare, bare.lower(), f" {bare} ", canonical.replace(".", "")):
        assert judge_cnpj(text).after == canonical
    assert judge_cnpj(canonical).kind == ""


@given(bases, st.integers(1, 9))
def test_a_wrong_last_digit_is_never_accepted(base: str, shift: int) -> None:
    bare = base + check_digits(base)
    wrong = bare[:-1] + str((int(bare[-1]) + shift) % 10)
    verdict = judge_cnpj(wrong)
    assert verdict.after is None
    assert "verificadores" in verdict.rule


@given(st.integers(10**9, 10**11 - 1), st.integers(1, 9))
def test_zeros_a_spreadsheet_took_from_the_front_come_back_where_the_digits_agree(number: int, shift: int) -> None:
    base = f"{number:012d}"
    bare = base + check_digits(base)
    canonical = judge_cnpj(bare).after
    short = str(int(bare))
    assert canonical is not None
    for text in (short, f"{short}.0", f"{short},00", f"'{short}"):
        assert judge_cnpj(text).after == canonical
    wrong = short[:-1] + str((int(short[-1]) + shift) % 10)
    assert judge_cnpj(wrong).after is None
    with duckdb.connect() as engine:
        told = engine.execute(f"SELECT {tidy('$1')}, {tidy('$2')}, {tidy('$3')}", [short, canonical, wrong]).fetchone()
    assert told == (bare, bare, wrong)
    assert (tidy_text(short), tidy_text(canonical), tidy_text(wrong)) == told


def test_a_cpf_never_becomes_a_cnpj() -> None:
    assert judge_cnpj("52998224725").after is None
    assert judge_cnpj(str(int("00000000000191"))).after is None, "three digits of fourteen may be anything"


def test_a_number_that_is_being_typed_is_no_cnpj_yet() -> None:
    assert cnpj_root("99.000.000/0001-5") is None
    assert cnpj_root("1.234.567/0001-95".replace(".", "").replace("/", "").replace("-", "")) == "01234567"


def test_an_invalid_cnpj_is_rejected_with_its_reason() -> None:
    assert judge_cnpj("123").rule == "não tem a forma de um CNPJ"


def test_yes_and_no() -> None:
    assert [judge_flag(text).after for text in ("S", "sim", "N", "NÃO", "true", "0", "talvez")] == [
        "true", "true", "false", "false", "true", "false", None,
    ]  # fmt: skip
