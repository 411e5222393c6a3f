"""What a person decides of messages the outbox could not finish."""

from collections.abc import Iterable
from datetime import datetime

from b2shift.kernel.errors import UnknownNameError
from b2shift.web.outbox.models import Message

State = Message.State


def replay(keys: Iterable[int], now: datetime) -> int:
    """Dead messages back into the queue; the guard is asked again before each. How many went back."""
    return Message.objects.filter(id__in=list(keys), state=State.DEAD).update(
        state=State.PENDING, attempts=0, due_at=now, reason=""
    )


def resolve(key: int, now: datetime, *, sent: bool, by: str) -> None:
    """Say of a message in doubt whether it arrived, after asking the provider; one that did not is queued again."""
    doubtful = Message.objects.filter(id=key, state=State.IN_DOUBT)
    reason = f"Conferida por {by}"
    changes = {"state": State.SENT, "sent_at": now} if sent else {"state": State.PENDING, "due_at": now}
    if not doubtful.update(**changes, reason=reason):
        known = Message.objects.filter(state=State.IN_DOUBT).values_list("id", flat=True)[:20]
        raise UnknownNameError("mensagem em dúvida", str(key), map(str, known))
