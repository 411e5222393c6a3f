"""Any table of a person: read from CSV or Parquet, every fault named with its column; and its labels written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from b2shift.differentiate.given import NUMBERS, opened, types_of, write
from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import quote

_WORDS = {"VARCHAR", "ENUM"}
_DAYS = {"DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"}

SMALL, LARGE = 1e-6, 1e30
"""Numbers of a column of which none is larger than the first, or one is than the second, are divided by the largest."""


@dataclass(frozen=True)
class Columns:
    """Keys of the rows, columns of numbers (nan where missing), and of categories (None where missing)."""

    ids: "pa.ChunkedArray[Any]"
    numbers: dict[str, Floats]
    words: dict[str, list[str | None]]


def read_numbers(table: Path, id_column: str) -> Columns:
    """A table of numbers only, none of them missing; raises InputError naming the column at fault."""
    with opened(table) as rows:
        types = _kinds(rows, table, id_column)
        for name, kind in types.items():
            if kind not in NUMBERS:
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
    return read


def read_mixed(table: Path, id_column: str) -> Columns:
    """A table of numbers and categories, with gaps; dates count as days since 1970. Other kinds are refused by name."""
    with opened(table) as rows:
        types = _kinds(rows, table, id_column)
        for name, kind in types.items():
            if kind not in NUMBERS | _WORDS | _DAYS:
                raise InputError(
                    "Uma coluna não tem números nem categorias", value=f"{name} ({kind})", hint="Deixe-a fora da tabela"
                )
        return _columns(rows, id_column, types)


def write_labels(ids: "pa.ChunkedArray[Any]", labels: Integers, id_column: str, out: Path) -> None:
    """Key and segment of each row, to a .csv or .parquet file."""
    fitted = pa.table({id_column: ids, "segment": pa.array(labels, pa.int32())})
    write([fitted], out, "Os segmentos não puderam ser gravados")


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
            numbers[name] = _within_reach(column.to_numpy().astype(np.float64))
    return Columns(ids, numbers, words)


def _within_reach(values: Floats) -> Floats:
    """In units of the largest where squares would overflow or vanish: columns are standardised in any case."""
    largest = float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values)))
    return values if largest == 0 or SMALL < largest < LARGE else values / largest


def _kinds(rows: duckdb.DuckDBPyRelation, table: Path, id_column: str) -> dict[str, str]:
    """The kind of each column but the key."""
    types = types_of(rows)
    if id_column not in types:
        raise UnknownNameError("coluna", id_column, types)
    del types[id_column]
    if not types:
        raise InputError("A tabela só tem a coluna da chave", value=table, hint="Acrescente colunas de números")
    return types
