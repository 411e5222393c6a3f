"""Cross-validation splits by row content and seed, never by file order.

Equal rows, and rows of one entity, stay in one fold: a copy in training would leak its twin's label.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers, Words

_FEW_ROWS, _SOME_ROWS = 400, 1000
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Split:
    """Row indices of one train/test split."""

    train: Integers
    test: Integers
    backward: bool = False
    """Whether the test rows are older than the training rows: predicted, but not measured."""


@dataclass(frozen=True)
class ValidationPlan:
    """Repeats of complete cross-validation, whose test rows are measured.

    `bagging`: further splits whose members predict new rows, where the members of `repeats` saw only part of the time
    span. `stationary`: no drift over time was found, so that stacking weights come from `bagging` too.
    """

    repeats: Sequence[Sequence[Split]]
    bagging: Sequence[Split] = ()
    stationary: bool = False
    max_members: int | None = None
    """How many members predict new rows, where all would take too long."""


def row_hashes(columns: Columns, *more: Floats) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    """A 64-bit hash of each row's values."""
    hashes = np.zeros(len(columns), dtype=np.uint64)
    for values in (*columns.numbers.values(), *more):
        hashes = _combined(hashes, (np.nan_to_num(values, nan=-1.5e300).astype(np.float64) + 0.0).view(np.uint64))
    for texts in columns.words.values():
        hashes = _combined(hashes, _text_hashes(texts))
    return hashes


def repeated_kfold(target: Floats, groups: Integers, seed: int, classes: bool) -> list[list[Split]]:
    """Repeated stratified group K-fold; more repeats and folds for fewer rows."""
    repeat_count, folds = (3, 8) if len(target) < _FEW_ROWS else (2, 8) if len(target) < _SOME_ROWS else (1, 5)
    repeats = []
    for repeat in range(repeat_count):
        fold_of = _stratified_group_folds(target, groups, folds, np.random.default_rng([seed, repeat]), classes)
        repeats.append([_split(fold_of != fold, fold_of == fold) for fold in range(folds) if (fold_of == fold).any()])
    return repeats


def forward_chaining(
    time: Floats, groups: Integers, enough: Callable[[Flags], bool] = lambda rows: bool(rows.any()), blocks: int = 5
) -> list[list[Split]]:
    """Each block of time tested on a model of the rows before it, from where those are `enough` to learn from; the
    first block by those after it, unmeasured.

    Times must differ; empty where no block has enough rows before it.
    """
    edges = np.unique(np.quantile(time, np.arange(1, blocks) / blocks, method="lower"))
    edges = edges[edges < time.max()]
    edges = edges if len(edges) else np.array([time[time < time.max()].max()])
    edges = edges[[enough(time <= edge) for edge in edges]]
    if not len(edges):
        return []
    block = np.searchsorted(edges, time, side="left")
    blocks_of_time: list[Split] = []
    for current in range(len(edges) + 1):
        test = block == current
        train = (block > current) if not blocks_of_time else (block < current)
        train &= ~np.isin(groups, groups[test]) | (block != current)
        if train.any():
            blocks_of_time.append(Split(np.flatnonzero(train), np.flatnonzero(test), backward=not blocks_of_time))
    return [blocks_of_time] if blocks_of_time else []


def _split(train: Floats, test: Floats) -> Split:
    return Split(np.flatnonzero(train), np.flatnonzero(test))


def _stratified_group_folds(
    target: Floats, groups: Integers, folds: int, rng: np.random.Generator, classes: bool
) -> Integers:
    """Fold of each row: groups dealt in turn in the order of their mean target, so that folds are alike."""
    _, group, counts = np.unique(groups, return_inverse=True, return_counts=True)
    mean = np.bincount(group, weights=target) / counts
    order = rng.permutation(len(counts))
    key = mean[order] if classes else np.round(np.argsort(np.argsort(mean[order])) * 20.0 / max(len(counts), 1))
    order = order[np.argsort(key, kind="stable")]
    fold_of = np.empty(len(counts), np.intp)
    fold_of[order] = np.arange(len(counts)) % folds
    return np.asarray(fold_of[group])


def _text_hashes(texts: Words) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    hash_of = {
        text: int.from_bytes(blake2b(("\0" if text is None else str(text)).encode(), digest_size=8).digest(), "little")
        for text in set(texts.tolist())
    }
    return np.fromiter((hash_of[text] for text in texts.tolist()), np.uint64, len(texts))


def _combined(
    hashes: "np.ndarray[tuple[int], np.dtype[np.uint64]]", values: "np.ndarray[tuple[int], np.dtype[np.uint64]]"
) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    with np.errstate(over="ignore"):
        mixed = (hashes ^ values) * _MULTIPLIER
        return np.asarray(mixed ^ (mixed >> np.uint64(29)))
