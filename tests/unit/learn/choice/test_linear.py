"""One choice after another: kept shares are those of the choice, the same again, better than equal ones."""

import numpy as np
import pytest

from b2shift.kernel.errors import InputError
from b2shift.learn.choice.linear import LinearArms


def outcomes(arms: LinearArms, seed: int, count: int = 4_000) -> tuple[float, np.ndarray, np.ndarray]:
    """Regret over that of equal shares, the arms chosen and their propensities, of cases in batches of 20."""
    chance = np.random.default_rng(seed)
    slopes = np.array([[0.15, 0.0], [0.0, 0.15], [-0.1, -0.1]])
    lost = uniform = 0.0
    chosen, by = [], []
    for _batch in range(count // 20):
        cases = chance.normal(size=(20, 2))
        rate = np.clip(0.3 + cases @ slopes.T, 0, 1)
        one = arms.choose(cases)
        got = rate[np.arange(20), one.arm]
        arms.learn(cases, one.arm, (chance.random(20) < got).astype(float))
        lost += float((rate.max(axis=1) - got).sum())
        uniform += float((rate.max(axis=1) - rate.mean(axis=1)).sum())
        chosen.append(one.arm)
        by.append(one.propensity)
    return lost / uniform, np.concatenate(chosen), np.concatenate(by)


def test_it_learns_by_what_is_known_of_each_case_and_again_the_same() -> None:
    regret, chosen, by = outcomes(LinearArms(3, 2, floor=0.03, seed=4), 7)
    assert regret < 0.4
    assert by.min() >= 0.03
    again = outcomes(LinearArms(3, 2, floor=0.03, seed=4), 7)
    assert (chosen == again[1]).all()
    assert (by == again[2]).all()


def test_an_arm_is_chosen_as_often_as_its_kept_share_says() -> None:
    arms = LinearArms(3, 1, floor=0.05, seed=1)
    arms.learn(np.zeros((60, 1)), np.repeat([0, 1, 2], 20), np.repeat([0.0, 0.4, 0.5], 20))
    chosen = arms.choose(np.zeros((30_000, 1)))
    assert (chosen.shares == chosen.shares[0]).all()
    assert np.bincount(chosen.arm) / 30_000 == pytest.approx(chosen.shares[0], abs=0.01)
    assert chosen.shares.sum(axis=1) == pytest.approx(1)


def test_a_floor_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError):
        LinearArms(3, 1, floor=0.4)
