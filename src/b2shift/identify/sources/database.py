"""Rows of a database as those of a file: the query of a declaration, asked of a SQLite file that was delivered, or of
the address that an environment variable holds. Nothing is ever written there.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as parquet

from b2shift.identify.sources.cells import text_of
from b2shift.identify.sources.declaration import Reader, Source
from b2shift.identify.sources.delivery import Delivered
from b2shift.kernel.errors import SourceError

_ROWS, _PATIENCE_SECONDS = 20_000, 15
_POSTGRES = ("postgres://", "postgresql://")
_SQLITE = "sqlite:///"


class Answer(NamedTuple):
    """What a query gives: the names of its columns, and its rows as they come."""

    header: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


class DatabaseAnswers(NamedTuple):
    """What the databases gave: a file for each source, or why there is none."""

    files: list[Delivered]
    failed: list[tuple[Source, str]]


def ask_databases(sources: tuple[Source, ...], environ: Mapping[str, str], scratch: Path) -> DatabaseAnswers:
    """The rows of every source that names a database, each as a Parquet file of texts in `scratch`."""
    answers = DatabaseAnswers([], [])
    for source in sources:
        if source.reader is Reader.SQL and source.database:
            try:
                answers.files.append(_fetched(source, environ, scratch))
            except SourceError as error:
                answers.failed.append((source, str(error)))
    return answers


@contextmanager
def answer_of(path: Path, query: str) -> Iterator[Answer]:
    """The answer of a SQLite file to a query; SourceError when it is none, or the query is wrong."""
    with (
        _failures(path.name),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db,
    ):
        yield _sqlite(db, query)


def _fetched(source: Source, environ: Mapping[str, str], scratch: Path) -> Delivered:
    address = environ.get(source.database, "")
    if not address:
        raise SourceError(
            "Falta o endereço do banco de dados", value=source.database,
            hint="Defina esta variável de ambiente: postgres://… ou sqlite:///caminho",
        )  # fmt: skip
    target = scratch / "databases" / f"{source.source}.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    with _failures(source.database), _connected(source, address) as answer:
        _write(answer, target)
    return Delivered(source.files, target.stat().st_size, "", target)


@contextmanager
def _connected(source: Source, address: str) -> Iterator[Answer]:
    """The address is told to nobody: it may hold a password."""
    if address.startswith(_SQLITE):
        path = Path(address.removeprefix(_SQLITE))
        if not path.is_file():
            raise SourceError(
                "O banco de dados não existe", value=source.database, hint="Confira o caminho no endereço"
            )
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            yield _sqlite(db, source.query)
    elif address.startswith(_POSTGRES):
        psycopg = _psycopg()
        options = "-c default_transaction_read_only=on"
        with (
            psycopg.connect(address, options=options, connect_timeout=_PATIENCE_SECONDS) as db,
            db.cursor(name="b2shift") as cursor,
        ):
            cursor.itersize = _ROWS
            cursor.execute(source.query)
            yield Answer(tuple(column.name for column in cursor.description or ()), iter(cursor))
    else:
        raise SourceError(
            "Este tipo de banco de dados não é conhecido", value=source.database,
            hint="O endereço começa por postgres:// ou sqlite:///",
        )  # fmt: skip


def _sqlite(db: sqlite3.Connection, query: str) -> Answer:
    cursor = db.execute(query)
    return Answer(tuple(name for name, *_ in cursor.description or ()), iter(cursor))


@contextmanager
def _failures(query: str) -> Iterator[None]:
    try:
        yield
    except SourceError:
        raise
    except Exception as error:
        if not isinstance(error, sqlite3.Error) and not type(error).__module__.startswith("psycopg"):
            raise
        hint = (str(error).splitlines() or [type(error).__name__])[0]
        raise SourceError("O banco de dados não respondeu à consulta", value=query, hint=hint) from error


def _write(answer: Answer, target: Path) -> None:
    """Texts, as a workbook's cells become them; an answer without rows is a file without rows."""
    schema = pa.schema([pa.field(name, pa.string()) for name in answer.header])
    with parquet.ParquetWriter(target, schema) as writer:
        taken: list[list[str]] = []
        for row in answer.rows:
            taken.append([text_of(cell) for cell in row])
            if len(taken) == _ROWS:
                writer.write_table(_table(taken, schema))
                taken = []
        writer.write_table(_table(taken, schema))


def _table(rows: list[list[str]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=schema)


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise SourceError(
            "Falta a biblioteca do PostgreSQL", value="psycopg", hint="Instale com: pip install 'b2shift[postgres]'"
        ) from error
    return psycopg
