"""Baseline hazard of each period of person-period rows, used as the offset of all learners.

With few rows, none are spent on the curve common to all: learners fit deviations from it, and penalties shrink to it.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.supervised.encoding import Matrices
from b2shift.differentiate.supervised.objective import log_odds
from b2shift.differentiate.supervised.shapes import Floats, Integers


@dataclass(frozen=True)
class BaselineHazard:
    """Log-odds of the event in each period; 0 where rows have no period."""

    period: int | None
    log_odds: Floats

    @classmethod
    def fit(cls, rows: Matrices, target: Floats, weight: Floats, period: int | None) -> "BaselineHazard":
        """Fit on training rows; `period` is the index of the period's source column."""
        if period is None:
            return cls(None, np.zeros(0))
        periods = _periods(rows, period)
        events, at_risk = np.bincount(periods, weights=target * weight), np.bincount(periods, weights=weight)
        return cls(period, log_odds((events + 0.5) / (at_risk + 1.0)))

    def offsets(self, rows: Matrices) -> Floats:
        """Baseline log-odds of each row."""
        if self.period is None:
            return np.zeros(len(rows.trees))
        return np.asarray(self.log_odds[np.minimum(_periods(rows, self.period), len(self.log_odds) - 1)])


def _periods(rows: Matrices, period: int) -> Integers:
    return rows.trees[:, int(np.flatnonzero(rows.trees_source == period)[0])].astype(np.intp)
