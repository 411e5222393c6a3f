"""Writing the audit trail and checking that nobody rewrote it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField
from django.http import HttpRequest
from django.utils import timezone

from b2shift.kernel.contract import Contract
from b2shift.web.accounts.models import User
from b2shift.web.accounts.sign_in import address_of, plain_address
from b2shift.web.ledger.models import AuditEvent

_GENESIS = "0" * 64
_LOCK = 0x62325368  # the advisory lock under which PostgreSQL writers take their turn


class Verdict(Contract):
    """What a check of the chain found."""

    intact: bool
    events: int
    broken_at: int | None = None
    reason: str = ""
    head: str = ""  # the last event's hash: whoever keeps it elsewhere can tell that the newest events were cut off


@dataclass(frozen=True)
class Doer:
    """Who acts, from where and through which interface."""

    person: User | None
    email: str = ""
    address: str | None = None
    channel: str = ""
    key: str = ""  # the visible start of the token, when a program acts in the person's name

    @classmethod
    def of(cls, request: HttpRequest, channel: str = "web") -> "Doer":
        """The signed-in person of a request."""
        person = request.user if isinstance(request.user, User) else None
        return cls(person, person.email if person else "", address_of(request), channel)


def record(
    action: AuditEvent.Action,
    doer: Doer,
    *,
    object_kind: str = "",
    object_id: str = "",
    purpose: str = "",
    details: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> AuditEvent:
    """Append one event whose hash covers the one before; writers take turns."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditEvent.objects.order_by("-sequence").values_list("sequence", "hash").first()
        event = AuditEvent(
            sequence=last[0] + 1 if last else 1,
            at=at or timezone.now(),
            actor=doer.person,
            actor_email=doer.email or (doer.person.email if doer.person else ""),
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            address=plain_address(doer.address),
            channel=doer.channel,
            purpose=purpose,
            details=_storable({**(details or {}), **({"key": doer.key} if doer.key else {})}),
            previous_hash=last[1] if last else _GENESIS,
        )
        _fit(event)
        event.hash = _digest(event)
        event.save(force_insert=True)
    return event


def verify() -> Verdict:
    """Walk the chain from its first event; the first row changed, removed or inserted breaks it."""
    previous, expected = _GENESIS, 1
    for event in AuditEvent.objects.order_by("sequence").iterator(chunk_size=2000):
        if event.sequence != expected:
            return _broken(expected, "evento ausente")
        if event.previous_hash != previous:
            return _broken(event.sequence, "não segue o evento anterior")
        if event.hash != _digest(event):
            return _broken(event.sequence, "conteúdo alterado")
        previous, expected = event.hash, expected + 1
    return Verdict(intact=True, events=expected - 1, head=previous)


def _broken(sequence: int, reason: str) -> Verdict:
    return Verdict(intact=False, events=sequence - 1, broken_at=sequence, reason=reason)


def _fit(event: AuditEvent) -> None:
    """Make every text one that both databases give back as it was written: the hash covers what is read later."""
    for field in event._meta.concrete_fields:
        if isinstance(field, CharField):
            setattr(event, field.attname, _text(getattr(event, field.attname))[: field.max_length])


def _storable(value: Any) -> Any:
    """The value as JSON that every database keeps exactly; a float, which PostgreSQL may write otherwise, as text."""
    match value:
        case Mapping():
            return {_text(name): _storable(one) for name, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_storable(one) for one in value]
        case None | bool() | int():
            return value
        case _:
            return _text(value)


def _text(value: object) -> str:
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode()


def _digest(event: AuditEvent) -> str:
    fields = [
        event.sequence,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor_id,
        event.actor_email,
        str(event.action),
        event.object_kind,
        event.object_id,
        event.address or "",
        event.channel,
        event.purpose,
        event.details,
        event.previous_hash,
    ]
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
