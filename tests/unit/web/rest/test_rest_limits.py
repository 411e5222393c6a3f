"""Buckets of requests: a minute's worth at once, then as they refill."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.web.rest.rate_limits import TokenBuckets


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_refills() -> None:
    clock = Clock()
    buckets = TokenBuckets(clock)
    assert [buckets.take("a", 2) for _ in range(3)] == [0, 0, 30]
    clock.now += 29
    assert buckets.take("a", 2) == pytest.approx(1)
    clock.now += 1
    assert buckets.take("a", 2) == 0
    assert buckets.take("a", 2) == pytest.approx(30)
    clock.now += 3600
    assert [buckets.take("a", 2) for _ in range(3)] == [0, 0, pytest.approx(30)], (
        "it holds no more than a minute's worth"
    )


def test_callers_do_not_share() -> None:
    buckets = TokenBuckets(Clock())
    assert buckets.take("a", 1) == 0
    assert buckets.take("a", 1) == 60
    assert buckets.take("b", 1) == 0


def test_the_least_used_are_forgotten_first() -> None:
    buckets = TokenBuckets(Clock(), keep=2)
    for key in "abac":
        buckets.take(key, 2)
    assert [buckets.take(key, 2) for key in "ac"] == [30, 0]


@given(steps=st.lists(st.floats(0, 90), min_size=1, max_size=60), rate=st.integers(1, 50))
def test_nobody_gets_more_than_the_rate(steps: list[float], rate: int) -> None:
    clock = Clock()
    buckets = TokenBuckets(clock)
    granted = []
    for step in steps:
        clock.now += step
        wait = buckets.take("a", rate)
        assert wait >= 0
        if not wait:
            granted.append(clock.now)
        else:
            clock.now += wait + 1e-6
            assert buckets.take("a", rate) == 0, "the wait told is enough"
            granted.append(clock.now)
    for n, first in enumerate(granted):
        within = [at for at in granted[n:] if at - first < 60]
        assert len(within) <= 2 * rate
