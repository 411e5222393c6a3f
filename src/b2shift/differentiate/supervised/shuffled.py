"""The check that chance gives nothing: the same folds, the label shuffled, a quick learner."""

from collections.abc import Sequence

import numpy as np

from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.folds import Split
from b2shift.differentiate.supervised.linear import logistic_path
from b2shift.differentiate.supervised.shapes import Columns, Floats

_PENALTY = np.array([30.0])
_MOST = 20_000


def shuffled_auc(columns: Columns, came: Floats, splits: Sequence[Split], seed: int) -> float | None:
    """AUC of a penalised regression taught on shuffled labels, on rows that did not teach; 0.5 when nothing leaks."""
    drawn = np.random.default_rng(seed).permutation(came)
    encoding = Encoding.of(columns)
    rows = encoding.matrices(columns)
    matrix = np.hstack([rows.linear, rows.curves / 2])
    said = np.full(len(came), np.nan)
    for split in splits:
        teach = split.teach[:_MOST]
        if not 0 < drawn[teach].sum() < len(teach):
            continue
        [found] = logistic_path(matrix[teach], drawn[teach], np.ones(len(teach)), _PENALTY)
        said[split.say] = matrix[split.say] @ found[1:]
    known = np.isfinite(said)
    return auc(drawn[known], said[known])
