"""Rates told from draws whose shares followed outcomes: without bias, with intervals that hold."""

import numpy as np
import pytest
from benchmarks.simulated_arms import course

from b2shift.learn.choice.values import arm_values


def test_equal_shares_give_the_plain_rate() -> None:
    chance = np.random.default_rng(1)
    arm, outcome = chance.integers(0, 2, 4_000), (chance.random(4_000) < 0.2).astype(float)
    shares = np.full((4_000, 2), 0.5)
    told = arm_values(["a", "b"], arm, outcome, shares, shares, np.full((4_000, 2), 0.2))
    for place, one in enumerate(told):
        mine = outcome[arm == place]
        plain = mine.std() / np.sqrt(len(mine))
        assert one.mean == pytest.approx(mine.mean(), abs=0.003)
        assert one.error == pytest.approx(plain, rel=0.05)
        assert one.low < mine.mean() < one.high


def test_an_arm_of_few_draws_is_not_told_of() -> None:
    arm = np.array([0] * 29 + [1] * 300)
    shares = np.tile([0.1, 0.9], (329, 1))
    told = arm_values(["a", "b"], arm, np.zeros(329), shares, shares, np.zeros((329, 2)))
    assert [one.arm for one in told] == ["b"]
    assert (told[0].mean, told[0].low) == pytest.approx((0, 0))
    assert told[0].high > 0, "nothing seen of many is not nothing"


def test_intervals_hold_where_shares_were_learnt() -> None:
    """Coverage over 150 courses; `benchmarks.bandit` counts more. Plain means of the arm that was left are too low."""
    truth, held, plain = (0.10, 0.05), [[], []], []
    for seed in range(150):
        seen = course([truth], seed=seed, days=24, a_day=40)
        for one in seen.values:
            place = int(one.arm[1])
            held[place].append(one.low <= truth[place] <= one.high)
            if place:
                plain.append((one.successes / one.trials, one.mean))
    assert all(np.mean(one) > 0.9 for one in held)
    naive, weighted = np.mean(plain, axis=0)
    assert naive < 0.05 - 0.002, "what learning does to a plain mean"
    assert abs(weighted - 0.05) < abs(naive - 0.05)
