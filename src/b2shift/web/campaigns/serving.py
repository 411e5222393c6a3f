"""What the worker does for campaigns: counts whom they would reach, and queues the approved ones in batches.

Every customer enters the queue by a transaction of its own; killed anywhere, a campaign goes on where it was and
reaches nobody twice. Any number of workers may serve the same campaign.
"""

import logging
import secrets
from datetime import datetime, timedelta

from django.db import OperationalError, transaction

from b2shift.interact.contracts import Kind
from b2shift.web.campaigns.control_group import falls_in_control
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.campaigns.reaching import Reached, approved_as, proposal_of, reach
from b2shift.web.crm.models import Customer
from b2shift.web.ledger.personal import Purpose, contacts_to_reach
from b2shift.web.outbox import customer_lock
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
    """Find for the next customers whether and how the campaign would reach them, and draw by lot who of those within
    reach stays out; the last one ends the counting."""
    keys = _next(campaign, Recipient.State.NEW, most)
    for key in keys:
        one = _recipient(key, Recipient.State.NEW)
        if one is not None:
            found = _reached(campaign, one, now, counting=True)
            if campaign.control_share and found.wanted is not None:
                one.arm = _drawn(campaign, one)
            held = one.arm == Recipient.Arm.CONTROL
            _record(one, found, Recipient.State.CONTROL if held else Recipient.State.REACHABLE)
    if not campaign.all_recipients.filter(state=Recipient.State.NEW).exists():
        Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.COUNTING).update(state=Campaign.State.READY)
    return len(keys)


def send(campaign: Campaign, now: datetime) -> int:
    """Queue the next customers, as many as its pace and its own queue allow; the last one ends the campaign.

    Only what was said yes to is sent: of other words or other customers the approvals do not count.
    """
    of = approved_as(campaign)
    campaign.approvals = [said for said in campaign.approvals if said["of"] == of]
    keys = _next(campaign, Recipient.State.REACHABLE, _room(campaign, now))
    for key in keys:
        try:
            _queue(campaign, key, now)
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - one customer that cannot be reached must not stop the others
            _log.exception("a customer of a campaign could not be reached", extra={"recipient": key})
            changes = {
                "state": Recipient.State.LEFT_OUT,
                "code": "erro",
                "reason": f"{type(error).__name__}: {error}"[:2000],
            }
            Recipient.objects.filter(pk=key, state=Recipient.State.REACHABLE).update(**changes)
    waiting = campaign.all_recipients.filter(state=Recipient.State.REACHABLE)
    if not waiting.exists() and not Message.objects.filter(switch=campaign.code, state__in=_UNFINISHED).exists():
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
    """What is found out beforehand holds nobody up; the queue asks the guard again in the transaction it enters by."""
    one = _recipient(key, Recipient.State.REACHABLE)
    if one is None:
        return
    found = _reached(campaign, one, now, counting=False)
    if found.wanted is None or found.seen is None or found.effect is None:
        _record(one, found, Recipient.State.QUEUED)
        return
    payload = content.payload_of(proposal_of(campaign, one), found.wanted, found.seen.written, found.seen.key)
    with transaction.atomic():
        customer_lock.lock_customer(one.customer_id)
        still = Recipient.objects.select_for_update().filter(pk=key, state=Recipient.State.REACHABLE).exists()
        if still and Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.RUNNING).exists():
            until, stops = now + _GOOD_FOR, campaign.code
            one.message = enqueue(found.effect, payload, found.seen.key, now, expires_at=until, switch=stops)
            one.queued_at = now
            _record(one, found, Recipient.State.QUEUED)


def _next(campaign: Campaign, state: Recipient.State, most: int) -> list[int]:
    """Up to `most` customers in a state, from anywhere among them, so that two workers seldom meet; those no longer in
    the base are left out, and say so."""
    rows = campaign.all_recipients.filter(state=state).order_by("pk")
    first, last = rows.values_list("pk", flat=True).first(), rows.values_list("pk", flat=True).last()
    if first is None or last is None:
        return []
    start = first + secrets.randbelow(last - first + 1)
    keys = list(rows.filter(pk__gte=start).values_list("pk", flat=True)[:most])
    keys += rows.filter(pk__lt=start).values_list("pk", flat=True)[: most - len(keys)]
    gone = {"state": Recipient.State.LEFT_OUT, "code": "sem_cadastro", "reason": "O cliente já não está na base"}
    known = Customer.objects.values("customer_id")
    Recipient.objects.filter(pk__in=keys, state=state).exclude(customer_id__in=known).update(**gone)
    return keys


def _reached(campaign: Campaign, one: Recipient, now: datetime, *, counting: bool) -> Reached:
    purpose = Purpose(PURPOSE_OF[Kind(campaign.kind)])
    persons = contacts_to_reach(f"campanha {campaign.pk}", one.customer_id, purpose, via="campanha")
    return reach(campaign, one, persons, now, counting=counting)


def _recipient(key: int, state: Recipient.State) -> Recipient | None:
    """The customer, unless somebody else was first."""
    return Recipient.objects.select_related("customer", "customer__owner").filter(pk=key, state=state).first()


def _drawn(campaign: Campaign, one: Recipient) -> Recipient.Arm:
    held = falls_in_control(campaign.group, one.customer_id, campaign.control_share)
    return Recipient.Arm.CONTROL if held else Recipient.Arm.TREATED


def _record(one: Recipient, reach: Reached, within_reach: Recipient.State) -> None:
    """Write what was found, unless somebody else has written already."""
    changes: dict[str, object] = {"message": one.message, "queued_at": one.queued_at, "arm": one.arm}
    if reach.wanted is None:
        changes |= {"state": Recipient.State.LEFT_OUT, "code": reach.code, "reason": reach.reason[:2000]}
    else:
        changes |= {"state": within_reach, "channel": reach.wanted.channel.value}
    Recipient.objects.filter(pk=one.pk, state=one.state).update(**changes)
