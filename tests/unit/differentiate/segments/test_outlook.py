"""Segments told ahead: tested on the newest days, told only where it holds, refused where history is short."""

from datetime import date, timedelta

import numpy as np
import pytest

from b2shift.differentiate.segments.backcast import Snapshot, months_before
from b2shift.differentiate.segments.migration_model import (
    fit_migration,
    log_losses,
    markov_matrix,
    persistence_matrix,
    transition,
)
from b2shift.differentiate.segments.outlook import MATRIX, MODEL, NOTHING, Backtest, backtest

K, PEOPLE = 3, 600


def history(dates: int, *, drift: float, people: int = PEOPLE, seed: int = 3) -> list[Snapshot]:
    """Customers on a line with centres at 0, 1 and 2 who drift along it at their own pace; newest date first."""
    rng = np.random.default_rng(seed)
    place, pace = rng.uniform(-0.4, 2.4, people), rng.normal(0, drift, people)
    found = []
    for step in range(dates):
        apart = np.abs((place + pace * step)[:, None] - np.arange(K))
        keys = tuple(f"C{i:04d}" for i in range(people))
        numbers = np.column_stack([pace, rng.normal(size=people)])
        found.append(
            Snapshot(date(2025, 1, 31) + timedelta(days=30 * step), keys, apart.argmin(axis=1), apart, numbers)
        )
    return found[::-1]


def test_who_drifts_to_a_border_is_told_better_than_by_matrices() -> None:
    result = backtest(history(9, drift=0.05), 1, K, seed=7)
    assert result is not None
    assert result.best == MODEL
    assert result.model < result.matrix < result.persistence
    assert result.trained == 7


def test_pairs_that_end_after_the_test_began_are_not_learnt_from() -> None:
    dates = history(9, drift=0.05)
    result = backtest(dates, 3, K, seed=7)
    assert result is not None
    assert result.trained == 3
    spoilt = [*dates[:3], *history(9, drift=0.05, seed=4)[3:]]
    again = backtest(spoilt, 3, K, seed=7)
    assert again is not None
    changed = [*history(9, drift=0.05, seed=5)[:3], *spoilt[3:]]
    other = backtest(changed, 3, K, seed=7)
    assert other is not None
    assert np.array_equal(other.transition.before.distances, again.transition.before.distances)


@pytest.mark.parametrize(("dates", "people"), [(2, PEOPLE), (6, PEOPLE), (9, 150)])
def test_too_little_history_is_refused(dates: int, people: int) -> None:
    assert backtest(history(dates, drift=0.05, people=people), 3, K, seed=7) is None


def test_nobody_moving_is_refused() -> None:
    assert backtest(history(9, drift=0.0), 1, K, seed=7) is None


@pytest.mark.parametrize(("matrix", "gain", "best"), [(0.5, 0.02, MODEL), (0.5, 0.005, MATRIX), (0.7, 0.005, NOTHING)])
def test_what_does_not_win_is_not_told(matrix: float, gain: float, best: str) -> None:
    dates = history(2, drift=0.05)
    told = Backtest(transition(dates[1], dates[0]), 5, matrix - gain, matrix, 0.6, gain, 0.01)
    assert told.best == best


def test_chances_are_chances_and_the_same_for_any_order() -> None:
    dates = history(5, drift=0.05)
    pairs = [transition(dates[at + 1], dates[at]) for at in range(3)]
    model = fit_migration(pairs, K, seed=7)
    chance = model.probabilities(dates[0])
    assert chance.shape == (PEOPLE, K)
    assert np.allclose(chance.sum(axis=1), 1)
    assert (chance > 0).all()
    backwards = dates[0].select(dates[0].customers[::-1])
    assert np.allclose(model.probabilities(backwards), chance[::-1])


def test_matrices_count_who_went_where() -> None:
    dates = history(2, drift=0.05)
    one = transition(dates[1], dates[0])
    stays, moves = persistence_matrix([one], K), markov_matrix([one], K)
    share = (one.before.segment == one.after).mean()
    assert stays.diagonal() == pytest.approx([share] * K)
    assert moves.sum(axis=1) == pytest.approx([1.0] * K)
    assert (
        log_losses(moves[one.before.segment], one.after).mean()
        <= log_losses(stays[one.before.segment], one.after).mean()
    )


def test_only_those_known_on_both_dates_are_compared() -> None:
    dates = history(2, drift=0.05)
    younger = dates[1].select(dates[1].customers[10:])
    one = transition(younger, dates[0])
    assert one.before.customers == dates[0].customers[10:]
    assert np.array_equal(one.after, dates[0].segment[10:])


def test_ends_of_months_stay_ends() -> None:
    assert months_before(date(2025, 3, 31), 1) == date(2025, 2, 28)
    assert months_before(date(2025, 3, 15), 3) == date(2024, 12, 15)
