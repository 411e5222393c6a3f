"""Drill-down: the customers behind a number, as another typed query."""

from datetime import date, timedelta

from b2shift.insight.answers.columns import grain_of
from b2shift.insight.answers.numbers import REST, Row
from b2shift.kernel.calendar import add_months
from b2shift.metrics.api import MAIN, facets_of, has_data, measures
from b2shift.metrics.contracts import Filter, Order, Period, TypedQuery

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


def drill_down(query: TypedQuery, row: Row) -> TypedQuery | None:
    """Customers ranked by the first metric, in the row's group and period; None where a row has none."""
    if not query.metrics or "customer" in query.dimensions or row.get(REST) or row.get("ahead"):
        return None
    name = query.metrics[0]
    if "source" not in measures()["measures"].get(name, {}):
        return None
    groups = {d: row.get(d) for d in query.dimensions}
    if "dimension" in row:
        groups = {row["dimension"]: row["group"]}
    if any(value is None or not (has_data(d) or d in facets_of(name)) for d, value in groups.items()):
        return None
    kept = tuple(f for f in query.filters if f.field not in groups)
    made = tuple(Filter(field=d, op="eq", value=value) for d, value in groups.items())
    return TypedQuery(
        intent="rank",
        metrics=(name,),
        dimensions=("customer",),
        filters=kept + made,
        time=_period_of(query, row),
        order=Order(by=name, dir="desc"),
    )


def _period_of(query: TypedQuery, row: Row) -> Period | None:
    """The month, quarter or year of a row of a series; else the period asked for."""
    bucket = row.get("bucket", MAIN)
    try:
        first = date.fromisoformat(str(bucket))
    except ValueError:
        return Period(start=query.time.start, end=query.time.end) if query.time else None
    months = MONTHS_IN[grain_of(query)]
    start = date(first.year, (first.month - 1) // months * months + 1, 1)
    return Period(start=first, end=add_months(start, months) - timedelta(days=1))
