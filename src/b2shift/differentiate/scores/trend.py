"""Extrapolates a trend in the event rate to the current date, shrunk by its uncertainty."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from b2shift.differentiate.scores.frame import Floats

_MIN_DATES = 4
_MAX_SHIFT = float(np.log(1.5))


def rate_shift(dates: Sequence[date], events: Floats, rows: Floats, now: date, calibrated_on: int = 2) -> float:
    """Shift of log-odds calibrated on the newest dates, so that they suit `now`.

    A weighted least-squares line through log rates (weights: events; error widened by the scatter) extrapolated to
    `now`, shrunk by 1 - 1/z² of its slope (James-Stein), at most a factor of 1.5.
    """
    if len(dates) < _MIN_DATES or (events <= 0).any():
        return 0.0
    days = np.array([day.toordinal() for day in dates], dtype=float)
    rates = np.log(events / rows)
    mean_day, level = np.average(days, weights=events), np.average(rates, weights=events)
    variance = float(events @ (days - mean_day) ** 2)
    slope = float(events @ ((days - mean_day) * (rates - level))) / variance
    residuals = rates - level - slope * (days - mean_day)
    scatter = max(1.0, float(events @ residuals**2) / (len(dates) - 2))
    shrinkage = max(0.0, 1 - scatter / (slope**2 * variance)) if slope else 0.0
    target = float(np.average(days[-calibrated_on:], weights=events[-calibrated_on:]))
    return float(np.clip(shrinkage * slope * (now.toordinal() - target), -_MAX_SHIFT, _MAX_SHIFT))
