"""Who is persuaded is found where some are, and nobody where all are alike."""

import numpy as np
import pytest

from b2shift.learn.trials.trial import arm_scores, folds
from b2shift.learn.trials.uplift import Gain, fit_uplift, gain_of, groups_told, places, qini

from .trials import drawn_trial


def test_the_qini_coefficient_is_radcliffes() -> None:
    """Eight rows by hand: extra cases are 1, 1, 1 and 0 at 2, 4, 6 and 8 rows, of the best order 2, 2, 2 and 0."""
    expected = np.array([4, 4, 3, 3, 2, 2, 1, 1.0])
    treated = np.array([1, 0, 1, 0, 1, 0, 1, 0])
    value = np.array([1, 0, 1, 1, 0, 0, 0, 1.0])
    assert qini(expected, treated, value) == pytest.approx(6 / 12)
    assert qini(np.array([3, 2, 3, 0, 1, 2, 1, 0.0]), treated, value) == pytest.approx(1)
    assert qini(np.zeros(8), treated, value) == pytest.approx(0)
    assert qini(-expected, treated, value) < 0


def test_rows_of_whom_as_much_is_expected_share_their_place() -> None:
    assert places(np.array([3.0, 1.0, 1.0, 0.0])).tolist() == [0.125, 0.5, 0.5, 0.875]


def test_scores_have_the_mean_of_each_arm_even_of_models_that_know_nothing() -> None:
    rng = np.random.default_rng(3)
    known = rng.normal(size=(20_000, 2))
    trial = drawn_trial(rng, 20_000, (np.full(20_000, 0.3),), known[:, 0], np.zeros((20_000, 1)), rate=False)
    means = arm_scores(trial, folds(trial, 1)).mean(axis=0)
    assert means[1] - means[0] == pytest.approx(0.3, abs=0.07)


def test_those_who_are_persuaded_come_first_and_those_who_are_put_off_last() -> None:
    rng = np.random.default_rng(4)
    known = rng.normal(size=(20_000, 3))
    brings = 0.12 * np.clip(known[:, 0], -1.5, 1.5)
    trial = drawn_trial(rng, 20_000, (brings,), np.full(20_000, 0.4), known, rate=True)
    found = fit_uplift(trial, 1, 0, seed=7)
    assert found.gain.beyond_chance
    assert np.corrcoef(found.expected, brings)[0, 1] > 0.8
    groups = groups_told(found, 10)
    assert [one.place for one in groups] == list(range(1, 11))
    assert sum(one.rows for one in groups) == 20_000
    assert groups[0].effect.low > 0 > groups[-1].effect.high
    truth = [brings[np.argsort(-found.expected)[2000 * k : 2000 * (k + 1)]].mean() for k in range(10)]
    assert sum(one.effect.low <= true <= one.effect.high for one, true in zip(groups, truth, strict=True)) >= 9


def test_what_an_arm_brings_is_expected_of_rows_of_other_arms_too() -> None:
    rng = np.random.default_rng(5)
    known = rng.normal(size=(12_000, 2))
    brings = 0.5 * known[:, 0]
    trial = drawn_trial(rng, 12_000, (brings, -brings), np.zeros(12_000), known, rate=False)
    found = fit_uplift(trial, 1, 0, seed=7)
    for arm in range(3):
        rows = trial.arm == arm
        assert np.corrcoef(found.expected[rows], brings[rows])[0, 1] > 0.9


@pytest.mark.parametrize("rate", [True, False])
def test_where_all_are_persuaded_alike_nobody_is_told_apart(rate: bool) -> None:
    """12 trials at 5 %: hardly ever more than three."""
    said = 0
    for seed in range(12):
        rng = np.random.default_rng(100 + seed)
        known = rng.normal(size=(1_500, 3))
        base = 0.3 + 0.1 * np.tanh(known[:, 0])
        trial = drawn_trial(rng, 1_500, (np.full(1_500, 0.1),), base, known, rate=rate)
        said += fit_uplift(trial, 1, 0, seed=seed).gain.beyond_chance
    assert said <= 3


def test_the_gain_is_what_an_order_brings_over_chance() -> None:
    """Score 2 of the first half and 0 of the second: chosen in order, the mean over all shares of 2q below a half and 1
    above, less q: a quarter."""
    score = np.repeat([2.0, 0.0], 5_000)
    found = gain_of(score, score)
    assert found.value == pytest.approx(0.25, abs=1e-3)
    assert found.beyond_chance
    worse = gain_of(score, -score)
    assert worse.value == pytest.approx(-0.25, abs=1e-3)
    assert not worse.beyond_chance
    both = Gain.of_folds([Gain(1.0, 0.3), Gain(0.0, 0.4)])
    assert (both.value, both.error) == pytest.approx((0.5, 0.25))
