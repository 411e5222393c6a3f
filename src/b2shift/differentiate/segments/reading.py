"""Any table of a person: read from CSV or Parquet, every fault named with its column; and its labels written."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import numpy as np
import pyarrow as pa

from b2shift.differentiate.given import NUMBERS, open_table, types_of, write_table
from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.texts import MISSING, infer_parsers
from b2shift.differentiate.totals import without_totals
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import quote

Column: TypeAlias = "pa.ChunkedArray[Any]"
_WORDS = {"VARCHAR", "ENUM"}
_DAYS = {"DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"}

LEVELS = 50
"""Values of a column of words that have a column of their own; all others share one."""
NAMES = 0.5
"""A column of words with more different values than this share of the rows names rows, and is left out."""
SURELY = 1.2
"""Times the room from which the engine's estimate of different rows, a few per cent off, is enough to refuse."""
SMALL, LARGE = 1e-6, 1e30
"""Numbers of a column of which none is larger than the first, or one is than the second, are divided by the largest."""
_BLOCK, _CELLS = 1 << 18, 1 << 22
"""Rows of a block, fewer where they would hold more values."""


@dataclass(frozen=True)
class Columns:
    """Keys of the rows, columns of numbers (nan where missing), and of categories (null where missing)."""

    ids: Column
    numbers: dict[str, Floats]
    words: dict[str, Column]
    notes: tuple[str, ...] = ()
    """What is told of rows that were left out."""


@dataclass(frozen=True)
class Grouped:
    """Keys of the rows; their columns, equal rows held once; `owner` = which of these each row is.

    `money` is a column of numbers per row that has no part in what makes rows equal; `ignored` were not read.
    """

    ids: Column
    numbers: dict[str, Floats]
    words: dict[str, Column]
    owner: Integers
    money: Floats | None = None
    ignored: tuple[str, ...] = ()


def read_numbers(table: Path, id_column: str) -> Columns:
    """A table of numbers only, none of them missing; raises InputError naming the column at fault."""
    with open_table(table, MISSING) as written:
        told, notes = without_totals(written, id_column)
        rows = _as_people_write(told, id_column)
        types = _kinds(rows, table, id_column)
        for name, kind in types.items():
            if kind not in NUMBERS:
                raise _no_numbers(rows, name, kind)
        read = replace(_columns(rows, id_column, types), notes=notes)
    for name, values in read.numbers.items():
        if missing := int((~np.isfinite(values)).sum()):
            raise InputError(
                "Uma coluna tem valores vazios ou infinitos",
                value=f"{name} ({missing})",
                hint="Preencha-os ou deixe-a fora",
            )
    return read


