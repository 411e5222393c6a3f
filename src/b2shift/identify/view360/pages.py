"""`customer_360` once more, one JSON text a customer in small row groups: a page reads a few kilobytes, not megabytes.

A point read of the typed table decodes a row group of every list, 2,048 customers at least; this decodes 64 texts.
"""

import pyarrow as pa
import pyarrow.parquet as parquet

from b2shift.identify.contracts import Customer360
from b2shift.kernel.errors import StorageError
from b2shift.lake.api import Lake, Session
from b2shift.lake.contracts import TableSpec

GROUP = 64
SLICE = 4_096
"""Customers turned into text at a time: 70,000 texts are more than a gigabyte."""
TABLE = "customer_360_pages"
_BODIES = "SELECT customer_id, CAST(to_json(t) AS VARCHAR) AS body FROM customer_360 AS t"
_SCHEMA = pa.schema([("customer_id", pa.string()), ("body", pa.string())])


def write(session: Session, spec: TableSpec) -> None:
    """Stage the texts from `customer_360` as staged; it lies in key order, and so do they."""
    path = session.new_file(TABLE)
    keys = session.query("SELECT customer_id FROM customer_360 ORDER BY customer_id").column(0)
    try:
        with parquet.ParquetWriter(path, _SCHEMA, compression="zstd") as file:
            for start in range(0, len(keys), SLICE):
                ends = [keys[start].as_py(), keys[min(start + SLICE, len(keys)) - 1].as_py()]
                bodies = session.query(f"{_BODIES} WHERE customer_id BETWEEN ? AND ? ORDER BY customer_id", ends)
                file.write_table(bodies.cast(_SCHEMA), row_group_size=GROUP)
    except OSError as error:
        raise StorageError("Uma tabela não pôde ser gravada", value=TABLE, hint=str(error)) from error
    session.adopt(spec, [path], session.info("customer_360").fingerprint)


def read(lake: Lake, customer_id: str) -> Customer360 | None:
    """The customer's 360, or None when there is no such customer."""
    found = lake.query(f"SELECT body FROM {TABLE} WHERE customer_id = ?", [customer_id]).column("body")
    return Customer360.model_validate_json(found[0].as_py()) if len(found) else None
