"""Searches of tests look at fewer numbers of segments than those of people."""

import pytest

from b2shift.differentiate.segments import search_space


@pytest.fixture(autouse=True)
def _fewer_numbers_of_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_space, "TIGHTEST_UP_TO", 9)
