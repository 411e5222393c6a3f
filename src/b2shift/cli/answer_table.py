"""Answers as terminal tables."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from b2shift.insight.api import INNER_COLUMNS, Locale, heading_of, unit_of
from b2shift.insight.contracts import Answer
from b2shift.kernel.money import format_brl, format_number, format_percent

SHOWN = 60
Row = Mapping[str, Any]


def table_of(answer: Answer) -> tuple[list[str], list[list[str]], int]:
    """Headings and rows of an answer, text columns first, and the number of text columns."""
    first = answer.rows[0]
    several = len({row.get("bucket") for row in answer.rows}) > 1
    shown = [name for name in first if name not in INNER_COLUMNS and (name != "bucket" or several)]
    words = [name for name in shown if isinstance(first[name], str)]
    columns = [*words, *(name for name in shown if name not in words)]
    rows = [[_cell(answer, row, name) for name in columns] for row in answer.rows[:SHOWN]]
    headings = [unit_of(answer, name) if name == "bucket" else name for name in columns]
    return [heading_of(name, Locale(), answer.query.intent) for name in headings], rows, len(words)


def _cell(answer: Answer, row: Row, column: str) -> str:
    """A formatted value: dates, money, percentages and counts."""
    value, unit = row.get(column), unit_of(answer, column, row)
    if value is None or isinstance(value, bool):
        return "—"
    if isinstance(value, int | float):
        return _figure(value, unit)
    match unit, column:
        case "month" | "quarter" | "year", _:
            return Locale().bucket(date.fromisoformat(str(value)), unit)
        case "day", _:
            return f"{date.fromisoformat(str(value)):%d/%m/%Y}"
        case _, "dimension":
            return heading_of(str(value), Locale())
    return answer.labels.get(column, {}).get(str(value), str(value))


def _figure(value: float, unit: str) -> str:
    match unit:
        case "brl":
            return format_brl(value)
        case "percent":
            return format_percent(value / 100)
        case "percentage_points":
            return f"{format_number(value, 2)} p.p."
        case "count":
            return format_number(value)
        case "ratio":
            return format_number(value, 2)
    return format_number(value, 0 if unit == "" and isinstance(value, int) else 1)
