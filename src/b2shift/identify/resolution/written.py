"""Rows of Python as a declared table of identify."""

from typing import Any

import pyarrow as pa

from b2shift.identify.sources.declarations import tables
from b2shift.lake.api import Session

_TYPES = {
    "VARCHAR": pa.string(),
    "DOUBLE": pa.float64(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "TIMESTAMP": pa.timestamp("us"),
    "STRUCT(evidence VARCHAR, level VARCHAR, points DOUBLE)[]": pa.list_(
        pa.struct([("evidence", pa.string()), ("level", pa.string()), ("points", pa.float64())])
    ),
}


def write_rows(session: Session, table: str, rows: list[dict[str, Any]], sort_by: list[str]) -> None:
    """Write every row of a table, in the types its declaration says."""
    spec = tables()[table]
    columns = {c.name: pa.array([row[c.name] for row in rows], _TYPES[c.type]) for c in spec.columns}
    session.write(spec, pa.table(columns), sort_by=sort_by)
