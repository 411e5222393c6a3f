"""Consents, oppositions, holds and stops, in force before the next send."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from b2shift.interact.contracts import Kind
from b2shift.kernel.errors import StateError
from b2shift.web.outbox import customer_lock
from b2shift.web.outbox.gate import EVERYTHING, PURPOSE_OF
from b2shift.web.outbox.models import Hold, Message, Permission, Switch

_WAIT_SECONDS, _LOOK_SECONDS = 30.0, 0.02


@dataclass(frozen=True)
class Proof:
    """The evidence of a consent or opposition: purpose, version of the text, proof, author."""

    purpose: str = EVERYTHING
    text_version: str = ""
    proof: str = ""
    by: str = ""


_NO_PROOF = Proof()


def allow(
    customer_id: str,
    channel: str,
    origin: str,
    now: datetime,
    *,
    person_id: str | None = None,
    proof: Proof = _NO_PROOF,
) -> None:
    """Record a consent."""
    with transaction.atomic():
        customer_lock.lock_customer(customer_id)
        _record(customer_id, person_id, channel, origin, now, proof, given=True)


def oppose(
    customer_id: str,
    origin: str,
    now: datetime,
    *,
    channel: str = EVERYTHING,
    person_id: str | None = None,
    proof: Proof = _NO_PROOF,
) -> int:
    """Write down an opposition and take its messages out of the queue; how many were taken out.

    When this returns nothing more reaches the person: messages already being handed over have been, or are in doubt.
    """
    with transaction.atomic():
        customer_lock.lock_customer(customer_id)
        _record(customer_id, person_id, channel, origin, now, proof, given=False)
        waiting = _messages(customer_id, person_id, channel, proof.purpose).filter(state__in=["pending", "leased"])
        taken = waiting.update(state=Message.State.SUPPRESSED, reason="O cliente se opôs a este contato")
    _await_handover(customer_id, person_id, channel)
    return taken


def hold(customer_id: str, cause: str, now: datetime, *, person_id: str | None = None) -> None:
    """Hold automatic contacts back until `release`; what a worker has leased but not marked is held too."""
    with transaction.atomic():
        customer_lock.lock_customer(customer_id)
        Hold.objects.get_or_create(
            cause=cause, defaults={"customer_id": customer_id, "person_id": person_id, "at": now}
        )
        waiting = _messages(customer_id, person_id, EVERYTHING).filter(state=Message.State.LEASED)
        waiting.update(state=Message.State.PENDING, leased_until=None)


def release(cause: str) -> None:
    """Lift the holds of a cause."""
    Hold.objects.filter(cause=cause).delete()


def stop(name: str, by: str, now: datetime, *, stopped: bool = True) -> None:
    """Stop a channel, or everything (`*`), or let it go on; workers ask before every message."""
    Switch.objects.update_or_create(name=name, defaults={"stopped": stopped, "by": by, "at": now})


def _record(
    customer_id: str, person_id: str | None, channel: str, origin: str, now: datetime, proof: Proof, *, given: bool
) -> None:
    subject = {"customer_id": customer_id, "person_id": person_id, "channel": channel, "origin": origin}
    Permission.objects.create(**subject, **asdict(proof), given=given, at=now)


def _messages(customer_id: str, person_id: str | None, channel: str, purpose: str = EVERYTHING) -> QuerySet[Message]:
    found = Message.objects.filter(customer_id=customer_id)
    if purpose != EVERYTHING:
        found = found.filter(effect__kind__in=[kind.value for kind in Kind if PURPOSE_OF[kind] == purpose])
    if person_id is not None:
        found = found.filter(Q(person_id=person_id) | Q(person_id=None))
    return found if channel == EVERYTHING else found.filter(channel=channel)


def _await_handover(customer_id: str, person_id: str | None, channel: str) -> None:
    """Wait until no message of theirs is in a worker's hands."""
    until = time.monotonic() + _WAIT_SECONDS
    while _messages(customer_id, person_id, channel).filter(state=Message.State.SENDING).exists():
        if time.monotonic() > until:
            hint = f"Espere o fim da reserva e confira as mensagens em dúvida ({timedelta(seconds=_WAIT_SECONDS)})"
            raise StateError("Uma mensagem ainda está sendo entregue", value=customer_id, hint=hint)
        time.sleep(_LOOK_SECONDS)
