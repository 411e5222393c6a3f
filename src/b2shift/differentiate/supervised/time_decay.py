"""Time decay of row weights: equal weights unless an exponential decay predicts later blocks better."""

from collections.abc import Sequence

import numpy as np

from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.folds import Split
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.penalty_path import logistic_path, ridge_path
from b2shift.differentiate.supervised.shapes import Columns, Floats

HALF_LIVES = (np.inf, 0.5, 0.25, 0.12, 0.06)
"""Candidate half-lives, as fractions of the time span."""
_PENALTY = np.array([10.0])


def fit_time_decay(
    columns: Columns, target: Floats, weight: Floats, time: Floats, splits: Sequence[Split], objective: Objective
) -> tuple[Floats, float]:
    """Decayed row weights and the half-life chosen: the best, if it beats equal weights by more than a standard
    error."""
    design = Encoding.fit(columns).transform(columns)
    matrix = np.hstack([design.linear, design.curves / 2])
    age = (time.max() - time) / max(float(np.ptp(time)), 1e-12)
    fit_path = logistic_path if objective.binary else ridge_path
    losses = []
    for half_life in HALF_LIVES:
        decayed = weight * 0.5 ** (age / half_life)
        fold_losses = []
        for split in splits:
            if split.backward:
                continue
            [coefficients] = fit_path(matrix[split.train], target[split.train], decayed[split.train], _PENALTY)
            scores = coefficients[0] + matrix[split.test] @ coefficients[1:]
            fold_losses.append(objective.losses(target[split.test], scores) * (weight[split.test] > 0))
        losses.append(np.concatenate(fold_losses) if fold_losses else np.zeros(1))
    best = int(np.argmin([loss.mean() for loss in losses]))
    gain = losses[0] - losses[best]
    if gain.mean() <= gain.std() / np.sqrt(len(gain)):
        return weight, np.inf
    return weight * 0.5 ** (age / HALF_LIVES[best]), HALF_LIVES[best]
