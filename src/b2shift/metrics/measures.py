"""How metrics are computed, from measures.yaml."""

import re
from functools import lru_cache
from importlib import resources
from typing import Any

from b2shift.kernel.yaml import parse_yaml
from b2shift.metrics.contracts import OwnMetric
from b2shift.metrics.own.formula import read_formula
from b2shift.metrics.own.in_force import own_metrics

PERCENTILES = {"median": 0.5, "p10": 0.1, "p25": 0.25, "p75": 0.75, "p90": 0.9, "p95": 0.95}
OVER_CUSTOMERS = frozenset({*PERCENTILES, "standard_deviation"})
"""Calculations that look at one value a customer."""


def measures() -> dict[str, Any]:
    """Sources, measures, columns and joins, as declared, with the formulas of the own metrics in force."""
    return _extended(own_metrics())


@lru_cache(maxsize=8)
def _extended(own: tuple[OwnMetric, ...]) -> dict[str, Any]:
    declared = _declared()
    if not own:
        return declared
    added = {}
    for one in own:
        parts = [declared["measures"].get(name, {}) for name in read_formula(one.formula).metrics()]
        now = any(part.get("time") == "now" for part in parts)
        added[one.name] = {"formula": one.formula, **({"time": "now"} if now else {})}
    return {**declared, "measures": {**declared["measures"], **added}}


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = parse_yaml((resources.files("b2shift.metrics") / "measures.yaml").read_text("utf-8"))
    return declared


_READ = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
_SPREAD = re.compile(r"\*COLUMNS\('([^']+)'\).*?\bFROM\s+(\w+)")
_MADE = {"paid": "recurring_revenue", "moved": "recurring_revenue"}


def tables_of(name: str) -> frozenset[str]:
    """The tables of the lake that a metric or a dimension is read from."""
    measure = measures()["measures"].get(name) or {}
    if "formula" in measure:
        return frozenset().union(*(_tables(part) for part in read_formula(measure["formula"]).metrics()))
    return _tables(name)


@lru_cache(maxsize=128)
def _tables(name: str) -> frozenset[str]:
    measure = _declared()["measures"].get(name)
    if measure is None:
        return frozenset(_READ.findall(measures()["joins"].get(name, ""))) | {"customers"}
    if "formula" in measure:
        return frozenset().union(*(_tables(part) for part in read_formula(measure["formula"]).metrics()))
    read = _READ.findall(measures()["sources"][measure["source"]])
    return frozenset(_MADE.get(table, table) for table in read if table != "b")


def columns_sought(name: str) -> dict[str, str]:
    """Table → pattern of the columns a metric takes the greatest of; a lake may hold none of them."""
    if name not in measures()["measures"]:
        return {}
    found = [_SPREAD.findall(measures()["sources"].get(source, "")) for source in sources_of(name)]
    return {table: pattern for one in found for pattern, table in one}


def column_needed(name: str) -> tuple[str, str] | None:
    """The table and column without whose values a metric is unknown; the table may have rows for others."""
    needed = str((measures()["measures"].get(name) or {}).get("needs", ""))
    return (needed.partition(".")[0], needed.partition(".")[2]) if needed else None


def sources_of(name: str) -> list[str]:
    """The sources a metric is computed from: its own, or those of the metrics its formula names."""
    measure = measures()["measures"][name]
    if "formula" in measure:
        return [source for part in read_formula(measure["formula"]).metrics() for source in sources_of(part)]
    return [measure["source"]]


def facets_of(metric: str) -> dict[str, str]:
    """Dimension → column, of the metric's own rows."""
    source = measures()["measures"].get(metric, {}).get("source", "")
    columns: dict[str, str] = measures()["facets"].get(source, {}).get("columns", {})
    return columns


def counts_customers(metric: str) -> bool:
    """Whether the metric is a number of customers, who can be listed."""
    return bool(measures()["measures"].get(metric, {}).get("counts") == "customers")


def has_data(name: str) -> bool:
    """Whether a metric can be computed from the lake, or a dimension is a column of it."""
    measure = measures()["measures"].get(name) or {}
    if "formula" in measure:
        return all(has_data(part) for part in read_formula(measure["formula"]).metrics())
    return name in measures()["measures"] or name in measures()["columns"]
