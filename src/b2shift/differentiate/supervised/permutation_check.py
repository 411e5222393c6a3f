"""Permutation check: the same folds with shuffled labels and a quick learner must give an AUC of 0.5."""

from collections.abc import Sequence

import numpy as np

from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.folds import Split
from b2shift.differentiate.supervised.penalty_path import logistic_path
from b2shift.differentiate.supervised.shapes import Columns, Floats

_PENALTY = np.array([30.0])
_MAX_ROWS = 20_000


def shuffled_auc(columns: Columns, target: Floats, splits: Sequence[Split], seed: int) -> float | None:
    """Out-of-fold AUC of a penalised regression fitted on shuffled labels; 0.5 when nothing leaks."""
    shuffled = np.random.default_rng(seed).permutation(target)
    encoding = Encoding.fit(columns)
    design = encoding.transform(columns)
    matrix = np.hstack([design.linear, design.curves / 2])
    scores = np.full(len(target), np.nan)
    for split in splits:
        train = split.train[:_MAX_ROWS]
        if not 0 < shuffled[train].sum() < len(train):
            continue
        [coefficients] = logistic_path(matrix[train], shuffled[train], np.ones(len(train)), _PENALTY)
        scores[split.test] = matrix[split.test] @ coefficients[1:]
    scored = np.isfinite(scores)
    return auc(shuffled[scored], scores[scored])
