"""Goals: what a metric should reach by the end of a month, set by people; how far it is."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from b2shift.kernel.calendar import first_of_month
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.metrics.api import load_dictionary, measures
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may, require
from b2shift.web.crm.questions import held_metrics
from b2shift.web.watch.models import Goal


def measurable() -> dict[str, str]:
    """Metrics with a history, which a goal of a month can be held against: name → label."""
    metrics, held = load_dictionary().metrics, held_metrics()
    known = measures()["measures"]
    return {n: m.label for n, m in metrics.items() if n in held and (known.get(n) or {}).get("time") != "now"}


def goals_of(user: User) -> list[Goal]:
    """Every goal, for who may see totals of the base."""
    return list(Goal.objects.select_related("by")) if may(user, Capability.OVERVIEW) else []


def set_goal(user: User, metric: str, month: date, value: float, now: datetime) -> Goal:
    """Set a goal, or set it anew. AccessError, UnknownNameError or InputError says why not."""
    require(user, Capability.OVERVIEW)
    if metric not in measurable():
        raise UnknownNameError(_("métrica"), metric[:60], measurable())
    if not abs(value) < 1e15:
        raise InputError(_("Uma meta é um número"), value=value, hint=_("Escreva só o número"))
    fields = {"value": value, "by": user, "at": now}
    goal, _new = Goal.objects.update_or_create(metric=metric, month=first_of_month(month), defaults=fields)
    return goal


def drop_goal(user: User, key: int) -> Goal:
    """Remove a goal; what it was, so that it can be set again."""
    require(user, Capability.OVERVIEW)
    found = Goal.objects.filter(pk=key).first()
    if found is None:
        raise UnknownNameError(_("meta"), str(key), ())
    Goal.objects.filter(pk=key).delete()
    return found
