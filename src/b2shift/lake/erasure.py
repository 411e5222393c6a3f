"""Erasure of rows and values from every version: new files beside the old ones, then new manifests.

Files of a lake never change, so what must not exist any more is left out of a copy. Killed before the last version
is described anew, every version still reads whole, the old way or the new; doing it again finishes it.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet

from b2shift.lake.contracts import ROW_CONTENT, Manifest, StageVersion, TableFiles, TableVersion
from b2shift.lake.names import literal
from b2shift.lake.relation import count_rows
from b2shift.lake.store import Store

Row = dict[str, Any]


class Eraser(Protocol):
    """The edits of an erasure, table by table."""

    def looked_at(self, table: str, columns: Mapping[str, str]) -> str | None:
        """SQL over the columns (name → DuckDB type) that selects the rows to edit; None when there can be none."""
        ...

    def edited(self, table: str, row: Row) -> Row | None:
        """The edited row; None to delete it."""
        ...

    def text(self, text: str, stage: str = "") -> str:
        """The edited text of a stage's notes."""
        ...


@dataclass
class Erased:
    """The result of an erasure."""

    versions: int = 0
    files: int = 0
    rows_removed: int = 0
    rows_edited: int = 0
    left: int = 0
    """Rows of the copies that still hold something: 0, or the eraser contradicts itself. Other files held nothing."""


@dataclass(frozen=True)
class _Copy:
    """The replacement of a file."""

    file: str
    removed: int


def erase(store: Store, eraser: Eraser, seal: str, *, threads: int = 2, memory_limit_mb: int = 1024) -> Erased:
    """Erase what the eraser matches from every version; the caller holds the writer's lock.

    Tables that changed get another fingerprint, made with `seal`, so that a later run computes what depends on them.
    Raises StateError when a kept version cannot be read: nothing can be promised about it.
    """
    store.sweep()
    manifests = [store.manifest(number) for number in store.kept()]
    done = Erased(versions=len(manifests))
    copies: dict[str, _Copy] = {}
    with duckdb.connect(config={"threads": threads, "memory_limit": f"{memory_limit_mb}MB"}) as connection:
        for table, file in _files(manifests):
            copy = _copied(connection, store, eraser, table, file, done)
            if copy is not None:
                copies[file] = copy
        done.files = len(copies)
        for file, listed in _lists(manifests):
            if file in copies and copies[file].removed:
                copies[listed] = _pruned_list(connection, store, file, copies[file], listed)
        store.make_durable(copy.file for copy in copies.values())
        for manifest in manifests:
            changed = _rewritten_manifest(connection, store, manifest, copies, eraser, seal)
            if changed != manifest:
                store.replace(changed)
    store.sweep()
    return done


def matching_rows(store: Store, eraser: Eraser) -> Iterator[tuple[str, Row]]:
    """Every row of every version that the eraser matches, with its table; each file once."""
    manifests = [store.manifest(number) for number in store.kept()]
    with duckdb.connect() as connection:
        for table, file in _files(manifests):
            where = eraser.looked_at(table, _columns(connection, store.root / file))
            if where is not None:
                for row in _found(connection, store.root / file, where):
                    yield table, row


def _files(manifests: list[Manifest]) -> list[tuple[str, str]]:
    """(table, file) of all versions, deduplicated, in a stable order."""
    return sorted({(name, file) for m in manifests for name, table in m.tables.items() for file in table.files})


def _lists(manifests: list[Manifest]) -> list[tuple[str, str]]:
    """(file, deletion list) of all versions."""
    return sorted({pair for m in manifests for table in m.tables.values() for pair in table.without.items()})


def _columns(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(path)})").fetchall()
    return {row[0]: row[1] for row in described}


def _found(connection: duckdb.DuckDBPyConnection, path: Path, where: str) -> list[Row]:
    found = connection.execute(f"SELECT * FROM read_parquet({literal(path)}) WHERE {where}")
    rows: list[Row] = found.to_arrow_table().to_pylist()
    return rows


def _copied(
    connection: duckdb.DuckDBPyConnection, store: Store, eraser: Eraser, table: str, file: str, done: Erased
) -> _Copy | None:
    """A copy of the file without what is erased; None when it contains nothing of that."""
    path = store.root / file
    where = eraser.looked_at(table, _columns(connection, path))
    if where is None:
        return None
    found = connection.execute(
        f"SELECT file_row_number FROM read_parquet({literal(path)}, file_row_number=true) WHERE {where} ORDER BY 1"
    ).fetchall()
    if not found:
        return None
    target = _sibling(path)
    removed, edited = _write(path, target, [row for (row,) in found], lambda row: eraser.edited(table, row))
    if not removed and not edited:
        target.unlink()
        return None
    done.left += sum(eraser.edited(table, row) != row for row in _found(connection, target, where))
    done.rows_removed += removed
    done.rows_edited += edited
    return _Copy(str(target.relative_to(store.root)), removed)


