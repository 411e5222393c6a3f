"""The trail newest first, filtered, fifty a page; a page starts at a sequence number, so none costs more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.ledger.models import AuditEvent

PAGE_EVENTS = 50
_COLUMNS = {"action": "action", "kind": "object_kind", "object": "object_id", "channel": "channel"}
FILTERS = ("q", "action", "kind", "object", "channel", "since", "until")


@dataclass(frozen=True)
class TrailPage:
    """Events newest first; `next` are older, `previous` newer."""

    rows: list[AuditEvent]
    next: str | None
    previous: str | None


def visible_events(user: User) -> QuerySet[AuditEvent]:
    """Every event for who may audit, none for the others."""
    events = AuditEvent.objects.select_related("actor")
    return events if may(user, Capability.AUDIT) else events.none()


def filtered(events: QuerySet[AuditEvent], params: Mapping[str, str]) -> QuerySet[AuditEvent]:
    """Keep what agrees with every filter told; a date that is not one raises InputError."""
    given = {name: (params.get(name) or "").strip() for name in FILTERS}
    if given["q"]:
        events = events.filter(Q(actor_email__icontains=given["q"]) | Q(actor__name__icontains=given["q"]))
    for name, column in _COLUMNS.items():
        if given[name]:
            events = events.filter(**{column: given[name]})
    if given["since"]:
        events = events.filter(at__gte=_midnight(given["since"]))
    if given["until"]:
        events = events.filter(at__lt=_midnight(given["until"]) + timedelta(days=1))
    return events


def trail_page(events: QuerySet[AuditEvent], cursor: str = "", size: int = PAGE_EVENTS) -> TrailPage:
    """One page: `-120` holds the events before number 120, `120` those after it; nothing else is a cursor."""
    if cursor and not cursor.removeprefix("-").isdecimal():
        raise InputError(
            _("Este cursor de página não foi emitido aqui"), value=cursor[:80], hint=_("Comece pela primeira página")
        )
    place = int(cursor) if cursor else 0
    if place > 0:
        found = list(events.filter(sequence__gt=place).order_by("sequence")[: size + 1])
        more, rows = len(found) > size, found[:size][::-1]
        newer, older = more, True
    else:
        found = list((events.filter(sequence__lt=-place) if place else events).order_by("-sequence")[: size + 1])
        rows = found[:size]
        newer, older = bool(place), len(found) > size
    return TrailPage(
        rows=rows,
        next=f"-{rows[-1].sequence}" if rows and older else None,
        previous=str(rows[0].sequence) if rows and newer else None,
    )


def _midnight(text: str) -> datetime:
    try:
        day: date | None = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise InputError(_("Este filtro não aceita a data"), value=text, hint=_("Escreva como em 2026-10-31"))
    return timezone.make_aware(datetime.combine(day, time.min))
