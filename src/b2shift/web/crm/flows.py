"""Who went from which segment to which: the steps of the whole base, or the last one of the customers one sees."""

from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from b2shift.kernel.contract import Contract
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.cache import cached
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Segment
from b2shift.web.crm.reading import sees_whole_base, visible_customers

_FLOWS = """
SELECT before, as_of, from_id, from_name, to_id, to_name, customers, mrr FROM segment_flows
ORDER BY as_of, before, customers DESC, from_id, to_id
"""
_EVENTS = "SELECT as_of, event, segment_id, sentence, customers FROM segment_events ORDER BY as_of DESC, segment_id"

_OUTLOOK_CARDS = "SELECT horizon_days, told, sentence FROM segment_outlook_cards ORDER BY horizon_days"
_OUTLOOK_FLOWS = """
SELECT horizon_days, from_id, from_name, to_id, to_name, customers FROM segment_outlook_flows
ORDER BY horizon_days, customers DESC, from_id, to_id
"""


class Flow(Contract):
    """Customers that were in one segment and are in another; empty where they were, or are, no customers."""

    before: date | None
    as_of: date | None
    from_id: str
    from_name: str
    to_id: str
    to_name: str
    customers: int
    mrr: Decimal


class SegmentEvent(Contract):
    """What became of a segment in one step."""

    as_of: date
    event: str
    segment_id: str
    sentence: str
    customers: int


class ExpectedFlow(Contract):
    """Customers of a segment expected in one, the same or another, so many days from now."""

    horizon_days: int
    from_id: str
    from_name: str
    to_id: str
    to_name: str
    customers: float


class Outlook(Contract):
    """What is told of the segments so many days from now, and how well that was tested; no flows: nothing is told."""

    horizon_days: int
    told: str
    sentence: str
    flows: tuple[ExpectedFlow, ...] = ()


def visible_flows(user: User) -> tuple[Flow, ...]:
    """Every step of the whole base, oldest first; of who sees fewer customers, the last step of these."""
    if not may(user, Capability.SEGMENTS):
        return ()
    if not sees_whole_base(user):
        return tuple(_own_flows(user))
    read = lake()
    if not read.has("segment_flows"):
        return ()
    return cached(
        ("segment flows", read.version),
        lambda: tuple(Flow.model_validate(row) for row in read.query(_FLOWS).to_pylist()),
    )


def visible_events(user: User) -> tuple[SegmentEvent, ...]:
    """What became of the segments, the newest first; counts are of the whole base, so only for who sees it."""
    read = lake()
    if not (may(user, Capability.SEGMENTS) and sees_whole_base(user) and read.has("segment_events")):
        return ()
    return tuple(SegmentEvent.model_validate(row) for row in read.query(_EVENTS).to_pylist())


def visible_outlook(user: User) -> tuple[Outlook, ...]:
    """What is expected in 30 and in 90 days; counts are of the whole base, so only for who sees it."""
    read = lake()
    if not (may(user, Capability.SEGMENTS) and sees_whole_base(user) and read.has("segment_outlook_cards")):
        return ()
    flows = [ExpectedFlow.model_validate(row) for row in read.query(_OUTLOOK_FLOWS).to_pylist()]
    return tuple(
        Outlook(**card, flows=tuple(one for one in flows if one.horizon_days == card["horizon_days"]))
        for card in read.query(_OUTLOOK_CARDS).to_pylist()
    )


def _own_flows(user: User) -> list[Flow]:
    names = dict(Segment.objects.values_list("segment_id", "name"))
    seen = visible_customers(user).exclude(segment=None)
    were = Coalesce(NullIf(F("migrated_from"), Value("")), F("segment_id"))
    counted = seen.values(was=were, now=F("segment_id")).annotate(many=Count("pk"), money=Sum("mrr")).order_by("-many")
    return [
        Flow(
            before=None, as_of=None, from_id=row["was"], from_name=names.get(row["was"], row["was"]), to_id=row["now"],
            to_name=names.get(row["now"], row["now"]), customers=row["many"], mrr=row["money"] or Decimal(0),
        )
        for row in counted
    ]  # fmt: skip
