"""Alerts as people keep them: made from a sentence, tried on the past, paused, ended and taken back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from b2shift.insight.api import alert_rule, backtest_alert, lexicon_of, plan_question
from b2shift.insight.contracts import AlertRule
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.metrics.api import measures, metric
from b2shift.metrics.contracts import TypedQuery
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may, require
from b2shift.web.crm.lake import lake
from b2shift.web.crm.questions import reference_date, rows_of
from b2shift.web.watch.alert_texts import condition_text
from b2shift.web.watch.models import Alert

MOST = 50


@dataclass(frozen=True)
class NewAlert:
    """An alert as a person describes it, before it is kept."""

    text: str
    query: TypedQuery
    rule: AlertRule
    cadence: Alert.Cadence = Alert.Cadence.RUN
    via: tuple[str, ...] = (Alert.Via.NOTICE.value,)


def visible_alerts(user: User) -> QuerySet[Alert]:
    """One's own alerts that have not ended; nobody sees another's."""
    mine = Alert.objects.filter(owner=user, ended_at=None)
    return mine if may(user, Capability.ASK) else mine.none()


def parse_alert(user: User, text: str) -> tuple[TypedQuery, AlertRule]:
    """What a sentence asks to be told of. InputError when it is not an alert, or one that no data could fire."""
    day = reference_date(user)
    plan = plan_question(text, day, (), lexicon_of(lake()))
    if plan.query is None:
        about = plan.about or text
        raise InputError(_("Não entendi este alerta"), value=about[:80], hint=_("Diga a métrica e o limite"))
    return plan.query, alert_rule(plan.query)


def default_margin(rule: AlertRule) -> float:
    """A margin to begin with: a twentieth of the line, so that a number at the line does not flap."""
    value = rule.condition.value
    return round(abs(float(value)) / 20, 2) if isinstance(value, int | float) else 0.0


def backtest(user: User, query: TypedQuery, rule: AlertRule) -> list[dict[str, object]]:
    """The alert on the past, over the rows this person sees: closed months, or kept loads; none without a past."""
    require(user, Capability.ASK)
    try:
        return backtest_alert(lake(), query, rule, rows_of(user))
    except InputError:
        if measures()["measures"][metric(query.metrics[0]).name].get("time") == "now":
            return []  # a score of which one load is kept
        raise


def create(owner: User, wanted: NewAlert) -> Alert:
    """Keep an alert over the rows its owner sees now. Raises AccessError, InputError or UnknownNameError."""
    require(owner, Capability.ASK)
    alert_rule(wanted.query)
    if visible_alerts(owner).count() >= MOST:
        raise InputError(_("Você já tem o máximo de alertas"), value=MOST, hint=_("Apague um que não usa"))
    return Alert.objects.create(
        owner=owner,
        text=" ".join(wanted.text.replace("\x00", "").split())[:300],
        query=wanted.query.model_dump(mode="json"),
        rule=wanted.rule.model_dump(mode="json"),
        scope=rows_of(owner).model_dump(mode="json"),
        cadence=wanted.cadence,
        via=_ways(wanted.via),
    )


def pause(alert: Alert, wanted: bool) -> None:
    """Stop looking, or go on."""
    Alert.objects.filter(pk=alert.pk).update(paused=wanted)


def end(alert: Alert, now: datetime) -> None:
    """It is no longer looked at nor listed; what it fired stays as a record."""
    Alert.objects.filter(pk=alert.pk).update(ended_at=now)


def restore(owner: User, key: int) -> Alert:
    """An ended alert of this person goes on. UnknownNameError for another's."""
    found = Alert.objects.filter(owner=owner, pk=key).exclude(ended_at=None).first()
    if found is None:
        raise UnknownNameError(_("alerta"), str(key), ())
    Alert.objects.filter(pk=key).update(ended_at=None)
    return found


def confirm(alert: Alert) -> None:
    """Count the rows its owner sees now, from now on; what stood beyond the line is forgotten with the old rows."""
    Alert.objects.filter(pk=alert.pk).update(
        scope=rows_of(alert.owner).model_dump(mode="json"), standing=[], last_look="", last_value=None, trouble=""
    )


def every_alert() -> list[dict[str, object]]:
    """Every alert that has not ended, in plain values, for who runs the installation."""
    return [as_dict(one) for one in Alert.objects.filter(ended_at=None).select_related("owner").order_by("id")]


def as_dict(alert: Alert) -> dict[str, object]:
    """An alert in plain values."""
    return {
        "id": alert.pk,
        "owner": alert.owner.email,
        "text": alert.text,
        "line": condition_text(alert),
        "scope": alert.rows.described(),
        "cadence": alert.cadence,
        "via": alert.via,
        "paused": alert.paused,
        "beyond": list(alert.standing),
        "last_value": alert.last_value,
        "looked_at": alert.looked_at.isoformat() if alert.looked_at else None,
        "firings": alert.firings.count(),
        "trouble": alert.trouble,
    }


def _ways(via: Iterable[str]) -> list[str]:
    channels = list(dict.fromkeys(via))
    for one in channels:
        if one not in Alert.Via.values:
            raise UnknownNameError(_("canal"), one[:40], Alert.Via.values)
    return channels or [Alert.Via.NOTICE.value]
