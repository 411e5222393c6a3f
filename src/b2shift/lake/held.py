"""The rows a table has, as one relation: files as they are, and files of which a list takes rows out."""

from pathlib import Path

import duckdb

from b2shift.lake.contracts import ROW_CONTENT, Held
from b2shift.lake.names import literal


def relation(root: Path, held: Held, among: str = "") -> str:
    """SQL of the rows a table has, `_content` among their columns where its files have it.

    `among`: a table of contents; rows of others are left out before any list is looked at.
    """
    some = f" SEMI JOIN {among} USING ({ROW_CONTENT})" if among else ""
    whole = [file for file in held.files if file not in held.without]
    rows = [f"SELECT * FROM {_read(root, *whole)}{some}"] if whole else []
    rows += [
        f"SELECT r.* FROM (SELECT * FROM {_read(root, file)}{some}) AS r "
        f"ANTI JOIN {_read(root, held.without[file])} AS w ON w.{ROW_CONTENT} = r.{ROW_CONTENT} "
        f"WHERE r.{ROW_CONTENT} IS NOT NULL"
        for file in held.files if file in held.without
    ]  # fmt: skip
    return f"({' UNION ALL BY NAME '.join(rows)})" if held.without or among else _read(root, *whole)


def count(connection: duckdb.DuckDBPyConnection, root: Path, held: Held) -> int:
    """How many rows a table has."""
    return int(connection.execute(f"SELECT count(*) FROM {relation(root, held)}").fetchall()[0][0])


def _read(root: Path, *files: str) -> str:
    return f"read_parquet([{', '.join(literal(root / file) for file in files)}])"
