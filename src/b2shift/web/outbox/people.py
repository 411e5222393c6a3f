"""What people allow and what stops everything, effective before the next send."""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from b2shift.kernel.errors import StateError
from b2shift.web.outbox import turns
from b2shift.web.outbox.gate import EVERYTHING
from b2shift.web.outbox.models import Message, Permission, Switch

_WAIT_SECONDS, _LOOK_SECONDS = 30.0, 0.02


def allow(customer_id: str, channel: str, origin: str, now: datetime, *, person_id: str | None = None) -> None:
    """Write down a consent."""
    with transaction.atomic():
        turns.of_customer(customer_id)
        _say(customer_id, person_id, channel, origin, now, given=True)


def oppose(
    customer_id: str, origin: str, now: datetime, *, channel: str = EVERYTHING, person_id: str | None = None
) -> int:
    """Write down an opposition and take its messages out of the queue; how many were taken out.

    When this returns nothing more reaches the person: messages already being handed over have been, or are in doubt.
    """
    with transaction.atomic():
        turns.of_customer(customer_id)
        _say(customer_id, person_id, channel, origin, now, given=False)
        waiting = _messages(customer_id, person_id, channel).filter(state__in=["pending", "leased"])
        taken = waiting.update(state=Message.State.SUPPRESSED, reason="O cliente se opôs a este contato")
    _handed_over(customer_id, person_id, channel)
    return taken


def stop(name: str, by: str, now: datetime, *, stopped: bool = True) -> None:
    """Stop a channel, or everything (`*`), or let it go on; workers ask before every message."""
    Switch.objects.update_or_create(name=name, defaults={"stopped": stopped, "by": by, "at": now})


def _say(customer_id: str, person_id: str | None, channel: str, origin: str, now: datetime, *, given: bool) -> None:
    told = {"customer_id": customer_id, "person_id": person_id, "channel": channel, "origin": origin}
    Permission.objects.create(**told, given=given, at=now)


def _messages(customer_id: str, person_id: str | None, channel: str) -> QuerySet[Message]:
    found = Message.objects.filter(customer_id=customer_id)
    if person_id is not None:
        found = found.filter(Q(person_id=person_id) | Q(person_id=None))
    return found if channel == EVERYTHING else found.filter(channel=channel)


def _handed_over(customer_id: str, person_id: str | None, channel: str) -> None:
    """Wait until no message of theirs is in a worker's hands."""
    until = time.monotonic() + _WAIT_SECONDS
    while _messages(customer_id, person_id, channel).filter(state=Message.State.SENDING).exists():
        if time.monotonic() > until:
            hint = f"Espere o fim da reserva e confira as mensagens em dúvida ({timedelta(seconds=_WAIT_SECONDS)})"
            raise StateError("Uma mensagem ainda está sendo entregue", value=customer_id, hint=hint)
        time.sleep(_LOOK_SECONDS)
