"""What a person decides of messages already out of their hands, and what stops everything; each written down."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from b2shift.interact.contracts import Channel
from b2shift.kernel.errors import AccessError, UnknownNameError
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.outbox import operator, permissions
from b2shift.web.outbox.gate import EVERYTHING
from b2shift.web.outbox.models import Message
from b2shift.web.outbox.senders import NOTICE_CHANNELS
from b2shift.web.outreach.reading import visible_messages
from b2shift.web.watch.devices import PUSH

STOPPABLE = (EVERYTHING, *(one.value for one in Channel), *NOTICE_CHANNELS, PUSH)


def send_again(doer: Doer, key: int, now: datetime) -> None:
    """A message that died back into the queue; the guard is asked again before it leaves."""
    _seen(doer, key)
    with transaction.atomic():
        if not operator.replay([key], now):
            dead = Message.objects.filter(state=Message.State.DEAD).values_list("id", flat=True)[:20]
            raise UnknownNameError(_("mensagem não entregue"), str(key), map(str, dead))
        _audit(doer, key, "replayed", now)


def settle(doer: Doer, key: int, now: datetime, *, sent: bool) -> None:
    """Say of a message in doubt whether it arrived; one that did not is queued again."""
    _seen(doer, key)
    with transaction.atomic():
        operator.resolve(key, now, sent=sent, by=doer.email)
        _audit(doer, key, "settled_sent" if sent else "settled_not_sent", now)


def switch(doer: Doer, name: str, now: datetime, *, stopped: bool) -> None:
    """Stop a channel or everything (`*`), or let it go on; workers ask before every message."""
    if doer.person is None:
        raise AccessError(_("Entre para parar envios"))
    require(doer.person, Capability.SWITCHES)
    if name not in STOPPABLE:
        raise UnknownNameError(_("canal"), name[:40], STOPPABLE)
    with transaction.atomic():
        permissions.stop(name, doer.email, now, stopped=stopped)
        what = "stopped" if stopped else "resumed"
        record(AuditEvent.Action.SWITCH, doer, object_kind="channel", object_id=name, details={"what": what}, at=now)


def _seen(doer: Doer, key: int) -> None:
    if doer.person is None:
        raise AccessError(_("Entre para tratar envios"))
    require(doer.person, Capability.REDELIVERY)
    if not visible_messages(doer.person).filter(pk=key).exists():
        raise AccessError(_("Esta mensagem não está entre as que você acompanha"), value=key)


def _audit(doer: Doer, key: int, what: str, now: datetime) -> None:
    record(AuditEvent.Action.OUTREACH, doer, object_kind="message", object_id=str(key), details={"what": what}, at=now)
