"""A rate that has risen or fallen on every past date is taken on to the next, less what chance explains."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from b2shift.differentiate.scores.frame import Floats

_FEWEST_DATES = 4
_FARTHEST = float(np.log(1.5))


def rate_shift(dates: Sequence[date], events: Floats, rows: Floats, now: date, calibrated_on: int = 2) -> float:
    """What to add to log-odds that were calibrated on the newest dates, so that they suit `now`.

    The line through the logarithms of the rates (least squares, weighted by events, its error widened by the scatter
    that is left) is followed to `now`, times 1 - 1/z² of its slope (James and Stein), never farther than 1.5 times.
    """
    if len(dates) < _FEWEST_DATES or (events <= 0).any():
        return 0.0
    days = np.array([day.toordinal() for day in dates], dtype=float)
    rates = np.log(events / rows)
    middle, level = np.average(days, weights=events), np.average(rates, weights=events)
    spread = float(events @ (days - middle) ** 2)
    slope = float(events @ ((days - middle) * (rates - level))) / spread
    left_over = rates - level - slope * (days - middle)
    scatter = max(1.0, float(events @ left_over**2) / (len(dates) - 2))
    certain = max(0.0, 1 - scatter / (slope**2 * spread)) if slope else 0.0
    target = float(np.average(days[-calibrated_on:], weights=events[-calibrated_on:]))
    return float(np.clip(certain * slope * (now.toordinal() - target), -_FARTHEST, _FARTHEST))
