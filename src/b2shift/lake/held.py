"""The rows a table has, as one relation: files as they are, and files of which a list takes rows out."""

from pathlib import Path

import duckdb

from b2shift.lake.contracts import ROW_CONTENT, Held
from b2shift.lake.names import literal


def relation(root: Path, held: Held) -> str:
    """SQL of the rows a table has, `_content` among their columns where its files have it."""
    whole = [file for file in held.files if file not in held.without]
    rows = [f"SELECT * FROM {_read(root, *whole)}"] if whole else []
    rows += [
        f"SELECT r.* FROM {_read(root, file)} AS r ANTI JOIN {_read(root, held.without[file])} AS w "
        f"ON w.{ROW_CONTENT} = r.{ROW_CONTENT} WHERE r.{ROW_CONTENT} IS NOT NULL"
        for file in held.files if file in held.without
    ]  # fmt: skip
    return f"({' UNION ALL BY NAME '.join(rows)})" if held.without else _read(root, *whole)


def count(connection: duckdb.DuckDBPyConnection, root: Path, held: Held) -> int:
    """How many rows a table has."""
    return int(connection.execute(f"SELECT count(*) FROM {relation(root, held)}").fetchall()[0][0])


def _read(root: Path, *files: str) -> str:
    return f"read_parquet([{', '.join(literal(root / file) for file in files)}])"
