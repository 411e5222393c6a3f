"""What the files of a lake hold, asked of each file once: none ever changes."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet

from b2shift.lake.content import Columns, columns_of
from b2shift.lake.contracts import ROW_CONTENT, Held, TableVersion
from b2shift.lake.held import count
from b2shift.lake.names import literal


class Footers:
    """Columns and numbers of rows of Parquet files, by their place relative to the lake."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, root: Path) -> None:
        self._connection, self._root = connection, root
        self._columns: dict[str, Columns] = {}
        self._rows: dict[str, int] = {}
        self._contents: dict[str, int] = {}

    def learn(self, tables: Iterable[TableVersion]) -> None:
        """What a version says of its tables that are one file as it is."""
        for table in tables:
            if len(table.files) == 1 and not table.without:
                self._rows[table.files[0]] = table.rows

    def tell(self, path: Path, rows: int, columns: Columns | None = None) -> None:
        """What was written into a new file, so that nobody need ask."""
        file = str(path.relative_to(self._root))
        self._rows[file] = rows
        if columns is not None:
            self._columns[file] = columns

    def columns(self, file: str) -> Columns:
        """Name and type of each column, as the engine names types."""
        if file not in self._columns:
            self._columns[file] = columns_of(self._connection, f"read_parquet({literal(self._root / file)})")
        return self._columns[file]

    def count(self, held: Held) -> int:
        """How many rows a table has; no row is read."""
        whole = [file for file in held.files if file not in held.without]
        return sum(self._counted(whole)) + self.contents(Held(files=tuple(held.without), without=held.without))

    def contents(self, held: Held) -> int:
        """How many of its rows have a content: a list beside a file has a row for each that went."""
        return sum(map(self._with_content, held.files)) - sum(self._counted(tuple(held.without.values())))

    def _with_content(self, file: str) -> int:
        if file not in self._contents:
            self._contents[file] = _filled(self._root / file, ROW_CONTENT)
        return self._contents[file]

    def _counted(self, files: Sequence[str]) -> list[int]:
        new = [file for file in files if file not in self._rows]
        if len(new) == 1:
            self._rows[new[0]] = count(self._connection, self._root, Held(files=(new[0],)))
        elif new:
            listed = ", ".join(literal(self._root / file) for file in new)
            told = self._connection.execute(f"SELECT file_name, num_rows FROM parquet_file_metadata([{listed}])")
            rows = {str(name): int(number) for name, number in told.fetchall()}
            self._rows |= {file: rows[str(self._root / file)] for file in new}
        return [self._rows[file] for file in files]


def _filled(path: Path, column: str) -> int:
    """How many values of a column are not null, by the footer of a Parquet file where it says so."""
    footer = parquet.read_metadata(path)
    place = footer.schema.names.index(column)
    told = [footer.row_group(group).column(place).statistics for group in range(footer.num_row_groups)]
    nulls = [one.null_count for one in told if one is not None and one.null_count is not None]
    if len(nulls) < len(told):
        nulls = [parquet.read_table(path, columns=[column]).column(0).null_count]
    return int(footer.num_rows - sum(nulls))
