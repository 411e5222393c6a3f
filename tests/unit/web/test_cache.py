"""Answers kept until the next publication: worked out once however many ask at once, never kept when they failed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from types import SimpleNamespace

import pytest

from b2shift.web.crm import cache


@pytest.fixture(autouse=True)
def one_publication(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same publication for every thread."""
    newest = SimpleNamespace(pk=1, published_at="now", lake_version=1)
    monkeypatch.setattr(cache, "newest_publication", lambda: newest)
    monkeypatch.setattr(cache, "stamp_of", lambda _home, _version: (1, 1, 1))


def test_many_who_ask_at_once_share_one_answer() -> None:
    asked, together, go = [], Barrier(8), Event()

    def answer() -> int:
        asked.append(1)
        go.wait(60)
        return 7

    def person(_number: int) -> int:
        together.wait(60)
        return cache.cached("how many", answer)

    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(person, number) for number in range(8)]
        go.set()
        assert [one.result(60) for one in found] == [7] * 8
    assert len(asked) == 1
    assert not cache._locks


def test_other_questions_do_not_wait() -> None:
    """A question may be asked while another is worked out, from within it too."""
    assert cache.cached("outer", lambda: cache.cached("inner", lambda: 3) + 1) == 4


def test_an_erasure_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves the publication as it is and describes the version anew."""
    assert cache.cached("persons", lambda: 8) == 8
    monkeypatch.setattr(cache, "stamp_of", lambda _home, _version: (2, 1, 1))
    assert cache.cached("persons", lambda: 7) == 7


def test_what_failed_is_asked_again() -> None:
    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cache.cached("fragile", fail)
    assert cache.cached("fragile", lambda: 5) == 5
    assert not cache._locks
