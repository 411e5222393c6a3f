"""Readers of one version: an in-memory engine with a view for each table; never blocked by the writer."""

import os
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import IO, Any, NamedTuple

import duckdb
import pyarrow as pa

from b2shift.kernel.errors import StateError, UnknownNameError
from b2shift.lake.contracts import ROW_CONTENT, Manifest, TableFiles, TableVersion
from b2shift.lake.engine import open_engine
from b2shift.lake.expressions import expressions
from b2shift.lake.names import literal, quote
from b2shift.lake.relation import relation
from b2shift.lake.store import Stamp, Store

_ATTEMPTS = 5
_UNREADABLE = (duckdb.IOException, duckdb.InvalidInputException)


def create_view(connection: duckdb.DuckDBPyConnection, root: Path, table: TableVersion) -> None:
    """Create the view of a table; StateError when its files are missing or damaged."""
    try:
        connection.execute(_view(root, table))
    except _UNREADABLE as error:
        raise _damaged(table.spec.name) from error


def create_views(connection: duckdb.DuckDBPyConnection, root: Path, tables: Sequence[TableVersion]) -> None:
    """Name the files of many tables, without waking other threads for each; StateError names the first that is lost."""
    threads = connection.execute("SELECT current_setting('threads')").fetchall()[0][0]
    views = "; ".join(_view(root, table) for table in tables)
    try:
        connection.execute(f"SET threads = 1; {views}")
    except _UNREADABLE:
        for table in tables:
            create_view(connection, root, table)
    finally:
        connection.execute(f"SET threads = {threads}")


def _view(root: Path, table: TableVersion) -> str:
    return f"CREATE OR REPLACE VIEW {quote(table.spec.name)} AS {_rows(root, table)}"


def _rows(root: Path, table: TableFiles) -> str:
    return f"SELECT COLUMNS(c -> c <> {literal(ROW_CONTENT)}) FROM {relation(root, table)}"


class _Opened(NamedTuple):
    """One version with its engine, swapped together; `pin` protects the version from garbage collection."""

    manifest: Manifest
    connection: duckdb.DuckDBPyConnection
    pin: IO[bytes] | None
    stamp: Stamp | None


class Lake:
    """A home open for reading at one version; `refresh()` follows the pointer. Threads may share it through `query`."""

    def __init__(
        self, home: Path, version: int | None = None, *, threads: int = 2, memory_limit_mb: int = 1024
    ) -> None:
        self.store = Store(home)
        self._wanted = version
        self._threads, self._memory = threads, memory_limit_mb
        self._guard = threading.Lock()
        self._opened = self._open()

    def _open(self) -> _Opened:
        """Open the wanted version; retried when a writer removes the current one meanwhile."""
        for attempt in range(_ATTEMPTS):
            current = self.store.current()
            try:
                number = current if self._wanted is None else self._wanted
                stamp = self.store.stamp(number) if number is not None else None
                manifest = self.store.manifest(number)
                return self._engine(manifest, self.store.hold(manifest.version), stamp)
            except StateError:
                moved = self._wanted is None and self.store.current() != current
                if not moved or attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def _engine(self, manifest: Manifest, pin: IO[bytes] | None, stamp: Stamp | None) -> _Opened:
        spill = Path(tempfile.gettempdir()) / f"b2shift-reader-{os.getpid()}"  # a reader writes nothing into the home
        connection = open_engine(threads=self._threads, memory_limit_mb=self._memory, spill=spill)
        create_views(connection, self.store.root, [*manifest.tables.values()])
        return _Opened(manifest, connection, pin, stamp)

    def refresh(self) -> bool:
        """Follow the pointer to another version or a rewritten one (an erasure); True when it changed.

        One that cannot be opened is not followed.
        """
        try:
            if not self._is_stale():
                return False
            with self._guard:
                if self._is_stale():
                    self._opened = self._open()
        except StateError:
            return False
        return True

    def _is_stale(self) -> bool:
        number = self.store.current() if self._wanted is None else self._wanted
        return number is not None and (number, self.store.stamp(number)) != (self.version, self._opened.stamp)

    @property
    def manifest(self) -> Manifest:
        """The version being read, whole."""
        return self._opened.manifest

    @property
    def version(self) -> int:
        """The number of the version being read."""
        return self.manifest.version

    @property
    def names(self) -> frozenset[str]:
        """The tables this version holds."""
        return frozenset(self.manifest.tables)

    def has(self, name: str) -> bool:
        """Whether this version holds the table."""
        return name in self.manifest.tables

    def past(self) -> list["Lake"]:
        """Retained versions up to this one, opened, oldest first, the newest of each day; damaged ones left out."""
        by_day: dict[date, int] = {}
        for number in self.store.kept():
            with suppress(StateError):
                manifest = self.store.manifest(number)
                if number <= self.version and manifest.as_of <= self.manifest.as_of:
                    by_day[manifest.as_of] = number
        home, opened = self.store.root.parent, []
        for _, number in sorted(by_day.items()):
            with suppress(StateError):
                opened.append(Lake(home, number, threads=self._threads, memory_limit_mb=self._memory))
        return opened

    def info(self, name: str) -> TableVersion:
        """What is known about a table."""
        if name not in self.manifest.tables:
            raise UnknownNameError("tabela", name, self.manifest.tables)
        return self.manifest.tables[name]

    def table(self, name: str) -> Any:
        """The table as an Ibis expression (one thread at a time; use `query` from a server)."""
        self.info(name)
        return expressions(self._opened.connection).table(name)

    def query(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> pa.Table:
        """Rows of a statement written by us, never by a user; each call has its own cursor, so threads do not wait."""
        opened = self._opened
        try:
            with opened.connection.cursor() as cursor:
                return cursor.execute(sql, parameters).to_arrow_table()
        except _UNREADABLE as error:
            lost = self.store.lost_tables(opened.manifest)
            if not lost:
                raise
            raise _damaged(", ".join(sorted(lost))) from error

    def path(self, name: str) -> list[Path]:
        """The Parquet files of a table; which of their rows it has is told by `rows`."""
        return [self.store.root / file for file in self.info(name).files]

    def rows(self, name: str) -> str:
        """SQL of the rows of a table, for another engine."""
        return f"({_rows(self.store.root, self.info(name))})"


def _damaged(tables: str) -> StateError:
    return StateError(
        "Arquivos de uma tabela do lake sumiram ou estão danificados",
        value=tables,
        hint="Rode `b2shift run` de novo, que os refaz, ou volte a outra versão com `b2shift lake rollback N`",
    )
