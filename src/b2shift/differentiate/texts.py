"""Parses text columns as numbers or dates: the one format that almost every text of a column has.

`1.234,56`, `$1,234.56`, `R$ 12,00`, `(1.234,56)`, `35%`, `31/01/2025 10:30`, `jan/2025`, `2025-W05`: each parser is SQL
over the column, so that it also reads another file with the same columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from b2shift.differentiate.date_formats import date_formats, month_first_variants
from b2shift.differentiate.given import NUMBERS, types_of
from b2shift.lake.api import literal, quote

MISSING = ("", "NA", "N/A", "#N/A", "NULL", "null", "NaN", "nan", "None", "?", "-", "n/d", "N/D")
"""Texts that stand for missing values."""
_MIN_PARSED = 0.98
_FEW_COLUMNS = 8
"""Text columns up to which all are tried with all parsers at once."""
_NUMBER_OR_DAY = "(?i)[0-9]|^true$|^false$"
"""What a text needs to be a number, a date or a flag."""
_CURRENCY = r"(?:R\$|US\$|\$|€|£)"
_SPACE = r"[\s\x{a0}]*"
_COMMA = r"^[-+]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$"
"""A decimal comma, and points that can only be of thousands."""
_POINT = r"^[-+]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?$"
"""The other way round."""
_NEGATIVE = (
    rf"^((?:{_CURRENCY}{_SPACE})?)\({_SPACE}([^-+()]*[0-9][^-+()]*)\)$",
    rf"^([^-+]*[0-9]){_SPACE}-()$",
    "^\u2212()(.*)$",
)
"""How ledgers and older systems write negatives: `(1.234,56)`, `1.234,56-`, and with a minus sign."""


@dataclass(frozen=True)
class Parser:
    """SQL that yields a number; whether it counts days since 1970, of periods of how many months those are the first
    days, and whether it is 1 for true and 0 for false."""

    sql: str
    is_day: bool = False
    months: int = 0
    is_flag: bool = False
    where: str = "true"
    """Condition on the whole column (an SQL aggregate) for the parser to apply."""


def infer_parsers(
    rows: duckdb.DuckDBPyRelation, names: Sequence[str], share: float = _MIN_PARSED
) -> dict[str, Parser | None]:
    """The number or date parser of each column that parses this share of its values; None for texts."""
    types = types_of(rows)
    text_columns = _with_digits(rows, [name for name in names if _typed_parser(name, types[name]) is None], share)
    parsed = _best_parsers(rows, {name: _candidates(name) for name in text_columns}, share)
    return {name: _typed_parser(name, types[name]) or parsed.get(name) for name in names}


def compatible_parsers(rows: duckdb.DuckDBPyRelation, parsers: Mapping[str, Parser | None]) -> dict[str, Parser | None]:
    """The parsers for another file with the same columns: each unchanged, or the file's own of the same kind where only
    that parses the column (integers here, decimal commas there)."""
    known = {name: parser for name, parser in parsers.items() if parser is not None}
    kept = _best_parsers(rows, {name: [replace(parser, where="true")] for name, parser in known.items()})
    inferred = infer_parsers(rows, [name for name in known if kept[name] is None])
    replaced = {
        name: parser for name, parser in inferred.items() if parser is not None and parser.is_day == known[name].is_day
    }
    return {**parsers, **replaced}


def month_first(name: str, parser: Parser) -> Parser | None:
    """The month-first counterpart of a day-first parser."""
    pairs = [(_day_parser(ours.sql), _day_parser(theirs.sql)) for ours, theirs in month_first_variants(text_of(name))]
    return next((theirs for ours, theirs in pairs if ours == parser), None)


def _with_digits(rows: duckdb.DuckDBPyRelation, names: list[str], share: float) -> list[str]:
    """Columns with enough texts that have a digit, or are true or false, to be numbers or dates.

    Trying all parsers costs the engine a fifth of a second per column before it reads a row.
    """
    if len(names) <= _FEW_COLUMNS:
        return names
    counts_sql = [f"count({text})" for text in map(text_of, names)]
    counts_sql += [
        f"count({text}) FILTER (regexp_matches({text}, {literal(_NUMBER_OR_DAY)}))" for text in map(text_of, names)
    ]
    counts = rows.aggregate(", ".join(counts_sql)).fetchone() or ()
    present, with_digit = counts[: len(names)], counts[len(names) :]
    return [
        name
        for name, total, matching in zip(names, present, with_digit, strict=True)
        if matching and matching >= share * total
    ]


def _typed_parser(name: str, kind: str) -> Parser | None:
    if kind in NUMBERS:
        return Parser(f"try_cast({quote(name)} AS DOUBLE)")
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return _day_parser(f"try_cast({quote(name)} AS TIMESTAMP)")
    return None


def _best_parsers(
    rows: duckdb.DuckDBPyRelation, candidates: Mapping[str, Sequence[Parser]], share: float = _MIN_PARSED
) -> dict[str, Parser | None]:
    """The parser of each column that parses most values, at least this share; the rows are read once."""
    if not candidates:
        return {}
    aggregates = []
    for name, parsers in candidates.items():
        aggregates += [
            f"count({text_of(name)})",
            *(f"CASE WHEN {parser.where} THEN count({parser.sql}) ELSE 0 END" for parser in parsers),
        ]
    counts = iter(rows.aggregate(", ".join(aggregates)).fetchone() or ())
    best: dict[str, Parser | None] = {}
    for name, parsers in candidates.items():
        present, parsed = next(counts), [next(counts) for _ in parsers]
        largest = max(parsed)
        best[name] = parsers[parsed.index(largest)] if present and largest >= share * present else None
    return best


def text_of(name: str) -> str:
    """SQL of the trimmed text, NULL where missing.

    A list test, as the engine turns a long IN into a join, which reorders rows.
    """
    nothing = ", ".join(literal(text) for text in MISSING)
    text = f"trim({quote(name)}::VARCHAR)"
    return f"CASE WHEN list_contains([{nothing}], {text}) THEN NULL ELSE {text} END"


def _candidates(name: str) -> list[Parser]:
    text = text_of(name)
    signed = text
    for form in _NEGATIVE:
        signed = f"regexp_replace({signed}, {literal(form)}, '-\\1\\2')"
    symbols = f"^([-+]?){_CURRENCY}{_SPACE}|{_SPACE}(?:%|{_CURRENCY})$"
    bare = f"regexp_replace({signed}, {literal(symbols)}, '\\1', 'g')"
    comma = f"CASE WHEN regexp_matches({bare}, {literal(_COMMA)}) THEN replace(replace({bare}, '.', ''), ',', '.') END"
    point = f"CASE WHEN regexp_matches({bare}, {literal(_POINT)}) THEN replace({bare}, ',', '') END"
    # `1,234` beside `999` is no decimal comma: that would have other lengths too, or be in all.
    mixed = f"min(contains({text}, ',')) < max(contains({text}, ','))"
    variants = ((text, "true"), (point, mixed), (comma, "true"), (point, "true"), (bare, "true"))
    numbers = [Parser(f"try_cast({expression} AS DOUBLE)", where=where) for expression, where in variants]
    numbers.append(Parser(f"CASE lower({text}) WHEN 'true' THEN 1.0 WHEN 'false' THEN 0.0 END", is_flag=True))
    return [*numbers, *(_day_parser(moment.sql, moment.months) for moment in date_formats(text))]


def _day_parser(timestamp: str, months: int = 0) -> Parser:
    return Parser(f"epoch({timestamp}) / 86400.0", is_day=True, months=months)
