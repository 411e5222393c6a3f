"""Numbers in every form; the file's own mark says what a lone group of three is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.identify.cleansing.granularity import Granularity, learn
from b2shift.identify.cleansing.numbers import decide_mark, judge_number, judge_score, judge_whole
from b2shift.identify.sources.declaration import Mark

COMMA, POINT = Mark.COMMA, Mark.POINT
cents = st.integers(-(10**12), 10**12).map(lambda n: Decimal(n).scaleb(-2))


def brazilian(value: Decimal) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("R$ 1.234,56", COMMA, "1234.56"),
        ("1234.56", COMMA, "1234.56"),
        ("3.792,20", COMMA, "3792.20"),
        ("R$ -0,04", COMMA, "-0.04"),
        ("-R$ 1.234,56", COMMA, "-1234.56"),
        ("(1.234,56)", COMMA, "-1234.56"),
        ("1.234", COMMA, "1234"),
        ("1.234", POINT, "1.234"),
        ("1,234.5", POINT, "1234.5"),
        ("1,234", POINT, "1234"),
        ("0.123", COMMA, "0.123"),
        ("1.234.567", COMMA, "1234567"),
        ("4,5e-05", COMMA, "0.000045"),
        ("12,5%", COMMA, "12.5"),
        ("1 234,5", COMMA, "1234.5"),
    ],
)
def test_each_form_gives_its_number(text: str, mark: Mark, value: str) -> None:
    assert Decimal(str(judge_number(text, mark).after)) == Decimal(value)


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "1.23.4", "--1", "R$", "1,23.456,7", "١٢", "nan", "Infinity"])
def test_what_is_no_number_is_unknown(text: str) -> None:
    assert judge_number(text, COMMA).after is None


@given(cents)
def test_money_comes_back_from_every_form(value: Decimal) -> None:
    for text in (f"R$ {brazilian(value)}", brazilian(value), f"{value:.2f}", f" {value:.2f} "):
        assert Decimal(str(judge_number(text, COMMA).after)) == value


@given(st.text(max_size=15), st.sampled_from(Mark))
def test_no_text_breaks_the_judges(text: str, mark: Mark) -> None:
    after = judge_number(text, mark).after
    assert after is None or Decimal(after).is_finite()
    whole, score = judge_whole(text, mark).after, judge_score(text, mark).after
    assert whole is None or abs(int(whole)) < 2**31
    assert score is None or 0 <= int(score) <= 10


def test_the_mark_most_numbers_have_is_the_file_s() -> None:
    assert decide_mark(900, 12, POINT) is COMMA
    assert decide_mark(3, 40, COMMA) is POINT
    assert decide_mark(0, 0, POINT) is POINT


def test_a_column_of_multiples_tells_its_step() -> None:
    grain = learn([f"{(Decimal(n) * Decimal('0.0037')).normalize():f}" for n in range(1, 400)])
    assert (grain.step, grain.decimals, grain.zeros) == (37, 4, False)
    off = judge_number("102,66", COMMA, grain)
    assert (off.after, off.kind, off.confidence) == ("102.66", "mixed_decimal", 0.5)
    assert "0,0037" in off.rule


def test_a_few_numbers_teach_nothing() -> None:
    assert learn(["3.7", "7.4"]) == Granularity()
    assert learn([f"{n}.0" for n in range(100)]).zeros is False
    assert learn([f"{n / 100:.2f}" for n in range(1, 400)]).zeros is True
