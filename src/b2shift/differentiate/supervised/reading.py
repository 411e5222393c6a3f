"""Reads a labelled table: each column a number, a date or a text, parsed alike in the table to predict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from b2shift.differentiate.given import open_table, types_of
from b2shift.differentiate.supervised.labels import yes_and_no
from b2shift.differentiate.supervised.sampling import BATCH_ROWS, sample_rows
from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers, Words
from b2shift.differentiate.texts import MISSING, Parser, compatible_parsers, infer_parsers, text_of
from b2shift.differentiate.totals import without_totals
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import quote

_MAX_NUMBER = 1e100
_MIN_ROWS = 30
"""Rows to predict from which a column without any value is no chance."""


@dataclass(frozen=True)
class ColumnReader:
    """How rows of a file become columns, the same for any subset of rows."""

    table: Path
    names: tuple[str, ...]
    parsers: Mapping[str, Parser | None]
    time: str | None
    """The time column that dates are counted back from; None where they stay dates."""
    identity: str | None
    """The key, where the file has it."""

    def batches(self) -> Iterator[tuple[Columns, Any]]:
        """All rows of the file in order, in batches, with their keys."""
        with open_table(self.table, MISSING) as file:
            rows, _ = without_totals(file, self.identity)
            for batch in rows.to_arrow_reader(BATCH_ROWS):
                yield self._batch(duckdb.connect().from_arrow(pa.Table.from_batches([batch])))

    def _batch(self, rows: duckdb.DuckDBPyRelation) -> tuple[Columns, Any]:
        return self.columns(rows), _keys(rows, self.identity)

    def columns(self, rows: duckdb.DuckDBPyRelation) -> Columns:
        """Parse some rows."""
        columns = _columns(rows, self.parsers, self.names)
        if self.time is None:
            return columns
        return columns.aged(
            _last_day_of_month(_numbers(rows, self.parsers, [self.time])[self.time], self.parsers[self.time])
        )


@dataclass(frozen=True)
class Unlabelled:
    """The rows to predict: columns and keys of those in memory, how to read all, and their number."""

    columns: Columns
    keys: Any
    reading: ColumnReader
    count: int
    notes: tuple[str, ...]
    """Notes on rows left out."""


@dataclass(frozen=True)
class Labelled:
    """A training table: features, label, time and key."""

    table: Path
    count: int
    """Rows of the file; a very large file is sampled."""
    position: Integers
    """Row number in the file of each row held."""
    columns: Columns
    parsers: Mapping[str, Parser | None]
    """How each column is parsed, or None for a text; inferred on the training table."""
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
    """Columns that the rows to predict lack."""
    notes: tuple[str, ...] = ()
    """Notes on rows left out."""

    @property
    def reading(self) -> ColumnReader:
        """The reader of all rows of the file."""
        time, identity = self.time_name if self.columns.ages else None, self.identity
        return ColumnReader(self.table, self.columns.names, self.parsers, time, identity)

    @property
    def dated(self) -> bool:
        """Whether row times are dates."""
        parser = self.parsers[self.time_name] if self.time_name is not None else None
        return parser is not None and parser.is_day

    @property
    def period_end(self) -> Floats | None:
        """The time of each row; its last day, where it is a month."""
        if self.time is None or self.time_name is None:
            return None
        return _last_day_of_month(self.time, self.parsers[self.time_name])

    def aged(self) -> "Labelled":
        """Dates as days before the row's time, where that is a date."""
        if not self.dated or self.period_end is None:
            return self
        return replace(self, columns=self.columns.aged(self.period_end))

    def with_columns_of(self, others: Columns) -> "Labelled":
        """Only the columns that other rows have too, dates treated as there."""
        if others.ages:
            return self.aged().with_columns_of(replace(others, ages=frozenset()))
        absent = tuple(name for name in self.columns.names if name not in others.names)
        return replace(self, columns=self.columns.without(frozenset(absent)), absent=absent)


