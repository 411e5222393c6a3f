"""`customer_360` as one JSON document per customer in small row groups, for point reads of kilobytes.

A point read of the typed table decodes a row group of every list, 2,048 customers at least; this decodes 16 documents,
found by the statistics in the Parquet footer without a query: a third of its CPU time.
"""

from bisect import bisect_left
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.parquet as parquet

from b2shift.identify.contracts import Customer360
from b2shift.kernel.errors import StorageError
from b2shift.lake.api import Lake, Session
from b2shift.lake.contracts import TableSpec

GROUP = 16
ROW_GROUP = 2_048
"""customers per row group of `customer_360`, DuckDB's minimum, and per batch of the conversion"""
TABLE = "customer_360_pages"
_BODIES = "SELECT customer_id, CAST(to_json(t) AS VARCHAR) AS body FROM customer_360 AS t"
_SCHEMA = pa.schema([("customer_id", pa.string()), ("body", pa.string())])


def write(session: Session, spec: TableSpec) -> None:
    """Write the documents of the staged `customer_360`, in key order like it."""
    path = session.new_file(TABLE)
    keys = session.query("SELECT customer_id FROM customer_360 ORDER BY customer_id").column(0)
    try:
        with parquet.ParquetWriter(path, _SCHEMA, compression="zstd", use_dictionary=False) as file:
            for start in range(0, len(keys), ROW_GROUP):
                last_keys = [keys[start].as_py(), keys[min(start + ROW_GROUP, len(keys)) - 1].as_py()]
                bodies = session.query(f"{_BODIES} WHERE customer_id BETWEEN ? AND ? ORDER BY customer_id", last_keys)
                file.write_table(bodies.cast(_SCHEMA), row_group_size=GROUP)
    except OSError as error:
        raise StorageError("Uma tabela não pôde ser gravada", value=TABLE, hint=error) from error
    session.adopt(spec, [path], session.info("customer_360").fingerprint)


def read(lake: Lake, customer_id: str) -> Customer360 | None:
    """The customer's 360, or None when there is no such customer. StateError when its file is lost or damaged."""
    try:
        body = _body(lake.path(TABLE), customer_id)
    except (OSError, pa.ArrowInvalid):  # a file is missing or damaged: a query says which
        found = lake.query(f"SELECT body FROM {TABLE} WHERE customer_id = ?", [customer_id]).column("body").to_pylist()
        body = found[0] if found else None
    return None if body is None else Customer360.model_validate_json(body)


def _body(files: list[Path], customer_id: str) -> str | None:
    for path in files:
        footer, last_keys = _footer(path, path.stat().st_mtime_ns)
        group = bisect_left(last_keys, customer_id)
        if group == len(last_keys):
            continue
        with parquet.ParquetFile(path, metadata=footer) as file:
            texts = file.read_row_group(group, use_threads=False)
        place = compute.index(texts.column("customer_id"), customer_id).as_py()
        if place >= 0:
            return str(texts.column("body")[place].as_py())
    return None


@lru_cache(maxsize=8)
def _footer(path: Path, _modified: int) -> tuple[parquet.FileMetaData, list[str]]:
    """Footer of a file and the last key of each row group; cached until the file is written again."""
    footer = parquet.read_metadata(path)
    bounds = [footer.row_group(n).column(0).statistics for n in range(footer.num_row_groups)]
    return footer, [str(bound.max) for bound in bounds if bound is not None]
