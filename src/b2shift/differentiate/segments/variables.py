"""The variables behind the columns of a table: one-hot columns put together again, numbers in bands.

Few levels per variable: what is decided for a variable as a whole comes back on other samples of the same rows.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers

BANDS = 4
"""Bands of a column of numbers, of equal weight."""
TOLERANCES = ((0.9, 0.0), (0.995, 0.02))
"""Columns are one variable when at least the first share of the rows has one of them, and at most the second share
two: columns that exclude one another may leave more rows without any."""
_NONE = 1e-12

Columns = tuple[int, ...]


def variables(raw: Distinct) -> list[Integers]:
    """For each variable the level (0..) of each distinct row; columns that do not vary give none."""
    found = [
        _level_had(raw.rows[:, columns]) if len(columns) > 1 else _levels(raw, raw.rows[:, columns[0]])
        for columns in together(raw)
    ]
    return [levels.astype(np.intp) for levels in found if levels.max() > 0]


def together(raw: Distinct) -> tuple[Columns, ...]:
    """The columns of each variable: those of two values, wherever they stand, of which nearly every row has one.

    Where columns fit into two variables, they are of the one that covers more rows.
    """
    binary = [len(np.unique(column)) == 2 for column in raw.rows.T]
    flags = np.where(binary, _flags(raw.rows), False).astype(np.float64)
    shared = (flags * raw.weights[:, None]).T @ flags / raw.total
    free, found = np.flatnonzero(binary), list[Columns]()
    while joined := _apart([one for seed in free for one in _grown(shared, free, int(seed))]):
        found += joined
        free = np.setdiff1d(free, np.concatenate(joined))
    alone = np.setdiff1d(np.arange(len(binary)), np.concatenate([*found, ()])).tolist()
    return tuple(sorted([*found, *((column,) for column in alone)]))


def _grown(shared: Floats, free: Integers, seed: int) -> Iterator[tuple[float, Columns]]:
    """A column with those that exclude it and one another, the commonest first, by each tolerance that they meet.

    `shared` = share of the rows that has both of two columns. With each goes the share of the rows that has just one.
    """
    own = shared.diagonal()
    for least, most in TOLERANCES:
        fit = free[shared[seed, free] <= most + _NONE]
        if own[seed] + own[fit].sum() < least:
            continue
        members, both, covered, twice = [seed], shared[seed], own[seed], 0.0
        for column in fit[np.argsort(-own[fit], kind="stable")].tolist():
            room = most - twice if covered < least else 0.0
            if both[column] <= min(room, own[column] / 2, covered / 2) + _NONE:
                members.append(column)
                covered, twice = covered + own[column] - both[column], twice + both[column]
                both = both + shared[column]
        if len(members) > 1 and covered >= least:
            yield float(covered - twice), tuple(sorted(members))


def _apart(found: Sequence[tuple[float, Columns]]) -> list[Columns]:
    """Those that have no column in common with one that covers more."""
    kept, taken = list[Columns](), set[int]()
    for _, columns in sorted(set(found), key=lambda one: (-round(one[0], 9), one[1])):
        if taken.isdisjoint(columns):
            kept.append(columns)
            taken.update(columns)
    return kept


def _flags(rows: Floats) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    """Whether a column of two values has the upper one."""
    return rows > rows.min(axis=0)


def _level_had(rows: Floats) -> Integers:
    """Which of the columns of a variable each row has; rows without any have a level of their own."""
    flags = _flags(rows)
    return np.where(flags.any(axis=1), flags.argmax(axis=1), rows.shape[1])


def _levels(raw: Distinct, column: Floats) -> Integers:
    values, codes = np.unique(column, return_inverse=True)
    if len(values) <= BANDS:
        return codes.reshape(-1)
    order = np.argsort(column, kind="stable")
    reached = np.cumsum(raw.weights[order]) / raw.total
    edges = column[order][np.searchsorted(reached, np.arange(1, BANDS) / BANDS)]
    bands: Integers = np.searchsorted(np.unique(edges), column, side="left")
    return np.unique(bands, return_inverse=True)[1].reshape(-1)
