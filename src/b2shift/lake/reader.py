"""Reading one version: an in-memory engine with a view on each table's files; readers never wait for a writer."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.contracts import Manifest, TableVersion
from b2shift.lake.store import Store


def quote(identifier: str) -> str:
    """An identifier as SQL writes it."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A string as an SQL literal, for the few places where no parameter is allowed (COPY, read_parquet)."""
    return "'" + str(value).replace("'", "''") + "'"


def create_view(connection: duckdb.DuckDBPyConnection, root: Path, table: TableVersion) -> None:
    """Name a table's files in a connection."""
    files = ", ".join(literal(root / file) for file in table.files)
    connection.execute(f"CREATE OR REPLACE VIEW {quote(table.spec.name)} AS SELECT * FROM read_parquet([{files}])")


class Lake:
    """A home open for reading at one version; `refresh()` follows the pointer. Threads may share it through `query`."""

    def __init__(
        self, home: Path, version: int | None = None, *, threads: int = 2, memory_limit_mb: int = 1024
    ) -> None:
        self.store = Store(home)
        self._wanted = version
        self._threads, self._memory = threads, memory_limit_mb
        self._guard = threading.Lock()
        self._open(self.store.manifest(version))

    def _open(self, manifest: Manifest) -> None:
        backend = ibis.duckdb.connect(threads=self._threads, memory_limit=f"{self._memory}MB")
        for table in manifest.tables.values():
            create_view(backend.con, self.store.root, table)
        self._backend, self.manifest = backend, manifest

    def refresh(self) -> bool:
        """Follow the pointer to a newer version; True when it moved."""
        if self._wanted is not None or self.store.current() == self.manifest.version:
            return False
        with self._guard:
            if self.store.current() != self.manifest.version:
                self._open(self.store.manifest())
        return True

    @property
    def version(self) -> int:
        """The version being read."""
        return self.manifest.version

    def has(self, name: str) -> bool:
        """Whether this version holds the table."""
        return name in self.manifest.tables

    def info(self, name: str) -> TableVersion:
        """What is known about a table."""
        if name not in self.manifest.tables:
            raise UnknownNameError("table", name, self.manifest.tables)
        return self.manifest.tables[name]

    def table(self, name: str) -> Any:
        """The table as an Ibis expression (one thread at a time; use `query` from a server)."""
        self.info(name)
        return self._backend.table(name)

    def query(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> pa.Table:
        """Rows of a statement written by us, never by a user; each call has its own cursor, so threads do not wait."""
        with self._backend.con.cursor() as cursor:
            return cursor.execute(sql, parameters).to_arrow_table()

    def path(self, name: str) -> list[Path]:
        """The Parquet files of a table."""
        return [self.store.root / file for file in self.info(name).files]
