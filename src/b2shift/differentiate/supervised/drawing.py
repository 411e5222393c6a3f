"""Tables of more rows than are held: those that decide and teach are drawn by content, all are said in parts."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from b2shift.differentiate.supervised.shapes import Integers
from b2shift.differentiate.texts import text_of
from b2shift.lake.api import quote

HELD = 1_000_000
"""Rows up to which a table is held whole."""
DRAWN = 300_000
"""Rows that are held of a larger one: so many whose label is known, and so many whose label is not."""
AT_ONCE = 100_000


@dataclass(frozen=True)
class Drawn:
    """The rows that are held, in their order: where each stood in the file, and how many the file has."""

    rows: duckdb.DuckDBPyRelation
    place: Integers
    count: int


def drawn(rows: duckdb.DuckDBPyRelation, label: str | None = None) -> Drawn:
    """All rows, or of very many some, evenly in the order of a hash of all their values."""
    count = int((rows.aggregate("count(*)").fetchone() or (0,))[0])
    if count <= HELD:
        return Drawn(rows, np.arange(count), count)
    known = f"{text_of(label)} IS NOT NULL" if label is not None else "true"
    told = rows.project(f"hash({', '.join(map(quote, sorted(rows.columns)))}), {known}").to_arrow_table()
    content, taught = (told.column(place).to_numpy() for place in (0, 1))
    place = np.sort(np.concatenate([_evenly(content, np.flatnonzero(taught == which)) for which in (True, False)]))
    return Drawn(_only(rows, place), place, count)


def _evenly(content: Integers, some: Integers) -> Integers:
    if len(some) <= DRAWN:
        return some
    order = np.argsort(content[some], kind="stable")
    return np.asarray(some[order[np.linspace(0, len(some) - 1, DRAWN).astype(np.intp)]])


def _only(rows: duckdb.DuckDBPyRelation, place: Integers) -> duckdb.DuckDBPyRelation:
    parts, start = [], 0
    for part in rows.to_arrow_reader(AT_ONCE):
        first, last = np.searchsorted(place, [start, start + part.num_rows])
        parts.append(part.take(pa.array(place[first:last] - start)))
        start += part.num_rows
    return duckdb.connect().from_arrow(pa.Table.from_batches(parts))
