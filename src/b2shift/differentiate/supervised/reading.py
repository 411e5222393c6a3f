"""A labelled table of a person: each column a number, a day or a word, the same in the table to be predicted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from b2shift.differentiate.given import opened, types_of
from b2shift.differentiate.supervised.drawing import AT_ONCE, drawn
from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers, Words
from b2shift.differentiate.texts import MISSING, Way, like, text_of, ways_of
from b2shift.differentiate.totals import without_totals
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import quote

_REACH = 1e100
_MANY = 30
"""Rows to be predicted from which a column without any value there is no chance."""


@dataclass(frozen=True)
class Reading:
    """How rows of a file become columns: the same of a few of them as of all."""

    table: Path
    names: tuple[str, ...]
    ways: Mapping[str, Way | None]
    time: str | None
    """The column that dates are days before; None where they stay days."""
    identity: str | None
    """The key, where the file has it."""

    def parts(self) -> Iterator[tuple[Columns, Any]]:
        """All rows of the file in their order, some at a time, and their keys."""
        with opened(self.table, MISSING) as whole:
            rows, _ = without_totals(whole, self.identity)
            for batch in rows.to_arrow_reader(AT_ONCE):
                yield self._part(duckdb.connect().from_arrow(pa.Table.from_batches([batch])))

    def _part(self, rows: duckdb.DuckDBPyRelation) -> tuple[Columns, Any]:
        return self.columns(rows), _keys(rows, self.identity)

    def columns(self, rows: duckdb.DuckDBPyRelation) -> Columns:
        """Of some rows."""
        told = _columns(rows, self.ways, self.names)
        if self.time is None:
            return told
        return told.aged(_last_day(_numbers(rows, self.ways, [self.time])[self.time], self.ways[self.time]))


@dataclass(frozen=True)
class Unlabelled:
    """The rows to be predicted: columns and keys of those that are held, how all are read, and how many they are."""

    columns: Columns
    keys: Any
    reading: Reading
    count: int
    notes: tuple[str, ...]
    """What is told of rows that were left out."""


@dataclass(frozen=True)
class Labelled:
    """A table read: features, and the columns that are none (label, time, key) as they are."""

    table: Path
    count: int
    """Rows of the file; more than are held, where they are very many."""
    place: Integers
    """Where each row that is held stood in the file."""
    columns: Columns
    ways: Mapping[str, Way | None]
    """How each column is read: as a number or a day, or None for a word; learnt on the training table."""
    label: Words
    time: Floats | None
    """Days since 1970 where the column holds dates, else its numbers."""
    time_name: str | None
    identity: str | None
    ids: Words | None
    """The key as text."""
    keys: Any
    """The key as it is in the file, an Arrow column; None without one."""
    absent: tuple[str, ...] = ()
    """Columns that the rows to be predicted do not have."""
    notes: tuple[str, ...] = ()
    """What is told of rows that were left out."""

    @property
    def reading(self) -> Reading:
        """How all rows of the file are read."""
        time, identity = self.time_name if self.columns.ages else None, self.identity
        return Reading(self.table, self.columns.names, self.ways, time, identity)

    @property
    def dated(self) -> bool:
        """Whether the time of the rows is a date."""
        way = self.ways[self.time_name] if self.time_name is not None else None
        return way is not None and way.is_day

    @property
    def until(self) -> Floats | None:
        """The time of each row; the last day of it, where it is a month."""
        if self.time is None or self.time_name is None:
            return None
        return _last_day(self.time, self.ways[self.time_name])

    def aged(self) -> "Labelled":
        """Dates as days before the time of each row, where that is a date."""
        if not self.dated or self.until is None:
            return self
        return replace(self, columns=self.columns.aged(self.until))

    def shared(self, others: Columns) -> "Labelled":
        """Without the columns that other rows do not have; dates as there."""
        if others.ages:
            return self.aged().shared(replace(others, ages=frozenset()))
        absent = tuple(name for name in self.columns.names if name not in others.names)
        return replace(self, columns=self.columns.without(frozenset(absent)), absent=absent)


def read_labelled(table: Path, label: str, time: str | None, identity: str | None) -> Labelled:
    """Read a training table; raises InputError naming the file or column at fault."""
    with opened(table, MISSING) as written:
        whole, notes = without_totals(written, identity)
        _check(whole, table, [name for name in (label, time, identity) if name is not None])
        if label in (time, identity):
            raise InputError("O rótulo não pode ser o tempo nem a chave", value=label, hint="Dê colunas diferentes")
        features = sorted(name for name in whole.columns if name not in (label, time, identity))
        if not features:
            raise InputError("A tabela só tem o rótulo", value=table, hint="Acrescente colunas de onde aprender")
        some = drawn(whole, label)
        rows = some.rows
        ways = ways_of(rows, rows.columns)
        if time is not None and ways[time] is None:
            raise InputError("A coluna do tempo não tem datas nem números", value=time, hint="Use 2025-01-31")
        times = _numbers(rows, ways, [time])[time] if time is not None else None
        ids = _texts(rows, [text_of(identity)])[0] if identity else None
        keys = _keys(rows, identity)
        [said] = _texts(rows, [_label(rows, label, ways[label])])
        return Labelled(
            table, some.count, some.place, _columns(rows, ways, features), ways, said, times, time, identity, ids, keys,
            notes=notes,
        )  # fmt: skip


def read_unlabelled(table: Path, taught: Labelled, identity: str | None) -> Unlabelled:
    """Those of the columns that the table to be predicted has, and its keys where it has them; no label is read.

    Dates are days before the time of the row, where both tables tell that as a date.
    """
    with opened(table, MISSING) as written:
        whole, notes = without_totals(written, identity)
        names = [name for name in taught.columns.names if name in whole.columns]
        _check(whole, table, names or taught.columns.names)
        some = drawn(whole)
        rows = some.rows
        time = taught.time_name if taught.dated and taught.time_name in rows.columns else None
        ways = like(rows, {name: taught.ways[name] for name in (*names, *((time,) if time else ()))})
        if time is not None and not np.isfinite(_numbers(rows, ways, [time])[time]).all():
            time = None
        reading = Reading(table, tuple(names), ways, time, identity if identity in rows.columns else None)
        columns = reading.columns(rows)
        columns = columns.without(_never_there(rows, columns))
        keys = _keys(rows, reading.identity)
        return Unlabelled(columns, keys, replace(reading, names=columns.names), some.count, notes)


def _last_day(times: Floats, way: Way | None) -> Floats:
    """Of months and quarters that are told alone, their last days; other times as they are."""
    if way is None or not way.months:
        return times
    known = np.isfinite(times)
    months = np.where(known, times, 0).astype("datetime64[D]").astype("datetime64[M]") + way.months
    return np.where(known, months.astype("datetime64[D]").astype(float) - 1, np.nan)


def _never_there(rows: duckdb.DuckDBPyRelation, columns: Columns) -> frozenset[str]:
    """Columns without a value in any of many rows, or whose texts are none of the numbers or days that taught."""
    empty = [name for name, values in columns.numbers.items() if not np.isfinite(values).any()]
    empty += [name for name, words in columns.words.items() if not any(word is not None for word in words)]
    if not empty:
        return frozenset()
    told = rows.aggregate(", ".join(f"count({text_of(name)})" for name in empty)).fetchone() or ()
    return frozenset(name for name, texts in zip(empty, told, strict=True) if texts or len(columns) >= _MANY)


def _keys(rows: duckdb.DuckDBPyRelation, identity: str | None) -> Any:
    return rows.project(quote(identity)).to_arrow_table().column(0) if identity else None


def _check(rows: duckdb.DuckDBPyRelation, table: Path, needed: Sequence[str]) -> None:
    for name in needed:
        if name not in rows.columns:
            raise UnknownNameError("coluna", name, rows.columns)
    if rows.limit(1).fetchone() is None:
        raise InputError("A tabela não tem linhas", value=table, hint="Dê um arquivo com exemplos")


def _label(rows: duckdb.DuckDBPyRelation, name: str, way: Way | None) -> str:
    """The label as text; with a point where it is a number written otherwise (`3,5`)."""
    text = text_of(name)
    if way is None or way.is_day or way.is_flag or types_of(rows)[name] != "VARCHAR":
        return text
    return f"coalesce(CASE WHEN try_cast({text} AS DOUBLE) IS NULL THEN ({way.sql})::VARCHAR END, {text})"


def _columns(rows: duckdb.DuckDBPyRelation, ways: Mapping[str, Way | None], names: Sequence[str]) -> Columns:
    numbers = [name for name in names if ways[name] is not None]
    words = [name for name in names if ways[name] is None]
    told = dict(zip(words, _texts(rows, [text_of(name) for name in words]), strict=True))
    days = frozenset(name for name in numbers if (way := ways[name]) is not None and way.is_day)
    return Columns(_numbers(rows, ways, numbers), told, days)


def _numbers(rows: duckdb.DuckDBPyRelation, ways: Mapping[str, Way | None], names: Sequence[str]) -> dict[str, Floats]:
    sql = [way.sql for name in names if (way := ways[name]) is not None]
    if not sql:
        return {}
    told = rows.project(", ".join(f"({one})::DOUBLE" for one in sql)).to_arrow_table()
    return {name: _finite(told.column(place)) for place, name in enumerate(names)}


def _finite(column: Any) -> Floats:
    values = np.array(column.to_numpy(), dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    return _within_reach(values)


def _within_reach(values: Floats) -> Floats:
    """Numbers whose squares would overflow drawn nearer, in their order and the same in every file."""
    far = np.abs(values) > _REACH
    if far.any():
        values[far] = np.sign(values[far]) * _REACH * (1 + np.log10(np.abs(values[far]) / _REACH))
    return values


def _texts(rows: duckdb.DuckDBPyRelation, sql: Sequence[str]) -> list[Words]:
    if not sql:
        return []
    told = rows.project(", ".join(sql)).to_arrow_table()
    return [_shared(told.column(place)) for place in range(len(sql))]


def _shared(column: Any) -> Words:
    """The texts, those that are equal kept once: a column of millions of rows has few."""
    coded = column.combine_chunks().dictionary_encode()
    levels = np.array([*coded.dictionary.to_pylist(), None], dtype=object)
    codes = coded.indices.fill_null(len(levels) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(levels[codes])
