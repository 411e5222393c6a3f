"""The writer's session: tables are staged as new files and become visible together at commit."""

import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from b2shift.kernel.errors import SchemaError, StateError, StorageError, UnknownNameError
from b2shift.kernel.stopping import heed
from b2shift.lake.content import (
    content_fingerprint,
    declared_columns,
    keyed_fingerprint,
    require_declared,
    typed_columns,
)
from b2shift.lake.contracts import ROW_CONTENT, Manifest, StageVersion, TableFiles, TableSpec, TableVersion
from b2shift.lake.engine import open_engine
from b2shift.lake.expressions import expressions
from b2shift.lake.footers import Footers
from b2shift.lake.lineage.statement import statement_option
from b2shift.lake.names import literal, quote
from b2shift.lake.reader import create_view, create_views
from b2shift.lake.relation import relation
from b2shift.lake.retention import Retention
from b2shift.lake.stage import Stage, fingerprint, intact_stages, json_safe
from b2shift.lake.store import Store

_PARALLEL_BYTES = 256 * 1024 * 1024


class Session:
    """One run's writer: reads see the base version plus what is staged.

    A table of the base whose files are lost is left out, with the stages that made them: this run makes it again.
    """

    def __init__(
        self,
        store: Store,
        base: Manifest | None,
        *,
        threads: int,
        memory_limit_mb: int,
        scratch: Path | None = None,
    ) -> None:
        self.store, self.base = store, base
        self.version = max([*store.kept(), base.version if base else 0, 0]) + 1
        self._touched: set[str] = set()
        self._staged: set[Path] = set()
        self._stage: Stage | None = None
        self.scratch = scratch or store.root / f"scratch-{uuid.uuid4().hex[:8]}"
        try:
            self.scratch.mkdir(parents=True, exist_ok=scratch is not None)
        except OSError as error:
            raise StorageError("A pasta de trabalho não pode ser escrita", value=store.root, hint=error) from error
        self.connection = open_engine(threads=threads, memory_limit_mb=memory_limit_mb, spill=self.scratch)
        self._footers = Footers(self.connection, store.root)
        self._tables: dict[str, TableVersion] = self._readable(base) if base else {}
        self._footers.load(self._tables.values())
        self._stages: dict[str, StageVersion] = intact_stages(base, self._tables) if base else {}
        self.changed = base is not None and len(self._tables) < len(base.tables)

    @cached_property
    def _expressions(self) -> Any:
        return expressions(self.connection)

    @property
    def names(self) -> frozenset[str]:
        """The tables of the base version and those that have been staged."""
        return frozenset(self._tables)

    def has(self, name: str) -> bool:
        """Whether the table exists in the base version or has been staged."""
        return name in self._tables

    def info(self, name: str) -> TableVersion:
        """What is known about a table as this run sees it."""
        if name not in self._tables:
            raise UnknownNameError("tabela", name, self._tables)
        return self._tables[name]

    def table(self, name: str) -> Any:
        """The table as an Ibis expression, as this run sees it."""
        self.info(name)
        return self._expressions.table(name)

    def query(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> pa.Table:
        """Rows of a statement, as Arrow."""
        return self.connection.execute(sql, parameters).to_arrow_table()

    @contextmanager
    def stage(self, name: str, *, inputs: Iterable[str] = (), parameters: object = "") -> Iterator[Stage]:
        """Run a step only when its inputs' fingerprints or its parameters changed: `if stage.stale: ...write...`.

        `parameters` must say everything else the result depends on: as-of, seed, declarations, the code's own version.
        A step that raises leaves nothing behind: the tables are again those from before it.
        """
        heed()
        if self._stage is not None:
            raise StateError("Já há uma etapa aberta", value=self._stage.name)
        named = tuple(inputs)
        found = fingerprint(name, parameters, [self.info(table) for table in named])
        before, changed = dict(self._tables), self.changed
        self._stage = stage = Stage(name, found, self._stages.get(name), before, named)
        started = time.perf_counter()
        try:
            yield stage
            if stage.stale:
                self._stages[name] = stage.computed(time.perf_counter() - started)
                self._touched.add(name)
                self.changed = True
        except BaseException:
            self._interrupt()
            self._restore(before, changed)
            raise
        finally:
            self._stage = None

    @contextmanager
    def threads_worth(self, read: int) -> Iterator[None]:
        """Use one thread for few bytes, where starting others costs more than it saves."""
        few = read < _PARALLEL_BYTES
        own = self.connection.execute("SELECT current_setting('threads')").fetchall()[0][0]
        if few:
            self.connection.execute("SET threads = 1")
        try:
            yield
        finally:
            if few:
                self.connection.execute(f"SET threads = {own}")

    @property
    def stages(self) -> dict[str, StageVersion]:
        """Every stage as this run knows it."""
        return dict(self._stages)

    def start_again(self) -> None:
        """Discard everything staged since the session was opened; its files go at the next commit."""
        if self._stage is not None:
            raise StateError("Já há uma etapa aberta", value=self._stage.name)
        readable = self._readable(self.base) if self.base else {}
        self._restore(readable, changed=self.base is not None and len(readable) < len(self.base.tables))
        self._stages = intact_stages(self.base, readable) if self.base else {}
        self._touched.clear()

    def keep_stage(self, name: str, notes: dict[str, object]) -> None:
        """Record under a stage of this run what an earlier one computed under another name."""
        self._stages[name] = StageVersion(fingerprint="kept", outputs=(), seconds=0.0, notes=json_safe(notes))
        self.changed = True

    def forget_stage(self, name: str) -> None:
        """Drop a stage whose results are no longer needed."""
        if self._stages.pop(name, None) is not None:
            self.changed = True

    def recomputed(self, stage: str) -> bool:
        """Whether this run computed the stage rather than reusing it."""
        return stage in self._touched

    def write(
        self,
        spec: TableSpec,
        rows: Any,
        *,
        sort_by: Sequence[str] = (),
        row_group_size: int = 122_880,
        content_key: str | None = None,
    ) -> TableVersion:
        """Stage a table from an Ibis expression, an Arrow table or a SQL text; columns are checked against its spec.

        `content_key` names the content when the caller knows it (a hash of the file it came from): a table written
        twice under the same key has the same fingerprint, so later stages see that nothing changed. Without one
        the fingerprint is taken from the content itself.
        """
        return self._register(spec, [self._copied(spec, rows, sort_by, row_group_size)[0]], content_key)

    def write_parts(
        self,
        spec: TableSpec,
        parts: Sequence[Any],
        *,
        sort_by: Sequence[str] = (),
        row_group_size: int = 122_880,
        content_key: str | None = None,
    ) -> TableVersion:
        """The same from several, each sorted into a file of its own: memory holds one of them at a time."""
        copied = [self._copied(spec, rows, sort_by, row_group_size) for rows in parts]
        files = [path for path, rows in copied if rows] or [copied[0][0]]
        for path, _ in copied:
            if path not in files:
                self._discard(path)
        return self._register(spec, files, content_key)

    def _copied(self, spec: TableSpec, rows: Any, sort_by: Sequence[str], row_group_size: int) -> tuple[Path, int]:
        """A new Parquet file of the declared columns, and its number of rows."""
        order = f" ORDER BY {', '.join(map(quote, sort_by))}" if sort_by else ""
        target = self._target(spec.name)
        try:
            relation = self._relation(rows)
            written_as = statement_option(relation) if not isinstance(rows, pa.Table) else ""
            selected = declared_columns(self.connection, spec, relation)
            found = self.connection.execute(
                f"COPY (SELECT {selected} FROM {relation}{order}) TO {literal(target)} "
                f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {row_group_size}{written_as})"
            ).fetchall()
            self._footers.record(target, found[0][0])
        except BaseException as error:
            self._discard(target)
            if isinstance(error, duckdb.IOException) and "write" in str(error):
                hint = f"{error}. Libere espaço e rode de novo; a versão anterior continua valendo"
                raise StorageError("Uma tabela não pôde ser gravada", value=spec.name, hint=hint) from error
            raise
        finally:
            if isinstance(rows, pa.Table):
                self.connection.unregister("_staging")
        return target, found[0][0]

    def adopt(
        self, spec: TableSpec, files: Sequence[Path], content_key: str, *, without: Mapping[str, str] | None = None
    ) -> TableVersion:
        """Stage a table made of Parquet files that lie in the lake already (`new_file`): sources kept file by file.

        Their columns are compared with the spec, by name and type: nothing is cast here. `without`: see `TableFiles`.
        """
        if not files:
            raise SchemaError("Uma tabela precisa de ao menos um arquivo", value=spec.name)
        known = self._adopted(spec)
        for path in files:
            if path not in known:
                require_declared(spec, self._footers.columns(str(path.relative_to(self.store.root))))
        return self._register(spec, files, content_key, without)

    def _adopted(self, spec: TableSpec) -> set[Path]:
        """The files the table has in the version before, when it had the same columns; no file ever changes."""
        known = self.base.tables.get(spec.name) if self.base else None
        same = known is not None and known.spec.columns == spec.columns
        return {self.store.root / file for file in known.files} if known is not None and same else set()

    def rows(self, table_files: TableFiles, among: str = "") -> str:
        """SQL of rows that lie in the lake, whatever they are called, with their `_content`.

        `among`: a table of contents (`_content`); only rows that say one of them.
        """
        return relation(self.store.root, table_files, among)

    def count(self, table_files: TableFiles) -> int:
        """How many rows lie there."""
        return self._footers.count(table_files)

    def contents(self, table_files: TableFiles) -> int:
        """How many of them have a content."""
        return self._footers.contents(table_files)

    def new_file(self, table: str) -> Path:
        """A fresh path inside the lake for a Parquet file of `table`, to be `adopt`ed."""
        return self._target(table)

    def written(self, path: Path, rows: int, spec: TableSpec | None = None, *, content: bool = False) -> None:
        """Record the contents of a new file, so that it is not read again: row count and, with `spec`, columns."""
        columns = [*typed_columns(spec), *[(ROW_CONTENT, "UBIGINT")] * content] if spec else None
        self._footers.record(path, rows, columns)

    def drop(self, name: str) -> None:
        """Leave a table out of the version being written."""
        if self._tables.pop(name, None):
            self.connection.execute(f"DROP VIEW IF EXISTS {quote(name)}")
            self.changed = True

    def commit(
        self,
        as_of: date,
        *,
        now: datetime | None = None,
        keep: int | None = None,
        before_swap: Callable[[], None] | None = None,
    ) -> int:
        """Publish what is staged as the new version, or keep the one there is when nothing changed; its number.

        `keep` newest versions stay, as the lake's retention says when it is not given.
        """
        if self._stage is not None:
            raise StateError("Uma etapa ainda está aberta", value=self._stage.name)
        heed()
        if self.base and not self.changed:
            return self.base.version
        manifest = Manifest(
            version=self.version,
            as_of=as_of,
            written_at=now or datetime.now(UTC),
            tables=self._tables,
            stages=self._stages,
        )
        self.store.make_durable(
            file for table in self._tables.values() if table.since == self.version for file in table.every_file
        )
        if before_swap:
            before_swap()
        self.store.publish(manifest)
        self.base, self.version, self.changed = manifest, manifest.version + 1, False
        self._staged.clear()
        # The version is published: what cannot be deleted today is deleted by the next run.
        with suppress(OSError, StateError):
            self.store.collect_garbage(self.store.retention if keep is None else Retention(versions=keep, month_ends=0))
        return manifest.version

    def close(self) -> None:
        """Discard what was not committed, files included."""
        self._interrupt()
        self.connection.close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        for path in self._staged:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _readable(self, base: Manifest) -> dict[str, TableVersion]:
        lost = self.store.lost_tables(base)
        whole = {name: table for name, table in base.tables.items() if name not in lost}
        with suppress(StateError):
            create_views(self.connection, self.store.root, [*whole.values()])
            return whole
        found = {}
        for name, table in whole.items():
            with suppress(StateError):
                create_view(self.connection, self.store.root, table)
                found[name] = table
        return found

    def _target(self, table: str) -> Path:
        folder = self.store.tables / table
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError("A pasta de uma tabela não pode ser criada", value=folder, hint=error) from error
        path = folder / f"v{self.version:06d}-{uuid.uuid4().hex[:8]}.parquet"
        self._staged.add(path)
        return path

    def _discard(self, path: Path) -> None:
        """Delete the file of a failed write."""
        with suppress(OSError):
            path.unlink(missing_ok=True)
        self._staged.discard(path)

    def _relation(self, rows: Any) -> str:
        if isinstance(rows, str):
            # A statement may end in a comment.
            return f"({rows}\n)"
        if isinstance(rows, pa.Table):
            self.connection.register("_staging", rows)
            return "_staging"
        return f"({self._expressions.compile(rows)})"

    def _register(
        self, spec: TableSpec, files: Sequence[Path], content_key: str | None, without: Mapping[str, str] | None = None
    ) -> TableVersion:
        listed = ", ".join(literal(path) for path in files)
        table_files = TableFiles(
            files=tuple(str(path.relative_to(self.store.root)) for path in files), without=dict(without or {})
        )
        if content_key is None:
            found = content_fingerprint(self.connection, listed)
        else:
            found = keyed_fingerprint(self._footers.columns(table_files.files[0]), content_key)
        table = TableVersion(
            spec=spec,
            files=table_files.files,
            without=table_files.without,
            rows=self._footers.count(table_files),
            bytes=sum((self.store.root / file).stat().st_size for file in table_files.every_file),
            since=self.version,
            fingerprint=found,
        )
        self._tables[spec.name] = table
        self.changed = True
        create_view(self.connection, self.store.root, table)
        if self._stage is not None:
            self._stage.outputs.append(spec.name)
        return table

    def _interrupt(self) -> None:
        """Interrupt the engine's other threads after Ctrl-C."""
        self.connection.interrupt()

    def _restore(self, tables: dict[str, TableVersion], changed: bool) -> None:
        for name in self._tables.keys() - tables.keys():
            self.connection.execute(f"DROP VIEW IF EXISTS {quote(name)}")
        for name, table in tables.items():
            if self._tables.get(name) is not table:
                create_view(self.connection, self.store.root, table)
        self._tables, self.changed = tables, changed
