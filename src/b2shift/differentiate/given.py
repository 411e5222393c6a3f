"""A table of a person, outside any lake: a CSV or Parquet file opened, and rows written to one."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from b2shift.kernel.errors import InputError, StorageError
from b2shift.lake.api import literal

NUMBERS = frozenset({
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
    "FLOAT", "DOUBLE", "BOOLEAN", "DECIMAL",
})  # fmt: skip
"""Names of the engine's types that hold numbers, without their parameters."""


@contextmanager
def opened(table: Path, missing: Sequence[str] = ()) -> Iterator[duckdb.DuckDBPyRelation]:
    """The rows of a CSV or Parquet file; InputError when it is not there, or cannot be read while it is open.

    `missing`: texts of a CSV that say nothing is known; with them the whole file decides the types of its columns.
    """
    if not table.is_file():
        raise InputError("A tabela não existe", value=table, hint="Dê o caminho de um arquivo CSV ou Parquet")
    if table.suffix.lower() == ".parquet":
        source = f"read_parquet({literal(table)})"
    else:
        nothing = f", nullstr=[{', '.join(map(literal, missing))}], sample_size=-1" if missing else ""
        source = f"read_csv({literal(table)}{nothing})"
    with duckdb.connect() as connection:
        try:
            yield connection.sql(f"SELECT * FROM {source}")
        except duckdb.Error as error:
            hint = f"Dê um arquivo CSV ou Parquet ({str(error).splitlines()[0]})"
            raise InputError("A tabela não pode ser lida", value=table, hint=hint) from error


def types_of(rows: duckdb.DuckDBPyRelation) -> dict[str, str]:
    """The engine's type of each column, without its parameters."""
    return {name: str(kind).split("(")[0] for name, kind in zip(rows.columns, rows.types, strict=True)}


def check_out(out: Path) -> None:
    """Only .csv and .parquet are written, into a folder that is there."""
    if out.suffix not in (".csv", ".parquet"):
        raise InputError("Formato de arquivo desconhecido", value=out, hint="Termine --out em .csv ou .parquet")
    if not out.parent.is_dir():
        raise InputError("A pasta do arquivo não existe", value=out.parent, hint="Crie-a antes")
    if out.is_dir():
        raise InputError("Já existe uma pasta com este nome", value=out, hint="Use outro nome")


def write(rows: pa.Table, out: Path, refusal: str) -> None:
    """Rows to a .csv or .parquet file, whole or not at all; StorageError says `refusal` when the disk does."""
    partial = out.with_name(f".{out.name}.{os.getpid()}")
    form = "FORMAT parquet" if out.suffix == ".parquet" else "FORMAT csv, HEADER"
    with duckdb.connect() as connection:
        connection.register("told", rows)
        try:
            connection.execute(f"COPY (SELECT * FROM told) TO {literal(partial)} ({form})")
            partial.replace(out)
        except (duckdb.IOException, OSError) as error:
            raise StorageError(refusal, value=out, hint=str(error).splitlines()[0]) from error
        finally:
            partial.unlink(missing_ok=True)
