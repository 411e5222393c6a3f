"""Rows of a table that add others up (`Total`, `Subtotal 2024`, `Soma`): known by what stands in their day or key."""

import duckdb

from b2shift.differentiate.given import types_of
from b2shift.differentiate.texts import text_of
from b2shift.identify.api import SUM_WORDS, SUMS
from b2shift.kernel.money import format_number
from b2shift.lake.api import literal

TOTALS = "{} de totais ({}) ficaram de fora."
_DAY = rf"\b(sub[- ]?)?({SUM_WORDS}|sum)\b"
"""No day has such a word: `2024 Total`. A key may (`Total Express`), and must say nothing else."""
_NAMED = 3
"""Cells of rows left out that a note names."""


def sums_days(text: str) -> str:
    """SQL: whether the text that stands where a day should says that the row adds others up."""
    return f"regexp_matches({_plain(text)}, {literal(_DAY)})"


def without_totals(rows: duckdb.DuckDBPyRelation, key: str | None) -> tuple[duckdb.DuckDBPyRelation, tuple[str, ...]]:
    """The rows whose key does not say that they add others up (`Total geral`), and what is told of the others."""
    if key is None or types_of(rows).get(key) != "VARCHAR":
        return rows, ()
    text = text_of(key)
    sums = f"regexp_full_match({_plain(text)}, {literal(SUMS)})"
    notes = left_out(rows, text, sums, TOTALS)
    return (rows.filter(f"NOT coalesce({sums}, false)"), notes) if notes else (rows, ())


def left_out(rows: duckdb.DuckDBPyRelation, text: str, which: str, words: str) -> tuple[str, ...]:
    """The note on the rows of which the SQL `which` holds: how many, and some of their texts; none for none."""
    count, cells = rows.filter(which).aggregate(f"count(*), list(DISTINCT {text} ORDER BY {text})").fetchall()[0]
    if not count:
        return ()
    named = ", ".join(cells[:_NAMED]) + ("…" if len(cells) > _NAMED else "") if any(cells) else ""
    said = words.format(f"{format_number(count)} {'linha' if count == 1 else 'linhas'}", named)
    return (said.replace("ficaram", "ficou") if count == 1 else said,)


def _plain(text: str) -> str:
    return f"lower(strip_accents({text}))"
