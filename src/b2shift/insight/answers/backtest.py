"""Backtest of an alert: in which months it would have fired."""

from collections.abc import Sequence
from typing import Any

from b2shift.insight.answers.crossing import alert_rule, replay, watched_value
from b2shift.insight.answers.numbers import Numbers, Row
from b2shift.insight.contracts import AlertRule
from b2shift.kernel.calendar import add_months
from b2shift.kernel.errors import InputError
from b2shift.metrics.api import bucket, measures, metric, series, tables_of
from b2shift.metrics.contracts import Period

MONTHS = 24
FEWEST_VERSIONS = 2
"""Fewest kept versions that are a past."""


def backtest(numbers: Numbers, rule: AlertRule | None = None) -> list[Row]:
    """Each closed month (and group) with its value, the customers counted and whether the alert would have fired.

    A score of today has the past that the kept versions of the lake hold: each is a look. Raises InputError without a
    condition, or for a score of which fewer than two versions are kept.
    """
    name, dimensions = numbers.query.metrics[0], numbers.query.dimensions
    rule = rule or alert_rule(numbers.query)
    if lacks_history(name):
        return _over_versions(numbers, name, rule)
    period = Period(start=add_months(numbers.closed, 1 - MONTHS), end=numbers.as_of)
    months = [one for one in series(period, "month", numbers.as_of) if one.first <= numbers.closed]
    found: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in numbers.compute(name, months, dimensions, numbers.query):
        found.setdefault(tuple(row[d] for d in dimensions), {})[row["bucket"]] = row
    return _replayed(found, name, rule, dimensions, [one.name for one in months])


def lacks_history(name: str) -> bool:
    """Whether a metric has no history but the versions of the lake."""
    return bool(measures()["measures"][name].get("time") == "now")


def _over_versions(numbers: Numbers, name: str, rule: AlertRule) -> list[Row]:
    """The same over the versions of the lake, named by their date."""
    dimensions, buckets = numbers.query.dimensions, []
    found: dict[tuple[Any, ...], dict[str, Row]] = {}
    for lake in numbers.lake.past():
        if not all(map(lake.has, tables_of(name))):
            continue
        then = Numbers(lake, numbers.query, numbers.scope)
        day = then.as_of.isoformat()
        buckets.append(day)
        for row in then.compute(name, [bucket(day, then.as_of, then.as_of, then.closed)], dimensions, numbers.query):
            found.setdefault(tuple(row[d] for d in dimensions), {})[day] = row
    if len(buckets) < FEWEST_VERSIONS:
        raise InputError(
            f"{metric(name).label} só tem o valor de hoje, e há uma só carga guardada: o alerta não pode ser ensaiado",
            value=name,
            hint="O alerta pode ser criado em Alertas: começa a contar na próxima carga",
        )
    return _replayed(found, name, rule, dimensions, buckets)


def _replayed(
    found: dict[tuple[Any, ...], dict[str, Row]],
    name: str,
    rule: AlertRule,
    dimensions: Sequence[str],
    buckets: list[str],
) -> list[Row]:
    rows: list[Row] = []
    for group in sorted(found, key=str):
        history = [
            _row(found[group].get(when), name, when, dict(zip(dimensions, group, strict=True))) for when in buckets
        ]
        _compare(history, name)
        steps = replay(rule, [(watched_value(row, rule), row["customers"]) for row in history])
        rows += [
            {**{k: v for k, v in row.items() if "_change" not in k}, "fired": step.fired}
            for row, step in zip(history, steps, strict=True)
        ]
    return rows


def _row(row: Row | None, name: str, when: str, group: dict[str, Any]) -> Row:
    return {"bucket": when, **group, name: row and row[name], "customers": row["customers"] if row else 0}


def _compare(rows: list[Row], name: str) -> None:
    """Add to each month its change from the month before."""
    past = None
    for row in rows:
        value = row[name]
        if value is not None and past is not None:
            row[f"{name}_change"] = value - past
            row[f"{name}_change_pct"] = 100 * (value - past) / past if past else None
        past = value
