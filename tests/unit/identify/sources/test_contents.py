"""How a line is known when it comes again."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.identify.sources.contents import Contents, contents_of

LINE = (
    "AREJO;SUPERMERCADO;Faixa 09 - De 300 M ate 500 M;DISTRIBUICAO & VAREJO - CORE;MODALIDADE TRADICIONAL;"
    "105;00 - Mensal;GRATUITO;MG;0,6253;2020-09-19\n"
)
TEXTS = st.lists(st.text(alphabet="aAbBç\n;0", max_size=40) | st.just(LINE) | st.just("x" * 5000))


def contents(texts: list[str], form: str = "csv") -> list[int]:
    told: list[int] = contents_of(pa.array(texts, pa.string()), form).tolist()
    return told


@pytest.mark.parametrize(
    ("other", "form"),
    [
        (LINE.replace(" ate ", " Ate ").replace(";MG;", ";Mg;"), "csv"),  # one hash of the engine's for both
        (LINE.replace(";MG;", ";Mg;"), "csv"),
        (LINE[:-1], "csv"),
        (f"{LINE}\0", "csv"),
        (LINE * 50, "csv"),
        (LINE, "jsonl"),
    ],
)
def test_another_line_and_a_line_of_another_form_have_another_content(other: str, form: str) -> None:
    assert contents([LINE]) == contents([LINE])
    assert contents([LINE]) != contents([other], form)


@given(TEXTS, st.integers(0, 5))
def test_what_a_line_says_does_not_follow_from_the_lines_beside_it(texts: list[str], start: int) -> None:
    found = contents(texts)
    assert found == [contents([text])[0] for text in texts]
    assert contents_of(pa.array(texts, pa.string())[start:], "csv").tolist() == found[start:]
    assert len(set(found)) == len(set(texts))


@given(st.lists(st.integers(0, 60) | st.integers(0, 2**64 - 1)), st.lists(st.integers(0, 60)))
def test_numbers_are_found_again_and_those_there_twice_are_known(values: list[int], sought: list[int]) -> None:
    told = Contents(np.array(values, np.uint64))
    counts = Counter(values)
    assert told.twice.tolist() == [counts[value] > 1 for value in values]
    places = told.find(np.array([*values, *sought], np.uint64)).tolist()
    assert all(
        (values[place] == value) if value in counts else place < 0
        for value, place in zip([*values, *sought], places, strict=True)
    )
