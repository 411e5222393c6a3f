"""What a model says of every row, told part by part: millions of rows need no more memory than their answers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from b2shift.differentiate.supervised.outcome import Outcome, Said
from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers, Words

_AT_ONCE = 100_000
Teller = Callable[[Integers], Said]
"""What is said of some rows of a table."""


def of_new(columns: Columns, found: Outcome) -> Teller:
    """Of rows that did not teach."""
    return lambda some: found.new(columns.take(some))


def of_own(columns: Columns, place: Integers, found: Outcome) -> Teller:
    """Of the file's own rows: out of fold where they taught (`place` in the file), by the whole bag where not."""
    told = found.own()
    taught = np.full(len(columns), -1, np.intp)
    taught[place] = np.arange(len(place))

    def tell(some: Integers) -> Said:
        mine = taught[some]
        rest = some[mine < 0]
        more = found.new(columns.take(rest)) if len(rest) else {}
        whole = {}
        for name, values in told.items():
            column = np.empty(len(some), dtype=values.dtype)
            column[mine >= 0] = values[mine[mine >= 0]]
            if len(rest):
                column[mine < 0] = more[name]
            whole[name] = column
        return whole

    return tell


def predictions(
    tell: Teller, rows: int, identity: str | None, keys: Any, usable: bool, progress: Callable[[float], None]
) -> pa.Table:
    """One row for each, in their order: the key (or `row`, from 0), what is said, and whether it may be used."""
    parts = []
    for start in range(0, rows, _AT_ONCE):
        some = np.arange(start, min(start + _AT_ONCE, rows))
        parts.append(pa.table({name: _column(values) for name, values in tell(some).items()}))
        progress(float(some[-1] + 1) / rows)
    said = pa.concat_tables(parts)
    name, key = ("row", pa.array(np.arange(rows))) if identity is None or keys is None else (identity, keys)
    whole = {name: key} | {name: said.column(name) for name in said.column_names}
    return pa.table({**whole, "usable": pa.array(np.full(rows, usable))})


def _column(values: Floats | Words) -> "pa.Array[Any]":
    if values.dtype == object:
        return pa.array(list(values), pa.string())
    return pa.array(np.round(values, 9), pa.float64(), mask=~np.isfinite(values))
