"""The statement that wrote a file travels inside the file: nobody draws it, and it is as old as the rows are."""

from pathlib import Path

import pyarrow.parquet as parquet

from b2shift.lake.names import literal

_KEY = "b2shift.statement"


def remembered(statement: str) -> str:
    """The option of COPY that keeps a statement in the Parquet file it writes."""
    return f", KV_METADATA {{{literal(_KEY)}: {literal(statement)}}}"


def statement_of(path: Path) -> str | None:
    """The statement a Parquet file was written from; None when it was written from rows of Python."""
    told = (parquet.read_metadata(path).metadata or {}).get(_KEY.encode())
    return told.decode() if told else None
