"""Tables larger than memory: training rows are sampled by content hash, predictions run in batches."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from b2shift.differentiate.supervised.shapes import Integers
from b2shift.differentiate.texts import text_of
from b2shift.lake.api import quote

MAX_IN_MEMORY = 1_000_000
"""Rows up to which a table is held whole."""
SAMPLE_SIZE = 300_000
"""Rows sampled from a larger table: so many labelled ones and so many unlabelled ones."""
BATCH_ROWS = 100_000


@dataclass(frozen=True)
class Sample:
    """Rows held in memory, in file order: their positions in the file, and the file's row count."""

    rows: duckdb.DuckDBPyRelation
    position: Integers
    count: int


def sample_rows(rows: duckdb.DuckDBPyRelation, label: str | None = None) -> Sample:
    """All rows, or a systematic sample in the order of a hash of their values."""
    count = int((rows.aggregate("count(*)").fetchone() or (0,))[0])
    if count <= MAX_IN_MEMORY:
        return Sample(rows, np.arange(count), count)
    is_labelled = f"{text_of(label)} IS NOT NULL" if label is not None else "true"
    hashes = rows.project(f"hash({', '.join(map(quote, sorted(rows.columns)))}), {is_labelled}").to_arrow_table()
    row_hash, labelled = (hashes.column(position).to_numpy() for position in (0, 1))
    position = np.sort(
        np.concatenate([_systematic_sample(row_hash, np.flatnonzero(labelled == state)) for state in (True, False)])
    )
    return Sample(_take(rows, position), position, count)


def _systematic_sample(row_hash: Integers, rows: Integers) -> Integers:
    if len(rows) <= SAMPLE_SIZE:
        return rows
    ordered = np.argsort(row_hash[rows], kind="stable")
    return np.asarray(rows[ordered[np.linspace(0, len(rows) - 1, SAMPLE_SIZE).astype(np.intp)]])


def _take(rows: duckdb.DuckDBPyRelation, position: Integers) -> duckdb.DuckDBPyRelation:
    batches, start = [], 0
    for batch in rows.to_arrow_reader(BATCH_ROWS):
        first, last = np.searchsorted(position, [start, start + batch.num_rows])
        batches.append(batch.take(pa.array(position[first:last] - start)))
        start += batch.num_rows
    return duckdb.connect().from_arrow(pa.Table.from_batches(batches))
