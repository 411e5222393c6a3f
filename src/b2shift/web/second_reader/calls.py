"""Calls on record: what is left of a day's budget, a call reserved before it is made and settled after."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from b2shift.insight.api import ModelUsage
from b2shift.insight.contracts import Plan
from b2shift.web.accounts.models import User
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.second_reader.models import ModelCall
from b2shift.web.second_reader.settings import Budget

_LOCK = 0x6D6F6465  # under which PostgreSQL counts a day and adds to it in one go
TROUBLES, REST = 3, timedelta(minutes=2)
"""After so many failures in a row a model is left alone for a while: people would wait for nothing."""
FAILED = ("slow", "unreachable", "refused")


def kept_reading(asked: str) -> Plan | None:
    """What the model read when it was asked the same before."""
    found = ModelCall.objects.filter(asked=asked, outcome="read").order_by("-id").first()
    return Plan.model_validate(found.reading) if found else None


def reserve(person: User, model: str, asked: str, tokens: tuple[int, int], budget: Budget) -> ModelCall | None:
    """A call that may be made, written with the most tokens (in, out) it can take; None when the day has none left."""
    now = timezone.now()
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        most, cost = sum(tokens), budget.cost(*tokens)
        mine, all_of = _spent(now, person), _spent(now)
        if mine["tokens"] + most > budget.tokens_of_person or all_of["tokens"] + most > budget.tokens_of_day:
            return None
        if budget.cost_of_day is not None and all_of["cost"] + cost > budget.cost_of_day:
            return None
        return ModelCall.objects.create(at=now, person=person, model=model, asked=asked, tokens=most, cost=cost)


def settle(call: ModelCall, spent: ModelUsage, plan: Plan | None, budget: Budget, doer: Doer) -> None:
    """What a call came to, and its line in the audit trail. A provider that tells no tokens keeps what was reserved."""
    tokens = spent.tokens_in + spent.tokens_out
    if tokens:
        call.tokens, call.cost = tokens, budget.cost(spent.tokens_in, spent.tokens_out)
    call.outcome, call.milliseconds = spent.outcome, spent.milliseconds
    call.reading = plan.model_dump(mode="json") if plan else None
    with transaction.atomic():
        call.save(update_fields=["tokens", "cost", "outcome", "milliseconds", "reading"])
        details = {
            "model": call.model, "outcome": call.outcome, "tokens": call.tokens, "cost": call.cost,
            "milliseconds": call.milliseconds, "why": spent.why,
        }  # fmt: skip
        record(
            AuditEvent.Action.MODEL_ASKED, doer, object_kind="question", object_id=call.asked, details=details,
            purpose="Ler uma pergunta sobre números",
        )  # fmt: skip


def resting() -> bool:
    """Whether the last calls all failed a moment ago."""
    last = list(ModelCall.objects.order_by("-id").values_list("outcome", "at")[:TROUBLES])
    since = timezone.now() - REST
    return len(last) == TROUBLES and all(outcome in FAILED and at > since for outcome, at in last)


def _spent(now: datetime, person: User | None = None) -> dict[str, Any]:
    first = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = ModelCall.objects.filter(at__gte=first)
    totals = (rows.filter(person=person) if person else rows).aggregate(tokens=Sum("tokens"), cost=Sum("cost"))
    return {name: value or 0 for name, value in totals.items()}
