"""Late successes: the share that has come by an age, told without bias from what has been seen so far."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.learn.choice.delays import come_by, exposures
from b2shift.learn.choice.shapes import NEVER


def test_delays_seen_of_young_trials_are_not_taken_for_short_ones() -> None:
    """Against the distribution the delays were drawn from, where most trials are too young to show a long one."""
    chance = np.random.default_rng(5)
    truth = np.cumsum([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    age = chance.integers(0, 12, 60_000)
    delay = chance.integers(0, 10, 60_000)
    came = (chance.random(60_000) < 0.3) & (delay <= age)
    told = come_by(age, np.where(came, delay, NEVER), 9)
    assert np.abs(told - truth).max() < 0.02
    plain = np.array([(delay[came] <= day).mean() for day in range(10)])
    assert np.abs(plain - truth).max() > 0.1, "what has been seen so far, as it is"


def test_a_rate_of_trials_still_open_is_that_of_closed_ones() -> None:
    chance = np.random.default_rng(6)
    age, delay = chance.integers(0, 12, 60_000), chance.integers(0, 10, 60_000)
    came = (chance.random(60_000) < 0.3) & (delay <= age)
    after = np.where(came, delay, NEVER)
    assert came.sum() / exposures(age, after, 9).sum() == pytest.approx(0.3, abs=0.01)
    assert came.mean() < 0.25, "counted as failures the young ones would halve it"


def test_nothing_seen_says_nothing_before_the_window_is_over() -> None:
    assert exposures(np.array([0, 5, 9, 40]), np.full(4, NEVER), 9).tolist() == [0, 0, 1, 1]


@given(st.lists(st.tuples(st.integers(0, 20), st.one_of(st.just(NEVER), st.integers(0, 20))), min_size=1))
def test_the_share_only_grows_and_ends_at_one(rows: list[tuple[int, int]]) -> None:
    after = np.array([one for _age, one in rows])
    curve = come_by(np.maximum([age for age, _one in rows], after), after, 14)
    assert curve[-1] == 1
    assert (np.diff(curve) >= -1e-12).all()
    assert ((curve >= 0) & (curve <= 1)).all()
