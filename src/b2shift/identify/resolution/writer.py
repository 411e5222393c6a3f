"""Write rows as tables that identify declares."""

from typing import Any

import pyarrow as pa

from b2shift.identify.sources.declarations import tables
from b2shift.lake.api import Session, declared_table

_EVIDENCE = pa.list_(pa.struct([("evidence", pa.string()), ("level", pa.string()), ("points", pa.float64())]))


def write_rows(session: Session, table: str, rows: list[dict[str, Any]], sort_by: list[str]) -> None:
    """Replace a table by these rows, in the types of its declaration."""
    spec = tables()[table]
    session.write(spec, declared_table(spec, rows, {"evidence": _EVIDENCE}), sort_by=sort_by)