def _sibling(path: Path) -> Path:
    return path.with_name(f"{path.stem.rpartition('-')[0]}-{uuid.uuid4().hex[:8]}.parquet")


def _pruned_list(connection: duckdb.DuckDBPyConnection, store: Store, file: str, copy: _Copy, listed: str) -> _Copy:
    """A copy of a deletion list without the rows erased from its file."""
    before, after, rows = (f"read_parquet({literal(store.root / one)})" for one in (file, copy.file, listed))
    target = _sibling(store.root / listed)
    removed = f"SELECT {ROW_CONTENT} FROM {before} EXCEPT SELECT {ROW_CONTENT} FROM {after}"
    connection.execute(
        f"COPY (SELECT * FROM {rows} ANTI JOIN ({removed}) USING ({ROW_CONTENT})) TO {literal(target)} (FORMAT parquet)"
    )
    return _Copy(str(target.relative_to(store.root)), 0)


def _write(path: Path, target: Path, found: list[int], edit: Callable[[Row], Row | None]) -> tuple[int, int]:
    """Copy a Parquet file by row group with some rows edited; how many were deleted and how many edited."""
    removed = edited = start = 0
    with parquet.ParquetFile(path) as source:
        schema = source.schema_arrow
        with parquet.ParquetWriter(target, schema, compression="zstd", compression_level=1) as writer:
            for group in range(source.num_row_groups):
                rows = source.read_row_group(group)
                mine = [number - start for number in found if start <= number < start + rows.num_rows]
                start += rows.num_rows
                old = dict(zip(mine, rows.take(pa.array(mine, pa.int64())).to_pylist(), strict=True))
                edits = {position: edit(before) for position, before in old.items()}
                removed += sum(after is None for after in edits.values())
                edited += sum(after is not None and after != old[position] for position, after in edits.items())
                writer.write_table(_patched(rows, edits, schema), row_group_size=max(1, rows.num_rows))
    return removed, edited


def _patched(rows: pa.Table, edits: Mapping[int, Row | None], schema: pa.Schema) -> pa.Table:
    """The rows with those at some positions replaced or deleted, in order."""
    pieces, start = [], 0
    for position, after in sorted(edits.items()):
        pieces.append(rows.slice(start, position - start))
        if after is not None:
            pieces.append(pa.Table.from_pylist([after], schema=schema))
        start = position + 1
    return pa.concat_tables([*pieces, rows.slice(start)]).combine_chunks()


def _rewritten_manifest(
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    manifest: Manifest,
    copies: Mapping[str, _Copy],
    eraser: Eraser,
    seal: str,
) -> Manifest:
    tables = {name: _with_copies(connection, store, table, copies, seal) for name, table in manifest.tables.items()}
    stages = {name: _edited_notes(name, stage, copies, eraser) for name, stage in manifest.stages.items()}
    return manifest.model_copy(update={"tables": tables, "stages": stages})


def _with_copies(
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    table: TableVersion,
    copies: Mapping[str, _Copy],
    seal: str,
) -> TableVersion:
    if not any(file in copies for file in table.every_file):
        return table

    def now(file: str) -> str:
        return copies[file].file if file in copies else file

    renamed = TableFiles(
        files=tuple(map(now, table.files)), without={now(f): now(listed) for f, listed in table.without.items()}
    )
    return table.model_copy(
        update={
            "files": renamed.files,
            "without": renamed.without,
            "rows": count_rows(connection, store.root, renamed),
            "bytes": sum((store.root / file).stat().st_size for file in renamed.every_file),
            "fingerprint": blake2b(f"{table.fingerprint}\n{seal}".encode(), digest_size=16).hexdigest(),
        }
    )


def _edited_notes(name: str, stage: StageVersion, copies: Mapping[str, _Copy], eraser: Eraser) -> StageVersion:
    """Notes of a stage with renamed files and edited texts."""

    def edit_text(text: str) -> str:
        return copies[text].file if text in copies else eraser.text(text, name)

    return stage.model_copy(update={"notes": map_texts(stage.notes, edit_text)})


def map_texts(value: Any, edit_text: Callable[[str], str]) -> Any:
    """A nested value with a function applied to each text, keys included."""
    match value:
        case str():
            return edit_text(value)
        case dict():
            return {edit_text(key): map_texts(one, edit_text) for key, one in value.items()}
        case list():
            return [map_texts(one, edit_text) for one in value]
        case tuple():
            return tuple(map_texts(one, edit_text) for one in value)
        case _:
            return value
