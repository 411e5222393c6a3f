"""Pause, go on, end before the end: in force before the next message, whatever the worker holds."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from b2shift.kernel.errors import AccessError, UnknownNameError
from b2shift.web.accounts.permissions import Capability, may, require
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.campaigns.proposing import audit, into, locked
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox import permissions
from b2shift.web.outbox.models import Message

State = Campaign.State
ORDERS = ("pause", "resume", "stop")
ENDED = "encerrada"


def change(doer: Doer, key: int, what: str, now: datetime) -> Campaign:
    """`pause`, `resume` or `stop`: its author may, and who may stop channels. What was handed over stays so."""
    if what not in ORDERS:
        raise UnknownNameError(_("ordem"), what[:20], ORDERS)
    states = {"pause": (State.RUNNING,), "resume": (State.PAUSED,), "stop": (State.RUNNING, State.PAUSED)}[what]
    with transaction.atomic():
        if doer.person is None:
            raise AccessError(_("Entre para tratar campanhas"))
        own = Campaign.objects.filter(pk=key, author=doer.person).exists() and may(doer.person, Capability.OUTREACH)
        if not own:
            require(doer.person, Capability.SWITCHES)
        _same, one = locked(doer, key, Capability.OUTREACH if own else Capability.SWITCHES, *states)
        permissions.stop(one.code, doer.email, now, stopped=what != "resume")
        if what == "stop":
            _end(one, doer.email)
        into(one, {"pause": State.PAUSED, "resume": State.RUNNING, "stop": State.STOPPED}[what])
        audit(doer, one, what, now)
    return one


def _end(one: Campaign, by: str) -> None:
    """What is not in a provider's hands goes nowhere, and says why."""
    reason = _("Campanha encerrada por %(by)s") % {"by": by}
    waiting = Message.objects.filter(switch=one.code, state__in=[Message.State.PENDING, Message.State.LEASED])
    waiting.update(state=Message.State.SUPPRESSED, reason=reason, leased_until=None)
    unasked = one.all_recipients.filter(state__in=[Recipient.State.NEW, Recipient.State.REACHABLE])
    unasked.update(state=Recipient.State.LEFT_OUT, code=ENDED, reason=reason)
