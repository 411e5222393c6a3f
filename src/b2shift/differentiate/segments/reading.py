"""Any table of a person: read from CSV or Parquet, every fault named with its column; and its labels written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.kernel.errors import InputError, StorageError, UnknownNameError
from b2shift.lake.api import literal, quote

_NUMBERS = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
    "FLOAT", "DOUBLE", "BOOLEAN", "DECIMAL",
}  # fmt: skip
_WORDS = {"VARCHAR", "ENUM"}
_DAYS = {"DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"}


@dataclass(frozen=True)
class Columns:
    """Keys of the rows, columns of numbers (nan where missing), and of categories (None where missing)."""

    ids: "pa.ChunkedArray[Any]"
    numbers: dict[str, Floats]
    words: dict[str, list[str | None]]


def read_numbers(table: Path, id_column: str) -> Columns:
    """A table of numbers only, none of them missing; raises InputError naming the column at fault."""
    connection, rows, types = _opened(table, id_column)
    for name, kind in types.items():
        if kind not in _NUMBERS:
            raise InputError(
                "Uma coluna não tem números", value=f"{name} ({kind})", hint="Deixe-a fora ou passe-a a números"
            )
    read = _columns(rows, id_column, types)
    for name, values in read.numbers.items():
        if missing := int((~np.isfinite(values)).sum()):
            raise InputError(
                "Uma coluna tem valores vazios ou infinitos",
                value=f"{name} ({missing})",
                hint="Preencha-os ou deixe-a fora",
            )
    connection.close()
    return read


def read_mixed(table: Path, id_column: str) -> Columns:
    """A table of numbers and categories, with gaps; dates count as days since 1970. Other kinds are refused by name."""
    connection, rows, types = _opened(table, id_column)
    for name, kind in types.items():
        if kind not in _NUMBERS | _WORDS | _DAYS:
            raise InputError(
                "Uma coluna não tem números nem categorias", value=f"{name} ({kind})", hint="Deixe-a fora da tabela"
            )
    read = _columns(rows, id_column, types)
    connection.close()
    return read


def write_labels(ids: "pa.ChunkedArray[Any]", labels: Integers, id_column: str, out: Path) -> None:
    """Key and segment of each row, to a .csv or .parquet file."""
    connection = duckdb.connect()
    connection.register("fitted", pa.table({id_column: ids, "segment": pa.array(labels, pa.int32())}))
    form = "FORMAT parquet" if out.suffix == ".parquet" else "FORMAT csv, HEADER"
    try:
        connection.execute(f"COPY (SELECT * FROM fitted) TO {literal(out)} ({form})")
    except (duckdb.IOException, OSError) as error:
        raise StorageError(
            "Os segmentos não puderam ser gravados", value=out, hint=str(error).splitlines()[0]
        ) from error


def check_out(out: Path) -> None:
    """Only .csv and .parquet are written."""
    if out.suffix not in (".csv", ".parquet"):
        raise InputError("Formato de arquivo desconhecido", value=out, hint="Termine --out em .csv ou .parquet")


def _columns(rows: duckdb.DuckDBPyRelation, id_column: str, types: dict[str, str]) -> Columns:
    told = [f"{quote(name)}::{'VARCHAR' if kind in _WORDS else 'DOUBLE'}" for name, kind in types.items()]
    told = [
        f"epoch({quote(name)}::TIMESTAMP) / 86400.0" if kind in _DAYS else text
        for text, (name, kind) in zip(told, types.items(), strict=True)
    ]
    data = rows.project(", ".join([f"{quote(id_column)} AS id", *told])).to_arrow_table()
    if len(data) < 2:
        raise InputError("A tabela tem linhas de menos", value=len(data), hint="São precisas ao menos duas")
    ids = data.column(0)
    if ids.null_count or len(ids.unique()) < len(ids):
        raise InputError(
            "A coluna da chave tem valores vazios ou repetidos", value=id_column, hint="Dê uma linha por chave"
        )
    numbers: dict[str, Floats] = {}
    words: dict[str, list[str | None]] = {}
    for position, (name, kind) in enumerate(types.items(), 1):
        column = data.column(position)
        if kind in _WORDS:
            words[name] = column.to_pylist()
        else:
            numbers[name] = column.to_numpy().astype(np.float64)
    return Columns(ids, numbers, words)


def _opened(table: Path, id_column: str) -> tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyRelation, dict[str, str]]:
    """The rows, and the kind of each column but the key."""
    if not table.is_file():
        raise InputError("A tabela não existe", value=table, hint="Dê o caminho de um arquivo CSV ou Parquet")
    connection = duckdb.connect()
    read = "read_parquet" if table.suffix.lower() == ".parquet" else "read_csv"
    try:
        rows = connection.sql(f"SELECT * FROM {read}({literal(table)})")
    except duckdb.Error as error:
        raise InputError(
            "A tabela não pode ser lida",
            value=table,
            hint=f"Dê um arquivo CSV ou Parquet ({str(error).splitlines()[0]})",
        ) from error
    types = {name: str(kind).split("(")[0] for name, kind in zip(rows.columns, rows.types, strict=True)}
    if id_column not in types:
        raise UnknownNameError("coluna", id_column, types)
    del types[id_column]
    if not types:
        raise InputError("A tabela só tem a coluna da chave", value=table, hint="Acrescente colunas de números")
    return connection, rows, types
