"""Distances between spellings agree with each other and with the textbook."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.kernel.letters import Edit, edit, edits

WORDS = st.text("abc", max_size=7)


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [("kitten", "sitting", 3), ("ca", "abc", 3), ("horizonte", "hroizomte", 2), ("", "ab", 2), ("abcd", "badc", 2)],
)
def test_the_distance_is_that_of_the_textbook(a: str, b: str, distance: int) -> None:
    assert edits(a, b, 5) == edits(b, a, 5) == distance
    assert edits(a, b, distance - 1) == distance


@given(WORDS, WORDS)
def test_one_edit_is_what_the_quick_test_says(a: str, b: str) -> None:
    told = edit(a, b)
    assert edits(a, b, 1) == {Edit.NONE: 0, Edit.MOVED: 1, Edit.CHANGED: 1, Edit.FAR: 2}[told]


@given(WORDS, WORDS, st.integers(0, 4))
def test_a_bound_only_cuts(a: str, b: str, most: int) -> None:
    assert edits(a, b, most) == min(edits(a, b, 20), most + 1)
