"""Rate limit and circuit breaker of a channel."""

from datetime import datetime, timedelta

from django.db.models import F

from b2shift.web.outbox.models import Circuit, Message
from b2shift.web.outbox.senders import Pace

_SECOND = timedelta(seconds=1)
_LONGEST_REST = 64


def capacity(channel: str, per_second: float, now: datetime, batch: int) -> int:
    """How many messages may be leased now: 0 while the circuit is open, one when half-open."""
    circuit = Circuit.objects.filter(channel=channel).first()
    if circuit is not None and circuit.open_until is not None:
        return 0 if circuit.open_until > now else 1
    if not per_second:
        return batch
    out = Message.objects.filter(channel=channel)
    taken = out.filter(state=Message.State.SENT, sent_at__gt=now - _SECOND).count()
    taken += out.filter(state__in=[Message.State.LEASED, Message.State.SENDING]).count()
    return max(0, min(batch, int(per_second) - taken))


def record_failure(channel: str, now: datetime, pace: Pace) -> None:
    """Count a failure; enough in a row open the circuit, with exponential back-off."""
    circuit, _ = Circuit.objects.get_or_create(channel=channel)
    Circuit.objects.filter(channel=channel).update(failures=F("failures") + 1)
    over = circuit.failures + 1 - pace.failures_to_open
    if over >= 0:
        rest = pace.rest * min(2 ** min(over, 10), _LONGEST_REST)
        Circuit.objects.filter(channel=channel).update(open_until=now + rest)


def record_success(channel: str) -> None:
    """Close the circuit."""
    Circuit.objects.filter(channel=channel).update(failures=0, open_until=None)


def failing_channels() -> set[str]:
    """Channels with consecutive failures."""
    return set(Circuit.objects.filter(failures__gt=0).values_list("channel", flat=True))
