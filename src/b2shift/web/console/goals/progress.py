"""A goal beside the number: what was reached in a closed month, what is foreseen for one to come, with its interval."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from b2shift.insight.contracts import Answer
from b2shift.kernel.calendar import add_months, last_closed_month
from b2shift.kernel.errors import B2ShiftError
from b2shift.metrics.api import metric
from b2shift.metrics.contracts import Horizon, Period, TypedQuery
from b2shift.web.accounts.models import User
from b2shift.web.console.ask.figures import FORMATS, rows_url
from b2shift.web.console.templatetags.formats import shown
from b2shift.web.console.wording import shipped
from b2shift.web.crm.questions import answer, reference_date
from b2shift.web.watch.models import Goal

MOST_AHEAD = 24


@dataclass(frozen=True)
class Progress:
    """A goal as pages show it."""

    goal: Goal
    label: str
    wanted: str
    found: str
    interval: str
    foreseen: bool
    met: bool | None
    href: str


def progress_of(user: User, goal: Goal) -> Progress:
    """How a goal stands; without a number where none can be computed."""
    closed = last_closed_month(reference_date(user))
    spec, form = metric(goal.metric), FORMATS.get(metric(goal.metric).unit, "number")
    ahead = goal.month > closed
    query = _ahead(goal, closed) if ahead else _reached(goal)
    row = _row(user, query, goal) if query else None
    value = row.get(goal.metric) if row else None
    met = None if value is None else (value >= goal.value if spec.direction == "up" else value <= goal.value)
    sides = [row.get("low"), row.get("high")] if row and ahead else []
    interval = f"{_shown(sides[0], form)} – {_shown(sides[1], form)}" if sides and None not in sides else ""
    href = rows_url(query) if query and row else ""
    return Progress(
        goal, shipped(spec.label), _shown(goal.value, form), _shown(value, form), interval, ahead, met, href
    )


def _reached(goal: Goal) -> TypedQuery:
    end = add_months(goal.month, 1) - timedelta(days=1)
    return TypedQuery(intent="metric", metrics=(goal.metric,), time=Period(start=goal.month, end=end))


def _ahead(goal: Goal, closed: date) -> TypedQuery | None:
    months = (goal.month.year - closed.year) * 12 + goal.month.month - closed.month
    if months > MOST_AHEAD:
        return None
    end = add_months(goal.month, 1) - timedelta(days=1)
    return TypedQuery(intent="forecast", metrics=(goal.metric,), forecast=Horizon(end=end))


def _row(user: User, query: TypedQuery, goal: Goal) -> dict[str, Any] | None:
    try:
        result = answer(user, query)
    except B2ShiftError:
        return None
    if not isinstance(result, Answer) or not result.rows:
        return None
    if query.intent != "forecast":
        return result.rows[0]
    return next((row for row in result.rows if row["bucket"] == goal.month.isoformat()), None)


def _shown(value: Any, form: str) -> str:
    return shown(value / 100 if form.startswith("percent") and value is not None else value, form)
