"""Rows that are copies or mixtures of other rows: what oversampling before the split leaves in a table."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from b2shift.differentiate.supervised.folds import contents
from b2shift.differentiate.supervised.near import near_groups
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers, Words

if TYPE_CHECKING:
    from sklearn.neighbors import NearestNeighbors

_BY_CHANCE = 20.0
"""Times the pairs of equal rows that independent columns would give, from which copies are no chance."""
_FEWEST_PAIRS = 5
_SURPRISING = 0.05
"""Rows with the same values that independent columns would give, under which equal rows are no chance."""
_ONE_SIDED, _SHARE_COPIED = 3.0, 0.2
_NEIGHBOURS, _PROBED, _MOST_TESTED, _AT_ONCE = 40, 1000, 30_000, 500
_ON_LINE = 1e-6
_FEWEST_APART, _OWN_VALUES = 3, 0.5
"""Finely measured columns in which two rows differ for a third between them to be no accident: two may follow from one
another."""
_SHARE_MIXED, _FEWEST_MIXED = 0.05, 10
_ACCIDENT = 0.001
"""Chance that fractions would fall on one class only, under which that is none."""
NOTHING = Columns({}, {})


@dataclass(frozen=True)
class Resampled:
    """`groups`: rows that are equal or nearly so share a number. `copies` of rows of an oversampled
    class, and `mixtures`, teach nothing."""

    groups: Integers
    repeated: int
    nearly: int
    """Rows that repeat, and those that are only near another."""
    copies: Flags
    mixtures: Flags
    same_everywhere: bool
    """Whether equal rows are so common that chance explains them."""


def resampled(columns: Columns, came: Floats, classes: bool, names: Columns = NOTHING) -> Resampled:
    """Find copies and mixtures; by the `names` of rows, those equal by chance are told from copies."""
    groups, chance, often = _equal(columns)
    if chance and often and names.names:
        groups, chance, _ = _equal(columns, names)
    nothing = np.zeros(len(came), bool)
    if chance:
        groups = np.arange(len(came))
    once = np.bincount(groups)[groups] == 1
    groups = near_groups(columns, groups)
    copied = np.bincount(groups)[groups] > 1
    nearly = copied & once
    copies = _copies(groups, came, copied) if classes and copied.any() else nothing
    mixtures = _mixtures(columns, came, copies) if classes else nothing
    return Resampled(
        groups.astype(np.intp), int((copied & ~once).sum()), int(nearly.sum()), copies, mixtures, chance and often
    )


def _equal(columns: Columns, names: Columns = NOTHING) -> tuple[Integers, bool, bool]:
    """Equal rows by number; whether chance makes them equal, a name being of one row; whether there are several."""
    _, groups, counts = np.unique(contents(columns.beside(names)), return_inverse=True, return_counts=True)
    pairs = float((counts * (counts - 1) / 2).sum())
    expected = _expected_pairs(columns) / (len(columns) if names.names else 1)
    often = pairs >= _FEWEST_PAIRS
    return groups, not often or pairs < _BY_CHANCE * expected, often


def _expected_pairs(columns: Columns) -> float:
    rows, same = len(columns), 1.0
    every: list[Floats] = [*columns.numbers.values(), *map(_without_gaps, columns.words.values())]
    for values in every:
        _, counts = np.unique(values, return_counts=True)
        same *= float(((counts / rows) ** 2).sum())
    return same * rows * (rows - 1) / 2


def seen_again(columns: Columns, fresh: Columns) -> int:
    """How many rows of `fresh` are equal to one of `columns` (same columns), those left out that chance makes equal."""
    again = np.flatnonzero(np.isin(contents(fresh), contents(columns)))
    by_chance = np.full(len(again), float(len(columns)))
    for name in columns.names if len(again) else ():
        kind = "numbers" if name in columns.numbers else "words"
        mine, theirs = (getattr(one, kind)[name] for one in (columns, fresh))
        both = np.concatenate([mine, theirs[again]])
        _, codes = np.unique(both if kind == "numbers" else _without_gaps(both), return_inverse=True)
        counts = np.bincount(codes[: len(mine)], minlength=int(codes.max()) + 1)
        by_chance *= counts[codes[len(mine) :]] / len(mine)
    return int((by_chance < _SURPRISING).sum())


def _without_gaps(words: Words) -> Words:
    return np.array([word or "" for word in words], dtype=object)


def _copies(groups: Integers, came: Floats, copied: Flags) -> Flags:
    """All but the first of equal rows of the class that is the rarer without them, copied far more than the other."""
    told = np.zeros(len(came), bool)
    if np.ptp(came) == 0:
        return told
    shares = [float(copied[came == one].mean()) for one in (0.0, 1.0)]
    for one in (0.0, 1.0):
        mine, other = shares[int(one)], shares[1 - int(one)]
        rarer = len(np.unique(groups[came == one])) <= len(np.unique(groups[came != one]))
        if rarer and mine >= _SHARE_COPIED and mine >= _ONE_SIDED * other:
            rows = np.flatnonzero((came == one) & copied)
            _, first = np.unique(groups[rows], return_index=True)
            told[np.delete(rows, first)] = True
    return told


def _mixtures(columns: Columns, came: Floats, copies: Flags) -> Flags:
    """Rows exactly between two others of their class (as SMOTE makes them), where the other class has none."""
    matrix = np.column_stack([*columns.numbers.values()]) if columns.numbers else np.zeros((len(came), 0))
    matrix = matrix[:, np.array([np.isfinite(v).all() and np.ptp(v) > 0 for v in matrix.T], bool)]
    told = np.zeros(len(came), bool)
    if matrix.shape[1] < 3:
        return told
    scaled = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)
    fine = _fine(matrix)
    shares = {}
    for one in (0.0, 1.0):
        rows = np.flatnonzero((came == one) & ~copies)
        found = _between(scaled[rows], fine[rows])
        told[rows[found]] = True
        broken = _broken_counts(matrix, came, one) & ~copies
        if found.any() or broken.sum() >= _SHARE_MIXED * max((came == one).sum(), 1):
            told |= broken
        shares[one] = float(told[came == one].mean()) if (came == one).any() else 0.0
    for one in (0.0, 1.0):
        few = told[came == one].sum() < _FEWEST_MIXED
        if few or shares[one] < _SHARE_MIXED or shares[one] < 5 * shares[1 - one]:
            told[came == one] = False
    return told


def _fine(matrix: Floats) -> Flags:
    """Values that are no whole numbers, or of columns where nearly every row has its own: on a coarse grid rows lie
    between others by chance."""
    own = np.array([len(np.unique(column)) > _OWN_VALUES * len(column) for column in matrix.T])
    return np.asarray((np.mod(matrix, 1) > 0) | own)


def _between(rows: Floats, fine: Flags) -> Flags:
    """Which rows lie on the straight line between two near ones; all are tried if some of a probe do."""
    from sklearn.neighbors import NearestNeighbors

    told = np.zeros(len(rows), bool)
    if len(rows) <= _NEIGHBOURS:
        return told
    near = NearestNeighbors(n_neighbors=_NEIGHBOURS + 1).fit(rows)
    probe = np.unique(np.linspace(0, len(rows) - 1, min(_PROBED, len(rows))).astype(np.intp))
    told[probe] = _on_lines(near, rows, fine, probe)
    if told.any() and len(probe) < len(rows):
        every = np.arange(min(len(rows), _MOST_TESTED))
        told[every] = _on_lines(near, rows, fine, every)
    return told


def _on_lines(near: "NearestNeighbors", rows: Floats, fine: Flags, some: Integers) -> Flags:
    told = np.zeros(len(some), bool)
    for start in range(0, len(some), _AT_ONCE):
        part = some[start : start + _AT_ONCE]
        _, others = near.kneighbors(rows[part])
        away = rows[others[:, 1:]] - rows[part, None, :]
        length = np.linalg.norm(away, axis=2)
        unit = away / np.maximum(length, 1e-12)[:, :, None]
        cosine = np.einsum("nid,njd->nij", unit, unit)
        apart = ((np.abs(away) > _ON_LINE) & fine[part][:, None, :]).sum(axis=2)
        alike = (length < _ON_LINE) | (apart < _FEWEST_APART)
        cosine[alike[:, :, None] | alike[:, None, :]] = 0
        told[start : start + len(part)] = (cosine < -1 + _ON_LINE).any(axis=(1, 2))
    return told


def _broken_counts(matrix: Floats, came: Floats, one: float) -> Flags:
    """Rows of a class with a fraction where every row of the other class has a whole number, which is no accident."""
    mine = came == one
    told = np.zeros(len(came), bool)
    for column in matrix.T:
        broken = np.mod(column, 1) > 0
        if not broken[~mine].any() and np.ptp(column[~mine]) > 1 and _all_of(mine, int(broken.sum())) < _ACCIDENT:
            told |= broken
    return told


def _all_of(mine: Flags, drawn: int) -> float:
    """The chance that rows drawn without looking are all of mine."""
    taken = np.arange(drawn)
    return float(np.prod((mine.sum() - taken) / (len(mine) - taken)))
