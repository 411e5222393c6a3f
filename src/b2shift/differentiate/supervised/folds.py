"""Which rows teach and which are said: by content and seed, never by the order of the file.

Rows that are the same, or of one entity, stay together: a copy in the teaching half would tell the answer of its twin.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers, Words

_FEW, _SOME = 400, 1000
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Split:
    """One way of teaching: the rows that teach, and those that are then said."""

    teach: Integers
    say: Integers
    backward: bool = False
    """Whether the rows said are older than those that teach: said, but not measured on."""


@dataclass(frozen=True)
class Deal:
    """Whole rounds of splits, whose rows said are measured; `bag`: others, whose teachers say new rows, where those of
    the rounds know only a part of the time. `steady`: time changes nothing that could be seen, so that the bag, taught
    by more rows, also says how much each family counts."""

    rounds: Sequence[Sequence[Split]]
    bag: Sequence[Split] = ()
    steady: bool = False
    sayers: int | None = None
    """How many of the teachers say new rows, where all would take too long."""


def contents(columns: Columns, *more: Floats) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    """A number for each row that follows from its values alone."""
    told = np.zeros(len(columns), dtype=np.uint64)
    for values in (*columns.numbers.values(), *more):
        told = _mixed(told, (np.nan_to_num(values, nan=-1.5e300).astype(np.float64) + 0.0).view(np.uint64))
    for words in columns.words.values():
        told = _mixed(told, _hashed(words))
    return told


def splits(came: Floats, groups: Integers, seed: int, classes: bool) -> list[list[Split]]:
    """Whole rounds of cross-validation: more rounds and folds for fewer rows."""
    rounds, folds = (3, 8) if len(came) < _FEW else (2, 8) if len(came) < _SOME else (1, 5)
    told = []
    for turn in range(rounds):
        place = _dealt(came, groups, folds, np.random.default_rng([seed, turn]), classes)
        told.append([_split(place != fold, place == fold) for fold in range(folds) if (place == fold).any()])
    return told


def forward(
    time: Floats, groups: Integers, enough: Callable[[Flags], bool] = lambda rows: bool(rows.any()), blocks: int = 5
) -> list[list[Split]]:
    """Each block of time said by the rows before it, from where those are `enough` to learn from; all earlier rows by
    those after them, unmeasured. Times must differ; nothing where no block has enough before it."""
    edges = np.unique(np.quantile(time, np.arange(1, blocks) / blocks, method="lower"))
    edges = edges[edges < time.max()]
    edges = edges if len(edges) else np.array([time[time < time.max()].max()])
    edges = edges[[enough(time <= edge) for edge in edges]]
    if not len(edges):
        return []
    block = np.searchsorted(edges, time, side="left")
    told: list[Split] = []
    for now in range(len(edges) + 1):
        say = block == now
        teach = (block > now) if not told else (block < now)
        teach &= ~np.isin(groups, groups[say]) | (block != now)
        if teach.any():
            told.append(Split(np.flatnonzero(teach), np.flatnonzero(say), backward=not told))
    return [told] if told else []


def _split(teach: Floats, say: Floats) -> Split:
    return Split(np.flatnonzero(teach), np.flatnonzero(say))


def _dealt(came: Floats, groups: Integers, folds: int, rng: np.random.Generator, classes: bool) -> Integers:
    """Groups dealt like cards, those of one class (or near value) one after another, so that folds are alike."""
    _, group, counts = np.unique(groups, return_inverse=True, return_counts=True)
    mean = np.bincount(group, weights=came) / counts
    order = rng.permutation(len(counts))
    key = mean[order] if classes else np.round(np.argsort(np.argsort(mean[order])) * 20.0 / max(len(counts), 1))
    order = order[np.argsort(key, kind="stable")]
    place = np.empty(len(counts), np.intp)
    place[order] = np.arange(len(counts)) % folds
    return np.asarray(place[group])


def _hashed(words: Words) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    told = {
        word: int.from_bytes(blake2b(("\0" if word is None else str(word)).encode(), digest_size=8).digest(), "little")
        for word in set(words.tolist())
    }
    return np.fromiter((told[word] for word in words.tolist()), np.uint64, len(words))


def _mixed(
    told: "np.ndarray[tuple[int], np.dtype[np.uint64]]", values: "np.ndarray[tuple[int], np.dtype[np.uint64]]"
) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    with np.errstate(over="ignore"):
        mixed = (told ^ values) * _MIX
        return np.asarray(mixed ^ (mixed >> np.uint64(29)))
