"""Reads a user's table from CSV or Parquet for clustering, naming faulty columns; writes labels."""

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

MAX_LEVELS = 50
"""Levels of a text column with an indicator of their own; the rest share one."""
MAX_UNIQUE = 0.5
"""A text column with more distinct values than this share of the rows identifies rows, and is ignored."""
COUNT_MARGIN = 1.2
"""Factor above the limit from which the engine's approximate distinct count, a few per cent off, is enough to
refuse."""
MIN_SCALE, MAX_SCALE = 1e-6, 1e30
"""Columns whose largest number is below the first or above the second are divided by it."""
_BLOCK_ROWS, _BLOCK_CELLS = 1 << 18, 1 << 22
"""Rows of a block, fewer where they would hold more values."""


@dataclass(frozen=True)
class Columns:
    """Row keys, numeric columns (NaN where missing) and categorical columns (null where missing)."""

    ids: Column
    numbers: dict[str, Floats]
    words: dict[str, Column]
    notes: tuple[str, ...] = ()
    """Notes on rows left out."""


@dataclass(frozen=True)
class DistinctTable:
    """Row keys and deduplicated columns; `inverse` maps rows to distinct rows.

    `money` is a per-row column that does not take part in deduplication; `ignored` columns were not read.
    """

    ids: Column
    numbers: dict[str, Floats]
    words: dict[str, Column]
    inverse: Integers
    money: Floats | None = None
    ignored: tuple[str, ...] = ()


def read_numbers(table: Path, id_column: str) -> Columns:
    """A table of numbers only, none missing; raises InputError with the column at fault."""
    with open_table(table, MISSING) as file:
        selected, notes = without_totals(file, id_column)
        rows = _with_parsed_texts(selected, id_column)
        types = _kinds(rows, table, id_column)
        for name, kind in types.items():
            if kind not in NUMBERS:
                raise _not_numeric(rows, name, kind)
        data = replace(_columns(rows, id_column, types), notes=notes)
    for name, values in data.numbers.items():
        if missing := int((~np.isfinite(values)).sum()):
            raise InputError(
                "Uma coluna tem valores vazios ou infinitos",
                value=f"{name} ({missing})",
                hint="Preencha-os ou deixe-a fora",
            )
    return data


