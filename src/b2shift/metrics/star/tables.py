"""The tables of the star: their declared columns, and the statement that reads each for a scope."""

from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from pydantic import Field

from b2shift.kernel.calendar import last_closed_month
from b2shift.kernel.contract import Contract
from b2shift.kernel.yaml import parse_yaml
from b2shift.lake.api import Lake, literal
from b2shift.metrics.compiler import Statement, within
from b2shift.metrics.contracts import Scope
from b2shift.metrics.dictionary import load_dictionary
from b2shift.metrics.measures import measures
from b2shift.metrics.star.recipes import calculation_of, recipes

Kind = Literal["text", "whole", "number", "day", "yes_no"]


class StarColumn(Contract):
    """One column."""

    name: str
    kind: Kind
    description: str = Field(description="pt-BR")


class StarTable(Contract):
    """One table of the star."""

    name: str
    label: str = Field(description="pt-BR")
    about: str = Field(description="pt-BR: what a row is")
    key: tuple[str, ...]
    rows: str
    columns: tuple[StarColumn, ...]


@lru_cache(maxsize=1)
def star_tables() -> dict[str, StarTable]:
    """Every table by name, as declared."""
    declared: dict[str, dict[str, Any]] = parse_yaml((resources.files(__package__) / "star.yaml").read_text("utf-8"))
    return {
        name: StarTable(
            name=name,
            label=one["label"],
            about=one["about"],
            key=tuple(one["key"]),
            rows=one["rows"],
            columns=tuple(
                StarColumn(name=n, kind=kind, description=text) for n, (kind, text) in one["columns"].items()
            ),
        )
        for name, one in declared.items()
    }


def star_rows(lake: Lake, name: str, scope: Scope) -> Statement:
    """The statement that reads a table of the star for the customers of a scope; KeyError for a table there is not."""
    statement = Statement()
    conditions = " AND ".join(within(statement, scope)) or "true"
    known = measures()
    statement.sql = star_tables()[name].rows.format(
        members=f"(SELECT * FROM metric_members WHERE {conditions})",
        closed=last_closed_month(lake.manifest.as_of),
        stocks=", ".join(literal(source) for source, kind in known["facts"].items() if kind == "stock"),
        now=_now(lake),
        dictionary=_dictionary(),
    )
    if "{members}" not in star_tables()[name].rows:
        statement.parameters.clear()
    return statement


def _now(lake: Lake) -> str:
    """The sources that only have the value of today, one under the other."""
    known, out = measures(), []
    wanted = dict.fromkeys(
        one["source"] for one in known["measures"].values() if one.get("time") == "now" and "source" in one
    )
    for source in wanted:
        read = known["sources"][source].format(b="(SELECT 'now' AS bucket)")
        out.append(
            f"SELECT '{source}' AS source, customer_id, sum(num)::DOUBLE AS num, sum(den)::DOUBLE AS den "
            f"FROM ({read}) GROUP BY customer_id"
        )
    if not out or not lake.has("scores"):
        return "SELECT '' AS source, '' AS customer_id, 0.0 AS num, 0.0 AS den WHERE false"
    return " UNION ALL ".join(out)


def _dictionary() -> str:
    known = load_dictionary().metrics
    rows = [
        [m.name, m.label, m.definition, m.unit, m.direction, m.additivity, m.owner, calculation_of(m.name)]
        for m in known.values()
        if m.name in recipes()
    ]
    values = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
    names = ", ".join(column.name for column in star_tables()["metrics"].columns)
    return f"SELECT * FROM (VALUES {values}) t({names})"
