"""`/metas/`: goals are set, set anew and removed; each stands beside what was reached or is foreseen."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import typed_number
from b2shift.web.console.goals.progress import progress_of
from b2shift.web.console.wording import shipped
from b2shift.web.crm.current import newest_publication
from b2shift.web.watch import goals


@access_required(Capability.OVERVIEW)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Every goal, and a new one."""
    return _page(request, {"month": f"{_next_month():%Y-%m}"})


@access_required(Capability.OVERVIEW, methods=("POST",))
def keep(request: AuthenticatedRequest) -> HttpResponse:
    """Set a goal; a percentage in points. The undo of a removal comes here too."""
    asked = request.POST if request.POST.get("metric") else request.GET
    try:
        month, value = _month(asked.get("month", "")), _number(asked.get("value", ""))
        goal = goals.set_goal(request.user, asked.get("metric", ""), month, value, timezone.now())
    except InputError as error:
        return _page(request, asked.dict(), problem=". ".join(filter(None, (error.what, error.hint))), status=422)
    label = shipped(goals.measurable()[goal.metric])
    messages.success(
        request, _("Meta de %(label)s para %(month)s salva.") % {"label": label, "month": f"{month:%m/%Y}"}
    )
    return redirect("console:goals")


@access_required(Capability.OVERVIEW, methods=("POST",))
def drop(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Remove a goal; the toast has the way back."""
    goal = goals.drop_goal(request.user, key)
    again = urlencode({"metric": goal.metric, "month": f"{goal.month:%Y-%m}", "value": repr(goal.value)})
    messages.success(request, _("Meta apagada."), extra_tags=f"{reverse('console:goal_keep')}?{again}")
    return redirect("console:goals")


def _page(
    request: AuthenticatedRequest, typed: dict[str, Any], *, problem: str = "", status: int = 200
) -> HttpResponse:
    """The goals, and the form with what was typed and what is wrong with it."""
    context = {
        "goals": [progress_of(request.user, goal) for goal in goals.goals_of(request.user)],
        "metrics": _measurable(),
        "typed": typed,
        "problem": problem,
    }
    return render(request, "console/goals/index.html", context, status=status)


def _next_month() -> date:
    """The month after that of the date of reference, or of today where nothing is published."""
    newest = newest_publication()
    return ((newest.as_of if newest else timezone.localdate()).replace(day=1) + timedelta(days=31)).replace(day=1)


def _measurable() -> list[tuple[str, str]]:
    return sorted((name, shipped(label)) for name, label in goals.measurable().items())


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError as error:
        raise InputError(_("Diga o mês da meta"), value=text[:20], hint=_("Como em 2026-12")) from error


def _number(text: str) -> float:
    try:
        return typed_number(text)
    except ValueError as error:
        raise InputError(_("Uma meta é um número"), value=text[:20], hint=_("Escreva só o número")) from error