def read_labelled(table: Path, label: str, time: str | None, identity: str | None) -> Labelled:
    """Read a training table; raises InputError naming the file or column at fault."""
    with open_table(table, MISSING) as file:
        table_rows, notes = without_totals(file, identity)
        _check(table_rows, table, [name for name in (label, time, identity) if name is not None])
        if label in (time, identity):
            raise InputError("O rótulo não pode ser o tempo nem a chave", value=label, hint="Dê colunas diferentes")
        features = sorted(name for name in table_rows.columns if name not in (label, time, identity))
        if not features:
            raise InputError("A tabela só tem o rótulo", value=table, hint="Acrescente colunas de onde aprender")
        sample = sample_rows(table_rows, label)
        rows = sample.rows
        parsers = infer_parsers(rows, rows.columns)
        if time is not None and parsers[time] is None:
            raise InputError("A coluna do tempo não tem datas nem números", value=time, hint="Use 2025-01-31")
        times = _numbers(rows, parsers, [time])[time] if time is not None else None
        ids = _texts(rows, [text_of(identity)])[0] if identity else None
        keys = _keys(rows, identity)
        [label_values] = _texts(rows, [_label_sql(rows, label, parsers[label])])
        return Labelled(
            table, sample.count, sample.position, _columns(rows, parsers, features), parsers, label_values, times, time,
            identity, ids, keys, notes=notes,
        )  # fmt: skip


def read_unlabelled(table: Path, training: Labelled, identity: str | None) -> Unlabelled:
    """Read the columns of the training table, and the key if any, from the table to predict; no label is read.

    Dates become days before the row's time, where both tables have that as a date.
    """
    with open_table(table, MISSING) as file:
        table_rows, notes = without_totals(file, identity)
        names = [name for name in training.columns.names if name in table_rows.columns]
        _check(table_rows, table, names or training.columns.names)
        sample = sample_rows(table_rows)
        rows = sample.rows
        time = training.time_name if training.dated and training.time_name in rows.columns else None
        parsers = compatible_parsers(
            rows, {name: training.parsers[name] for name in (*names, *((time,) if time else ()))}
        )
        if time is not None and not np.isfinite(_numbers(rows, parsers, [time])[time]).all():
            time = None
        reading = ColumnReader(table, tuple(names), parsers, time, identity if identity in rows.columns else None)
        columns = reading.columns(rows)
        columns = columns.without(_empty_columns(rows, columns))
        keys = _keys(rows, reading.identity)
        return Unlabelled(columns, keys, replace(reading, names=columns.names), sample.count, notes)


@dataclass(frozen=True)
class GivenRows:
    """Rows of a table: some columns apart as texts or numbers, the others to learn from."""

    count: int
    """Rows of the file; a very large file is sampled."""
    texts: Mapping[str, Words]
    numbers: Mapping[str, Floats]
    columns: Columns
    notes: tuple[str, ...]
    """Notes on rows left out."""


def read_rows(table: Path, texts: Sequence[str], numbers: Sequence[str], unused: Sequence[str] = ()) -> GivenRows:
    """Read a table with `texts` and `numbers` apart; raises InputError naming the file or column at fault.

    Yes and no are 1 and 0.
    """
    with open_table(table, MISSING) as file:
        table_rows, notes = without_totals(file, None)
        _check(table_rows, table, [*texts, *numbers, *unused])
        sample = sample_rows(table_rows)
        rows = sample.rows
        parsers = infer_parsers(rows, rows.columns)
        apart = {*texts, *numbers, *unused}
        return GivenRows(
            sample.count,
            dict(zip(texts, _texts(rows, [text_of(name) for name in texts]), strict=True)),
            {name: _values(rows, name, parsers) for name in numbers},
            _columns(rows, parsers, sorted(name for name in rows.columns if name not in apart)),
            notes,
        )


def _values(rows: duckdb.DuckDBPyRelation, name: str, parsers: Mapping[str, Parser | None]) -> Floats:
    """A column as numbers, NaN where missing."""
    if parsers[name] is not None:
        return _numbers(rows, parsers, [name])[name]
    [words] = _texts(rows, [text_of(name)])
    if (values := yes_and_no(words)) is None:
        raise InputError("A coluna não tem números", value=name, hint="Dê 0 e 1, sim e não, ou um valor por linha")
    return values


