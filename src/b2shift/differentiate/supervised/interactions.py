"""Pairwise interactions that explain residuals, found by one matrix product.

Rao's score statistic of each product (with its own variance only) ranks all pairs; the best are offered to a penalised
fit, which decides.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.supervised.objective import Objective, probability
from b2shift.differentiate.supervised.shapes import Floats, Integers

MOST = 20
_MOST_COLUMNS = 150


@dataclass(frozen=True)
class Products:
    """Selected column pairs and the scaling of their products."""

    left: Integers
    right: Integers
    mean: Floats
    scale: Floats

    @classmethod
    def fit(
        cls, matrix: Floats, source: Integers, target: Floats, scores: Floats, weight: Floats, objective: Objective
    ) -> "Products":
        """Select the pairs, from different sources, whose products best explain the residuals of `scores`."""
        by_variance = np.argsort(-matrix.var(axis=0), kind="stable")[:_MOST_COLUMNS]
        columns = np.sort(by_variance)
        candidates = matrix[:, columns]
        residual = -objective.gradient(target, scores) * weight
        probabilities = probability(scores)
        residual_variance = (
            weight * probabilities * (1 - probabilities) if objective.binary else weight * residual.var()
        )
        covariance = (candidates * residual[:, None]).T @ candidates
        variance = ((candidates**2) * residual_variance[:, None]).T @ (candidates**2)
        statistic = np.abs(covariance) / np.sqrt(np.maximum(variance, 1e-9))
        first, second = np.triu_indices(len(columns), 1)
        allowed = source[columns[first]] != source[columns[second]]
        ranked = np.argsort(-(statistic[first, second] * allowed), kind="stable")[:MOST]
        ranked = ranked[allowed[ranked]]
        left, right = columns[first[ranked]], columns[second[ranked]]
        products = matrix[:, left] * matrix[:, right]
        return cls(left, right, products.mean(axis=0), np.maximum(products.std(axis=0), 1e-6))

    def transform(self, matrix: Floats) -> Floats:
        """Standardised products of the selected pairs."""
        return np.asarray((matrix[:, self.left] * matrix[:, self.right] - self.mean) / self.scale)