@dataclass(frozen=True)
class OpenTable:
    """An open table of numbers and categories; text columns that identify rows are `ignored`.

    `types` = type of each column read, `width` = numeric columns after encoding, at most.
    """

    rows: duckdb.DuckDBPyRelation
    id_column: str
    money: str | None
    types: dict[str, str]
    ignored: tuple[str, ...]
    count: int
    width: int
    notes: tuple[str, ...] = ()
    """Notes on rows left out."""

    def read_all(self, max_cells: int) -> DistinctTable | None:
        """All rows; None where the distinct ones surely hold more than `max_cells` values."""
        if self.width:
            distinct = f"approx_count_distinct(hash({', '.join(_column_sql(self.types))}))"
            if self.rows.aggregate(distinct).fetchall()[0][0] * self.width > COUNT_MARGIN * max_cells:
                return None
        data = _distinct_table(self.rows, self.id_column, self.types, self.money, self.ignored)
        _check_ids(len(data.ids), data.ids.null_count, len(data.ids.unique()), self.id_column)
        return data

    def sample(self, count: int, seed: int) -> DistinctTable:
        """About `count` rows, sampled by key and content, not by position."""
        key = quote(self.id_column)
        present, distinct = self.rows.aggregate(f"count({key}), count(DISTINCT {key})").fetchall()[0]
        _check_ids(self.count, self.count - present, distinct, self.id_column)
        hash_sql = f"hash({seed}, {key}, {', '.join(_column_sql(self.types))})"
        sample = self.rows.filter(f"{hash_sql} <= {int(min(1.0, count / self.count) * (2**64 - 1))}::UBIGINT")
        return _distinct_table(sample, self.id_column, self.types, self.money, self.ignored)

    def blocks(self) -> Iterator[tuple[Column, dict[str, Floats], dict[str, Column]]]:
        """Keys, numbers and texts of all rows, in blocks."""
        selected = self.rows.project(", ".join([quote(self.id_column), *_column_sql(self.types)]))
        for batch in selected.to_arrow_reader(max(1, min(_BLOCK_ROWS, _BLOCK_CELLS // max(self.width, 1)))):
            block = pa.Table.from_batches([batch])
            yield block.column(0), *_by_kind(block, self.types)


@contextmanager
def open_mixed_table(table: Path, id_column: str, money: str | None = None) -> Iterator[OpenTable]:
    """Open a table of numbers and categories, gaps allowed; dates become days since 1970. Other types are refused by
    name."""
    with open_table(table, MISSING) as file:
        selected, notes = without_totals(file, id_column)
        rows = _with_parsed_texts(selected, id_column)
        types = _kinds(rows, table, id_column)
        for name, kind in types.items():
            if kind not in NUMBERS | _WORDS | _DAYS:
                raise InputError(
                    "Uma coluna não tem números nem categorias", value=f"{name} ({kind})", hint="Deixe-a fora da tabela"
                )
        if money is not None and types.pop(money, None) not in NUMBERS:
            raise UnknownNameError("coluna de números", money, [name for name in types if types[name] in NUMBERS])
        count, levels = _level_counts(rows, types)
        ignored = tuple(name for name, level_count in levels.items() if level_count > max(2, MAX_UNIQUE * count))
        types = {name: kind for name, kind in types.items() if name not in ignored}
        wide = sum(min(levels.get(name, 1), MAX_LEVELS + 1) for name in types)
        yield OpenTable(rows, id_column, money, types, ignored, count, wide, notes)


def write_labels(ids: Column, labels: Integers, id_column: str, out: Path) -> None:
    """Key and segment of each row, to a .csv or .parquet file."""
    fitted = pa.table({id_column: ids, "segment": pa.array(labels, pa.int32())})
    write_table([fitted], out, "Os segmentos não puderam ser gravados")


def _with_parsed_texts(rows: duckdb.DuckDBPyRelation, id_column: str) -> duckdb.DuckDBPyRelation:
    """Texts that are numbers or dates (`R$ 1.234,56`, `jan/2025`) parsed."""
    texts = [name for name, kind in types_of(rows).items() if kind in _WORDS and name != id_column]
    replaced = [
        f"{parser.sql} AS {quote(name)}" for name, parser in infer_parsers(rows, texts).items() if parser is not None
    ]
    return rows.project(f"* REPLACE ({', '.join(replaced)})") if replaced else rows


def _level_counts(rows: duckdb.DuckDBPyRelation, types: dict[str, str]) -> tuple[int, dict[str, int]]:
    """Row count, and the number of distinct texts of each text column."""
    texts = [name for name, kind in types.items() if kind in _WORDS]
    aggregates = ", ".join(["count(*)", *(f"count(DISTINCT coalesce({quote(name)}::VARCHAR, ''))" for name in texts)])
    count, *levels = rows.aggregate(aggregates).fetchall()[0]
    return count, dict(zip(texts, levels, strict=True))


def _distinct_table(
    rows: duckdb.DuckDBPyRelation,
    id_column: str,
    types: dict[str, str],
    money: str | None,
    ignored: tuple[str, ...],
) -> DistinctTable:
    """Deduplicate in the engine; rows find theirs by a 64-bit hash, re-salted on collision."""
    columns = [f"{text} AS c{index}" for index, text in enumerate(_column_sql(types))]
    money_sql = "NULL" if money is None else f"{quote(money)}::DOUBLE"
    selected = rows.project(", ".join([f"{quote(id_column)} AS id", f"{money_sql} AS money", *columns]))
    names = ", ".join(f"c{index}" for index in range(len(columns)))
    if not names:
        ids = selected.project("id").to_arrow_table().column(0)
        return DistinctTable(ids, {}, {}, np.zeros(len(ids), np.intp), None, ignored)
    for salt in itertools.count():
        groups = selected.aggregate(f"hash({salt}, {names}) AS h, {names}", names).to_arrow_table()
        hashes = groups.column(0).to_numpy()
        order = np.argsort(hashes)
        if (np.diff(hashes[order]) > 0).all():
            break
    data = selected.project(f"id, money, hash({salt}, {names}) AS h").to_arrow_table()
    inverse = order[np.searchsorted(hashes[order], data.column(2).to_numpy())]
    money_values = None if money is None else data.column(1).to_numpy().astype(np.float64)
    numbers, texts = _by_kind(groups, types)
    return DistinctTable(data.column(0), numbers, texts, inverse, money_values, ignored)


def _column_sql(types: dict[str, str]) -> list[str]:
    """SQL of each column; 0.0 and -0.0 are one value."""
    return [
        f"epoch({quote(name)}::TIMESTAMP) / 86400.0" if kind in _DAYS
        else f"{quote(name)}::VARCHAR" if kind in _WORDS
        else f"{quote(name)}::DOUBLE + 0.0"
        for name, kind in types.items()
    ]  # fmt: skip


def _columns(rows: duckdb.DuckDBPyRelation, id_column: str, types: dict[str, str]) -> Columns:
    data = rows.project(", ".join([f"{quote(id_column)} AS id", *_column_sql(types)])).to_arrow_table()
    ids = data.column(0)
    _check_ids(len(ids), ids.null_count, len(ids.unique()), id_column)
    numbers, texts = _by_kind(data, types)
    return Columns(ids, {name: values / scale_unit(values) for name, values in numbers.items()}, texts)


def _check_ids(rows: int, missing: int, distinct: int, id_column: str) -> None:
    if rows < 2:
        raise _too_few(rows)
    if missing or distinct < rows:
        raise InputError(
            "A coluna da chave tem valores vazios ou repetidos", value=id_column, hint="Dê uma linha por chave"
        )


def _too_few(rows: int) -> InputError:
    return InputError("A tabela tem linhas de menos", value=rows, hint="São precisas ao menos duas")


def _not_numeric(rows: duckdb.DuckDBPyRelation, name: str, kind: str) -> InputError:
    """Why a column is not numeric: a table without rows, or a column without values, reads as text."""
    count, present = rows.aggregate(f"count(*), count({quote(name)})").fetchall()[0]
    if count < 2:
        return _too_few(count)
    if not present:
        return InputError("Uma coluna está vazia", value=name, hint="Preencha-a ou deixe-a fora")
    return InputError("Uma coluna não tem números", value=f"{name} ({kind})", hint="Deixe-a fora ou passe-a a números")


def _by_kind(data: pa.Table, types: dict[str, str]) -> tuple[dict[str, Floats], dict[str, Column]]:
    """Numeric and text columns of a table, its first column skipped."""
    numbers: dict[str, Floats] = {}
    texts: dict[str, Column] = {}
    for position, (name, kind) in enumerate(types.items(), 1):
        column = data.column(position)
        if kind in _WORDS:
            texts[name] = column
        else:
            numbers[name] = column.to_numpy().astype(np.float64)
    return numbers, texts


def scale_unit(values: Floats) -> float:
    """The largest value where squares would overflow or vanish (columns are standardised anyway), else 1."""
    largest = float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values)))
    return 1.0 if largest == 0 or MIN_SCALE < largest < MAX_SCALE else largest


def _kinds(rows: duckdb.DuckDBPyRelation, table: Path, id_column: str) -> dict[str, str]:
    """Type of each column but the key, by name: file order carries no meaning."""
    types = dict(sorted(types_of(rows).items()))
    if id_column not in types:
        raise UnknownNameError("coluna", id_column, types)
    del types[id_column]
    if not types:
        raise InputError("A tabela só tem a coluna da chave", value=table, hint="Acrescente colunas de números")
    return types
