"""Labels of dimension values: people read names, queries carry codes."""

from collections.abc import Iterable
from typing import Any

from b2shift.insight.answers.numbers import Row
from b2shift.lake.api import Lake
from b2shift.metrics.api import load_dictionary

NAMED_IN = {
    "customer": "SELECT customer_id AS code, name FROM customers WHERE customer_id IN (SELECT unnest($codes))",
    "account_owner": "SELECT user_id AS code, name FROM users WHERE user_id IN (SELECT unnest($codes))",
    "cluster": (
        "SELECT regexp_extract(segment_id, '[0-9]+')::INTEGER::VARCHAR AS code, name FROM segment_catalogue "
        "WHERE regexp_extract(segment_id, '[0-9]+')::INTEGER::VARCHAR IN (SELECT unnest($codes))"
    ),
}
HELD_BY = {"customer": "customers", "account_owner": "users", "cluster": "segment_catalogue"}
MOST = 2000


def labels(lake: Lake, rows: Iterable[Row], dimensions: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each dimension, the labels of the values in the rows."""
    shown = list(rows)[:MOST]
    return {name: value_labels(lake, name, [row.get(name) for row in shown]) for name in dimensions}


def value_labels(lake: Lake, dimension: str, values: Iterable[Any]) -> dict[str, str]:
    """The labels of some values of a dimension."""
    codes = sorted({str(value) for value in values if value is not None})
    if dimension in NAMED_IN and codes and lake.has(HELD_BY[dimension]):
        found = {r["code"]: r["name"] for r in lake.query(NAMED_IN[dimension], {"codes": codes}).to_pylist()}
        if dimension == "cluster":
            return {code: f"{code} · {found[code]}" if code in found else code for code in codes}
        return {code: found.get(code) or code for code in codes}
    return {code: plain_name(dimension, code) for code in codes}


def plain_name(dimension: str, code: str) -> str:
    """The label of a value that the lake has no name for."""
    known = load_dictionary().dimensions.get(dimension)
    return (known.shown.get(code) if known else None) or _plain(code, dimension)


def _plain(code: str, dimension: str) -> str:
    if dimension == "state":
        return code.upper()
    text = code.replace("_", " ")
    return text[:1].upper() + text[1:]
