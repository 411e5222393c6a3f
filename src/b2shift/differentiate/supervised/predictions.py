"""What a model says of every row, told part by part: millions of rows need no more memory than those that are held."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from b2shift.differentiate.supervised.drawing import AT_ONCE
from b2shift.differentiate.supervised.outcome import Outcome, Said
from b2shift.differentiate.supervised.reading import Labelled, Unlabelled
from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers, Words

Teller = Callable[[Columns, int], Said]
"""What is said of some rows of a table, the first of which stands there."""
Parts = Iterator[tuple[Columns, Any]]


def of_new(found: Outcome) -> Teller:
    """Of rows that did not teach."""
    return lambda columns, _start: found.new(columns)


def of_own(count: int, place: Integers, found: Outcome) -> Teller:
    """Of the file's own rows: out of fold where they taught (`place` in the file), by the whole bag where not."""
    told = found.own()
    taught = np.full(count, -1, np.int32)
    taught[place] = np.arange(len(place))

    def tell(columns: Columns, start: int) -> Said:
        mine = taught[start : start + len(columns)]
        rest = np.flatnonzero(mine < 0)
        more = found.new(columns.take(rest)) if len(rest) else {}
        whole = {}
        for name, values in told.items():
            column = np.empty(len(columns), dtype=values.dtype)
            column[mine >= 0] = values[mine[mine >= 0]]
            if len(rest):
                column[rest] = more[name]
            whole[name] = column
        return whole

    return tell


def parts_of(rows: Labelled | Unlabelled) -> Parts:
    """All rows of a table, some at a time, and their keys: from memory where they are held, else from the file."""
    if rows.count > len(rows.columns):
        yield from rows.reading.parts()
        return
    for start in range(0, rows.count, AT_ONCE):
        some = np.arange(start, min(start + AT_ONCE, rows.count))
        yield rows.columns.take(some), None if rows.keys is None else rows.keys.slice(start, len(some))


def predictions(
    tell: Teller, parts: Parts, count: int, identity: str | None, usable: bool, progress: Callable[[float], None]
) -> Iterator[pa.Table]:
    """One row for each, in their order: the key (or `row`, from 0), what is said, and whether it may be used."""
    start = 0
    for columns, keys in parts:
        said = {name: _column(values) for name, values in tell(columns, start).items()}
        end = start + len(columns)
        name, key = ("row", pa.array(np.arange(start, end))) if identity is None or keys is None else (identity, keys)
        yield pa.table({name: key} | said | {"usable": pa.array(np.full(len(columns), usable))})
        progress(float(end) / count)
        start = end


def _column(values: Floats | Words) -> "pa.Array[Any]":
    if values.dtype == object:
        return pa.array(list(values), pa.string())
    return pa.array(np.round(values, 9), pa.float64(), mask=~np.isfinite(values))
