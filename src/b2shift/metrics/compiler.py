"""From a typed query to SQL: names of the dictionary only, values bound, rows narrowed before anything counts."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from b2shift.kernel.calendar import add_months, first_of_month
from b2shift.kernel.errors import InputError
from b2shift.metrics.buckets import MAIN, OTHER, Bucket
from b2shift.metrics.contracts import Filter, Scope
from b2shift.metrics.measures import OVER_CUSTOMERS, PERCENTILES, counts_customers, facets_of, measures, sources_of
from b2shift.metrics.own.formula import read_formula
from b2shift.metrics.routing import MONTHS_TAKEN, cubed, rows_of

SIGNS = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


PARTS = "sum(f.num)::DOUBLE AS num, sum(f.den)::DOUBLE AS den"
"""What a value was made of, for those who split its change."""
PAYMENTS = re.compile(r"\b(paid|moved)\b")
RATES_OF_MANY = frozenset({"churn_rate", "ltv"})
"""A customer leaves once: its rate is no rate, nor what is divided by it a value."""


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
    *, filtered: list[Bucket], calculation: str | None = None, rolled: date | None = None,
) -> Statement:  # fmt: skip
    """One metric by bucket and dimensions. `filtered` holds the buckets in which metrics of filters are measured.

    `rolled` is the date of the lake's rollups: what they can answer is read from them, the rest from the rows.
    """
    measure = measures()["measures"][metric]
    alone = scope == Scope() and calculation not in OVER_CUSTOMERS
    cube = cubed(measure["source"], buckets, dimensions, filters, rolled) if alone else None
    if cube is not None:
        return _from_cube(measure, buckets, dimensions, filters, cube)
    statement = Statement()
    facets = facets_of(metric)
    of_rows = [one for one in filters if one.field in facets and not (one.op == "neq" and counts_customers(metric))]
    by = ", ".join(f'{facets[name]} AS "{name}"' if name in facets else f'm."{_column(name)}"' for name in dimensions)
    faceted = bool(of_rows) or any(name in facets for name in dimensions)
    facts = rows_of(measure["source"], "buckets", buckets, rolled)
    if faceted:
        facts = measures()["facets"][measure["source"]]["rows"].format(b="buckets")
    kept = tuple(one for one in filters if one not in of_rows)
    head = _head(
        statement,
        buckets,
        tuple(d for d in dimensions if d not in facets),
        kept,
        scope,
        filtered,
        measure["source"],
        rolled,
    )
    where = "".join(f" AND {_condition(statement, one, facets[one.field])}" for one in of_rows)
    keys = f"f.bucket{', ' + by if by else ''}"
    if calculation in OVER_CUSTOMERS:
        own = "".join(f", {facets[name]}" for name in dimensions if name in facets)
        inner = (
            f"SELECT f.bucket, f.customer_id{own}, {_value(measure)} AS value FROM ({facts}) f WHERE TRUE{where} "
            "GROUP BY ALL"
        )
        share = statement.bind(PERCENTILES[calculation]) if calculation in PERCENTILES else ""
        spread = f"quantile_cont(f.value, {share})" if share else "stddev_samp(f.value)"
        statement.sql = (
            f"{head} SELECT {keys}, {spread} AS value, count(*) AS customers "
            f"FROM ({inner}) f JOIN members m ON m.customer_id = f.customer_id GROUP BY ALL"
        )
        return statement
    statement.sql = (
        f"{head} SELECT {keys}, {_value(measure)} AS value, {PARTS}, count(DISTINCT f.customer_id) AS customers "
        f"FROM ({facts}) f JOIN members m ON m.customer_id = f.customer_id{where} GROUP BY ALL"
    )
    return statement


def customers(
    filters: tuple[Filter, ...], scope: Scope, *, filtered: list[Bucket], rolled: date | None = None
) -> Statement:
    """The customers that meet conditions, with their names."""
    statement = Statement()
    head = _head(statement, filtered[:1], (), filters, scope, filtered, None, rolled)
    statement.sql = (
        f"{head} SELECT m.customer, c.name FROM members m JOIN customers c ON c.customer_id = m.customer_id ORDER BY 1"
    )
    return statement


def within(statement: Statement, scope: Scope) -> list[str]:
    """Conditions on `metric_members` that leave the rows of a scope."""
    conditions = []
    for names, column in ((scope.owners, "account_owner"), (scope.states, "state")):
        if names is not None:
            conditions.append(f'"{column}" IN (SELECT unnest({statement.bind(names)}))')
    if scope.units is not None:
        mine = f"list_has_all(business_units, {statement.bind(scope.units)})"
        conditions.append(f"customer_id IN (SELECT customer_id FROM customers WHERE {mine})")
    return conditions


def _head(
    statement: Statement,
    buckets: list[Bucket],
    wanted: tuple[str, ...],
    filters: tuple[Filter, ...],
    scope: Scope,
    filtered: list[Bucket],
    source: str | None = None,
    rolled: date | None = None,
) -> str:
    """The tables that facts and members come from; `wanted` are the dimensions that split."""
    conditions, measured, sources = [], [], [source] if source else []
    for place, one in enumerate(filters):
        if one.field in measures()["columns"]:
            conditions.append(_condition(statement, one))
        elif one.field in measures()["held"]:
            conditions.append(_holding(statement, one))
        else:
            measured.append(_measure_table(statement, place, one, filtered, rolled))
            conditions.append(f"customer_id IN (SELECT customer_id FROM kept{place})")
            sources += sources_of(one.field)
    conditions += within(statement, scope)
    columns = {"customer", "account_owner", "state", *wanted, *(one.field for one in filters)}
    members = "SELECT * FROM metric_members" if rolled else member_columns(columns)
    read = " ".join([*measured, rows_of(source, "buckets", buckets, rolled) if source else ""])
    parts = [
        *(_payments(statement, buckets + (filtered if measured else []), sources) if PAYMENTS.search(read) else ()),
        f"buckets AS ({_table(statement, buckets)})",
        f"filtered AS ({_table(statement, filtered)})",
        *measured,
        f"members AS (SELECT * FROM ({members}) WHERE {' AND '.join(conditions) or 'true'})",
    ]
    return "WITH " + ", ".join(parts)


def _holding(statement: Statement, one: Filter) -> str:
    """Customers who have, or who have not, what a condition names, in the period of the conditions."""
    facet = measures()["facets"][measures()["measures"][measures()["held"][one.field]]["source"]]
    has = one.model_copy(update={"op": "eq"}) if one.op == "neq" else one
    rows = (
        f"SELECT f.customer_id FROM ({facet['rows'].format(b='filtered')}) f WHERE f.num > 0 "
        f"AND f.bucket = {statement.bind(MAIN)} AND {_condition(statement, has, facet['columns'][one.field])}"
    )
    return f"customer_id {'NOT IN' if one.op == 'neq' else 'IN'} ({rows})"


def _payments(statement: Statement, buckets: list[Bucket], sources: list[str]) -> list[str]:
    """The tables of payments by month that sources are written over."""
    since, until = _months(buckets, sources)
    ends = {"since": f"{statement.bind(since)}::DATE", "until": f"{statement.bind(until)}::DATE"}
    return [
        f"paid AS ({measures()['paid'].format(**ends)})",
        f"moved AS ({measures()['moved']})",
    ]


def member_columns(names: set[str]) -> str:
    """Customers with the dimensions of these names, from the tables that hold them."""
    known = measures()["columns"]
    columns = ", ".join(f'{known[name]} AS "{name}"' for name in sorted(names & set(known)))
    joins = " ".join(join for name, join in measures()["joins"].items() if name in names)
    return f"SELECT c.customer_id, {columns} FROM customers c {joins}"


def _from_cube(
    measure: dict[str, Any],
    buckets: list[Bucket],
    dimensions: tuple[str, ...],
    filters: tuple[Filter, ...],
    split: tuple[str, ...],
) -> Statement:
    statement = Statement()
    places = zip(split, ("f.one", "f.two"), strict=False)
    columns = {name: f"{place}::INTEGER" if name == "cluster" else place for name, place in places}
    by = "".join(f', {columns[name]} AS "{name}"' for name in dimensions)
    kept = "".join(f" AND {_condition(statement, one, columns[one.field])}" for one in filters)
    months = MONTHS_TAKEN[measures()["facts"][measure["source"]]]
    statement.sql = (
        f"WITH buckets AS ({_table(statement, buckets)}) SELECT b.bucket{by}, {_value(measure)} AS value, {PARTS}, "
        f"sum(f.customers)::BIGINT AS customers FROM metric_cube f JOIN buckets b ON {months} "
        f"WHERE f.source = '{measure['source']}' AND f.split = '{','.join(split)}'{kept} GROUP BY ALL"
    )
    return statement


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


def _value(measure: dict[str, Any]) -> str:
    """What a measure makes of its rows: a ratio of sums, or the sum of one side, so many times."""
    if "ratio" in measure:
        return f"{measure['ratio']} * sum(f.num)::DOUBLE / nullif(sum(f.den), 0)"
    return f"{measure.get('times', 1)} * sum(f.{measure.get('of', 'num')})::DOUBLE"


def _condition(statement: Statement, one: Filter, column: str | None = None) -> str:
    column = column or f'"{_column(one.field)}"'
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


def _measure_table(statement: Statement, n: int, one: Filter, filtered: list[Bucket], rolled: date | None) -> str:
    """Customers whose own value of a metric meets a condition; no rows count as zero where zero has a meaning."""
    values = _own_values(statement, one, one.field, filtered, rolled)
    return f"kept{n} AS (SELECT customer_id FROM ({values}) WHERE {_meets(statement, one)})"


def _own_values(statement: Statement, one: Filter, name: str, filtered: list[Bucket], rolled: date | None) -> str:
    """Each customer's value of a metric in the period of the conditions (`now`) and in the one `before`."""
    measure = measures()["measures"].get(name)
    if measure is None or not {"source", "formula"} & set(measure):
        raise InputError("Esta métrica não está nos dados", value=name, hint="Filtre por outra")
    if "formula" in measure:
        return _worked_out(statement, one, name, filtered, rolled)
    if one.op.startswith("change") and measure["time"] == "now":
        raise InputError("Esta métrica só tem o valor de hoje, sem história", value=name, hint="Filtre pelo valor")
    facts = rows_of(measure["source"], "filtered", filtered, rolled)
    by_customer = f"SELECT f.customer_id, f.bucket, {_value(measure)} AS value FROM ({facts}) f GROUP BY 1, 2"
    main, other = statement.bind(MAIN), statement.bind(OTHER)
    empty = "0" if "ratio" not in measure else "NULL"
    return (
        f"SELECT c.customer_id, coalesce(max(v.value) FILTER (v.bucket = {main}), {empty}) AS now, "
        f"coalesce(max(v.value) FILTER (v.bucket = {other}), {empty}) AS before "
        f"FROM customers c LEFT JOIN ({by_customer}) v ON v.customer_id = c.customer_id GROUP BY 1"
    )


