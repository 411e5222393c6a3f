"""How much old rows count: as much as new ones, unless forgetting them said later blocks of time better."""

from collections.abc import Sequence

import numpy as np

from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.folds import Split
from b2shift.differentiate.supervised.linear import logistic_path, squares_path
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.shapes import Columns, Floats

HALF_LIVES = (np.inf, 0.5, 0.25, 0.12, 0.06)
"""Parts of the whole span of time in which a row's weight halves."""
_PENALTY = np.array([10.0])


def recency(
    columns: Columns, came: Floats, weight: Floats, time: Floats, splits: Sequence[Split], objective: Objective
) -> tuple[Floats, float]:
    """Weights of the rows, and the half-life chosen: the best, if it beats remembering all by more than one error."""
    rows = Encoding.of(columns).matrices(columns)
    matrix = np.hstack([rows.linear, rows.curves / 2])
    age = (time.max() - time) / max(float(np.ptp(time)), 1e-12)
    path = logistic_path if objective.binary else squares_path
    losses = []
    for life in HALF_LIVES:
        weighed = weight * 0.5 ** (age / life)
        told = []
        for split in splits:
            if split.backward:
                continue
            [found] = path(matrix[split.teach], came[split.teach], weighed[split.teach], _PENALTY)
            said = found[0] + matrix[split.say] @ found[1:]
            told.append(objective.losses(came[split.say], said) * (weight[split.say] > 0))
        losses.append(np.concatenate(told) if told else np.zeros(1))
    best = int(np.argmin([loss.mean() for loss in losses]))
    gain = losses[0] - losses[best]
    if gain.mean() <= gain.std() / np.sqrt(len(gain)):
        return weight, np.inf
    return weight * 0.5 ** (age / HALF_LIVES[best]), HALF_LIVES[best]
