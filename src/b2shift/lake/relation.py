"""The rows of a table as one relation: data files, minus their deletion lists."""

from pathlib import Path

import duckdb

from b2shift.lake.contracts import ROW_CONTENT, TableFiles
from b2shift.lake.names import literal


def relation(root: Path, table: TableFiles, among: str = "") -> str:
    """SQL of the rows of a table, with the column `_content` where its files have it.

    `among`: a table of contents; rows of others are left out before any list is looked at.
    """
    some = f" SEMI JOIN {among} USING ({ROW_CONTENT})" if among else ""
    whole = [file for file in table.files if file not in table.without]
    rows = [f"SELECT * FROM {_read_parquet(root, *whole)}{some}"] if whole else []
    rows += [
        f"SELECT r.* FROM (SELECT * FROM {_read_parquet(root, file)}{some}) AS r "
        f"ANTI JOIN {_read_parquet(root, table.without[file])} AS w ON w.{ROW_CONTENT} = r.{ROW_CONTENT} "
        f"WHERE r.{ROW_CONTENT} IS NOT NULL"
        for file in table.files if file in table.without
    ]  # fmt: skip
    return f"({' UNION ALL BY NAME '.join(rows)})" if table.without or among else _read_parquet(root, *whole)


def count_rows(connection: duckdb.DuckDBPyConnection, root: Path, table: TableFiles) -> int:
    """The number of rows of a table."""
    return int(connection.execute(f"SELECT count(*) FROM {relation(root, table)}").fetchall()[0][0])


def _read_parquet(root: Path, *files: str) -> str:
    return f"read_parquet([{', '.join(literal(root / file) for file in files)}])"
