"""A labelled table of a person: each column a number, a day or a word, the same in the table to be predicted."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from b2shift.differentiate.given import NUMBERS, opened, types_of
from b2shift.differentiate.supervised.shapes import Columns, Floats, Words
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.lake.api import literal, quote

MISSING = ("", "NA", "N/A", "#N/A", "NULL", "null", "NaN", "nan", "None", "?")
"""Texts that say nothing is known."""
_FORMS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y", "%Y/%m/%d", "%m/%d/%Y")
_ALMOST_ALL = 0.98


@dataclass(frozen=True)
class Kinds:
    """How each column is read: the SQL of its number (or day), or None for a word; learnt on the training table."""

    sql: dict[str, str | None]
    days: frozenset[str]


@dataclass(frozen=True)
class Labelled:
    """A table read: features, and the columns that are none (label, time, key) as they are."""

    columns: Columns
    kinds: Kinds
    label: Words
    time: Floats | None
    """Days since 1970 where the column holds dates, else its numbers."""
    ids: Words | None


def read_labelled(table: Path, label: str, time: str | None, identity: str | None) -> Labelled:
    """Read a training table; raises InputError naming the file or column at fault."""
    with opened(table, MISSING) as rows:
        _check(rows, table, [name for name in (label, time, identity) if name])
        kinds = _kinds(rows)
        features = [name for name in rows.columns if name not in (label, time, identity)]
        if not features:
            raise InputError("A tabela só tem o rótulo", value=table, hint="Acrescente colunas de onde aprender")
        times = None
        if time is not None:
            if kinds.sql[time] is None:
                raise InputError("A coluna do tempo não tem datas nem números", value=time, hint="Use 2025-01-31")
            times = _numbers(rows, kinds, [time])[time]
        said = _words(rows, [label])[label]
        ids = _words(rows, [identity])[identity] if identity else None
        return Labelled(_columns(rows, kinds, features), kinds, said, times, ids)


def read_unlabelled(table: Path, like: Labelled, identity: str | None) -> tuple[Columns, Words | None]:
    """The same columns of the table to be predicted, and its keys where it has them; a label in it is not read."""
    with opened(table, MISSING) as rows:
        _check(rows, table, list(like.columns.names))
        ids = _words(rows, [identity])[identity] if identity and identity in rows.columns else None
        return _columns(rows, like.kinds, list(like.columns.names)), ids


def _check(rows: duckdb.DuckDBPyRelation, table: Path, needed: Sequence[str]) -> None:
    for name in needed:
        if name not in rows.columns:
            raise UnknownNameError("coluna", name, rows.columns)
    if rows.limit(1).fetchone() is None:
        raise InputError("A tabela não tem linhas", value=table, hint="Dê um arquivo com exemplos")


def _kinds(rows: duckdb.DuckDBPyRelation) -> Kinds:
    sql: dict[str, str | None] = {}
    days = set()
    for name, told in types_of(rows).items():
        if told in NUMBERS:
            sql[name] = f"try_cast({quote(name)} AS DOUBLE)"
        elif told == "DATE" or told.startswith("TIMESTAMP"):
            sql[name] = _day(f"try_cast({quote(name)} AS TIMESTAMP)")
            days.add(name)
        else:
            sql[name], dated = _of_text(rows, name)
            days |= {name} if dated else set()
    return Kinds(sql, frozenset(days))


def _of_text(rows: duckdb.DuckDBPyRelation, name: str) -> tuple[str | None, bool]:
    """The number or day that almost every text of the column is, if any; whether it is a day."""
    text = _text(name)
    ways = [(f"try_cast({text} AS DOUBLE)", False)]
    ways.append((f"try_cast(replace(replace({text}, '.', ''), ',', '.') AS DOUBLE)", False))
    ways += [(_day(f"try_strptime({text}, {literal(form)})"), True) for form in _FORMS]
    counts = ", ".join(f"count({way})" for way, _ in ways)
    counted = rows.aggregate(f"count({text}), {counts}").fetchone()
    assert counted is not None
    known, *found = counted
    for (way, dated), count in zip(ways, found, strict=True):
        if known and count >= _ALMOST_ALL * known:
            return way, dated
    return None, False


def _text(name: str) -> str:
    """The text, or NULL: by a list, as the engine makes a join of a long IN, which changes the order of many rows."""
    nothing = ", ".join(literal(text) for text in MISSING)
    text = f"trim({quote(name)}::VARCHAR)"
    return f"CASE WHEN list_contains([{nothing}], {text}) THEN NULL ELSE {text} END"


def _day(timestamp: str) -> str:
    return f"epoch({timestamp}) / 86400.0"


def _columns(rows: duckdb.DuckDBPyRelation, kinds: Kinds, names: Sequence[str]) -> Columns:
    numbers = [name for name in names if kinds.sql[name] is not None]
    words = [name for name in names if kinds.sql[name] is None]
    return Columns(_numbers(rows, kinds, numbers), _words(rows, words), kinds.days & set(numbers))


def _numbers(rows: duckdb.DuckDBPyRelation, kinds: Kinds, names: Sequence[str]) -> dict[str, Floats]:
    if not names:
        return {}
    told = rows.project(", ".join(f"({kinds.sql[name]})::DOUBLE" for name in names)).to_arrow_table()
    return {name: _finite(told.column(place)) for place, name in enumerate(names)}


def _finite(column: Any) -> Floats:
    values = np.array(column.to_numpy(), dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    return values


def _words(rows: duckdb.DuckDBPyRelation, names: Sequence[str]) -> dict[str, Words]:
    if not names:
        return {}
    told = rows.project(", ".join(_text(name) for name in names)).to_arrow_table()
    return {name: _shared(told.column(place)) for place, name in enumerate(names)}


def _shared(column: Any) -> Words:
    """The texts, those that are equal kept once: a column of millions of rows has few."""
    coded = column.combine_chunks().dictionary_encode()
    levels = np.array([*coded.dictionary.to_pylist(), None], dtype=object)
    codes = coded.indices.fill_null(len(levels) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(levels[codes])
