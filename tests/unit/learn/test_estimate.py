"""Differences between arms made by lot: their intervals hold as often as they say, and waste nothing."""

import numpy as np
import pytest

from b2shift.learn.effects.estimate import FEWEST, FEWEST_CASES, Estimate, always, difference, newcombe, pooled


def _told(found: Estimate | None) -> Estimate:
    assert found is not None
    return found


def _lot(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.asarray(rng.random(n) < 0.8)


def test_the_interval_of_two_shares_is_newcombes() -> None:
    """His table II, method 10: 56 of 70 against 48 of 80, and 9 of 10 against 3 of 10."""
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert newcombe(0, 30, 0, 40) == pytest.approx((-0.0876, 0.1135), abs=5e-5)


def test_without_covariates_that_tell_anything_it_is_the_difference_of_the_means() -> None:
    rng = np.random.default_rng(1)
    values, treated = rng.normal(5, 2, 400), np.arange(400) % 4 > 0
    found = _told(difference(values, treated, np.ones((400, 1)), rate=False))
    assert found.difference == pytest.approx(values[treated].mean() - values[~treated].mean())
    assert found.error == pytest.approx(
        np.sqrt(values[treated].var(ddof=1) / 300 + values[~treated].var(ddof=1) / 100), rel=1e-2
    )
    assert (found.customers, found.others) == (300, 100)


def test_what_was_known_before_narrows_the_interval_and_moves_no_effect() -> None:
    """The past explains three quarters of the variance: an interval of about half the width, with the effect in it."""
    rng = np.random.default_rng(2)
    past = rng.normal(size=(4000, 1))
    treated = _lot(rng, 4000)
    values = 10 + np.sqrt(3) * past[:, 0] + 0.4 * treated + rng.normal(size=4000)
    adjusted = _told(difference(values, treated, past, rate=False))
    plain = _told(difference(values, treated, np.ones((4000, 1)), rate=False))
    assert adjusted.variance_cut == pytest.approx(0.75, abs=0.03)
    assert adjusted.low < 0.4 < adjusted.high
    assert (adjusted.high - adjusted.low) / (plain.high - plain.low) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("effect", [0.0, 0.5])
def test_intervals_hold_as_often_as_they_say(effect: float) -> None:
    """Skewed outcomes, an effect that differs between customers, four treated for one left out; 4,000 lots."""
    rng = np.random.default_rng(13)
    held = 0
    for _ in range(4000):
        past = rng.normal(size=(500, 2))
        treated = _lot(rng, 500)
        values = np.exp(0.6 * past[:, 0]) + treated * (effect + effect * past[:, 1]) + rng.exponential(1, 500)
        found = _told(difference(values, treated, past, rate=False))
        held += found.low <= effect <= found.high
    assert 0.94 <= held / 4000 <= 0.96


def test_rare_shares_hold_too() -> None:
    """One buyer in a hundred among 150 left out: a normal interval would have no width half of the time."""
    rng = np.random.default_rng(4)
    held, lots = 0, 2000
    for _ in range(lots):
        treated = np.arange(750) >= 150
        values = (rng.random(750) < np.where(treated, 0.03, 0.01)).astype(float)
        found = _told(difference(values, treated, np.ones((750, 1)), rate=True))
        held += found.low <= 0.02 <= found.high
    assert held / lots >= 0.94


def test_looking_again_and_again_finds_nothing_where_there_is_nothing() -> None:
    """A campaign without effect looked at every third of its 90 days: the usual interval leaves zero out at some look
    in more than one of seven, the one for every moment in at most one of twenty."""
    rng = np.random.default_rng(5)
    treated = np.arange(2000) % 2 > 0
    fooled = fooled_always = 0
    for _ in range(300):
        bought_on = np.where(rng.random(2000) < 0.2, rng.integers(1, 91, 2000), 999)
        looks = [
            (day, _told(difference((bought_on <= day).astype(float), treated, np.ones((2000, 1)), rate=True)))
            for day in range(6, 91, 3)
        ]
        fooled += any(one.low > 0 or one.high < 0 for _day, one in looks)
        ends = [always(one, day / 90) for day, one in looks]
        fooled_always += any(low > 0 or high < 0 for low, high in ends)
    assert fooled / 300 > 1 / 7
    assert fooled_always / 300 <= 0.05


def test_the_smallest_effect_told_is_found_four_times_in_five() -> None:
    rng = np.random.default_rng(6)
    detectable = _told(
        difference(rng.normal(size=500), np.arange(500) % 2 > 0, np.ones((500, 1)), rate=False)
    ).detectable
    found = 0
    for _ in range(1000):
        treated = np.arange(500) % 2 > 0
        values = rng.normal(size=500) + detectable * treated
        found += _told(difference(values, treated, np.ones((500, 1)), rate=False)).low > 0
    assert found / 1000 == pytest.approx(0.8, abs=0.05)


def test_intervals_read_together_hold_together() -> None:
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(1000):
        parts = [
            _told(difference(rng.normal(size=200), np.arange(200) % 2 > 0, np.ones((200, 1)), rate=False, groups=10))
            for _ in range(10)
        ]
        held += all(one.low <= 0 <= one.high for one in parts)
    assert 0.92 <= held / 1000 <= 0.97


def test_too_few_tell_nothing() -> None:
    treated = np.arange(200) >= FEWEST
    assert difference(np.ones(200), treated, np.ones((200, 1)), rate=True) is None
    assert difference(np.ones(200), ~treated, np.ones((200, 1)), rate=False) is None
    money = np.zeros(400)
    money[: FEWEST_CASES - 1] = money[200:300] = 1000.0
    assert difference(money, np.arange(400) >= 200, np.ones((400, 1)), rate=False) is None
    money[FEWEST_CASES - 1] = 1000.0
    assert difference(money, np.arange(400) >= 200, np.ones((400, 1)), rate=False) is not None


def test_lots_are_put_together_within_each_of_them() -> None:
    """Two lots of other levels and shares of control: adding up the arms would see an effect where none is."""
    levels, shares = (10.0, 50.0), (0.9, 0.3)
    parts = []
    for level, share in zip(levels, shares, strict=True):
        treated = np.arange(1000) < 1000 * share
        parts.append((level + np.tile([1.0, -1.0], 500), treated, np.ones((1000, 1))))
    found = _told(pooled(parts))
    assert found.difference == pytest.approx(0.0, abs=0.02)
    assert found.low < 0 < found.high
    assert (found.customers, found.others) == (1200, 800)
    added = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    assert added[0][added[1]].mean() - added[0][~added[1]].mean() < -10
    assert pooled(parts[:1]) is None
