"""The statement that wrote a Parquet file, stored in its metadata."""

from pathlib import Path

import pyarrow.parquet as parquet

from b2shift.lake.names import literal

_KEY = "b2shift.statement"


def statement_option(statement: str) -> str:
    """The COPY option that stores a statement in the Parquet file it writes."""
    return f", KV_METADATA {{{literal(_KEY)}: {literal(statement)}}}"


def statement_of(path: Path) -> str | None:
    """The statement stored in a Parquet file; None when it was written from Python rows."""
    metadata = (parquet.read_metadata(path).metadata or {}).get(_KEY.encode())
    return metadata.decode() if metadata else None
