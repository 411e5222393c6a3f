"""How much a channel takes now: its rate, and a rest after failures in a row."""

from datetime import datetime, timedelta

from django.db.models import F

from b2shift.web.outbox.models import Circuit, Message
from b2shift.web.outbox.senders import Pace

_SECOND = timedelta(seconds=1)
_LONGEST_REST = 64


def room(channel: str, per_second: float, now: datetime, batch: int) -> int:
    """How many messages may be leased now: 0 while the circuit is open, one to try it again after."""
    circuit = Circuit.objects.filter(channel=channel).first()
    if circuit is not None and circuit.open_until is not None:
        return 0 if circuit.open_until > now else 1
    if not per_second:
        return batch
    out = Message.objects.filter(channel=channel)
    taken = out.filter(state=Message.State.SENT, sent_at__gt=now - _SECOND).count()
    taken += out.filter(state__in=[Message.State.LEASED, Message.State.SENDING]).count()
    return max(0, min(batch, int(per_second) - taken))


def failed(channel: str, now: datetime, pace: Pace) -> None:
    """One more failure in a row; enough of them open the circuit, for twice as long each time."""
    circuit, _ = Circuit.objects.get_or_create(channel=channel)
    Circuit.objects.filter(channel=channel).update(failures=F("failures") + 1)
    over = circuit.failures + 1 - pace.failures_to_open
    if over >= 0:
        rest = pace.rest * min(2 ** min(over, 10), _LONGEST_REST)
        Circuit.objects.filter(channel=channel).update(open_until=now + rest)


def answered(channel: str) -> None:
    """The provider answers: the circuit is closed."""
    Circuit.objects.filter(channel=channel).update(failures=0, open_until=None)


def troubled() -> set[str]:
    """Channels with failures in a row."""
    return set(Circuit.objects.filter(failures__gt=0).values_list("channel", flat=True))
