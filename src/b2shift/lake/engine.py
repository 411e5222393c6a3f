"""The engine over the files of a lake."""

from pathlib import Path

import duckdb


def open_engine(*, threads: int, memory_limit_mb: int, spill: Path) -> duckdb.DuckDBPyConnection:
    """A connection within limits, which keeps rows in order; what outgrows its memory goes to `spill`.

    `spill` is made when needed. Footers of Parquet files are read once: a file of a lake never changes.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads, "memory_limit": f"{memory_limit_mb}MB", "temp_directory": str(spill),
        "preserve_insertion_order": True,
    }  # fmt: skip
    connection = duckdb.connect(config=config)
    connection.execute("SET parquet_metadata_cache = true")
    return connection
