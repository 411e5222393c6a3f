"""Delivery worker: messages are leased in batches, each marked before the provider is called, then answered.

A crash between the mark and the answer leaves exactly that message in doubt; any other is leased again. A batch is
judged with what is known when it is leased; oppositions take messages out of a lease, and a switch stops the mark.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.db.models import Exists, OuterRef

from b2shift.interact.contracts import Effect, GuardContext, Judgement, Stage
from b2shift.web.outbox import circuit_breaker, gate, statements
from b2shift.web.outbox.backoff import retry_delay
from b2shift.web.outbox.models import Message, Switch
from b2shift.web.outbox.queue import reasons
from b2shift.web.outbox.senders import NotSentError, Pace, RefusedError, Sender

State = Message.State
Now = Callable[[], datetime]
_UNFINISHED = (State.PENDING, State.LEASED, State.SENDING)
_STOPPED, _STOPPED_WAIT = {"parado", "canal_parado"}, timedelta(seconds=30)
_REVIEW, _REVIEW_WAIT = "em_revisao", timedelta(minutes=15)


@dataclass(frozen=True)
class _Leased:
    """A message of this worker's batch, with what is known of its customer; a notice reaches none."""

    message: Message
    effect: Effect | None
    known: GuardContext | None


@dataclass(frozen=True)
class _Answer:
    """What became of a message, to be written in the commit that marks the next one."""

    key: int
    sent: bool
    changes: Mapping[str, Any]


def deliver(senders: Mapping[str, Sender], worker: str, now: Now, pace: Pace) -> int:
    """One round: what is over time is settled, a batch is leased and handed over; how many were sent.

    `worker` must be of one process and thread: two with the same name would answer for each other.
    """
    close_old_connections()
    settle(senders, now())
    sent, answer, troubled = 0, None, circuit_breaker.failing_channels()
    for leased in lease(senders, worker, now(), pace):
        marked, answer = _mark(leased, answer, worker, now(), pace), None
        if marked:
            answer = _hand_over(leased.message, senders[leased.message.channel], now, pace)
            sent += answer.sent
            if answer.sent and leased.message.channel in troubled:
                circuit_breaker.record_success(leased.message.channel)
    with transaction.atomic():
        _write(answer, worker)
    return sent


def settle(senders: Mapping[str, Sender], now: datetime) -> None:
    """Leases that ran out are free again; what was being sent then is in doubt, unless its provider takes keys."""
    over = Message.objects.filter(state__in=[State.LEASED, State.SENDING], leased_until__lt=now)
    if over.exists():
        sure = [name for name, sender in senders.items() if sender.idempotent]
        over.filter(state=State.LEASED).update(state=State.PENDING, leased_until=None)
        over.filter(state=State.SENDING, channel__in=sure).update(state=State.PENDING, leased_until=None)
        over.filter(state=State.SENDING).update(
            state=State.IN_DOUBT, leased_until=None, reason="O envio parou sem resposta do provedor"
        )
    late = Message.objects.filter(state=State.PENDING, expires_at__lte=now)
    if late.exists():
        late.update(state=State.EXPIRED, reason="O prazo da mensagem passou")


def lease(senders: Mapping[str, Sender], worker: str, now: datetime, pace: Pace) -> list[_Leased]:
    """Take the oldest due message of each of some customers, as many as the channels allow now.

    Order is kept among these channels: a message for one that is not served, or whose switch is stopped, holds nothing
    up. Notices have none.
    """
    stopped = Switch.objects.filter(stopped=True).values("name")
    earlier = (
        Message.objects.filter(
            customer_id=OuterRef("customer_id"), id__lt=OuterRef("id"), state__in=_UNFINISHED, channel__in=senders
        )
        .exclude(customer_id="")
        .exclude(state=State.PENDING, switch__in=stopped)
    )
    found: list[Message] = []
    with transaction.atomic():
        for channel, sender in senders.items():
            room = circuit_breaker.capacity(channel, sender.per_second, now, pace.batch)
            due = Message.objects.filter(~Exists(earlier), state=State.PENDING, channel=channel, due_at__lte=now)
            due = due.exclude(switch__in=stopped)
            if connection.features.has_select_for_update_skip_locked:
                due = due.select_for_update(skip_locked=True)
            found += list(due.order_by("due_at", "id")[:room]) if room else []
        Message.objects.filter(id__in=[one.id for one in found]).update(
            state=State.LEASED, leased_by=worker, leased_until=now + pace.lease
        )
    effects = {one.pk: Effect.model_validate(one.effect) for one in found if one.effect}
    known = (
        dict(zip(effects, gate.guard_contexts([*effects.values()], Stage.ENVIO, now), strict=True)) if effects else {}
    )
    return [_Leased(one, effects.get(one.pk), known.get(one.pk)) for one in found]


