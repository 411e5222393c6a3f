"""Columns of an answer: metric, unit and heading."""

from collections.abc import Mapping
from typing import Any

from b2shift.insight.answers.locale import Locale
from b2shift.insight.contracts import Answer
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Grain, TypedQuery

INNER = frozenset(
    {"group", "ahead", "asked", "rest", "proposed", "at_stake", "concerned", "metric", "priority", "kind"}
)
"""Columns that only tell programs what a row is."""

PARTS = {
    "before": "antes", "change": "mudança", "change_pct": "mudança em %", "share": "parte do total",
    "overall": "base", "low": "de", "high": "até",
}  # fmt: skip
HEADINGS = {
    "month": "Mês", "quarter": "Trimestre", "year": "Ano", "customers": "Clientes", "customer": "Cliente", "name": "Nome", "label": "Grupo",
    "dimension": "Divisão", "low": "De (80%)", "high": "Até (80%)", "before": "Antes", "now": "Agora",
    "contribution": "Contribuição", "share": "Parte", "action": "O que fazer", "reason": "Por quê", "due_on": "Até",
    "mrr_at_stake": "MRR em jogo", "trait": "Traço", "value": "Grupo", "base": "Base", "lift": "Vezes a base",
    "fifth": "Quinto",
}  # fmt: skip
_OF_FIRST = frozenset({"before", "now", "contribution", "low", "high"})
_UNITS = {
    "due_on": "day", "mrr_at_stake": "brl", "customers": "count", "lift": "ratio",
    "share": "percent",
}  # fmt: skip


def grain_of(query: TypedQuery) -> Grain:
    """What a bucket of the answer to a query is; also the name under which `heading_of` knows its column."""
    told = query.time.grain if query.time and query.intent != "forecast" else None
    return told or "month"


def heading_of(column: str, locale: Locale, intent: str = "") -> str:
    """The heading of a column: its metric or dimension and the part of it; its own name where unknown."""
    name, part = _parts_of(column)
    if name:
        named = locale.metric(name) if name in load_dictionary().metrics else locale.dimension(name)
        return f"{named}, {locale.say(PARTS[part])}" if part else named
    if intent == "profile" and column == "label":
        column = "trait"
    return locale.say(HEADINGS[column]) if column in HEADINGS else column


def unit_of(answer: Answer, column: str, row: Mapping[str, Any] | None = None) -> str:
    """The unit of a column: a metric's unit, `percentage_points`, `ratio`, `day`, the grain of buckets, "" for text.

    Columns of an explanation are of its metric; the lines of a portrait (`row`) have each their own.
    """
    if column == "bucket":
        return grain_of(answer.query)
    name, part = _parts_of(column)
    if part in {"share", "change_pct"}:
        return "percent"
    if column in {"value", "base"}:
        return load_dictionary().metrics[row["metric"]].unit if row and "metric" in row else "percent"
    if column in _OF_FIRST:
        name = next(iter(answer.query.metrics), "")
    unit = answer.units.get(name, "")
    if unit == "percent" and (part == "change" or column == "contribution"):
        return "percentage_points"
    return unit or _UNITS.get(column, "")


def _parts_of(column: str) -> tuple[str, str]:
    """The metric or dimension of a column and the part of it: `mrr_before` is `("mrr", "before")`."""
    known = load_dictionary()
    for part in ("", *PARTS):
        name = column.removesuffix(f"_{part}") if part else column
        if (not part or name != column) and (name in known.metrics or name in known.dimensions):
            return name, part
    return "", ""
