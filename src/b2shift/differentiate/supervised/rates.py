"""Categories of many levels as one number: how often the label came in the level, drawn to everyone's rate.

On the rows that teach, a row's own label and those of its fold are left out of its number: a level seen once would
otherwise be its label in other words.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.supervised.objective import Objective, log_odds
from b2shift.differentiate.supervised.shapes import Floats, Integers

_PRIOR = 10.0
_INNER = 5


@dataclass(frozen=True)
class Rates:
    """The score of each level of each category, learnt on some rows."""

    scores: tuple[Floats, ...]
    middle: Floats
    own: Floats
    """What the rows that taught see of themselves (rows × categories)."""

    @classmethod
    def of(cls, codes: Integers, came: Floats, weight: Floats, objective: Objective) -> "Rates":
        """Learn from the rows."""
        inner = np.arange(len(came)) % _INNER
        scores = tuple(_scores(column, came, weight, objective) for column in codes.T)
        own = np.zeros(codes.shape)
        for fold in range(_INNER):
            others = inner != fold
            for place, column in enumerate(codes.T):
                told = _scores(column[others], came[others], weight[others], objective, len(scores[place]))
                own[~others, place] = told[column[~others]]
        return cls(scores, own.mean(axis=0), own - own.mean(axis=0))

    def of_rows(self, codes: Integers) -> Floats:
        """What rows that did not teach are told; the last entry is for levels that no row that taught has."""
        told = [
            scores[np.where(column < len(scores), column, -1)]
            for scores, column in zip(self.scores, codes.T, strict=True)
        ]
        return np.column_stack(told) - self.middle if told else np.zeros((len(codes), 0))


def _scores(codes: Integers, came: Floats, weight: Floats, objective: Objective, size: int | None = None) -> Floats:
    """By code; one more at the end, which the code -1 (never seen) reaches."""
    size = size or int(codes.max(initial=-1)) + 2
    seen = codes >= 0
    mean = float(np.average(came, weights=weight))
    counts = np.bincount(codes[seen], weights=weight[seen], minlength=size)
    sums = np.bincount(codes[seen], weights=(weight * came)[seen], minlength=size)
    told = (sums + _PRIOR * mean) / (counts + _PRIOR)
    return log_odds(told) if objective.binary else np.asarray(told)
