"""A rate that moves is taken on; one that does not is left alone."""

from datetime import date

import numpy as np
import pytest

from b2shift.differentiate.scores.trend import rate_shift

DATES = [date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31)]
NOW = date(2025, 6, 30)
ROWS = np.full(5, 20_000.0)


def test_a_steady_rise_is_followed() -> None:
    events = np.array([200, 230, 260, 300, 340.0])
    shift = rate_shift(DATES, events, ROWS, NOW)
    assert shift == pytest.approx(np.log(1.14) * 1.5, abs=0.06)


def test_chance_is_not() -> None:
    drawn = [np.random.default_rng(seed).poisson(200, 5).astype(float) for seed in range(200)]
    shifts = [rate_shift(DATES, events, ROWS, NOW) for events in drawn]
    assert np.mean(np.abs(shifts) < 0.02) > 0.6
    assert abs(np.mean(shifts)) < 0.02


def test_it_never_goes_far_and_needs_four_dates() -> None:
    assert rate_shift(DATES, np.array([20, 60, 180, 540, 1620.0]), ROWS, NOW) == pytest.approx(np.log(1.5))
    assert rate_shift(DATES[:3], np.array([20, 60, 180.0]), ROWS[:3], NOW) == 0.0
    assert rate_shift(DATES, np.array([0, 60, 70, 80, 90.0]), ROWS, NOW) == 0.0
