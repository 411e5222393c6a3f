"""Drift between two sets of rows by adversarial validation."""

from dataclasses import dataclass

import lightgbm
import numpy as np

from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.folds import row_hashes
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Words

_MAX_ROWS = 20_000
_FOLDS, _ROUNDS = 3, 60


@dataclass(frozen=True)
class Drift:
    """AUC of a classifier of current against reference rows (0.5: no drift), and of each column alone."""

    auc: float
    by_column: dict[str, float]


def measure_drift(reference: Columns, current: Columns, seed: int) -> Drift | None:
    """Compare two sets of rows with the same columns; None when either has fewer than 30."""
    if min(len(reference), len(current)) < 30:
        return None
    rng = np.random.default_rng(seed)
    reference, current = (_sample(rows, rng) for rows in (reference, current))
    encoding = Encoding.fit(reference)
    matrix = np.vstack([encoding.transform(rows).trees for rows in (reference, current)])
    target = np.r_[np.zeros(len(reference)), np.ones(len(current))]
    by_column = {}
    for index, name in enumerate(encoding.names[: len(encoding.numbers)]):
        values = matrix[:, index]
        present = np.isfinite(values)
        by_column[name] = auc(target[present], values[present]) or 0.5
    for name in reference.words:
        by_column[name] = (
            auc(target, _out_of_fold_rates(np.concatenate([reference.words[name], current.words[name]]), target, rng))
            or 0.5
        )
    return Drift(_adversarial_auc(matrix, target, rng), by_column)


def _sample(rows: Columns, rng: np.random.Generator) -> Columns:
    """Sample by content, so that file order changes nothing."""
    order = np.argsort(row_hashes(rows), kind="stable")
    return rows.take(order[np.sort(rng.permutation(len(rows))[:_MAX_ROWS])])


def _out_of_fold_rates(texts: Words, target: Floats, rng: np.random.Generator) -> Floats:
    """Out-of-fold share of current rows by level."""
    _, codes = np.unique(["" if word is None else word for word in texts], return_inverse=True)
    fold = rng.permutation(len(target)) % _FOLDS
    predicted = np.zeros(len(target))
    for number in range(_FOLDS):
        held_out: Flags = fold == number
        counts = np.bincount(codes[~held_out], minlength=int(codes.max()) + 1)
        events = np.bincount(codes[~held_out], weights=target[~held_out], minlength=len(counts))
        predicted[held_out] = ((events + 2 * target.mean()) / (counts + 2))[codes[held_out]]
    return predicted


def _adversarial_auc(matrix: Floats, target: Floats, rng: np.random.Generator) -> float:
    fold = rng.permutation(len(target)) % _FOLDS
    predicted = np.zeros(len(target))
    settings = {
        "objective": "binary", "num_leaves": 8, "learning_rate": 0.1, "min_data_in_leaf": 20, "seed": 1, "verbose": -1,
        "num_threads": 1, "deterministic": True, "force_row_wise": True,
    }  # fmt: skip
    for number in range(_FOLDS):
        held_out: Flags = fold == number
        booster = lightgbm.train(settings, lightgbm.Dataset(matrix[~held_out], target[~held_out]), _ROUNDS)
        predicted[held_out] = booster.predict(matrix[held_out], num_threads=1)
    return auc(target, predicted) or 0.5