def _last_day_of_month(times: Floats, parser: Parser | None) -> Floats:
    """Last day of months and quarters; other times unchanged."""
    if parser is None or not parser.months:
        return times
    known = np.isfinite(times)
    months = np.where(known, times, 0).astype("datetime64[D]").astype("datetime64[M]") + parser.months
    return np.where(known, months.astype("datetime64[D]").astype(float) - 1, np.nan)


def _empty_columns(rows: duckdb.DuckDBPyRelation, columns: Columns) -> frozenset[str]:
    """Columns without a value in any of many rows, or whose texts do not parse as the training table's numbers or
    dates."""
    empty = [name for name, values in columns.numbers.items() if not np.isfinite(values).any()]
    empty += [name for name, texts in columns.words.items() if not any(text is not None for text in texts)]
    if not empty:
        return frozenset()
    counts = rows.aggregate(", ".join(f"count({text_of(name)})" for name in empty)).fetchone() or ()
    return frozenset(name for name, texts in zip(empty, counts, strict=True) if texts or len(columns) >= _MIN_ROWS)


def _keys(rows: duckdb.DuckDBPyRelation, identity: str | None) -> Any:
    return rows.project(quote(identity)).to_arrow_table().column(0) if identity else None


def _check(rows: duckdb.DuckDBPyRelation, table: Path, needed: Sequence[str]) -> None:
    for name in needed:
        if name not in rows.columns:
            raise UnknownNameError("coluna", name, rows.columns)
    if rows.limit(1).fetchone() is None:
        raise InputError("A tabela não tem linhas", value=table, hint="Dê um arquivo com exemplos")


def _label_sql(rows: duckdb.DuckDBPyRelation, name: str, parser: Parser | None) -> str:
    """The label as text, numbers with a decimal point (`3,5`)."""
    text = text_of(name)
    if parser is None or parser.is_day or parser.is_flag or types_of(rows)[name] != "VARCHAR":
        return text
    return f"coalesce(CASE WHEN try_cast({text} AS DOUBLE) IS NULL THEN ({parser.sql})::VARCHAR END, {text})"


def _columns(rows: duckdb.DuckDBPyRelation, parsers: Mapping[str, Parser | None], names: Sequence[str]) -> Columns:
    numbers = [name for name in names if parsers[name] is not None]
    texts = [name for name in names if parsers[name] is None]
    text_values = dict(zip(texts, _texts(rows, [text_of(name) for name in texts]), strict=True))
    days = frozenset(name for name in numbers if (parser := parsers[name]) is not None and parser.is_day)
    return Columns(_numbers(rows, parsers, numbers), text_values, days)


def _numbers(
    rows: duckdb.DuckDBPyRelation, parsers: Mapping[str, Parser | None], names: Sequence[str]
) -> dict[str, Floats]:
    sql = [parser.sql for name in names if (parser := parsers[name]) is not None]
    if not sql:
        return {}
    table = rows.project(", ".join(f"({expression})::DOUBLE" for expression in sql)).to_arrow_table()
    return {name: _finite(table.column(index)) for index, name in enumerate(names)}


def _finite(column: Any) -> Floats:
    values = np.array(column.to_numpy(), dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    return _squashed(values)


def _squashed(values: Floats) -> Floats:
    """Numbers whose squares would overflow compressed logarithmically, order preserved."""
    too_large = np.abs(values) > _MAX_NUMBER
    if too_large.any():
        values[too_large] = (
            np.sign(values[too_large]) * _MAX_NUMBER * (1 + np.log10(np.abs(values[too_large]) / _MAX_NUMBER))
        )
    return values


def _texts(rows: duckdb.DuckDBPyRelation, sql: Sequence[str]) -> list[Words]:
    if not sql:
        return []
    table = rows.project(", ".join(sql)).to_arrow_table()
    return [_interned(table.column(index)) for index in range(len(sql))]


def _interned(column: Any) -> Words:
    """Texts with equal ones stored once: a column of millions of rows has few."""
    encoded = column.combine_chunks().dictionary_encode()
    levels = np.array([*encoded.dictionary.to_pylist(), None], dtype=object)
    codes = encoded.indices.fill_null(len(levels) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(levels[codes])
