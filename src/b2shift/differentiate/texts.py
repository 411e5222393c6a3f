"""Texts of a person's table read as numbers or days: the one way that almost every text of a column allows.

`1.234,56`, `$1,234.56`, `R$ 12,00`, `(1.234,56)`, `35%`, `31/01/2025 10:30`, `jan/2025`, `2025-W05`: each way is SQL
over the column, so that the same way reads another file of the same columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from b2shift.differentiate.given import NUMBERS, types_of
from b2shift.differentiate.written_days import moments, swapped
from b2shift.lake.api import literal, quote

MISSING = ("", "NA", "N/A", "#N/A", "NULL", "null", "NaN", "nan", "None", "?", "-", "n/d", "N/D")
"""Texts that say nothing is known."""
_ALMOST_ALL = 0.98
_FEW = 8
"""Columns of texts up to which all are asked for all ways at once."""
_TOLD = "(?i)[0-9]|^true$|^false$"
"""What a text that is a number or a day has."""
_COIN = r"(?:R\$|US\$|\$|€|£)"
_SPACE = r"[\s\x{a0}]*"
_COMMA = r"^[-+]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$"
"""A decimal comma, and points that can only be of thousands."""
_POINT = r"^[-+]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?$"
"""The other way round."""
_BELOW_ZERO = (
    rf"^((?:{_COIN}{_SPACE})?)\({_SPACE}([^-+()]*[0-9][^-+()]*)\)$",
    rf"^([^-+]*[0-9]){_SPACE}-()$",
    "^\u2212()(.*)$",
)
"""How books and older systems write what is below zero: `(1.234,56)`, `1.234,56-`, and with the mark of minus."""


@dataclass(frozen=True)
class Way:
    """SQL of a number; whether it counts days since 1970, of how many months told alone those are the first ones, and
    whether it is 1 for true and 0 for false."""

    sql: str
    is_day: bool = False
    months: int = 0
    is_flag: bool = False
    where: str = "true"
    """What must hold of the column as a whole for it to be read so (an SQL aggregate)."""


def ways_of(rows: duckdb.DuckDBPyRelation, names: Sequence[str], share: float = _ALMOST_ALL) -> dict[str, Way | None]:
    """How each column is a number or a day, as that share of its values tells; None where it is a word."""
    types = types_of(rows)
    texts = _not_of_letters(rows, [name for name in names if _typed(name, types[name]) is None], share)
    read = _counted(rows, {name: _ways(name) for name in texts}, share)
    return {name: _typed(name, types[name]) or read.get(name) for name in names}


def like(rows: duckdb.DuckDBPyRelation, ways: Mapping[str, Way | None]) -> dict[str, Way | None]:
    """The ways for another file of the same columns: each as it was, or the file's own of the same nature where only
    that reads the column (whole numbers here, decimal commas there)."""
    told = {name: way for name, way in ways.items() if way is not None}
    same = _counted(rows, {name: [replace(way, where="true")] for name, way in told.items()})
    own = ways_of(rows, [name for name in told if same[name] is None])
    better = {name: way for name, way in own.items() if way is not None and way.is_day == told[name].is_day}
    return {**ways, **better}


def month_first(name: str, way: Way) -> Way | None:
    """The way with the month first, of one that reads texts with the day first."""
    pairs = [(_day(ours.sql), _day(theirs.sql)) for ours, theirs in swapped(text_of(name))]
    return next((theirs for ours, theirs in pairs if ours == way), None)


def _not_of_letters(rows: duckdb.DuckDBPyRelation, names: list[str], share: float) -> list[str]:
    """The columns in which enough texts have a digit, or say true or false, to be numbers or days.

    To ask a column for all ways costs the engine a fifth of a second before it reads a row.
    """
    if len(names) <= _FEW:
        return names
    some = [f"count({text})" for text in map(text_of, names)]
    some += [f"count({text}) FILTER (regexp_matches({text}, {literal(_TOLD)}))" for text in map(text_of, names)]
    counts = rows.aggregate(", ".join(some)).fetchone() or ()
    known, told = counts[: len(names)], counts[len(names) :]
    return [name for name, all_, some_ in zip(names, known, told, strict=True) if some_ and some_ >= share * all_]


def _typed(name: str, told: str) -> Way | None:
    if told in NUMBERS:
        return Way(f"try_cast({quote(name)} AS DOUBLE)")
    if told == "DATE" or told.startswith("TIMESTAMP"):
        return _day(f"try_cast({quote(name)} AS TIMESTAMP)")
    return None


def _counted(
    rows: duckdb.DuckDBPyRelation, tried: Mapping[str, Sequence[Way]], share: float = _ALMOST_ALL
) -> dict[str, Way | None]:
    """The way of each column that tells most of its values, at least such a share; the rows are read once."""
    if not tried:
        return {}
    asked = []
    for name, ways in tried.items():
        asked += [
            f"count({text_of(name)})",
            *(f"CASE WHEN {way.where} THEN count({way.sql}) ELSE 0 END" for way in ways),
        ]
    counts = iter(rows.aggregate(", ".join(asked)).fetchone() or ())
    told: dict[str, Way | None] = {}
    for name, ways in tried.items():
        known, found = next(counts), [next(counts) for _ in ways]
        most = max(found)
        told[name] = ways[found.index(most)] if known and most >= share * known else None
    return told


def text_of(name: str) -> str:
    """The text, or NULL: by a list, as the engine makes a join of a long IN, which changes the order of many rows."""
    nothing = ", ".join(literal(text) for text in MISSING)
    text = f"trim({quote(name)}::VARCHAR)"
    return f"CASE WHEN list_contains([{nothing}], {text}) THEN NULL ELSE {text} END"


def _ways(name: str) -> list[Way]:
    text = text_of(name)
    signed = text
    for form in _BELOW_ZERO:
        signed = f"regexp_replace({signed}, {literal(form)}, '-\\1\\2')"
    marks = f"^([-+]?){_COIN}{_SPACE}|{_SPACE}(?:%|{_COIN})$"
    bare = f"regexp_replace({signed}, {literal(marks)}, '\\1', 'g')"
    comma = f"CASE WHEN regexp_matches({bare}, {literal(_COMMA)}) THEN replace(replace({bare}, '.', ''), ',', '.') END"
    point = f"CASE WHEN regexp_matches({bare}, {literal(_POINT)}) THEN replace({bare}, ',', '') END"
    # `1,234` beside `999` is no decimal comma: that would have other lengths too, or be in all.
    some = f"min(contains({text}, ',')) < max(contains({text}, ','))"
    written = ((text, "true"), (point, some), (comma, "true"), (point, "true"), (bare, "true"))
    numbers = [Way(f"try_cast({told} AS DOUBLE)", where=where) for told, where in written]
    numbers.append(Way(f"CASE lower({text}) WHEN 'true' THEN 1.0 WHEN 'false' THEN 0.0 END", is_flag=True))
    return [*numbers, *(_day(moment.sql, moment.months) for moment in moments(text))]


def _day(timestamp: str, months: int = 0) -> Way:
    return Way(f"epoch({timestamp}) / 86400.0", is_day=True, months=months)
