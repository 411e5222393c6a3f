"""Writing one version: tables are staged as new files beside the old ones and appear together at commit."""

import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from b2shift.kernel.errors import SchemaError, StateError, StorageError, UnknownNameError
from b2shift.lake.contracts import Manifest, StageVersion, TableSpec, TableVersion
from b2shift.lake.reader import create_view, literal, quote
from b2shift.lake.store import Store


class Stage:
    """One step of a run: skipped when it was already computed from the same inputs."""

    def __init__(self, name: str, fingerprint: str, previous: StageVersion | None) -> None:
        self.name, self.fingerprint, self.previous = name, fingerprint, previous
        self.stale = previous is None or previous.fingerprint != fingerprint
        self.outputs: list[str] = []
        self.notes: dict[str, object] = {} if self.stale or previous is None else dict(previous.notes)


class Session:
    """One run's writer: reads see the base version plus what this run has staged."""

    def __init__(self, store: Store, base: Manifest | None, *, threads: int, memory_limit_mb: int) -> None:
        self.store, self.base = store, base
        self.version = (max([*store.kept(), 0])) + 1
        self._tables: dict[str, TableVersion] = dict(base.tables) if base else {}
        self._stages: dict[str, StageVersion] = dict(base.stages) if base else {}
        self._touched: set[str] = set()
        self._stage: Stage | None = None
        self.changed = False
        self.scratch = store.root / f"scratch-{uuid.uuid4().hex[:8]}"
        self.scratch.mkdir(parents=True)
        self.backend = ibis.duckdb.connect(
            threads=threads,
            memory_limit=f"{memory_limit_mb}MB",
            temp_directory=str(self.scratch),
            preserve_insertion_order=True,
        )
        for table in self._tables.values():
            create_view(self.connection, store.root, table)

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The engine itself, for the bulk statements Ibis has no word for (read_csv, COPY)."""
        return self.backend.con

    def has(self, name: str) -> bool:
        """Whether the table exists in the base version or has been staged."""
        return name in self._tables

    def info(self, name: str) -> TableVersion:
        """What is known about a table as this run sees it."""
        if name not in self._tables:
            raise UnknownNameError("table", name, self._tables)
        return self._tables[name]

    def table(self, name: str) -> Any:
        """The table as an Ibis expression, as this run sees it."""
        self.info(name)
        return self.backend.table(name)

    def query(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> pa.Table:
        """Rows of a statement, as Arrow."""
        return self.connection.execute(sql, parameters).to_arrow_table()

    @contextmanager
    def stage(self, name: str, *, inputs: Iterable[str] = (), parameters: object = "") -> Iterator[Stage]:
        """Run a step only when its inputs' fingerprints or its parameters changed: `if stage.stale: ...write...`.

        `parameters` must say everything else the result depends on: as-of, seed, declarations, the code's own version.
        """
        if self._stage is not None:
            raise StateError("A stage is already open", value=self._stage.name)
        told = [f"{table}={self.info(table).fingerprint}" for table in sorted(inputs)]
        fingerprint = blake2b("\n".join([name, repr(parameters), *told]).encode(), digest_size=16).hexdigest()
        previous = self._stages.get(name)
        self._stage = stage = Stage(name, fingerprint, previous)
        started = time.perf_counter()
        try:
            yield stage
        finally:
            self._stage = None
        if stage.stale:
            self._stages[name] = StageVersion(
                fingerprint=fingerprint,
                outputs=tuple(stage.outputs),
                seconds=time.perf_counter() - started,
                notes=stage.notes,
            )
            self._touched.add(name)
            self.changed = True

    @property
    def stages(self) -> dict[str, StageVersion]:
        """Every stage as this run knows it."""
        return dict(self._stages)

    def recomputed(self, stage: str) -> bool:
        """Whether this run computed the stage rather than carrying it over."""
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
        relation = self._relation(rows)
        selected = self._checked(spec, relation)
        order = f" ORDER BY {', '.join(map(quote, sort_by))}" if sort_by else ""
        target = self._target(spec.name)
        try:
            self.connection.execute(
                f"COPY (SELECT {selected} FROM {relation}{order}) TO {literal(target)} "
                f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {row_group_size})"
            )
        except (duckdb.IOException, OSError) as error:
            raise StorageError(
                "A table could not be written", value=spec.name, hint=f"{error}. Free some space and run again"
            ) from error
        finally:
            if isinstance(rows, pa.Table):
                self.connection.unregister("_staging")
        return self._register(spec, [target], content_key)

    def adopt(self, spec: TableSpec, files: Sequence[Path], content_key: str) -> TableVersion:
        """Stage a table made of Parquet files that lie in the lake already (`new_file`): sources kept file by file."""
        return self._register(spec, files, content_key)

    def new_file(self, table: str) -> Path:
        """A fresh path inside the lake for a Parquet file of `table`, to be `adopt`ed."""
        return self._target(table)

    def drop(self, name: str) -> None:
        """Leave a table out of the version being written."""
        if self._tables.pop(name, None):
            self.connection.execute(f"DROP VIEW IF EXISTS {quote(name)}")
            self.changed = True

    def commit(
        self, as_of: date, *, now: datetime | None = None, keep: int = 12, before_swap: Callable[[], None] | None = None
    ) -> int:
        """Publish what is staged as the new version, or keep the one there is when nothing changed; its number."""
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
            file for table in self._tables.values() if table.since == self.version for file in table.files
        )
        if before_swap:
            before_swap()
        self.store.publish(manifest)
        self.store.collect_garbage(keep)
        return self.version

    def close(self) -> None:
        """Forget what was not committed."""
        self.backend.disconnect()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _target(self, table: str) -> Path:
        folder = self.store.tables / table
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"v{self.version:06d}-{uuid.uuid4().hex[:8]}.parquet"

    def _relation(self, rows: Any) -> str:
        if isinstance(rows, str):
            return f"({rows})"
        if isinstance(rows, pa.Table):
            self.connection.register("_staging", rows)
            return "_staging"
        return f"({self.backend.compile(rows)})"

    def _checked(self, spec: TableSpec, relation: str) -> str:
        found = [row[0] for row in self.connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()]
        missing = [column.name for column in spec.columns if column.name not in found]
        documented = {column.name for column in spec.columns}
        extra = [name for name in found if name not in documented]
        if missing or (extra and not spec.open_columns):
            raise SchemaError(
                f"Table {spec.name} does not have its declared columns",
                value={"missing": missing, "undeclared": extra},
                hint="Correct the declaration or the expression",
            )
        declared = [f"CAST({quote(c.name)} AS {c.type}) AS {quote(c.name)}" for c in spec.columns]
        return ", ".join([*declared, *map(quote, extra)])

    def _register(self, spec: TableSpec, files: Sequence[Path], content_key: str | None) -> TableVersion:
        names = tuple(str(path.relative_to(self.store.root)) for path in files)
        listed = ", ".join(literal(path) for path in files)
        rows = self.connection.execute(f"SELECT count(*) FROM read_parquet([{listed}])").fetchall()[0][0]
        key = content_key if content_key is not None else self._content(listed)
        table = TableVersion(
            spec=spec,
            files=names,
            rows=rows,
            bytes=sum(path.stat().st_size for path in files),
            since=self.version,
            fingerprint=key,
        )
        self._tables[spec.name] = table
        self.changed = True
        create_view(self.connection, self.store.root, table)
        if self._stage is not None:
            self._stage.outputs.append(spec.name)
        return table

    def _content(self, files: str) -> str:
        """Order-independent: the same rows give the same fingerprint."""
        row = self.connection.execute(
            "SELECT count(*), bit_xor(h), sum(h % 1000000007) "
            f"FROM (SELECT hash(t) AS h FROM read_parquet([{files}]) AS t)"
        ).fetchall()[0]
        return blake2b(repr(row).encode(), digest_size=16).hexdigest()
