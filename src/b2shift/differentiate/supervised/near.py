"""Rows that are nearly the same as another: one row told twice with a figure touched up, or one entity at two moments.

In the teaching half such a row tells the answer of its twin as a copy does. What is near follows from the table: a
twentieth of the usual distance to the tenth row, with nothing from there to a fourth of it. Chance leaves few rows so
near, and more a little farther; rows of a dense cluster have no end of near ones.
"""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.folds import contents
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers

_NEAR, _NEXT = 0.05, 0.25
"""Parts of the usual distance to the tenth row."""
_FEWEST_ROWS, _SHARE_ROWS = 10, 0.02
"""Rows that must have a twin."""
_TIMES = 3.0
"""How many times as many rows must have twins alone near them as have others."""
_MOST_ROWS, _NEIGHBOURS = 20_000, 11
_OWN_VALUES, _FEWEST_FINE = 0.5, 2


def near_groups(columns: Columns, groups: Integers) -> Integers:
    """Groups of equal rows, those joined that are near one another in all their numbers and equal in all their words;
    as they are where too few are for it to be no chance."""
    _, first = np.unique(groups, return_index=True)
    if not _FEWEST_ROWS < len(first) <= _MOST_ROWS or _fine(columns.take(first)) < _FEWEST_FINE:
        return groups
    one, other = _twins(columns.take(first))
    if not len(one):
        return groups
    size = len(first)
    joined = connected_components(coo_array((np.ones(len(one)), (one, other)), shape=(size, size)), directed=False)[1]
    return np.asarray(joined[np.searchsorted(groups[first], groups)], np.intp)


def _fine(columns: Columns) -> int:
    """Numbers of which most rows have their own value: others are equal by chance."""
    return sum(len(np.unique(values)) > _OWN_VALUES * len(values) for values in columns.numbers.values())


def _twins(rows: Columns) -> tuple[Integers, Integers]:
    """Pairs of different rows that are near."""
    from sklearn.neighbors import NearestNeighbors

    matrix = _measured(rows)
    words = contents(Columns({}, rows.words)) if rows.words else np.zeros(len(matrix), np.uint64)
    away, place = NearestNeighbors(n_neighbors=min(_NEIGHBOURS, len(matrix))).fit(matrix).kneighbors(matrix)
    away, place = away[:, 1:], place[:, 1:]
    usual = float(np.median(away[:, -1]))
    alike: Flags = words[place] == words[:, None]
    near: Flags = alike & (away < _NEAR * usual)
    around: Flags = alike & (away < _NEXT * usual)
    dense: Flags = (away < _NEAR * usual).all(axis=1)
    alone: Flags = near.any(axis=1) & (near == around).all(axis=1) & ~dense
    twins, others = int(alone.sum()), int((around.any(axis=1) & ~alone).sum())
    if twins < max(_FEWEST_ROWS, _SHARE_ROWS * len(matrix)) or twins < _TIMES * others:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    one, which = np.nonzero(near & alone[:, None])
    return one.astype(np.intp), place[one, which].astype(np.intp)


def _measured(rows: Columns) -> Floats:
    """Numbers in spreads of their column; what is missing is far from what is not."""
    encoding = Encoding.of(Columns(rows.numbers, {}))
    told = []
    for one in encoding.numbers:
        values = rows.numbers[one.name]
        told += [one.standard(values), np.where(np.isfinite(values), 0.0, 1.0)]
    return np.column_stack(told)
