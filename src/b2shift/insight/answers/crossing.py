"""Threshold alerts with hysteresis: fired at a crossing, and again only after a reset past a margin."""

import math
import operator
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from b2shift.insight.contracts import AlertRule
from b2shift.kernel.calendar import add_months, last_closed_month
from b2shift.kernel.errors import InputError
from b2shift.metrics.api import has_data, measures, metric
from b2shift.metrics.contracts import Comparison, Filter, Period, TypedQuery

MEETS = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}
RESET_SIDE = {"lt": 1, "lte": 1, "gt": -1, "gte": -1}
"""On which side of the line an alert of this kind is over."""


class Evaluation(NamedTuple):
    """One evaluation of an alert: whether it is active, whether it just fired, and why it was skipped."""

    active: bool
    fired: bool
    skipped: str = ""


def alert_rule(query: TypedQuery) -> AlertRule:
    """The rule stated by an alert query, without margin. Raises InputError where it states none that can be evaluated."""
    if query.intent != "alert" or query.condition is None or not query.metrics:
        raise InputError("O texto não diz quando avisar", hint="Por exemplo: avise quando o NPS cair abaixo de 20")
    name = query.metrics[0]
    if not has_data(name):
        raise InputError("Nenhuma fonte entrega este número", value=metric(name).label, hint="Escolha outra métrica")
    if not isinstance(query.condition.value, int | float) or query.condition.op in {"in", "between", "neq", "eq"}:
        raise InputError(
            "O alerta precisa de um limite", value=query.condition.op, hint="Diga abaixo ou acima de quanto"
        )
    if _now_only(name) and query.condition.op.startswith("change"):
        raise InputError(f"{metric(name).label} só tem o valor de hoje: não há mudança a medir", value=name)
    return AlertRule(condition=query.condition)


def alert_query(query: TypedQuery, as_of: date) -> TypedQuery:
    """The query that an alert evaluates on a date: its metric in the last closed month."""
    closed = last_closed_month(as_of)
    period = Period(start=closed, end=add_months(closed, 1) - timedelta(days=1))
    changed = query.condition is not None and query.condition.op.startswith("change")
    return TypedQuery(
        intent="metric",
        metrics=query.metrics[:1],
        dimensions=query.dimensions,
        filters=query.filters,
        time=None if _now_only(query.metrics[0]) else period,
        comparison=Comparison(type="previous_period") if changed else None,
    )


def watched_value(row: Mapping[str, Any], rule: AlertRule) -> float | None:
    """The number of a row that the rule watches: the value itself, or its change from the month before."""
    column = rule.condition.field
    if rule.condition.op.startswith("change"):
        column += "_change_pct" if "pct" in rule.condition.op else "_change"
    value = row.get(column)
    return float(value) if isinstance(value, int | float) else None


def evaluate_alert(rule: AlertRule, active: bool, value: float | None, counted: int) -> Evaluation:
    """One evaluation: too few customers or no number change nothing; the margin prevents flapping at the threshold."""
    if value is None:
        return Evaluation(active, False, "sem dados para calcular")
    if counted < rule.fewest:
        return Evaluation(active, False, f"menos de {rule.fewest} clientes contados")
    side, limit = rule.condition.op.rpartition("_")[2], _limit(rule.condition)
    if not active:
        met = MEETS[side](value, limit)
        return Evaluation(met, met)
    over = not MEETS[side](value, limit + RESET_SIDE[side] * rule.margin) or math.isnan(value)
    return Evaluation(not over, False)


def replay(rule: AlertRule, values: Iterable[tuple[float | None, int]]) -> Iterator[Evaluation]:
    """The evaluations of a history, oldest first."""
    active = False
    for value, counted in values:
        step = evaluate_alert(rule, active, value, counted)
        active = step.active
        yield step


def _limit(condition: Filter) -> float:
    assert isinstance(condition.value, int | float)
    return float(condition.value)


def _now_only(name: str) -> bool:
    return bool(measures()["measures"].get(name, {}).get("time") == "now")
