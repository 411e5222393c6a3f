"""Variables behind the columns: one-hot columns grouped, numbers binned.

Few levels per variable: decisions on whole variables are stable under resampling.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers

BANDS = 4
"""Quantile bins of a numeric column."""
TOLERANCES = ((0.9, 0.0), (0.995, 0.02))
"""Columns form a variable when at least the first share of rows has one of them and at most the second share two:
mutually exclusive columns may leave more rows without any."""
_EPSILON = 1e-12

Columns = tuple[int, ...]


def variables(raw: Distinct) -> list[Integers]:
    """Level (0..) of each distinct row, per variable; constant columns give none."""
    groups = [
        _active_column(raw.rows[:, columns]) if len(columns) > 1 else _levels(raw, raw.rows[:, columns[0]])
        for columns in group_one_hot(raw)
    ]
    return [levels.astype(np.intp) for levels in groups if levels.max() > 0]


def group_one_hot(raw: Distinct) -> tuple[Columns, ...]:
    """Columns of each variable: binary ones, in any position, of which nearly every row has exactly one.

    Columns that fit two variables go to the one that covers more rows.
    """
    binary = [len(np.unique(column)) == 2 for column in raw.rows.T]
    flags = np.where(binary, _flags(raw.rows), False).astype(np.float64)
    overlap = (flags * raw.weights[:, None]).T @ flags / raw.total
    free, groups = np.flatnonzero(binary), list[Columns]()
    while disjoint := _disjoint([one for seed in free for one in _exclusive_groups(overlap, free, int(seed))]):
        groups += disjoint
        free = np.setdiff1d(free, np.concatenate(disjoint))
    single = np.setdiff1d(np.arange(len(binary)), np.concatenate([*groups, ()])).tolist()
    return tuple(sorted([*groups, *((column,) for column in single)]))


def _exclusive_groups(overlap: Floats, free: Integers, seed: int) -> Iterator[tuple[float, Columns]]:
    """A column with those that exclude it and one another, commonest first, at each tolerance met.

    `overlap` = share of rows with both of two columns. Yields the share of rows with exactly one.
    """
    shares = overlap.diagonal()
    for min_covered, max_overlap in TOLERANCES:
        compatible = free[overlap[seed, free] <= max_overlap + _EPSILON]
        if shares[seed] + shares[compatible].sum() < min_covered:
            continue
        members, overlap_with, covered, double = [seed], overlap[seed], shares[seed], 0.0
        for column in compatible[np.argsort(-shares[compatible], kind="stable")].tolist():
            allowed = max_overlap - double if covered < min_covered else 0.0
            if overlap_with[column] <= min(allowed, shares[column] / 2, covered / 2) + _EPSILON:
                members.append(column)
                covered, double = covered + shares[column] - overlap_with[column], double + overlap_with[column]
                overlap_with = overlap_with + overlap[column]
        if len(members) > 1 and covered >= min_covered:
            yield float(covered - double), tuple(sorted(members))


def _disjoint(groups: Sequence[tuple[float, Columns]]) -> list[Columns]:
    """The groups that share no column with one that covers more."""
    chosen, taken = list[Columns](), set[int]()
    for _, columns in sorted(set(groups), key=lambda group: (-round(group[0], 9), group[1])):
        if taken.isdisjoint(columns):
            chosen.append(columns)
            taken.update(columns)
    return chosen


def _flags(rows: Floats) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    """Whether a column of two values has the upper one."""
    return rows > rows.min(axis=0)


def _active_column(rows: Floats) -> Integers:
    """Index of each row's active column; rows without any have a level of their own."""
    flags = _flags(rows)
    return np.where(flags.any(axis=1), flags.argmax(axis=1), rows.shape[1])


def _levels(raw: Distinct, column: Floats) -> Integers:
    values, codes = np.unique(column, return_inverse=True)
    if len(values) <= BANDS:
        return codes.reshape(-1)
    order = np.argsort(column, kind="stable")
    cumulative = np.cumsum(raw.weights[order]) / raw.total
    edges = column[order][np.searchsorted(cumulative, np.arange(1, BANDS) / BANDS)]
    bands: Integers = np.searchsorted(np.unique(edges), column, side="left")
    return np.unique(bands, return_inverse=True)[1].reshape(-1)
