"""Target encoding of high-cardinality categories: event rate by level, shrunk to the overall rate.

Training rows get the out-of-fold rate: a level seen once would otherwise reveal its own label.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.supervised.objective import Objective, log_odds
from b2shift.differentiate.supervised.shapes import Floats, Integers

_PRIOR_ROWS = 10.0
"""Rows of the overall rate that every level is shrunk by."""
_FOLDS = 5


@dataclass(frozen=True)
class TargetEncoding:
    """Encoded value of each level of each category."""

    scores: tuple[Floats, ...]
    mean: Floats
    out_of_fold: Floats
    """Encoding of the training rows themselves (rows × categories)."""

    @classmethod
    def fit(cls, codes: Integers, target: Floats, weight: Floats, objective: Objective) -> "TargetEncoding":
        """Fit on codes (rows × categories)."""
        fold = np.arange(len(target)) % _FOLDS
        scores = tuple(_smoothed(column, target, weight, objective) for column in codes.T)
        out_of_fold = np.zeros(codes.shape)
        for held_out in range(_FOLDS):
            training = fold != held_out
            for index, column in enumerate(codes.T):
                fold_scores = _smoothed(
                    column[training], target[training], weight[training], objective, len(scores[index])
                )
                out_of_fold[~training, index] = fold_scores[column[~training]]
        return cls(scores, out_of_fold.mean(axis=0), out_of_fold - out_of_fold.mean(axis=0))

    def transform(self, codes: Integers) -> Floats:
        """Encoding of new rows; levels unseen in training get the overall rate."""
        encoded = [
            scores[np.where(column < len(scores), column, -1)]
            for scores, column in zip(self.scores, codes.T, strict=True)
        ]
        return np.column_stack(encoded) - self.mean if encoded else np.zeros((len(codes), 0))


def _smoothed(codes: Integers, target: Floats, weight: Floats, objective: Objective, size: int | None = None) -> Floats:
    """Smoothed rate by code; the last entry is for unseen levels (code -1)."""
    size = size or int(codes.max(initial=-1)) + 2
    present = codes >= 0
    mean = float(np.average(target, weights=weight))
    counts = np.bincount(codes[present], weights=weight[present], minlength=size)
    sums = np.bincount(codes[present], weights=(weight * target)[present], minlength=size)
    rates = (sums + _PRIOR_ROWS * mean) / (counts + _PRIOR_ROWS)
    return log_odds(rates) if objective.binary else np.asarray(rates)