def _worked_out(statement: Statement, one: Filter, name: str, filtered: list[Bucket], rolled: date | None) -> str:
    """A formula of each customer's own values; nothing where it divides by zero."""
    formula = read_formula(measures()["measures"][name]["formula"])
    if RATES_OF_MANY & set(formula.metrics()):
        raise InputError("Esta métrica não tem valor por cliente", value=name, hint="Filtre por uma das suas partes")
    places = {part: f"p{n}" for n, part in enumerate(formula.metrics())}
    joined = " JOIN ".join(
        f"({_own_values(statement, one, part, filtered, rolled)}) {place}" + (" USING (customer_id)" if n else "")
        for n, (part, place) in enumerate(places.items())
    )
    now, past = (
        formula.sql({part: f"{place}.{when}::DOUBLE" for part, place in places.items()}) for when in ("now", "before")
    )
    return f"SELECT customer_id, {now} AS now, {past} AS before FROM {joined}"


def _meets(statement: Statement, one: Filter) -> str:
    if one.op == "between" and isinstance(one.value, tuple):
        return f"now BETWEEN {statement.bind(one.value[0])} AND {statement.bind(one.value[1])}"
    if one.op.startswith("change"):
        what = "100 * (now - before) / nullif(abs(before), 0)" if "pct" in one.op else "now - before"
        return f"{what} {'<' if one.op.endswith('lt') else '>'} {statement.bind(one.value)}"
    return f"now {SIGNS[one.op]} {statement.bind(one.value)}"