@dataclass(frozen=True)
class Mixed:
    """A table of numbers and categories, open; columns of words that name rows are `ignored`.

    `types` = kind of each column read, `wide` = columns of numbers that they become, at most.
    """

    rows: duckdb.DuckDBPyRelation
    id_column: str
    money: str | None
    types: dict[str, str]
    ignored: tuple[str, ...]
    count: int
    wide: int
    notes: tuple[str, ...] = ()
    """What is told of rows that were left out."""

    def whole(self, most: int) -> Grouped | None:
        """All rows; None where those that differ surely hold more than `most` values."""
        if self.wide:
            different = f"approx_count_distinct(hash({', '.join(_told(self.types))}))"
            if self.rows.aggregate(different).fetchall()[0][0] * self.wide > SURELY * most:
                return None
        read = _grouped(self.rows, self.id_column, self.types, self.money, self.ignored)
        _check_ids(len(read.ids), read.ids.null_count, len(read.ids.unique()), self.id_column)
        return read

    def drawn(self, many: int, seed: int) -> Grouped:
        """About so many of the rows, by their key and what they hold, not by where they stand."""
        key = quote(self.id_column)
        known, different = self.rows.aggregate(f"count({key}), count(DISTINCT {key})").fetchall()[0]
        _check_ids(self.count, self.count - known, different, self.id_column)
        chance = f"hash({seed}, {key}, {', '.join(_told(self.types))})"
        part = self.rows.filter(f"{chance} <= {int(min(1.0, many / self.count) * (2**64 - 1))}::UBIGINT")
        return _grouped(part, self.id_column, self.types, self.money, self.ignored)

    def blocks(self) -> Iterator[tuple[Column, dict[str, Floats], dict[str, Column]]]:
        """Keys, numbers and words of all rows, block after block."""
        told = self.rows.project(", ".join([quote(self.id_column), *_told(self.types)]))
        for batch in told.to_arrow_reader(max(1, min(_BLOCK, _CELLS // max(self.wide, 1)))):
            block = pa.Table.from_batches([batch])
            yield block.column(0), *_by_kind(block, self.types)


@contextmanager
def mixed(table: Path, id_column: str, money: str | None = None) -> Iterator[Mixed]:
    """Open a table of numbers and categories, with gaps; dates count as days since 1970. Other kinds are refused by
    name."""
    with open_table(table, MISSING) as written:
        told, notes = without_totals(written, id_column)
        rows = _as_people_write(told, id_column)
        types = _kinds(rows, table, id_column)
        for name, kind in types.items():
            if kind not in NUMBERS | _WORDS | _DAYS:
                raise InputError(
                    "Uma coluna não tem números nem categorias", value=f"{name} ({kind})", hint="Deixe-a fora da tabela"
                )
        if money is not None and types.pop(money, None) not in NUMBERS:
            raise UnknownNameError("coluna de números", money, [name for name in types if types[name] in NUMBERS])
        count, levels = _counted(rows, types)
        ignored = tuple(name for name, many in levels.items() if many > max(2, NAMES * count))
        types = {name: kind for name, kind in types.items() if name not in ignored}
        wide = sum(min(levels.get(name, 1), LEVELS + 1) for name in types)
        yield Mixed(rows, id_column, money, types, ignored, count, wide, notes)


def write_labels(ids: Column, labels: Integers, id_column: str, out: Path) -> None:
    """Key and segment of each row, to a .csv or .parquet file."""
    fitted = pa.table({id_column: ids, "segment": pa.array(labels, pa.int32())})
    write_table([fitted], out, "Os segmentos não puderam ser gravados")


def _as_people_write(rows: duckdb.DuckDBPyRelation, id_column: str) -> duckdb.DuckDBPyRelation:
    """Texts that are numbers or days (`R$ 1.234,56`, `jan/2025`) as such."""
    words = [name for name, kind in types_of(rows).items() if kind in _WORDS and name != id_column]
    told = [f"{way.sql} AS {quote(name)}" for name, way in infer_parsers(rows, words).items() if way is not None]
    return rows.project(f"* REPLACE ({', '.join(told)})") if told else rows


def _counted(rows: duckdb.DuckDBPyRelation, types: dict[str, str]) -> tuple[int, dict[str, int]]:
    """How many rows there are, and how many different texts each column of words has."""
    words = [name for name, kind in types.items() if kind in _WORDS]
    told = ", ".join(["count(*)", *(f"count(DISTINCT coalesce({quote(name)}::VARCHAR, ''))" for name in words)])
    count, *levels = rows.aggregate(told).fetchall()[0]
    return count, dict(zip(words, levels, strict=True))


def _grouped(
    rows: duckdb.DuckDBPyRelation,
    id_column: str,
    types: dict[str, str],
    money: str | None,
    ignored: tuple[str, ...],
) -> Grouped:
    """Equal rows once, by the engine; each row finds its own by a hash of 64 bits, another one where two shared it."""
    columns = [f"{text} AS c{place}" for place, text in enumerate(_told(types))]
    further = "NULL" if money is None else f"{quote(money)}::DOUBLE"
    told = rows.project(", ".join([f"{quote(id_column)} AS id", f"{further} AS money", *columns]))
    names = ", ".join(f"c{place}" for place in range(len(columns)))
    if not names:
        ids = told.project("id").to_arrow_table().column(0)
        return Grouped(ids, {}, {}, np.zeros(len(ids), np.intp), None, ignored)
    for salt in itertools.count():
        groups = told.aggregate(f"hash({salt}, {names}) AS h, {names}", names).to_arrow_table()
        hashes = groups.column(0).to_numpy()
        order = np.argsort(hashes)
        if (np.diff(hashes[order]) > 0).all():
            break
    read = told.project(f"id, money, hash({salt}, {names}) AS h").to_arrow_table()
    owner = order[np.searchsorted(hashes[order], read.column(2).to_numpy())]
    worth = None if money is None else read.column(1).to_numpy().astype(np.float64)
    numbers, words = _by_kind(groups, types)
    return Grouped(read.column(0), numbers, words, owner, worth, ignored)


def _told(types: dict[str, str]) -> list[str]:
    """Each column as the engine is to give it; 0.0 and -0.0 are one value."""
    return [
        f"epoch({quote(name)}::TIMESTAMP) / 86400.0" if kind in _DAYS
        else f"{quote(name)}::VARCHAR" if kind in _WORDS
        else f"{quote(name)}::DOUBLE + 0.0"
        for name, kind in types.items()
    ]  # fmt: skip


def _columns(rows: duckdb.DuckDBPyRelation, id_column: str, types: dict[str, str]) -> Columns:
    data = rows.project(", ".join([f"{quote(id_column)} AS id", *_told(types)])).to_arrow_table()
    ids = data.column(0)
    _check_ids(len(ids), ids.null_count, len(ids.unique()), id_column)
    numbers, words = _by_kind(data, types)
    return Columns(ids, {name: values / unit_of(values) for name, values in numbers.items()}, words)


def _check_ids(rows: int, missing: int, different: int, id_column: str) -> None:
    if rows < 2:
        raise _too_few(rows)
    if missing or different < rows:
        raise InputError(
            "A coluna da chave tem valores vazios ou repetidos", value=id_column, hint="Dê uma linha por chave"
        )


def _too_few(rows: int) -> InputError:
    return InputError("A tabela tem linhas de menos", value=rows, hint="São precisas ao menos duas")


def _no_numbers(rows: duckdb.DuckDBPyRelation, name: str, kind: str) -> InputError:
    """Why a column is none of numbers: a table without rows, or a column without values, reads as words."""
    many, known = rows.aggregate(f"count(*), count({quote(name)})").fetchall()[0]
    if many < 2:
        return _too_few(many)
    if not known:
        return InputError("Uma coluna está vazia", value=name, hint="Preencha-a ou deixe-a fora")
    return InputError("Uma coluna não tem números", value=f"{name} ({kind})", hint="Deixe-a fora ou passe-a a números")


def _by_kind(data: pa.Table, types: dict[str, str]) -> tuple[dict[str, Floats], dict[str, Column]]:
    """Columns of numbers and of words, from a table whose first column is another."""
    numbers: dict[str, Floats] = {}
    words: dict[str, Column] = {}
    for position, (name, kind) in enumerate(types.items(), 1):
        column = data.column(position)
        if kind in _WORDS:
            words[name] = column
        else:
            numbers[name] = column.to_numpy().astype(np.float64)
    return numbers, words


def unit_of(values: Floats) -> float:
    """The largest where squares would overflow or vanish: columns are standardised in any case; else 1."""
    largest = float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values)))
    return 1.0 if largest == 0 or SMALL < largest < LARGE else largest


def _kinds(rows: duckdb.DuckDBPyRelation, table: Path, id_column: str) -> dict[str, str]:
    """The kind of each column but the key, by name: the order of the columns in the file tells nothing."""
    types = dict(sorted(types_of(rows).items()))
    if id_column not in types:
        raise UnknownNameError("coluna", id_column, types)
    del types[id_column]
    if not types:
        raise InputError("A tabela só tem a coluna da chave", value=table, hint="Acrescente colunas de números")
    return types
