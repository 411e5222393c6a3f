"""An alert tried on the past: in which months it would have fired."""

from typing import Any

from b2shift.insight.answers.crossing import rule_of, seen_in, walk
from b2shift.insight.answers.numbers import Numbers, Row
from b2shift.insight.contracts import AlertRule
from b2shift.kernel.calendar import add_months
from b2shift.kernel.errors import InputError
from b2shift.metrics.api import measures, metric, series
from b2shift.metrics.contracts import Period

MONTHS = 24


def rehearse(numbers: Numbers, rule: AlertRule | None = None) -> list[Row]:
    """Each closed month (and group) with its value, the customers counted and whether the alert would have fired then.

    Raises InputError without a condition, or for a score of today, whose past nobody kept.
    """
    name, dimensions = numbers.query.metrics[0], numbers.query.dimensions
    rule = rule or rule_of(numbers.query)
    if measures()["measures"][name].get("time") == "now":
        raise InputError(
            f"{metric(name).label} só tem o valor de hoje: o alerta não pode ser ensaiado no passado",
            value=name,
            hint="O alerta pode ser criado em Alertas: começa a contar na próxima carga",
        )
    period = Period(start=add_months(numbers.closed, 1 - MONTHS), end=numbers.as_of)
    months = [one for one in series(period, "month", numbers.as_of) if one.first <= numbers.closed]
    found: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in numbers.computed(name, months, dimensions, numbers.query):
        found.setdefault(tuple(row[d] for d in dimensions), {})[row["bucket"]] = row
    rows: list[Row] = []
    for group in sorted(found, key=str):
        told = [_row(found[group].get(m.name), name, m.name, dict(zip(dimensions, group, strict=True))) for m in months]
        _compare(told, name)
        steps = walk(rule, [(seen_in(row, rule), row["customers"]) for row in told])
        rows += [
            {**{k: v for k, v in row.items() if "_change" not in k}, "fired": step.fired}
            for row, step in zip(told, steps, strict=True)
        ]
    return rows


def _row(row: Row | None, name: str, when: str, group: dict[str, Any]) -> Row:
    return {"bucket": when, **group, name: row and row[name], "customers": row["customers"] if row else 0}


def _compare(rows: list[Row], name: str) -> None:
    """Give each month its change from the month before."""
    past = None
    for row in rows:
        value = row[name]
        if value is not None and past is not None:
            row[f"{name}_change"] = value - past
            row[f"{name}_change_pct"] = 100 * (value - past) / past if past else None
        past = value
