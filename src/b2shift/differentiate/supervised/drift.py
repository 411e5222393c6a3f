"""How far the rows to be predicted, or the newest, are from those that teach."""

from dataclasses import dataclass

import lightgbm
import numpy as np

from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.folds import contents
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Words

_MOST = 20_000
_FOLDS, _ROUNDS = 3, 60


@dataclass(frozen=True)
class Moved:
    """AUC of a model that tells new rows from old (0.5: they are alike), and of each column alone."""

    auc: float
    alone: dict[str, float]


def moved(old: Columns, new: Columns, seed: int) -> Moved | None:
    """Compare two sets of rows of the same columns; None when one has too few."""
    if min(len(old), len(new)) < 30:
        return None
    rng = np.random.default_rng(seed)
    old, new = (_some(rows, rng) for rows in (old, new))
    encoding = Encoding.of(old)
    matrix = np.vstack([encoding.matrices(rows).trees for rows in (old, new)])
    came = np.r_[np.zeros(len(old)), np.ones(len(new))]
    alone = {}
    for place, name in enumerate(encoding.names[: len(encoding.numbers)]):
        values = matrix[:, place]
        known = np.isfinite(values)
        alone[name] = auc(came[known], values[known]) or 0.5
    for name in old.words:
        alone[name] = auc(came, _rated(np.concatenate([old.words[name], new.words[name]]), came, rng)) or 0.5
    return Moved(_apart(matrix, came, rng), alone)


def _some(rows: Columns, rng: np.random.Generator) -> Columns:
    """Drawn by content, so that the order of the file changes nothing."""
    order = np.argsort(contents(rows), kind="stable")
    return rows.take(order[np.sort(rng.permutation(len(rows))[:_MOST])])


def _rated(words: Words, came: Floats, rng: np.random.Generator) -> Floats:
    """How new each row's level is, as the rows of other folds tell."""
    _, codes = np.unique(["" if word is None else word for word in words], return_inverse=True)
    fold = rng.permutation(len(came)) % _FOLDS
    said = np.zeros(len(came))
    for one in range(_FOLDS):
        held: Flags = fold == one
        counts = np.bincount(codes[~held], minlength=int(codes.max()) + 1)
        events = np.bincount(codes[~held], weights=came[~held], minlength=len(counts))
        said[held] = ((events + 2 * came.mean()) / (counts + 2))[codes[held]]
    return said


def _apart(matrix: Floats, came: Floats, rng: np.random.Generator) -> float:
    fold = rng.permutation(len(came)) % _FOLDS
    said = np.zeros(len(came))
    settings = {
        "objective": "binary", "num_leaves": 8, "learning_rate": 0.1, "min_data_in_leaf": 20, "seed": 1, "verbose": -1,
        "num_threads": 1, "deterministic": True, "force_row_wise": True,
    }  # fmt: skip
    for one in range(_FOLDS):
        held: Flags = fold == one
        booster = lightgbm.train(settings, lightgbm.Dataset(matrix[~held], came[~held]), _ROUNDS)
        said[held] = booster.predict(matrix[held], num_threads=1)
    return auc(came, said) or 0.5
