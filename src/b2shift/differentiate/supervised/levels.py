"""Where a row of person × period starts from: the hazard of its period, when nothing is known of the person.

Few rows must not be spent on the curve that everyone shares: learners are taught what is different from it, and what
holds them back holds them to it.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.supervised.encoding import Matrices
from b2shift.differentiate.supervised.objective import log_odds
from b2shift.differentiate.supervised.shapes import Floats, Integers


@dataclass(frozen=True)
class Levels:
    """Log-odds of the fact in each period, learnt on the rows that taught; nought where rows have no period."""

    period: int | None
    each: Floats

    @classmethod
    def of(cls, rows: Matrices, came: Floats, weight: Floats, period: int | None) -> "Levels":
        """Learn from rows, whose period the source column of this place tells."""
        if period is None:
            return cls(None, np.zeros(0))
        place = _places(rows, period)
        events, there = np.bincount(place, weights=came * weight), np.bincount(place, weights=weight)
        return cls(period, log_odds((events + 0.5) / (there + 1.0)))

    def of_rows(self, rows: Matrices) -> Floats:
        """The level of each row."""
        if self.period is None:
            return np.zeros(len(rows.trees))
        return np.asarray(self.each[np.minimum(_places(rows, self.period), len(self.each) - 1)])


def _places(rows: Matrices, period: int) -> Integers:
    return rows.trees[:, int(np.flatnonzero(rows.trees_of == period)[0])].astype(np.intp)
