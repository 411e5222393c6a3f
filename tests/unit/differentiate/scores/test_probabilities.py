"""Calibration, base rate and interval: each against a world whose probabilities are known."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from b2shift.differentiate.scores.base_rate import BaseRate, base_rate, relative_to_others
from b2shift.differentiate.scores.calibration import NONE, calibration
from b2shift.differentiate.scores.frame import Frame
from b2shift.differentiate.scores.interval import (
    EXPLAINED_SHARE,
    LASTING_DEVIATION,
    LASTING_SLOPE,
    interval,
    shrunk_interval,
)
from b2shift.differentiate.scores.measures import log_losses, logit, sigmoid

RNG = np.random.default_rng


def _world(slope: float, level: float, rows: int = 20_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = RNG(11)
    said = rng.normal(-2.5, 1.0, rows)
    truth = sigmoid(slope * said + level)
    return said, truth, (rng.random(rows) < truth).astype(float)


@pytest.mark.parametrize(("slope", "level"), [(1.0, 0.7), (0.5, -0.5), (1.6, 0.3)])
def test_calibration_brings_log_loss_to_that_of_the_truth(slope: float, level: float) -> None:
    said, truth, target = _world(slope, level)
    adjusted = sigmoid(calibration(said, target).apply(said))
    lost = log_losses(target, adjusted).mean() - log_losses(target, truth).mean()
    assert lost < 0.0005
    assert adjusted.mean() == pytest.approx(target.mean(), rel=0.02)


def test_a_calibrated_score_is_left_alone() -> None:
    said, _, target = _world(1.0, 0.0)
    assert calibration(said, target).name == NONE.name


def test_too_few_events_are_not_calibrated() -> None:
    assert calibration(np.linspace(-3, 0, 50), np.r_[np.ones(3), np.zeros(47)]).name == NONE.name


@settings(max_examples=20)
@given(st.floats(0.2, 2.0), st.floats(-1.0, 1.0))
def test_calibration_never_changes_the_order(slope: float, level: float) -> None:
    said, _, target = _world(slope, level, rows=600)
    ordered = calibration(said, target).apply(np.sort(said))
    assert (np.diff(ordered) >= -1e-9).all()


def _dates(rates: list[float], today: float, rows: int = 8000) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    rng = RNG(4)
    scores, target = [], []
    for rate in [*rates, today]:
        labels = (rng.random(rows) < rate).astype(float)
        scores.append(rng.normal(2.0 * labels, 1.0))
        target.append(labels)
    return scores[:-1], target[:-1], scores[-1]


def test_a_base_rate_that_doubled_is_seen_in_the_signs() -> None:
    found = base_rate(*_dates([0.02, 0.021, 0.019, 0.02], 0.05))
    assert found.before == pytest.approx(0.02, abs=0.002)
    assert found.now == pytest.approx(0.05, rel=0.2)
    assert found.error is not None
    assert found.error < 0.008


def test_a_base_rate_that_did_not_move_is_left_within_its_error() -> None:
    found = base_rate(*_dates([0.02, 0.021, 0.019, 0.02], 0.02))
    assert found.now == pytest.approx(found.before, rel=0.35)


def test_two_dates_cannot_tell_their_error_so_nothing_is_corrected() -> None:
    scores, target, today = _dates([0.02, 0.02], 0.08)
    found = base_rate(scores, target, today)
    assert (found.now, found.error, found.shift(today)) == (found.before, None, 0.0)


def test_the_mean_of_what_is_said_becomes_the_rate_found() -> None:
    """Where today's customers look riskier than those of the labelled dates, that is not counted twice."""
    today = RNG(4).normal(-3.0, 1.2, 5_000)
    shift = BaseRate(0.02, 0.05, 0.004).shift(today)
    assert sigmoid(today + shift).mean() == pytest.approx(0.05, abs=1e-6)
    assert shift < logit(np.array([0.05]))[0] - logit(np.array([0.02]))[0]


def test_a_season_that_moves_everybody_is_no_sign_of_leaving() -> None:
    """December's fall and spread are those of May once each change is read beside the others of its date."""
    rng = RNG(6)
    fall = rng.normal(0.0, 1.0, 3_000)
    few = np.where(rng.random(3_000) < 0.02, -5.0, fall)
    may, december = (
        relative_to_others(
            Frame(date(2025, 1, 1), np.arange(3_000).astype(object), {"usage_fall": values}, {}), ["usage_fall"]
        )
        for values in (few.astype(np.float32), (0.4 + 1.5 * few).astype(np.float32))
    )
    np.testing.assert_allclose(december.numbers["usage_fall"], may.numbers["usage_fall"], atol=1e-4)
    assert (may.numbers["usage_fall"] < -2).mean() > 0.019, "who fell much more than others still stands out"


def test_what_hardly_anybody_has_or_shows_stays_as_it_is() -> None:
    same = np.zeros(100, dtype=np.float32)
    same[:5] = 2.0
    few = np.full(100, np.nan, dtype=np.float32)
    few[:3] = 1.0
    frame = Frame(date(2025, 1, 1), np.arange(100).astype(object), {"mrr_cuts_6m": same, "usage_fall": few}, {})
    told = relative_to_others(frame, ["mrr_cuts_6m", "usage_fall"])
    np.testing.assert_array_equal(told.numbers["mrr_cuts_6m"], same)
    np.testing.assert_array_equal(told.numbers["usage_fall"], few)


def test_the_interval_covers_nine_in_ten_of_the_probabilities_it_assumes() -> None:
    rng = RNG(8)
    shown = rng.normal(-3, 1.0, 40_000)
    own = shown + rng.normal(0, np.sqrt((1 - EXPLAINED_SHARE) / EXPLAINED_SHARE), 40_000)
    low, high = interval(sigmoid(shown))
    assert np.mean((low <= sigmoid(own)) & (sigmoid(own) <= high)) == pytest.approx(0.90, abs=0.01)


def test_where_signs_of_the_end_are_read_the_interval_is_of_what_customers_lastingly_are() -> None:
    """Own log-odds spread by SPREAD; a sign tells early who leaves, so that the score spreads wider than they do."""
    rng = RNG(9)
    score = rng.normal(-4.5, 1.7, 40_000)
    unseen = np.sqrt(LASTING_DEVIATION**2 - (LASTING_SLOPE * 1.7) ** 2)
    own = -4.0 + LASTING_SLOPE * (score + 4.5) + rng.normal(0, unseen, 40_000)
    said = sigmoid(score) * sigmoid(own).mean() / sigmoid(score).mean()
    (level, slope), far = shrunk_interval(said, 0.0)
    middle = level + slope * logit(said)
    held = np.abs(logit(sigmoid(own)) - middle) <= far
    assert held.mean() == pytest.approx(0.90, abs=0.015)
    for tenth in np.array_split(np.argsort(said), 10):
        assert held[tenth].mean() == pytest.approx(0.90, abs=0.03), "as often for the safest as for the riskiest"
    assert shrunk_interval(said, 0.5)[1] > far


@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=50), st.floats(0, 1))
def test_the_interval_holds_the_score_and_widens_with_doubt(said: list[float], doubt: float) -> None:
    probability = np.array(said)
    low, high = interval(probability)
    wide_low, wide_high = interval(probability, doubt)
    assert ((wide_low <= low + 1e-12) & (low <= probability + 1e-12)).all()
    assert ((probability <= high + 1e-12) & (high <= wide_high + 1e-12)).all()


def test_log_odds_and_probability_undo_each_other() -> None:
    said = np.array([0.001, 0.2, 0.9])
    assert sigmoid(logit(said)) == pytest.approx(said)
