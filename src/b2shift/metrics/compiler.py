"""From a typed query to SQL: names of the dictionary only, values bound, rows narrowed before anything counts."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from b2shift.kernel.calendar import add_months, first_of_month
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import InputError
from b2shift.kernel.yaml import parse_yaml
from b2shift.metrics.buckets import MAIN, OTHER, Bucket
from b2shift.metrics.contracts import Filter

SIGNS = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
PERCENTILES = {"median": 0.5, "p10": 0.1, "p25": 0.25, "p75": 0.75, "p90": 0.9, "p95": 0.95}


class Scope(Contract):
    """The rows a person may see; the planner neither sees nor changes it."""

    owners: tuple[str, ...] | None = None
    states: tuple[str, ...] | None = None

    def described(self) -> str:
        """What the answer says about it, in Portuguese."""
        parts = []
        if self.owners is not None:
            parts.append(f"carteira de {', '.join(self.owners) or 'ninguém'}")
        if self.states is not None:
            parts.append(f"estados {', '.join(self.states) or 'nenhum'}")
        return " e ".join(parts) or "toda a base"


@lru_cache(maxsize=1)
def measures() -> dict[str, Any]:
    """How metrics are computed, from measures.yaml."""
    told: dict[str, Any] = parse_yaml((resources.files("b2shift.metrics") / "measures.yaml").read_text("utf-8"))
    return told


def has_data(name: str) -> bool:
    """Whether a metric can be computed from the lake, or a dimension is a column of it."""
    return name in measures()["measures"] or name in measures()["columns"]


@dataclass
class Statement:
    """A statement and the values bound to it."""

    sql: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        """A placeholder for a value."""
        name = f"v{len(self.parameters)}"
        self.parameters[name] = list(value) if isinstance(value, tuple) else value
        return f"${name}"


def aggregate(
    metric: str, buckets: list[Bucket], dimensions: tuple[str, ...], filters: tuple[Filter, ...], scope: Scope,
    *, filtered: list[Bucket], calculation: str | None = None,
) -> Statement:  # fmt: skip
    """One metric by bucket and dimensions. `filtered` holds the buckets in which metrics of filters are measured."""
    told = measures()["measures"][metric]
    statement = Statement()
    by = ", ".join(f'm."{_column(name)}"' for name in dimensions)
    head = _head(statement, buckets, dimensions, filters, scope, filtered, told["source"])
    facts = measures()["sources"][told["source"]].format(b="buckets")
    keys = f"f.bucket{', ' + by if by else ''}"
    if calculation in PERCENTILES:
        inner = f"SELECT f.bucket, f.customer_id, {_value(told)} AS value FROM ({facts}) f GROUP BY 1, 2"
        share = statement.bind(PERCENTILES[calculation])
        statement.sql = (
            f"{head} SELECT {keys}, quantile_cont(f.value, {share}) AS value, count(*) AS customers "
            f"FROM ({inner}) f JOIN members m ON m.customer_id = f.customer_id GROUP BY ALL"
        )
        return statement
    statement.sql = (
        f"{head} SELECT {keys}, {_value(told)} AS value, count(DISTINCT f.customer_id) AS customers "
        f"FROM ({facts}) f JOIN members m ON m.customer_id = f.customer_id GROUP BY ALL"
    )
    return statement


def customers(filters: tuple[Filter, ...], scope: Scope, *, filtered: list[Bucket]) -> Statement:
    """The customers that meet conditions, with their names."""
    statement = Statement()
    head = _head(statement, filtered[:1], (), filters, scope, filtered)
    statement.sql = (
        f"{head} SELECT m.customer, c.name FROM members m JOIN customers c ON c.customer_id = m.customer_id ORDER BY 1"
    )
    return statement


def _head(
    statement: Statement,
    buckets: list[Bucket],
    wanted: tuple[str, ...],
    filters: tuple[Filter, ...],
    scope: Scope,
    filtered: list[Bucket],
    source: str | None = None,
) -> str:
    """The tables that facts and members come from; `wanted` are the dimensions that split."""
    conditions, measured, sources = [], [], [source] if source else []
    for place, one in enumerate(filters):
        if one.field in measures()["columns"]:
            conditions.append(_condition(statement, one))
        else:
            measured.append(_measure_table(statement, place, one))
            conditions.append(f"customer_id IN (SELECT customer_id FROM kept{place})")
            sources.append(measures()["measures"][one.field]["source"])
    for names, column in ((scope.owners, "account_owner"), (scope.states, "state")):
        if names is not None:
            conditions.append(f'"{column}" IN (SELECT unnest({statement.bind(names)}))')
    columns = {"customer", "account_owner", "state", *wanted, *(one.field for one in filters)}
    since, until = _months(buckets + (filtered if measured else []), sources)
    ends = {"since": f"{statement.bind(since)}::DATE", "until": f"{statement.bind(until)}::DATE"}
    parts = [
        f"told AS ({measures()['told'].format(**ends)})",
        f"paid AS ({measures()['paid'].format(**ends)})",
        f"moved AS ({measures()['moved']})",
        f"buckets AS ({_table(statement, buckets)})",
        f"filtered AS ({_table(statement, filtered)})",
        *measured,
        f"members AS (SELECT * FROM ({_members(columns)}) WHERE {' AND '.join(conditions) or 'true'})",
    ]
    return "WITH " + ", ".join(parts)


def _members(names: set[str]) -> str:
    known = measures()["columns"]
    columns = ", ".join(f'{known[name]} AS "{name}"' for name in sorted(names & set(known)))
    joins = " ".join(join for name, join in measures()["joins"].items() if name in names)
    return f"SELECT c.customer_id, {columns} FROM customers c {joins}"


def _months(buckets: list[Bucket], sources: list[str]) -> tuple[date, date]:
    """The months of payments that the sources look at; the newest is the newest that was closed."""
    back = max((measures()["reach"].get(source, 0) for source in sources), default=0)
    first = min(min(first_of_month(b.first), b.month) for b in buckets)
    return add_months(first, -back) if back < first.year * 12 else date(1, 1, 1), max(b.month for b in buckets)


def _column(name: str) -> str:
    if name not in measures()["columns"]:
        raise InputError("Esta dimensão não está nos dados", value=name, hint="Pergunte por outra")
    return name


def _table(statement: Statement, buckets: list[Bucket]) -> str:
    days = [[f"{statement.bind(day)}::DATE" for day in (b.first, b.last, b.month)] for b in buckets]
    rows = ", ".join(f"({', '.join([statement.bind(b.name), *d])})" for b, d in zip(buckets, days, strict=True))
    return f"SELECT * FROM (VALUES {rows}) t(bucket, first, last, month)"


def _value(told: dict[str, Any]) -> str:
    return f"{told['ratio']} * sum(f.num)::DOUBLE / nullif(sum(f.den), 0)" if "ratio" in told else "sum(f.num)::DOUBLE"


def _condition(statement: Statement, one: Filter) -> str:
    column = f'"{_column(one.field)}"'
    if one.op == "between":
        low, high = one.value if isinstance(one.value, tuple) else (one.value, one.value)
        kind = "::DATE" if one.field == "renewal_date" else ""
        return f"{column} BETWEEN {statement.bind(low)}{kind} AND {statement.bind(high)}{kind}"
    if one.op == "in":
        return f"{column} IN (SELECT unnest({statement.bind(one.value)}))"
    kind = "::DATE" if one.field == "renewal_date" else ""
    if one.op == "neq":
        return f"{column} IS DISTINCT FROM {statement.bind(one.value)}{kind}"
    return f"{column} {SIGNS[one.op]} {statement.bind(one.value)}{kind}"


def _measure_table(statement: Statement, n: int, one: Filter) -> str:
    """Customers whose own value of a metric meets a condition; no rows count as zero where zero has a meaning."""
    told = measures()["measures"].get(one.field)
    if told is None or "source" not in told:
        raise InputError("Esta métrica não está nos dados", value=one.field, hint="Filtre por outra")
    if one.op.startswith("change") and told["time"] == "now":
        raise InputError("Esta métrica só tem o valor de hoje, sem história", value=one.field, hint="Filtre pelo valor")
    facts = measures()["sources"][told["source"]].format(b="filtered")
    by_customer = f"SELECT f.customer_id, f.bucket, {_value(told)} AS value FROM ({facts}) f GROUP BY 1, 2"
    main, other = statement.bind(MAIN), statement.bind(OTHER)
    empty = "0" if "ratio" not in told else "NULL"
    values = (
        f"SELECT c.customer_id, coalesce(max(v.value) FILTER (v.bucket = {main}), {empty}) AS now, "
        f"coalesce(max(v.value) FILTER (v.bucket = {other}), {empty}) AS before "
        f"FROM customers c LEFT JOIN ({by_customer}) v ON v.customer_id = c.customer_id GROUP BY 1"
    )
    return f"kept{n} AS (SELECT customer_id FROM ({values}) WHERE {_meets(statement, one)})"


def _meets(statement: Statement, one: Filter) -> str:
    if one.op == "between" and isinstance(one.value, tuple):
        return f"now BETWEEN {statement.bind(one.value[0])} AND {statement.bind(one.value[1])}"
    if one.op.startswith("change"):
        what = "100 * (now - before) / nullif(abs(before), 0)" if "pct" in one.op else "now - before"
        return f"{what} {'<' if one.op.endswith('lt') else '>'} {statement.bind(one.value)}"
    return f"now {SIGNS[one.op]} {statement.bind(one.value)}"
