"""Two spellings of one word meet; broken encodings are undone and sound text is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.kernel.text import as_code, fold, looks_like_mojibake, repair_mojibake, squeeze, unaccent


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("  Educação  ", "educacao"),
        ("CST  -  Cobrança", "cst - cobranca"),
        ("SAAS\u00a0TECHFIN\u00a0FAT", "saas techfin fat"),
        ("SÃO PAULO", "sao paulo"),
    ],
)
def test_spellings_fold_to_one_form(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("SERVIÃ‡OS", "SERVIÇOS"),
        ("serviÃ§os", "serviços"),
        ("PÃ‡ - FinanÃ§eiro", "PÇ - Finançeiro"),
        ("InformaÃ§Ãµes", "Informações"),
        ("Sem Informações", "Sem Informações"),
        ("preÃ§o â€“ Ã?nico e são", "preço – Ã?nico e são"),
        ("Âmbar", "Âmbar"),
        ("plain", "plain"),
    ],
)
def test_mojibake_is_undone_once(broken: str, right: str) -> None:
    assert repair_mojibake(broken) == right


@given(st.text(alphabet="aáâãbcçdeéêiíoóôõuúüABCÇÃÕ -&.", min_size=1))
def test_repair_inverts_a_latin1_reading(text: str) -> None:
    broken = text.encode("utf-8").decode("latin-1")
    assert repair_mojibake(broken) == text or not looks_like_mojibake(broken)


@given(st.text())
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert squeeze(squeeze(text)) == squeeze(text)
    assert unaccent(unaccent(text)) == unaccent(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("São Paulo (SP)", "sao_paulo_sp"), ("  Onboarding ", "onboarding"), ("TECHFIN", "techfin"), ("!?", ""), ("", "")],
)
def test_a_name_as_a_code(text: str, code: str) -> None:
    assert as_code(text) == code
