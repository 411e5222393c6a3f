"""The variables behind the columns of a table: one-hot columns put together again, numbers in bands.

Few levels per variable: what is decided for a variable as a whole comes back on other samples of the same rows.
"""

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers

BANDS = 4
"""Bands of a column of numbers, of equal weight."""
TOLERANCES = ((0.9, 0.0), (0.995, 0.02))
"""Columns side by side are one variable when at least the first share of the rows has one of them, and at most the
second share two: columns that exclude one another may leave more rows without any."""


def variables(raw: Distinct) -> list[Integers]:
    """For each variable the level (0..) of each distinct row; columns that do not vary give none."""
    found = [
        raw.rows[:, columns].argmax(axis=1) if len(columns) > 1 else _levels(raw, raw.rows[:, columns[0]])
        for columns in together(raw)
    ]
    return [levels.astype(np.intp) for levels in found if levels.max() > 0]


def together(raw: Distinct) -> tuple[tuple[int, ...], ...]:
    """The columns of each variable: those side by side of which nearly every row has exactly one."""
    binary = [len(np.unique(column)) <= 2 for column in raw.rows.T]
    found: list[tuple[int, ...]] = []
    at = 0
    while at < len(binary):
        end = _end(raw, binary, at) if binary[at] else at + 1
        found.append(tuple(range(at, end)))
        at = end
    return tuple(found)


def _end(raw: Distinct, binary: list[bool], start: int) -> int:
    """The column after the last one of the variable that starts here."""
    last = start
    while last < len(binary) and binary[last]:
        last += 1
    flags = np.column_stack([_flag(column) for column in raw.rows[:, start:last].T])
    held = np.cumsum(flags, axis=1)
    covered, twice = (raw.weights @ (held > 0) / raw.total, raw.weights @ (held > 1) / raw.total)
    for least, most in TOLERANCES:
        whole = np.flatnonzero((covered >= least) & (twice <= most))
        if len(whole) and whole[-1] > 0:
            wide = whole[whole > 0]
            same = wide[twice[wide] <= twice[wide[0]]]
            return start + int(same[-1]) + 1
    return start + 1


def _flag(column: Floats) -> Integers:
    """1 where a column of two values has the upper one; of a single value, where it is not 0."""
    flag: Integers = (column > column.min()) | ((column > 0) & (np.ptp(column) == 0))
    return flag.astype(np.intp)


def _levels(raw: Distinct, column: Floats) -> Integers:
    values, codes = np.unique(column, return_inverse=True)
    if len(values) <= BANDS:
        return codes.reshape(-1)
    order = np.argsort(column, kind="stable")
    reached = np.cumsum(raw.weights[order]) / raw.total
    edges = column[order][np.searchsorted(reached, np.arange(1, BANDS) / BANDS)]
    bands: Integers = np.searchsorted(np.unique(edges), column, side="left")
    return np.unique(bands, return_inverse=True)[1].reshape(-1)
