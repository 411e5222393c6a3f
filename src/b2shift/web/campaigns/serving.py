"""What the worker does for campaigns: counts whom they would reach, and queues the approved ones in batches.

Every customer is a transaction of its own; killed anywhere, a campaign goes on where it was and reaches nobody twice.
"""

import logging
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import QuerySet

from b2shift.interact.contracts import Kind
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.campaigns.reaching import Reached, approved_as, proposal_of, reach
from b2shift.web.crm.models import Customer
from b2shift.web.ledger.personal import Purpose, contacts_to_reach
from b2shift.web.outbox import turns
from b2shift.web.outbox.gate import PURPOSE_OF
from b2shift.web.outbox.models import Message
from b2shift.web.outbox.queue import enqueue
from b2shift.web.outreach import content

BATCH, WAITING_MOST = 200, 1_000
_GOOD_FOR, _HOUR = timedelta(days=7), timedelta(hours=1)
_UNFINISHED = (Message.State.PENDING, Message.State.LEASED, Message.State.SENDING)
_log = logging.getLogger("b2shift.campaigns")


def serve_campaigns(now: datetime) -> int:
    """One batch of each campaign that is counted or sent; for how many customers something was done."""
    done = 0
    for one in Campaign.objects.filter(state=Campaign.State.COUNTING).select_related("author"):
        done += count(one, now)
    for one in Campaign.objects.filter(state=Campaign.State.RUNNING).select_related("author"):
        done += send(one, now)
    return done


def count(campaign: Campaign, now: datetime, most: int = BATCH) -> int:
    """Find for the next customers whether and how the campaign would reach them; the last one ends the counting."""
    rows = campaign.all_recipients.filter(state=Recipient.State.NEW)
    _without_those_gone(rows)
    keys = list(rows.values_list("pk", flat=True)[:most])
    for key in keys:
        with transaction.atomic():
            one = _recipient(key, Recipient.State.NEW)
            if one is not None:
                _told(one, _reached(campaign, one, now, counting=True), Recipient.State.REACHABLE)
    if len(keys) < most:
        Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.COUNTING).update(state=Campaign.State.READY)
    return len(keys)


def send(campaign: Campaign, now: datetime) -> int:
    """Queue the next customers, as many as its pace and its own queue allow; the last one ends the campaign.

    Only what was said yes to is sent: of other words or other customers the approvals do not count.
    """
    of = approved_as(campaign)
    campaign.approvals = [said for said in campaign.approvals if said["of"] == of]
    rows = campaign.all_recipients.filter(state=Recipient.State.REACHABLE)
    _without_those_gone(rows)
    keys = list(rows.values_list("pk", flat=True)[: _room(campaign, now)])
    for key in keys:
        try:
            with transaction.atomic():
                _queue(campaign, key, now)
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - one customer that cannot be reached must not stop the others
            _log.exception("a customer of a campaign could not be reached", extra={"recipient": key})
            told = {
                "state": Recipient.State.LEFT_OUT,
                "code": "erro",
                "reason": f"{type(error).__name__}: {error}"[:2000],
            }
            Recipient.objects.filter(pk=key, state=Recipient.State.REACHABLE).update(**told)
    if not rows.exists() and not Message.objects.filter(switch=campaign.code, state__in=_UNFINISHED).exists():
        Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.RUNNING).update(state=Campaign.State.DONE)
    return len(keys)


def _room(campaign: Campaign, now: datetime) -> int:
    waiting = Message.objects.filter(switch=campaign.code, state__in=_UNFINISHED).count()
    room = min(BATCH, WAITING_MOST - waiting)
    if campaign.per_hour:
        lately = campaign.all_recipients.filter(queued_at__gt=now - _HOUR).count()
        room = min(room, campaign.per_hour - lately)
    return max(0, room)


def _queue(campaign: Campaign, key: int, now: datetime) -> None:
    one = _recipient(key, Recipient.State.REACHABLE)
    running = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.RUNNING).exists()
    if one is None or not running:
        return
    turns.of_customer(one.customer_id)
    told = _reached(campaign, one, now, counting=False)
    if told.wanted is not None and told.seen is not None and told.effect is not None:
        payload = content.payload_of(proposal_of(campaign, one), told.wanted, told.seen.written, told.seen.key)
        one.message = enqueue(
            told.effect, payload, told.seen.key, now, expires_at=now + _GOOD_FOR, switch=campaign.code
        )
        one.queued_at = now
    _told(one, told, Recipient.State.QUEUED)


def _without_those_gone(rows: QuerySet[Recipient]) -> None:
    known = Customer.objects.values("customer_id")
    gone = {"state": Recipient.State.LEFT_OUT, "code": "sem_cadastro", "reason": "O cliente já não está na base"}
    rows.exclude(customer_id__in=known).update(**gone)


def _reached(campaign: Campaign, one: Recipient, now: datetime, *, counting: bool) -> Reached:
    purpose = Purpose(PURPOSE_OF[Kind(campaign.kind)])
    persons = contacts_to_reach(f"campanha {campaign.pk}", one.customer_id, purpose, via="campanha")
    return reach(campaign, one, persons, now, counting=counting)


def _recipient(key: int, state: Recipient.State) -> Recipient | None:
    """The customer, locked, if nobody else was first."""
    rows = Recipient.objects.select_for_update(of=("self",)).select_related("customer", "customer__owner")
    return rows.filter(pk=key, state=state).first()


def _told(one: Recipient, told: Reached, reached: Recipient.State) -> None:
    if told.wanted is None:
        one.state, one.code, one.reason = Recipient.State.LEFT_OUT, told.code, told.reason[:2000]
    else:
        one.state, one.channel = reached, told.wanted.channel.value
    one.save(update_fields=["state", "channel", "code", "reason", "message", "queued_at"])
