"""Looking at every alert: once a publication, week or month, and told once per crossing however often this runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from b2shift.insight.api import alert_query, answer_query, evaluate_alert, watched_value
from b2shift.insight.contracts import Answer
from b2shift.kernel.calendar import last_closed_month
from b2shift.kernel.errors import B2ShiftError
from b2shift.lake.api import Lake
from b2shift.metrics.api import Scope
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.lake import lake
from b2shift.web.crm.own_metrics import of_this_home
from b2shift.web.crm.questions import rows_of
from b2shift.web.watch.alert_texts import enqueue_messages
from b2shift.web.watch.models import Alert, Firing, HouseNotice

NO_LONGER = "Quem criou não pode mais fazer perguntas"
OTHER_ROWS = "O que você acompanha mudou desde a criação: confirme o alerta para contar as linhas de hoje"


@dataclass
class EvaluationRound:
    """What one round came to."""

    looked: int = 0
    fired: int = 0
    held_back: int = 0


@of_this_home
def check_alerts(now: datetime) -> EvaluationRound:
    """Look at every alert whose turn it is; the same publication looked at again changes nothing."""
    read, done = lake(), EvaluationRound()
    for key in Alert.objects.filter(ended_at=None, paused=False).order_by("id").values_list("pk", flat=True):
        _evaluate(int(key), read, now, done)
    return done


def period_key(alert: Alert, read: Lake) -> str:
    """The name of the turn of this version of the data: an alert looks once at each."""
    day = read.manifest.as_of
    match alert.cadence:
        case Alert.Cadence.WEEK:
            return f"{day:%G-W%V}"
        case Alert.Cadence.MONTH:
            return f"{last_closed_month(day):%Y-%m}"
        case _:
            return f"v{read.version}"


def _evaluate(key: int, read: Lake, now: datetime, done: EvaluationRound) -> None:
    """One alert, in one transaction with its firings and their messages."""
    with transaction.atomic():
        alert = Alert.objects.select_for_update().select_related("owner").filter(pk=key, ended_at=None).first()
        if alert is None or alert.paused or alert.last_look == period_key(alert, read):
            return
        done.looked += 1
        found = _answered(alert, read)
        if not isinstance(found, Answer):
            done.held_back += 1
            Alert.objects.filter(pk=key).update(trouble=found[:300], looked_at=now)
            return
        fired = _judged(alert, found, period_key(alert, read), now)
        done.fired += len(fired)
        if fired:
            enqueue_messages(alert, fired, now)


def _answered(alert: Alert, read: Lake) -> Answer | str:
    """The number over the rows of its making, while its owner still sees them; else why not."""
    if not may(alert.owner, Capability.ASK):
        return NO_LONGER
    if not _within(alert.rows, rows_of(alert.owner)):
        return OTHER_ROWS
    try:
        found = answer_query(read, alert_query(alert.typed, read.manifest.as_of), alert.rows)
    except B2ShiftError as error:
        return str(error)
    return found if isinstance(found, Answer) else "Este número não está nos dados desta carga"


def _within(kept: Scope, seen: Scope) -> bool:
    """Whether the rows of an alert are still among those its owner sees."""
    owners = seen.owners is None or (kept.owners is not None and set(kept.owners) <= set(seen.owners))
    states = seen.states is None or (kept.states is not None and set(kept.states) <= set(seen.states))
    return owners and states and set(seen.units or ()) <= set(kept.units or ())


def _judged(alert: Alert, found: Answer, look: str, now: datetime) -> list[Firing]:
    rule, before = alert.typed_rule, set(alert.standing)
    standing, fired, values, why = set(before), [], [], ""
    for row in found.rows:
        group = _group(found, row)
        value = watched_value(row, rule)
        step = evaluate_alert(rule, group in before, value, int(row.get("customers") or 0))
        why = why or step.skipped
        values.append(value)
        (standing.add if step.active else standing.discard)(group)
        if step.fired and value is not None:
            fired.append(_firing(alert, found, row, group, value, look, now))
    Alert.objects.filter(pk=alert.pk).update(
        standing=sorted(standing),
        last_look=look,
        last_value=values[0] if len(values) == 1 else None,
        looked_at=now,
        trouble=f"Na última carga: {why}" if why else "",
    )
    return fired


def _firing(
    alert: Alert, found: Answer, row: dict[str, Any], group: str, value: float, look: str, now: datetime
) -> Firing:
    label = ", ".join(found.labels.get(d, {}).get(str(row.get(d)), str(row.get(d))) for d in found.query.dimensions)
    firing, _new = Firing.objects.get_or_create(
        alert=alert,
        look=look,
        group=group,
        defaults={
            "label": label[:200],
            "value": value,
            "counted": int(row.get("customers") or 0),
            "query": found.query.model_dump(mode="json"),
            "fingerprint": found.fingerprint,
            "version": found.version,
            "as_of": found.as_of,
            "at": now,
        },
    )
    return firing


def _group(found: Answer, row: dict[str, Any]) -> str:
    return "|".join(str(row.get(name)) for name in found.query.dimensions)[:120]


def unread_of(user: User) -> int:
    """Notices this person has not read."""
    return HouseNotice.objects.filter(person_id=user.pk, read_at=None).count()