def _mark(leased: _Leased, answer: _Answer | None, worker: str, now: datetime, pace: Pace) -> bool:
    """In one commit: the answer for the message before, and the intent to send this one, if it still may be."""
    judgement = None
    if leased.effect is not None and leased.known is not None:
        judgement = gate.judge_known(leased.effect, leased.known, Stage.ENVIO, now)
    if judgement is not None and not judgement.allowed:
        with transaction.atomic():
            _write(answer, worker)
            mine = Message.objects.filter(id=leased.message.id, state=State.LEASED, leased_by=worker)
            mine.update(leased_until=None, **_deferral(judgement, now))
        return False
    until = now + pace.lease
    if answer is None:
        marked = statements.mark(leased.message, worker, now, until)
    else:
        marked = statements.answer_and_mark(answer.key, answer.changes, leased.message, worker, now, until)
    leased.message.attempts += 1
    return marked


def _deferral(judgement: Judgement, now: datetime) -> dict[str, Any]:
    """Hours, switches and an open review defer a message; any other refusal suppresses it."""
    codes = {one.code for one in judgement.refusals}
    if codes - _STOPPED - {_REVIEW} or judgement.approvals_missing:
        return {"state": State.SUPPRESSED, "reason": reasons(judgement)}
    due = judgement.wait_until or now + (_REVIEW_WAIT if _REVIEW in codes else _STOPPED_WAIT)
    return {"state": State.PENDING, "reason": reasons(judgement), "due_at": due}


def _hand_over(message: Message, sender: Sender, now: Now, pace: Pace) -> _Answer:
    try:
        provider_id = sender.send(message.dedupe_key, message.payload)
    except RefusedError as error:
        return _answer(message, State.DEAD, str(error))
    except NotSentError as error:
        circuit_breaker.record_failure(message.channel, now(), pace)
        if message.attempts >= pace.attempts:
            return _answer(message, State.DEAD, error.reason)
        due = now() + (error.after or retry_delay(message.id, message.attempts, pace))
        return _answer(message, State.PENDING, error.reason, due_at=due)
    except Exception as error:  # noqa: BLE001 - whatever happened, the provider may have taken it
        circuit_breaker.record_failure(message.channel, now(), pace)
        return _doubtful(message, sender, f"{type(error).__name__}: {error}", now, pace)
    return _answer(message, State.SENT, "", provider_id=provider_id, sent_at=now())


def _doubtful(message: Message, sender: Sender, reason: str, now: Now, pace: Pace) -> _Answer:
    """Sent again only where the provider knows our key."""
    if sender.idempotent and message.attempts < pace.attempts:
        return _answer(message, State.PENDING, reason, due_at=now() + retry_delay(message.id, message.attempts, pace))
    return _answer(message, State.IN_DOUBT, reason)


def _answer(message: Message, state: State, reason: str, **changes: Any) -> _Answer:
    return _Answer(message.id, state == State.SENT, {"state": state, "reason": reason, **changes})


def _write(answer: _Answer | None, worker: str) -> None:
    if answer is not None:
        statements.answer(answer.key, worker, answer.changes)


def work(senders: Mapping[str, Sender], worker: str, now: Now, pace: Pace, *, idle: float = 0.2) -> None:
    """Deliver until nothing is left to hand over, now or later; waits `idle` seconds when nothing is due."""
    while Message.objects.filter(state__in=_UNFINISHED).exists():
        if not deliver(senders, worker, now, pace):
            time.sleep(idle)
