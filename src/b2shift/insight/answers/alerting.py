"""An alert tried on the past: in which months it would have fired."""

import math
import operator

from b2shift.insight.answers.numbers import Numbers, Row
from b2shift.kernel.calendar import add_months, last_closed_month
from b2shift.kernel.errors import InputError
from b2shift.metrics.api import measures, metric, series
from b2shift.metrics.contracts import Filter, Period

MONTHS = 24
MEETS = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}


def rehearse(numbers: Numbers) -> list[Row]:
    """Each closed month with its value and whether the condition held; a change is from the month before.

    Raises InputError without a condition, or for a score of today, whose past nobody kept.
    """
    name, condition = numbers.query.metrics[0], numbers.query.condition
    if condition is None:
        raise InputError("O alerta não diz quando disparar", value=name, hint="Por exemplo: abaixo de 20")
    if measures()["measures"][name].get("time") == "now":
        raise InputError(
            f"{metric(name).label} só tem o valor de hoje: o alerta não pode ser ensaiado no passado",
            value=name,
            hint="Peça um alerta de uma métrica com história",
        )
    closed = last_closed_month(numbers.as_of)
    period = Period(start=add_months(closed, 1 - MONTHS), end=numbers.as_of)
    months = series(period, "month", numbers.as_of)
    found = {row["bucket"]: row[name] for row in numbers.computed(name, months, (), numbers.query)}
    rows, past = [], None
    for month in months:
        value = found.get(month.name)
        rows.append({"bucket": month.name, name: value, "fired": _fires(condition, value, past)})
        past = value
    return rows


def _fires(condition: Filter, value: float | None, past: float | None) -> bool:
    limit = condition.value
    if value is None or not isinstance(limit, int | float):
        return False
    if condition.op.startswith("change"):
        if past is None or ("pct" in condition.op and not past):
            return False
        value = 100 * (value - past) / abs(past) if "pct" in condition.op else value - past
    meets = MEETS.get(condition.op.rpartition("_")[2], math.isclose)
    return meets(value, limit)
