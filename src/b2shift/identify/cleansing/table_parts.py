"""Where the rows of a source lie: in one file, or in those of several deliveries with lists of what went since."""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow.parquet as parquet

from b2shift.kernel.errors import StorageError
from b2shift.lake.api import Session, TableFiles, literal, quote
from b2shift.lake.contracts import ROW_CONTENT, ColumnSpec, TableSpec

# Of fewer rows the whole is cleansed and written sooner than what differs.
LEAST = 20_000
# More files, or a smaller share of their rows that still hold, and a table is written whole again.
_FILES, _SHARE = 8, 0.6


def note_of_files(files: TableFiles) -> object:
    """As the stage of a source notes it: a file that holds as it is by its name."""
    plain = len(files.files) == 1 and not files.without
    return files.files[0] if plain else files.model_dump(mode="json")


def files_of_note(note: Any) -> TableFiles:
    """What a note says."""
    return TableFiles(files=(note,)) if isinstance(note, str) else TableFiles.model_validate(note)


def files_exist(session: Session, files: TableFiles) -> bool:
    """Whether every file is in the lake."""
    return all((session.store.root / file).is_file() for file in files.every_file)


def kept_part(session: Session, notes: Mapping[str, Any], table: str) -> TableFiles | None:
    """The rows that cleansing a source gave to a table, as its notes say, while their files are in the lake."""
    note = notes.get("parts", {}).get(table)
    files = files_of_note(note) if note is not None else None
    return files if files is not None and files_exist(session, files) else None


def has_columns(session: Session, files: TableFiles, columns: Iterable[ColumnSpec]) -> bool:
    """Whether every file has these columns."""
    names = {column.name for column in columns}
    return all(names <= set(parquet.read_schema(session.store.root / file).names) for file in files.files)


def drop_temporary(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> None:
    """Give back what temporary tables take, those that were made."""
    connection.execute("; ".join(f"DROP TABLE IF EXISTS {table}" for table in tables))


def write_incrementally(session: Session, spec: TableSpec, earlier: TableFiles) -> TableFiles:
    """The rows of `earlier` that are not in `_left` and those of `_fresh`, most often without writing the former again.

    Rows that are persons are written whole: nobody who was withdrawn stays in a file.
    """
    fresh = "SELECT * FROM _fresh"
    if spec.person is not None or not worth_keeping_files(session, earlier):
        rows = f"SELECT * FROM {session.rows(earlier)} ANTI JOIN _left USING ({ROW_CONTENT}) "
        rows += f"WHERE {ROW_CONTENT} IS NOT NULL UNION ALL BY NAME {fresh}"
        return TableFiles(files=(write_part(session, spec, rows, content=True),))
    without = {file: _without(session, spec, earlier, file) for file in earlier.files}
    return TableFiles(files=(*earlier.files, write_part(session, spec, fresh, content=True)), without=without)


def count_kept(session: Session, earlier: TableFiles) -> int:
    """How many rows of `earlier` have a content that is not in `_left`, each of which is of one of them."""
    gone = session.connection.execute("SELECT count(*) FROM _left").fetchall()[0][0]
    return session.contents(earlier) - int(gone)


def worth_keeping_files(session: Session, earlier: TableFiles) -> bool:
    """Whether so many rows of `earlier` hold, by `_left`, that they stay in their files."""
    kept = count_kept(session, earlier)
    stored = session.count(TableFiles(files=earlier.files))
    return kept >= LEAST and kept >= _SHARE * stored and len(earlier.files) < _FILES


def _without(session: Session, spec: TableSpec, earlier: TableFiles, file: str) -> str:
    """The list of the rows of a file that do not hold, those of the list before among them."""
    before = earlier.without.get(file)
    still = session.rows(TableFiles(files=(file,), without={file: before} if before else {}))
    gone = f"SELECT {ROW_CONTENT} FROM {still} SEMI JOIN _left USING ({ROW_CONTENT})"
    if before:
        gone += f" UNION ALL SELECT {ROW_CONTENT} FROM read_parquet({literal(session.store.root / before)})"
    target = session.new_file(spec.name)
    session.connection.execute(f"COPY ({gone}) TO {literal(target)} (FORMAT parquet)")
    return str(target.relative_to(session.store.root))


def typed_select(spec: TableSpec, select: str, *, content: bool = False) -> str:
    """SQL: the rows typed as declared; `content`: with the column by which a plain row is known when it comes again."""
    columns = ", ".join(f"CAST({quote(c.name)} AS {c.type}) AS {quote(c.name)}" for c in spec.columns)
    return f"SELECT {columns}{f', {ROW_CONTENT}' * content} FROM ({select})"


def write_part(session: Session, spec: TableSpec, select: str, *, content: bool = False) -> str:
    """Write rows of a table to a file of its own, as `typed`; its place relative to the lake."""
    target = session.new_file(spec.name)
    try:
        copied = session.connection.execute(
            f"COPY ({typed_select(spec, select, content=content)}) TO {literal(target)} "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
        session.written(target, copied.fetchall()[0][0], spec, content=content)
    except (duckdb.IOException, OSError) as error:
        raise StorageError(
            "Uma tabela não pôde ser gravada", value=spec.name, hint=f"{error}. Libere espaço e rode de novo"
        ) from error
    return str(target.relative_to(session.store.root))
