"""The figures of the privacy page: who waits for an answer, who is known, what was allowed, who read what."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.identify.api import pending_erasures, suppressions
from b2shift.web.console.formats import number
from b2shift.web.crm.cache import cached
from b2shift.web.crm.lake import lake
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.personal import Purpose
from b2shift.web.outbox.models import Permission
from b2shift.web.privacy.models import RightsRequest
from b2shift.web.privacy.retention import MOST_PERSONS, over

READS_DAYS = 30
_CHANNELS = {"email": "consent_email", "whatsapp": "consent_whatsapp", "sms": "consent_sms"}


@dataclass(frozen=True)
class Reader:
    """Somebody who read personal data, and how much."""

    name: str
    email: str
    reads: int
    customers: int
    last: datetime
    share: float


def overview(now: datetime) -> dict[str, object]:
    """What the page shows."""
    waiting = RightsRequest.objects.filter(state__in=[RightsRequest.State.OPEN, RightsRequest.State.WORKING])
    late = waiting.filter(due_on__lt=timezone.localdate(now)).count()
    people, allowed = cached(("privacy", "people"), _people)
    home = Path(settings.HOME)
    pending = pending_erasures(home)
    rules = over(now)
    return {
        "waiting": waiting.count(),
        "late": late,
        "next": list(waiting.order_by("due_on", "pk")[:6]),
        "people": people,
        "allowed": allowed,
        "oppositions": Permission.objects.filter(given=False).count(),
        "erased": len(suppressions(home)),
        "pending": len(pending),
        "reads": _reads(now).count(),
        "readers": readers(now)[:6],
        "retention": rules,
        "retention_over": sum(rule.over for rule in rules),
        "most_persons": MOST_PERSONS,
        "sentence": _sentence(waiting.count(), late, len(pending)),
    }


def readers(now: datetime, days: int = READS_DAYS) -> list[Reader]:
    """Who read personal data in the last days, the most first."""
    rows = list(
        _reads(now, days)
        .order_by()
        .values("actor__name", "actor_email")
        .annotate(reads=Count("pk"), customers=Count("object_id", distinct=True), last=Max("at"))
        .order_by("-reads", "actor_email")
    )
    most = max((row["reads"] for row in rows), default=1)
    return [
        Reader(
            row["actor__name"] or row["actor_email"], row["actor_email"], row["reads"], row["customers"], row["last"],
            row["reads"] / most,
        )
        for row in rows
    ]  # fmt: skip


def reads_by_purpose(now: datetime, days: int = READS_DAYS) -> list[tuple[str, int]]:
    """What personal data was read for, the most frequent first."""
    words = {str(value): str(label) for value, label in Purpose.choices}
    rows = _reads(now, days).order_by().values("purpose").annotate(reads=Count("pk")).order_by("-reads", "purpose")
    return [(words.get(row["purpose"], row["purpose"] or "–"), row["reads"]) for row in rows]


def _reads(now: datetime, days: int = READS_DAYS) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(action=AuditEvent.Action.PERSONAL_READ, at__gte=now - timedelta(days=days))


def _people() -> tuple[int, list[tuple[str, int, float]]]:
    """People known, and how many of them allow each channel."""
    read = lake()
    if not read.has("contacts"):
        return 0, []
    counts = ", ".join(f"count(*) FILTER ({column}) AS {channel}" for channel, column in _CHANNELS.items())
    row = read.query(f"SELECT count(*) AS people, {counts} FROM contacts").to_pylist()[0]
    people = row["people"]
    return people, [(channel, row[channel], row[channel] / people if people else 0.0) for channel in _CHANNELS]


def _sentence(waiting: int, late: int, pending: int) -> str:
    text = ngettext(
        "%(count)s pedido de titular espera resposta", "%(count)s pedidos de titulares esperam resposta", waiting
    ) % {"count": number(waiting)}
    if not waiting:
        text = _("Nenhum pedido de titular espera resposta")
    if late:
        text += ", " + ngettext("%(count)s fora do prazo", "%(count)s fora do prazo", late) % {"count": number(late)}
    if pending:
        text += "; " + ngettext(
            "%(count)s eliminação não terminou", "%(count)s eliminações não terminaram", pending
        ) % {"count": number(pending)}
    return text + "."
