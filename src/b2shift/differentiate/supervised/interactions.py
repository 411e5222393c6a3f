"""Products of two columns that explain what the columns alone leave over; found by one matrix product.

Each pair's score statistic at the fitted model (Rao's test, its own variance only) ranks all pairs of columns; the best
are offered to a penalised fit, which decides.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.supervised.objective import Objective, probability
from b2shift.differentiate.supervised.shapes import Floats, Integers

MOST = 20
_MOST_COLUMNS = 150


@dataclass(frozen=True)
class Products:
    """Pairs of columns, their products on a common scale."""

    left: Integers
    right: Integers
    middle: Floats
    spread: Floats

    @classmethod
    def found(
        cls, matrix: Floats, of: Integers, came: Floats, scores: Floats, weight: Floats, objective: Objective
    ) -> "Products":
        """The pairs (of different sources) whose product goes most with what `scores` leave over."""
        spread = np.argsort(-matrix.var(axis=0), kind="stable")[:_MOST_COLUMNS]
        columns = np.sort(spread)
        seen = matrix[:, columns]
        left_over = -objective.slope(came, scores) * weight
        said = probability(scores)
        noise = weight * said * (1 - said) if objective.binary else weight * left_over.var()
        total = (seen * left_over[:, None]).T @ seen
        variance = ((seen**2) * noise[:, None]).T @ (seen**2)
        strength = np.abs(total) / np.sqrt(np.maximum(variance, 1e-9))
        one, other = np.triu_indices(len(columns), 1)
        allowed = of[columns[one]] != of[columns[other]]
        ranked = np.argsort(-(strength[one, other] * allowed), kind="stable")[:MOST]
        ranked = ranked[allowed[ranked]]
        left, right = columns[one[ranked]], columns[other[ranked]]
        told = matrix[:, left] * matrix[:, right]
        return cls(left, right, told.mean(axis=0), np.maximum(told.std(axis=0), 1e-6))

    def of(self, matrix: Floats) -> Floats:
        """The products of rows."""
        return np.asarray((matrix[:, self.left] * matrix[:, self.right] - self.middle) / self.spread)
