"""Total rows of a table (`Total`, `Subtotal 2024`, `Soma`), recognised by the text in their date or key column."""

import duckdb

from b2shift.differentiate.given import types_of
from b2shift.differentiate.texts import text_of
from b2shift.identify.api import SUM_WORDS, SUMS
from b2shift.kernel.money import format_number
from b2shift.lake.api import literal

TOTALS = "{} de totais ({}) ficaram de fora."
_DAY = rf"\b(sub[- ]?)?({SUM_WORDS}|sum)\b"
"""No date contains such a word: `2024 Total`. A key may (`Total Express`), and must match as a whole."""
_NAMED = 3
"""Excluded cells quoted in a note."""


def sums_days(text: str) -> str:
    """SQL: whether the text in a date column marks a total row."""
    return f"regexp_matches({_plain(text)}, {literal(_DAY)})"


def without_totals(rows: duckdb.DuckDBPyRelation, key: str | None) -> tuple[duckdb.DuckDBPyRelation, tuple[str, ...]]:
    """The rows that are no totals by their key (`Total geral`), and notes on the others."""
    if key is None or types_of(rows).get(key) != "VARCHAR":
        return rows, ()
    text = text_of(key)
    sums = f"regexp_full_match({_plain(text)}, {literal(SUMS)})"
    notes = left_out_note(rows, text, sums, TOTALS)
    return (rows.filter(f"NOT coalesce({sums}, false)"), notes) if notes else (rows, ())


def left_out_note(rows: duckdb.DuckDBPyRelation, text: str, condition: str, template: str) -> tuple[str, ...]:
    """Note on the rows that match the SQL `condition`: their number and some of their texts; empty for none."""
    count, cells = rows.filter(condition).aggregate(f"count(*), list(DISTINCT {text} ORDER BY {text})").fetchall()[0]
    if not count:
        return ()
    named = ", ".join(cells[:_NAMED]) + ("…" if len(cells) > _NAMED else "") if any(cells) else ""
    note = template.format(f"{format_number(count)} {'linha' if count == 1 else 'linhas'}", named)
    return (note.replace("ficaram", "ficou") if count == 1 else note,)


def _plain(text: str) -> str:
    return f"lower(strip_accents({text}))"
