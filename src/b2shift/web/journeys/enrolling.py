"""Who enters: looked at once for each version of the lake and of a journey; coming twice, entered once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from b2shift.interact.api import begin_journey, journey_day, may_enter_journey, policy_in_force
from b2shift.interact.contracts import Entrant, Fact, Journey
from b2shift.lake.api import reading
from b2shift.web.crm.current import newest_publication
from b2shift.web.crm.models import Customer
from b2shift.web.journeys.advancing import write
from b2shift.web.journeys.learning.trials import settle
from b2shift.web.journeys.models import Enrolment, Running, Trial
from b2shift.web.journeys.rotation import rotated
from b2shift.web.journeys.texts import journey_of
from b2shift.web.outbox import customer_lock

_ZONE = ZoneInfo("America/Sao_Paulo")
_WATCHED = (
    Q(measured=None)
    | ~Q(state=Enrolment.State.ENDED)
    | Q(pk__in=Trial.objects.filter(success=None).values("enrolment_id"))
)
"""Stays of which anything is still to be decided, measured or learnt."""
_CLASSES = ("class_now", "class_3m", "class_6m", "class_12m")


def enrol(now: datetime) -> int:
    """Look at the published lake for journeys that have not seen it yet; how many entered.

    Facts of everybody inside, and of those still to be measured, are those of the lake's date from then on.
    """
    published = newest_publication()
    if published is None:
        return 0
    stale = [
        one
        for one in Running.objects.select_related("version")
        if one.looked != _seen(one, published.lake_version) and one.mode != Running.Mode.PAUSED
    ]
    if not stale:
        return 0
    inside = Enrolment.objects.filter(journey_id__in=[one.journey_id for one in stale])
    watched = {str(code) for code in inside.filter(_WATCHED).values_list("customer_id", flat=True)}
    versions = {one.version for one in stale} | {one.version for one in inside.select_related("version")}
    entering = [journey_of(one.version) for one in stale]
    extra = [journey_of(one) for one in versions if one.pk not in {running.version_id for running in stale}]
    home, policy = Path(settings.HOME), policy_in_force(Path(settings.HOME))
    options = {"threads": settings.LAKE_THREADS, "memory_limit_mb": settings.LAKE_MEMORY_MB}
    with reading(home, published.lake_version, **options) as session:
        seen_today = journey_day(session, policy, entering, published.as_of, watched, others=extra)
    _refresh(seen_today.facts, published.as_of, watched)
    settle(Trial.objects.filter(journey_id__in=[one.journey_id for one in stale]), published.as_of)
    open_ones = {one.journey_id: one for one in stale if one.mode == Running.Mode.ACTIVE}
    entrants = [one for one in seen_today.entrants if one.journey in open_ones]
    count = _entered(entrants, open_ones, seen_today.facts, published.as_of, now)
    for one in stale:
        Running.objects.filter(pk=one.pk, version=one.version).update(looked=_seen(one, published.lake_version))
    return count


def _seen(one: Running, lake: int) -> str:
    return f"{lake}/{one.version_id}"


def _refresh(facts: dict[str, dict[str, Fact]], as_of: date, watched: set[str]) -> None:
    changed = []
    for one in Enrolment.objects.filter(_WATCHED, customer_id__in=watched & facts.keys()):
        one.facts, one.facts_on = facts[one.customer_id], as_of
        changed.append(one)
    Enrolment.objects.bulk_update(changed, ["facts", "facts_on"], batch_size=500)


def _entered(
    entrants: Sequence[Entrant],
    running: dict[str, Running],
    facts: dict[str, dict[str, Fact]],
    as_of: date,
    now: datetime,
) -> int:
    journeys = {name: journey_of(one.version) for name, one in running.items()}
    known = set(Customer.objects.values_list("customer_id", flat=True))
    stays: dict[tuple[str, str], list[tuple[date, date | None]]] = defaultdict(list)
    for one in Enrolment.objects.filter(journey_id__in=running):
        ended = one.ended_at.astimezone(_ZONE).date() if one.ended_at else None
        stays[one.journey_id, one.customer_id].append((one.entered_at.astimezone(_ZONE).date(), ended))
    today, count = now.astimezone(_ZONE).date(), 0
    for entrant in rotated(entrants):
        journey = journeys[entrant.journey]
        before = stays[entrant.journey, entrant.customer_id]
        if entrant.customer_id in known and may_enter_journey(journey, before, today):
            count += _one(entrant, journey, running[entrant.journey], facts.get(entrant.customer_id, {}), as_of, now)
    return count


def _one(
    entrant: Entrant, journey: Journey, running: Running, facts: dict[str, Fact], as_of: date, now: datetime
) -> bool:
    """One entry in a transaction of its own; False when the customer is in a journey of this theme already."""
    at = begin_journey(journey, now)
    try:
        with transaction.atomic():
            customer_lock.lock_customer(entrant.customer_id)
            inside = Enrolment.objects.filter(theme=journey.theme, customer_id=entrant.customer_id)
            if inside.exclude(state=Enrolment.State.ENDED).exists():
                return False
            one = Enrolment.objects.create(
                version=running.version,
                journey_id=journey.id,
                type=journey.type.value,
                theme=journey.theme,
                customer_id=entrant.customer_id,
                occasion=entrant.occasion[:120],
                reason=entrant.reason,
                classes={name: facts.get(name) for name in _CLASSES},
                facts=facts,
                facts_on=as_of,
                step=at.step,
                since=at.since,
                entered_at=now,
                measure_at=now + timedelta(days=journey.measure.within_days),
            )
            write(one, "entrou", at.step, {"ocasiao": entrant.occasion}, now)
    except IntegrityError:
        return False  # another worker was first, or the occasion is an old one
    return True
