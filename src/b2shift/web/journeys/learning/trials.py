"""What came of each draw of a split that learns: the journey's measure within the split's window, and who left.

A success is the first look at the data, after the day of the draw, at which the measure holds; where it held before the
draw already, that it still does when the window is over. Written once, however late it is known.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from b2shift.interact.api import conditions_hold, journey_evidence_key
from b2shift.interact.contracts import Answer, Happened, Journey, SplitStep
from b2shift.web.journeys.models import Enrolment, Trial
from b2shift.web.journeys.texts import journey_of
from b2shift.web.outbox.models import Permission
from b2shift.web.outreach.models import Outcome
from b2shift.web.privacy.delivered import CONSENT

_ZONE = ZoneInfo("America/Sao_Paulo")
_PATIENCE = timedelta(days=7)
"""After its window a trial of a customer the house no longer delivers is closed by what was known last."""

_LATE_WORD = timedelta(days=60)
"""How long after its window a word that somebody left within it may still arrive."""


def keep_draw(one: Enrolment, journey: Journey, passage: Happened, now: datetime) -> None:
    """Keep the draw a passage tells of, where its split learns; call it in the transaction of the draw."""
    step = journey.step(passage.step)
    if passage.kind != "sorteou" or not isinstance(step, SplitStep) or not step.learns or step.window_days is None:
        return
    today = now.astimezone(_ZONE).date()
    Trial.objects.create(
        enrolment=one,
        version=one.version,
        journey_id=journey.id,
        step=step.id,
        evidence=journey_evidence_key(journey, step),
        batch_id=passage.detail.get("shares"),
        group=one.customer.market_segment,
        arm=str(passage.detail["arm"]),
        propensity=float(passage.detail["propensity"] or 0),
        drawn_on=today,
        ends_on=today + timedelta(days=step.window_days),
        held_before=conditions_hold(journey.measure.all, one.facts),
    )


def settle(trials: QuerySet[Trial], as_of: date) -> int:
    """Write down what has become known of these trials by the data of `as_of`; of how many."""
    changed = []
    for one in trials.filter(success=None).select_related("version", "enrolment"):
        holds = conditions_hold(journey_of(one.version).measure.all, one.enrolment.facts)
        if _settled(one, one.enrolment.facts_on, as_of, holds=holds):
            changed.append(one)
    Trial.objects.bulk_update(changed, ["held_before", "success", "success_after"], batch_size=500)
    return len(changed) + _left(trials.filter(ends_on__gte=as_of - _LATE_WORD))


def _settled(one: Trial, seen_on: date | None, as_of: date, *, holds: bool) -> bool:
    """Whether what was seen of the customer on a day settles the trial, or tells that the measure held before."""
    window = (one.ends_on - one.drawn_on).days
    days = (seen_on - one.drawn_on).days if seen_on else 0
    over = days >= window or as_of >= one.ends_on + _PATIENCE
    if days <= 0 and not over:
        news = holds and not one.held_before
        one.held_before = one.held_before or holds
        return news
    if holds and (over or not one.held_before):
        one.success, one.success_after = True, min(days, window)
    elif over:
        one.success = False
    return one.success is not None


def _left(trials: QuerySet[Trial]) -> int:
    """Write down who asked to be left alone within the window, by any channel; how many."""
    waiting = list(trials.filter(left_after=None).select_related("enrolment"))
    if not waiting:
        return 0
    words = _oppositions(min(one.drawn_on for one in waiting))
    changed = []
    for one in waiting:
        days = [(day - one.drawn_on).days for day in words.get(one.enrolment.customer_id, ())]
        within = [day for day in days if 0 <= day <= (one.ends_on - one.drawn_on).days]
        if within:
            one.left_after = min(within)
            changed.append(one)
    Trial.objects.bulk_update(changed, ["left_after"], batch_size=500)
    return len(changed)


def _oppositions(since: date) -> Mapping[str, list[date]]:
    """Customer → the days on which somebody there asked to be left alone, since a day. A consent that a delivery no
    longer has is no such word."""
    said = Outcome.objects.filter(value=Answer.PEDIU_PARA_SAIR.value, at__date__gte=since - timedelta(days=1))
    withdrawn = Permission.objects.filter(given=False, at__date__gte=since - timedelta(days=1)).exclude(origin=CONSENT)
    found: dict[str, list[date]] = defaultdict(list)
    for rows in (said, withdrawn):
        for customer, at in rows.order_by().values_list("customer_id", "at"):
            found[customer].append(at.astimezone(_ZONE).date())
    return found
