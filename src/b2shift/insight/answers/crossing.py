"""When an alert fires: once as its number crosses the line, and again only after it came back past a margin."""

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
BACK = {"lt": 1, "lte": 1, "gt": -1, "gte": -1}
"""On which side of the line an alert of this kind is over."""


class Step(NamedTuple):
    """One look at a number: whether the alert stands after it, whether it fired just now, and why it was not judged."""

    standing: bool
    fired: bool
    unjudged: str = ""


def rule_of(query: TypedQuery) -> AlertRule:
    """The rule an alert's question states, without margin. Raises InputError where it states none that can be kept."""
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


def question_of(query: TypedQuery, as_of: date) -> TypedQuery:
    """What an alert looks at on a day of the data: its metric in the last closed month, as anybody would ask for it."""
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


def seen_in(row: Mapping[str, Any], rule: AlertRule) -> float | None:
    """The number of a row that the rule judges: the value itself, or its change from the month before."""
    column = rule.condition.field
    if rule.condition.op.startswith("change"):
        column += "_change_pct" if "pct" in rule.condition.op else "_change"
    value = row.get(column)
    return float(value) if isinstance(value, int | float) else None


def judge(rule: AlertRule, standing: bool, value: float | None, counted: int) -> Step:
    """One look: too few customers or no number change nothing; the margin keeps a number at the line from flapping."""
    if value is None:
        return Step(standing, False, "sem dados para calcular")
    if counted < rule.fewest:
        return Step(standing, False, f"menos de {rule.fewest} clientes contados")
    side, limit = rule.condition.op.rpartition("_")[2], _limit(rule.condition)
    if not standing:
        met = MEETS[side](value, limit)
        return Step(met, met)
    over = not MEETS[side](value, limit + BACK[side] * rule.margin) or math.isnan(value)
    return Step(not over, False)


def walk(rule: AlertRule, looks: Iterable[tuple[float | None, int]]) -> Iterator[Step]:
    """The same judgement over a history, oldest first."""
    standing = False
    for value, counted in looks:
        step = judge(rule, standing, value, counted)
        standing = step.standing
        yield step


def _limit(condition: Filter) -> float:
    assert isinstance(condition.value, int | float)
    return float(condition.value)


def _now_only(name: str) -> bool:
    return bool(measures()["measures"].get(name, {}).get("time") == "now")
