"""Numbers in words and figures, as people type them."""

import pytest

from b2shift.insight.reading.numbers import amounts
from b2shift.insight.reading.spelling import Spelling
from b2shift.insight.reading.text import singular, split
from b2shift.kernel.letters import edits


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("8 mil", 8000, ""),
        ("1,5 milhão", 1_500_000, ""),
        ("R$ 50.000", 50_000, "brl"),
        ("R$ 1.234,56", 1234.56, "brl"),
        ("35%", 35, "%"),
        ("cinco por cento", 5, "%"),
        ("vinte e cinco", 25, ""),
        ("50k", 50_000, ""),
        ("2 mi", 2_000_000, ""),
        ("10 pontos", 10, "points"),
        ("0,5", 0.5, ""),
    ],
)
def test_amounts(text: str, value: float, unit: str) -> None:
    (found,) = amounts([word.folded for word in split(text)], True, set())
    assert (found.value, found.unit) == (value, unit)


def test_english_marks() -> None:
    (found,) = amounts([word.folded for word in split("12,500.75")], False, set())
    assert found.value == 12500.75


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("regioes", "regiao"),
        ("meses", "mes"),
        ("canais", "canal"),
        ("vendedores", "vendedor"),
        ("mais", "mais"),
        ("nps", "nps"),
    ],
)
def test_singular(word: str, lemma: str) -> None:
    assert singular(word) == lemma


def test_spelling_goes_to_the_one_nearest_word_only() -> None:
    spelling = Spelling(["segmento", "cliente", "clientes", "varejo", "inadimplencia"])
    assert spelling.correct("segmneto") == "segmento"
    assert spelling.correct("cleinte") == "cliente"
    assert spelling.correct("inadinplenica") == "inadimplencia"
    assert spelling.correct("silva") == "silva"
    assert spelling.correct("mrr") == "mrr"


def test_edits_counts_a_swap_as_one() -> None:
    assert edits("abdc", "abcd", 2) == 1
    assert edits("abc", "xyz", 1) == 2
