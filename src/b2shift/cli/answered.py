"""An answer as a terminal shows it: a table whose columns and values are named and written as people do."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from b2shift.insight.contracts import Answer
from b2shift.kernel.money import format_brl, format_number, format_percent
from b2shift.metrics.api import load_dictionary

SHOWN = 60
Row = Mapping[str, Any]
_OF_METRIC = {
    "before": "antes",
    "change": "mudança",
    "change_pct": "mudança em %",
    "share": "parte do total",
    "low": "de",
    "high": "até",
}
_OF_FIRST = ("before", "now", "contribution", "low", "high")
_CODES = ("group", "ahead", "asked", "rest", "proposed", "at_stake", "concerned", "metric", "priority", "kind")
"""Columns that only tell programs what a row is."""
_COLUMNS = {
    "bucket": "Mês", "customers": "Clientes", "customer": "Cliente", "name": "Nome", "label": "Grupo",
    "dimension": "Divisão", "low": "De (80%)", "high": "Até (80%)", "before": "Antes", "now": "Agora",
    "contribution": "Contribuição", "share": "Parte", "action": "O que fazer", "reason": "Por quê", "due_on": "Até",
    "mrr_at_stake": "MRR em jogo", "trait": "Traço", "value": "Grupo", "base": "Base", "lift": "Vezes a base",
    "fifth": "Quinto",
}  # fmt: skip


def table_of(told: Answer) -> tuple[list[str], list[list[str]], int]:
    """Headings and rows of an answer, words before figures, and how many columns are words."""
    first = told.rows[0]
    several = len({row.get("bucket") for row in told.rows}) > 1
    shown = [name for name in first if name not in _CODES and (name != "bucket" or several)]
    words = [name for name in shown if isinstance(first[name], str)]
    columns = [*words, *(name for name in shown if name not in words)]
    headings = {**_COLUMNS, "label": "Traço"} if told.query.intent == "profile" else _COLUMNS
    rows = [[_cell(told, row, name) for name in columns] for row in told.rows[:SHOWN]]
    return [heading(name, headings) for name in columns], rows, len(words)


def heading(column: str, others: Mapping[str, str] = _COLUMNS) -> str:
    """How people call a column: by the metric or dimension it tells, and what of it."""
    known = load_dictionary()
    labels = {name: one.label for some in (known.metrics, known.dimensions) for name, one in some.items()}
    if column in labels:
        return labels[column]
    for rest, words in _OF_METRIC.items():
        if (name := column.removesuffix(f"_{rest}")) in labels:
            return f"{labels[name]}, {words}"
    return others.get(column, column)


def _cell(told: Answer, row: Row, column: str) -> str:
    """A value as people write it: days, money, per cent and counts each in their form."""
    value = row.get(column)
    if value is None or isinstance(value, bool):
        return "—"
    if isinstance(value, int | float):
        return _figure(value, _unit(told, row, column))
    match column:
        case "bucket":
            return f"{date.fromisoformat(str(value)):%m/%Y}"
        case "due_on":
            return f"{date.fromisoformat(str(value)):%d/%m/%Y}"
        case "dimension":
            return heading(str(value))
    return told.labels.get(column, {}).get(str(value), str(value))


def _figure(value: float, unit: str) -> str:
    if unit == "brl":
        return format_brl(value)
    if unit == "percent":
        return format_percent(value / 100)
    return format_number(value, 0 if unit == "count" or (unit == "" and isinstance(value, int)) else 1)


def _unit(told: Answer, row: Row, column: str) -> str:
    """What the figures of a column are of; those of an explanation are of its metric, of a portrait each of its own."""
    if column == "share" or column.endswith(("_share", "_change_pct")):
        return "percent"
    if column == "mrr_at_stake":
        return "brl"
    if column in ("value", "base"):
        return load_dictionary().metrics[row["metric"]].unit if "metric" in row else "percent"
    if column in _OF_FIRST:
        return told.units.get(told.query.metrics[0], "") if told.query.metrics else ""
    return next((unit for name, unit in told.units.items() if column == name or column.startswith(f"{name}_")), "")
