"""What cleansing asks of lines that came again, kept as their file is read: those it looks at with every load, and the
rows at which lines with repairs stand today.

To take a few rows out of a Parquet file costs half of reading it; here the lines pass by anyway. The tables live from
the reading of a file to the end of the session that read it.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from b2shift.identify.cleansing.table_parts import kept_part
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.removed_sources import clean_stage
from b2shift.lake.api import Session, literal, quote
from b2shift.lake.contracts import ROW_CONTENT

UNSETTLED = "unsettled_lines"
"""The table of lines that cleansing looks at with every load."""


class Requested(NamedTuple):
    """Contents of lines of a file: those wanted whole, and those of which the row is wanted."""

    whole: np.ndarray
    placed: np.ndarray


class RequestedTables(NamedTuple):
    """The temporary tables of a file: lines as `raw_<source>` has them, and (`_content`, `row`) of others."""

    whole: str
    placed: str


def requested_tables(source: Source, file: str) -> RequestedTables:
    """What the tables of a file are called."""
    return RequestedTables(*(quote(f"_{what} {source.source}: {file}") for what in RequestedTables._fields))


def requested_of(session: Session, source: Source, file: str) -> Requested:
    """What the cleansing of the version before asks of the lines of a file."""
    stage = session.stages.get(clean_stage(source))
    statements = []
    for table, content in ((UNSETTLED, "content"), ("repairs", ROW_CONTENT)):
        part = kept_part(session, stage.notes, table) if stage else None
        if part is None:
            return Requested(*(np.empty(0, np.uint64),) * 2)
        mine = f"file = {literal(file)} AND {content} IS NOT NULL"
        statements.append(f"SELECT DISTINCT {content} FROM {session.rows(part)} WHERE {mine}")
    return Requested(*(session.query(sql).column(0).to_numpy() for sql in statements))


def tables_left(session: Session, source: Source, files: Iterable[str]) -> dict[str, RequestedTables]:
    """The tables of those of the files that have them."""
    found = session.connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
    names = {quote(name) for (name,) in found}
    tables = {file: requested_tables(source, file) for file in files}
    return {file: one for file, one in tables.items() if one.whole in names}
