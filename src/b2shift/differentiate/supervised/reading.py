"""A labelled table of a person: each column a number, a day or a word, the same in the table to be predicted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from b2shift.differentiate.given import opened, types_of
from b2shift.differentiate.supervised.shapes import Columns, Floats, Words
from b2shift.differentiate.texts import MISSING, Way, like, text_of, ways_of
from b2shift.kernel.errors import InputError, UnknownNameError


@dataclass(frozen=True)
class Labelled:
    """A table read: features, and the columns that are none (label, time, key) as they are."""

    columns: Columns
    ways: Mapping[str, Way | None]
    """How each column is read: as a number or a day, or None for a word; learnt on the training table."""
    label: Words
    time: Floats | None
    """Days since 1970 where the column holds dates, else its numbers."""
    ids: Words | None


def read_labelled(table: Path, label: str, time: str | None, identity: str | None) -> Labelled:
    """Read a training table; raises InputError naming the file or column at fault."""
    with opened(table, MISSING) as rows:
        _check(rows, table, [name for name in (label, time, identity) if name])
        features = [name for name in rows.columns if name not in (label, time, identity)]
        if not features:
            raise InputError("A tabela só tem o rótulo", value=table, hint="Acrescente colunas de onde aprender")
        ways = ways_of(rows, rows.columns)
        if time is not None and ways[time] is None:
            raise InputError("A coluna do tempo não tem datas nem números", value=time, hint="Use 2025-01-31")
        times = _numbers(rows, ways, [time])[time] if time is not None else None
        ids = _texts(rows, [text_of(identity)])[0] if identity else None
        [said] = _texts(rows, [_label(rows, label, ways[label])])
        return Labelled(_columns(rows, ways, features), ways, said, times, ids)


def read_unlabelled(table: Path, taught: Labelled, identity: str | None) -> tuple[Columns, Words | None]:
    """The same columns of the table to be predicted, and its keys where it has them; a label in it is not read."""
    with opened(table, MISSING) as rows:
        names = list(taught.columns.names)
        _check(rows, table, names)
        ids = _texts(rows, [text_of(identity)])[0] if identity and identity in rows.columns else None
        return _columns(rows, like(rows, {name: taught.ways[name] for name in names}), names), ids


def _check(rows: duckdb.DuckDBPyRelation, table: Path, needed: Sequence[str]) -> None:
    for name in needed:
        if name not in rows.columns:
            raise UnknownNameError("coluna", name, rows.columns)
    if rows.limit(1).fetchone() is None:
        raise InputError("A tabela não tem linhas", value=table, hint="Dê um arquivo com exemplos")


def _label(rows: duckdb.DuckDBPyRelation, name: str, way: Way | None) -> str:
    """The label as text; with a point where it is a number written otherwise (`3,5`)."""
    text = text_of(name)
    if way is None or way.is_day or types_of(rows)[name] != "VARCHAR":
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
