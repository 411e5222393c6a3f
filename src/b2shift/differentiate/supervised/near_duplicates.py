"""Near-duplicate rows: one row recorded twice with a figure edited, or one entity at two moments.

Split between folds they leak the label as exact duplicates do. The threshold follows from the table: a twentieth of the
median distance to the tenth neighbour, with nobody else up to a quarter of it. Chance leaves few such isolated pairs
and more a little farther apart; in dense clusters neighbours have no gap.
"""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.folds import row_hashes
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers

_NEAR_DISTANCE, _EMPTY_DISTANCE = 0.05, 0.25
"""Fractions of the median distance to the tenth neighbour."""
_MIN_ROWS, _MIN_SHARE = 10, 0.02
"""Rows that must have a near-duplicate."""
_MIN_ISOLATION = 3.0
"""How many isolated pairs are needed for each row with neighbours at all distances."""
_MAX_ROWS, _NEIGHBOURS = 20_000, 11
_MIN_UNIQUE, _MIN_CONTINUOUS = 0.5, 2


def join_near_duplicates(columns: Columns, groups: Integers) -> Integers:
    """Groups of equal rows, merged where rows are near in all numbers and equal in all texts; unchanged where pairs are
    so few that chance explains them."""
    _, first = np.unique(groups, return_index=True)
    if not _MIN_ROWS < len(first) <= _MAX_ROWS or _continuous_columns(columns.take(first)) < _MIN_CONTINUOUS:
        return groups
    left, right = _near_pairs(columns.take(first))
    if not len(left):
        return groups
    count = len(first)
    component = connected_components(
        coo_array((np.ones(len(left)), (left, right)), shape=(count, count)), directed=False
    )[1]
    return np.asarray(component[np.searchsorted(groups[first], groups)], np.intp)


def _continuous_columns(columns: Columns) -> int:
    """How many numbers are nearly unique: others coincide by chance."""
    return sum(len(np.unique(values)) > _MIN_UNIQUE * len(values) for values in columns.numbers.values())


def _near_pairs(rows: Columns) -> tuple[Integers, Integers]:
    """Index pairs of distinct near-duplicate rows."""
    from sklearn.neighbors import NearestNeighbors

    matrix = _standardised(rows)
    text_hashes = row_hashes(Columns({}, rows.words)) if rows.words else np.zeros(len(matrix), np.uint64)
    distance, neighbour = NearestNeighbors(n_neighbors=min(_NEIGHBOURS, len(matrix))).fit(matrix).kneighbors(matrix)
    distance, neighbour = distance[:, 1:], neighbour[:, 1:]
    typical = float(np.median(distance[:, -1]))
    same_texts: Flags = text_hashes[neighbour] == text_hashes[:, None]
    near: Flags = same_texts & (distance < _NEAR_DISTANCE * typical)
    nearby: Flags = same_texts & (distance < _EMPTY_DISTANCE * typical)
    dense: Flags = (distance < _NEAR_DISTANCE * typical).all(axis=1)
    isolated: Flags = near.any(axis=1) & (near == nearby).all(axis=1) & ~dense
    isolated_count, crowded_count = int(isolated.sum()), int((nearby.any(axis=1) & ~isolated).sum())
    if isolated_count < max(_MIN_ROWS, _MIN_SHARE * len(matrix)) or isolated_count < _MIN_ISOLATION * crowded_count:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    row, column = np.nonzero(near & isolated[:, None])
    return row.astype(np.intp), neighbour[row, column].astype(np.intp)


def _standardised(rows: Columns) -> Floats:
    """Standardised numbers; missing values are far from present ones."""
    encoding = Encoding.fit(Columns(rows.numbers, {}))
    parts = []
    for number in encoding.numbers:
        values = rows.numbers[number.name]
        parts += [number.standard(values), np.where(np.isfinite(values), 0.0, 1.0)]
    return np.column_stack(parts)
