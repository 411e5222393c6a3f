"""`customer_360` once more, one JSON text a customer in small row groups: a page reads a few kilobytes, not megabytes.

A point read of the typed table decodes a row group of every list, 2,048 customers at least; this decodes 64 texts.
"""

from pathlib import Path

import pyarrow.parquet as pq

from b2shift.identify.contracts import Customer360
from b2shift.kernel.errors import StorageError
from b2shift.lake.api import Lake, Session
from b2shift.lake.contracts import TableSpec

GROUP = 64
TABLE = "customer_360_pages"
_BODIES = "SELECT customer_id, CAST(to_json(t) AS VARCHAR) AS body FROM customer_360 AS t"


def write(session: Session, spec: TableSpec) -> None:
    """Stage the texts from `customer_360` as staged; it lies in key order, and so do they."""
    path = session.new_file(TABLE)
    batches = session.connection.execute(_BODIES).to_arrow_reader(2_048)
    try:
        with pq.ParquetWriter(path, batches.schema, compression="zstd") as file:
            for batch in batches:
                file.write_batch(batch, row_group_size=GROUP)
    except OSError as error:
        raise StorageError("Não foi possível gravar uma tabela", value=TABLE, hint=str(error)) from error
    session.adopt(spec, [path], session.info("customer_360").fingerprint)


def read(lake: Lake, customer_id: str) -> Customer360 | None:
    """The customer's 360, or None when there is no such customer."""
    found = lake.query(f"SELECT body FROM {TABLE} WHERE customer_id = ?", [customer_id]).column("body")
    return Customer360.model_validate_json(found[0].as_py()) if len(found) else None
