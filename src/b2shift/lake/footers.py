"""Cached Parquet footers: columns and row counts of immutable files."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet

from b2shift.lake.content import Columns, columns_of
from b2shift.lake.contracts import ROW_CONTENT, TableFiles, TableVersion
from b2shift.lake.names import literal
from b2shift.lake.relation import count_rows


class Footers:
    """Columns and row counts of Parquet files, by path relative to the lake."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, root: Path) -> None:
        self._connection, self._root = connection, root
        self._columns: dict[str, Columns] = {}
        self._rows: dict[str, int] = {}
        self._contents: dict[str, int] = {}

    def load(self, tables: Iterable[TableVersion]) -> None:
        """Cache what a version knows of its single-file tables."""
        for table in tables:
            if len(table.files) == 1 and not table.without:
                self._rows[table.files[0]] = table.rows

    def record(self, path: Path, rows: int, columns: Columns | None = None) -> None:
        """Cache the contents of a new file."""
        file = str(path.relative_to(self._root))
        self._rows[file] = rows
        if columns is not None:
            self._columns[file] = columns

    def columns(self, file: str) -> Columns:
        """Name and type of each column, as the engine names types."""
        if file not in self._columns:
            self._columns[file] = columns_of(self._connection, f"read_parquet({literal(self._root / file)})")
        return self._columns[file]

    def count(self, table: TableFiles) -> int:
        """The number of rows of a table, from metadata only."""
        whole = [file for file in table.files if file not in table.without]
        return sum(self._count(whole)) + self.contents(TableFiles(files=tuple(table.without), without=table.without))

    def contents(self, table: TableFiles) -> int:
        """The number of rows with a content; a deletion list has one row for each deleted one."""
        return sum(map(self._with_content, table.files)) - sum(self._count(tuple(table.without.values())))

    def _with_content(self, file: str) -> int:
        if file not in self._contents:
            self._contents[file] = _non_null_count(self._root / file, ROW_CONTENT)
        return self._contents[file]

    def _count(self, files: Sequence[str]) -> list[int]:
        new = [file for file in files if file not in self._rows]
        if len(new) == 1:
            self._rows[new[0]] = count_rows(self._connection, self._root, TableFiles(files=(new[0],)))
        elif new:
            listed = ", ".join(literal(self._root / file) for file in new)
            found = self._connection.execute(f"SELECT file_name, num_rows FROM parquet_file_metadata([{listed}])")
            rows = {str(name): int(number) for name, number in found.fetchall()}
            self._rows |= {file: rows[str(self._root / file)] for file in new}
        return [self._rows[file] for file in files]


def _non_null_count(path: Path, column: str) -> int:
    """The number of non-null values of a column, from the footer where it has statistics."""
    footer = parquet.read_metadata(path)
    position = footer.schema.names.index(column)
    found = [footer.row_group(group).column(position).statistics for group in range(footer.num_row_groups)]
    nulls = [one.null_count for one in found if one is not None and one.null_count is not None]
    if len(nulls) < len(found):
        nulls = [parquet.read_table(path, columns=[column]).column(0).null_count]
    return int(footer.num_rows - sum(nulls))
