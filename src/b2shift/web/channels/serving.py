"""The worker that serves the outbox: hands messages over, reads what came back, and says what it did."""

import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from b2shift.kernel.errors import B2ShiftError, StateError
from b2shift.web.campaigns.serving import serve_campaigns
from b2shift.web.channels import configured
from b2shift.web.channels.mailbox import read_mailbox
from b2shift.web.journeys.serving import serve_journeys
from b2shift.web.outbox import worker
from b2shift.web.outbox.models import Message
from b2shift.web.outbox.senders import Pace
from b2shift.web.outreach.approve import expire
from b2shift.web.outreach.escalate import escalate

Tell = Callable[[str], None]
_IDLE, _MAIL_EVERY = 1.0, timedelta(seconds=30)
_MAIL = {"reply": "respostas", "bounce": "devoluções", "automatic": "avisos automáticos", "unknown": "sem dono"}


@dataclass
class Round:
    """What has been done since the worker began, when the mailbox was last read, the day last looked at for delays."""

    sent: int = 0
    read_at: datetime | None = None
    looked_on: date | None = None
    moved_at: datetime | None = None
    moving: bool = False
    waiting: str = ""


def serve(env: Mapping[str, str], tell: Tell, *, once: bool = False) -> int:
    """Serve the outbox until interrupted, or with `once` until nothing is due; how many messages were sent.

    Any number of workers may serve the same outbox at once.
    """
    found, name, done = configured.channels(env), f"{socket.gethostname()}-{os.getpid()}", Round()
    tell(f"Canais prontos: {', '.join(sorted(found.senders))}.")
    while True:
        before = waiting(found)
        began = _now()
        sent = worker.deliver(found.senders, name, _now, Pace())
        done.sent += sent
        if sent:
            tell(f"{began.astimezone():%H:%M:%S} enviadas: {_by_channel(name, began)}")
        _tell_unconfigured(found, done, tell)
        _upkeep(env, done, tell)
        moved = _journeys(done, tell)
        asked = serve_campaigns(_now())
        if not sent and not moved and not asked:
            if once and waiting(found) >= before:
                return done.sent
            if not once:
                time.sleep(_IDLE)


def waiting(found: configured.Channels) -> int:
    """Messages due now that these channels could send."""
    return Message.objects.filter(state=Message.State.PENDING, channel__in=found.senders, due_at__lte=_now()).count()


def _by_channel(name: str, since: datetime) -> str:
    sent = Message.objects.filter(leased_by=name, state=Message.State.SENT, sent_at__gte=since).order_by()
    counts = sent.values_list("channel").annotate(count=Count("*")).order_by("channel")
    return ", ".join(f"{count} por {channel}" for channel, count in counts)


def _tell_unconfigured(found: configured.Channels, done: Round, tell: Tell) -> None:
    """Messages that wait for a channel nobody configured: said when it changes, never dropped."""
    queued = Message.objects.filter(state=Message.State.PENDING, channel__in=found.missing).order_by()
    counts = queued.values_list("channel").annotate(count=Count("*")).order_by("channel")
    waiting = "; ".join(
        f"{count} por {name} esperam (falta {', '.join(found.missing[name])})" for name, count in counts
    )
    if waiting and waiting != done.waiting:
        tell(f"Na fila: {waiting}.")
    done.waiting = waiting


def _upkeep(env: Mapping[str, str], done: Round, tell: Tell) -> None:
    """Twice a minute: the mailbox is read and drafts nobody approved end; once a day: who must know of late tasks."""
    now = _now()
    if done.read_at is not None and now - done.read_at < _MAIL_EVERY:
        return
    done.read_at = now
    expire(now)
    today = timezone.localdate(now)
    if done.looked_on != today:
        done.looked_on = today
        if late := escalate(now):
            tell(f"Tarefas fora do prazo avisadas: {late}.")
    box = configured.mailbox(env)
    if box is None:
        return
    try:
        read: Counter[str] = read_mailbox(box, now)
    except StateError as error:
        tell(str(error))
        return
    if read:
        tell(f"Recebidos: {', '.join(f'{count} {_MAIL[sort]}' for sort, count in sorted(read.items()))}")


def _journeys(done: Round, tell: Tell) -> bool:
    """After each reading of the mailbox, and again while anybody moves: who enters journeys, and who goes on; whether
    anybody did. At first all are looked at."""
    if done.moved_at == done.read_at and not done.moving:
        return False
    first, done.moved_at, done.moving = done.moved_at is None, done.read_at, False
    try:
        entered, moved = serve_journeys(_now(), everything=first)
    except B2ShiftError as error:
        tell(f"Jornadas: {error}")
        return False
    done.moving = bool(entered or moved)
    if done.moving:
        tell(f"Jornadas: {entered} entradas, {moved} avanços.")
    return done.moving


def _now() -> datetime:
    return datetime.now(UTC)
