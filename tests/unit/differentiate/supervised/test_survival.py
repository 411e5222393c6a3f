"""Lifetimes: what is counted of those last seen inside a period, where learners start, and when curves are shown."""

import numpy as np
import pytest

from b2shift.differentiate.supervised.association import permutation_p_value
from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.families import RIDGE, EnsembleMember
from b2shift.differentiate.supervised.objective import Objective, probability
from b2shift.differentiate.supervised.shapes import Columns
from b2shift.differentiate.supervised.signal_tests import survival_has_signal
from b2shift.differentiate.supervised.stacking import Stack
from b2shift.differentiate.supervised.survival import PERIOD, _baseline, _person_periods, _with_period
from b2shift.differentiate.supervised.survival_measures import log_rank_z, martingale_residuals


def test_the_curve_of_everyone_holds_where_many_are_last_seen_early_in_a_period() -> None:
    rng = np.random.default_rng(1)
    leaves = rng.exponential(1.0, 6000)
    seen = np.where(rng.random(6000) < 0.7, rng.choice([0.35, 0.8], 6000), 3.0)
    times, target = np.minimum(leaves, seen), (leaves <= seen).astype(float)
    edges = np.array([0.3, 0.7, 1.5, times[target > 0].max()])
    rows = _person_periods(times, target, np.ones(6000), edges)
    curve = np.cumprod(1 - _baseline(rows, len(edges)))
    assert curve[:3] == pytest.approx(np.exp(-edges[:3]), abs=0.025)


def test_who_is_last_seen_before_any_fact_of_a_period_says_nothing_of_it() -> None:
    times, target = np.array([1.0, 2.0, 2.5, 5.0, 6.0, 9.0]), np.array([1.0, 1.0, 0.0, 1.0, 0.0, 1.0])
    rows = _person_periods(times, target, np.ones(6), np.array([2.0, 9.0]))
    weight = {
        (int(who), int(when)): part for who, when, part in zip(rows.person, rows.period, rows.weight, strict=True)
    }
    assert weight[2, 0] == 1
    assert weight[2, 1] == 0
    assert weight[4, 1] == pytest.approx((1 / 3) / (1 / 3 + 1))
    assert weight[3, 1] == weight[5, 1] == 1


def test_learners_that_are_held_back_are_held_to_the_hazard_of_each_period() -> None:
    rng, rows = np.random.default_rng(2), 400
    period = np.arange(rows) % 4
    target = (rng.random(rows) < np.array([0.02, 0.1, 0.3, 0.7])[period]).astype(float)
    columns = _with_period(Columns({"ruido": rng.normal(size=rows)}, {}), period)
    encoding = Encoding.fit(columns)
    matrices = encoding.transform(columns)
    teacher = EnsembleMember.fit(
        matrices, target, np.ones(rows), Objective(binary=True), 0, {RIDGE: (300.0,)}, encoding.names.index(PERIOD)
    )
    said = probability(teacher.families[0].scores(teacher.design(matrices))[0])
    for at in range(4):
        assert said[period == at].mean() == pytest.approx(target[period == at].mean(), abs=0.03)


def test_the_mean_is_stretched_away_from_where_a_row_starts() -> None:
    told = Stack((np.ones(1),), np.ones(1), slope=1.1)
    start = np.array([-4.0, -1.0])
    assert told.score([start[None, :]], start) == pytest.approx(start)
    assert told.score([start[None, :] + 1], start) == pytest.approx(start + 1.1)


def test_weak_signal_is_proven_by_residuals_and_chance_is_not() -> None:
    rng, rows = np.random.default_rng(3), 300
    strength = rng.normal(size=rows)
    columns = Columns({"forca": strength, "ruido": rng.normal(size=rows)}, {})
    leaves, seen = rng.exponential(20 * np.exp(-0.35 * strength)), rng.uniform(5, 40, rows)
    left = martingale_residuals(np.minimum(leaves, seen), (leaves <= seen).astype(float), np.ones(rows))
    assert left.sum() == pytest.approx(0, abs=1e-9)
    one_each = np.arange(rows)
    assert permutation_p_value(columns, left, np.ones(rows), one_each, 0) < 0.01
    drawn = [permutation_p_value(columns, rng.permutation(left), np.ones(rows), one_each, 0) for _ in range(40)]
    assert sum(one < 0.02 for one in drawn) <= 4


@pytest.mark.parametrize(
    ("gain", "nearer", "chance", "ranked", "shown"),
    [(1.5, 0.0, 1.0, 0.0, True), (0.2, -0.01, 0.01, 0.0, True), (-0.5, 0.01, 0.01, 0.0, True),
     (-0.5, -0.01, 0.01, 0.0, False), (1.0, 0.01, 0.03, 0.0, False), (0.66, 0.01, 0.03, 3.9, True),
     (0.66, 0.01, 0.03, 2.0, False), (0.4, 0.01, 0.03, 3.9, False)],
)  # fmt: skip
def test_curves_are_shown_where_they_are_better_surely_or_proven_or_rank_surely(
    gain: float, nearer: float, chance: float, ranked: float, shown: bool
) -> None:
    assert survival_has_signal(gain, nearer, chance, ranked) is shown


def test_a_ranking_is_as_sure_as_shuffled_risks_say() -> None:
    rng, rows = np.random.default_rng(4), 300
    strength = rng.normal(size=rows)
    leaves, seen = rng.exponential(20 * np.exp(-0.35 * strength)), rng.uniform(5, 40, rows)
    left = martingale_residuals(np.minimum(leaves, seen), (leaves <= seen).astype(float), np.ones(rows))
    one_each = np.arange(rows)
    drawn = [log_rank_z(left, rng.permutation(strength), one_each) for _ in range(400)]
    assert np.std(drawn) == pytest.approx(1.0, abs=0.08)
    assert log_rank_z(left, strength, one_each) > 3.0
    twice = [np.tile(part, 2) for part in (left, strength, one_each)]
    assert log_rank_z(*twice) == pytest.approx(log_rank_z(left, strength, one_each), rel=0.01)
    assert log_rank_z(left, np.zeros(rows), one_each) == 0.0
