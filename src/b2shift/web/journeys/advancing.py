"""One stay, one step further: decided by the core, written with its contacts in one transaction, told in its story.

A kill at any moment leaves either nothing or everything of a decision; doing it again changes nothing.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet

from b2shift.interact.api import advance_journey, conditions_hold
from b2shift.interact.contracts import Advance, Answer, Heard, Journey, Known, MessageStep, Position, TaskStep
from b2shift.web.journeys.contact_steps import ask, key_of, settled
from b2shift.web.journeys.learning.shares import in_force
from b2shift.web.journeys.learning.trials import keep_draw
from b2shift.web.journeys.models import Enrolment, Passage, Running
from b2shift.web.journeys.rotation import rotated
from b2shift.web.journeys.texts import journey_of
from b2shift.web.outbox import customer_lock
from b2shift.web.outreach.models import Draft, Outcome

State = Enrolment.State
_ANSWERS = {one.value for one in Answer}
_RECENT = timedelta(days=1)
_MEASURED_AT_ONCE, _LONGEST_SECONDS = 500, 10.0
_log = logging.getLogger("b2shift.journeys")


def advance_due(now: datetime, *, everything: bool = False) -> int:
    """Move those who have something to move for, for some seconds at most; how many moved.

    `everything` looks at all who are inside, however long. Workers begin at different places and seldom meet.
    """
    moved, ends = 0, time.monotonic() + (float("inf") if everything else _LONGEST_SECONDS)
    for key in rotated(_due(now, everything)):
        try:
            moved += advance(key, now)
        except Exception:  # noqa: BLE001 - one stay that cannot go on must not stop the others
            _log.exception("a stay in a journey could not go on", extra={"enrolment": key})
        if time.monotonic() > ends:
            break
    return moved


def advance(key: int, now: datetime) -> bool:
    """Move one stay as far as it goes; whether anything happened. A journey that is paused stands still, and so does
    a stay that another worker is moving."""
    with transaction.atomic():
        locking = {"skip_locked": True} if connection.features.has_select_for_update_skip_locked else {}
        found = Enrolment.objects.select_for_update(of=("self",), **locking).select_related(
            "version__author", "customer"
        )
        one = found.filter(pk=key).exclude(state=State.ENDED).first()
        if one is None or Running.objects.filter(journey_id=one.journey_id, mode=Running.Mode.PAUSED).exists():
            return False
        customer_lock.lock_customer(one.customer_id)
        return _moved(one, now)


def measure_due(now: datetime) -> int:
    """Look at the measure of every stay whose term is over; how many. Done for all alike, held back or not."""
    done = 0
    for one in Enrolment.objects.filter(measured=None, measure_at__lte=now).select_related("version")[
        :_MEASURED_AT_ONCE
    ]:
        met = conditions_hold(journey_of(one.version).measure.all, one.facts)
        with transaction.atomic():
            if Enrolment.objects.filter(pk=one.pk, measured=None).update(measured=met):
                write(one, "mediu", one.step, {"alcancou": met}, now)
                done += 1
    return done


def write(one: Enrolment, kind: str, step: str, detail: dict[str, Any], now: datetime) -> None:
    """Add to a stay's story; call it inside the transaction of what it tells."""
    last = Passage.objects.filter(enrolment=one).order_by("-sequence").values_list("sequence", flat=True).first()
    Passage.objects.create(enrolment=one, sequence=(last or 0) + 1, kind=kind, step=step, detail=detail, at=now)


def _due(now: datetime, everything: bool) -> list[int]:
    """Those who wake, who have just come, whose contact was decided, and those of whom something new was said."""
    paused = Running.objects.filter(mode=Running.Mode.PAUSED).values("journey_id")
    inside = Enrolment.objects.exclude(state=State.ENDED).exclude(journey_id__in=paused).order_by("pk")
    if everything:
        return list(inside.values_list("pk", flat=True))
    undecided = _stays(Draft.objects.filter(state=Draft.State.WAITING))
    asking = Q(asked=True, state=State.INSIDE) | Q(wakes_at=None) | Q(wakes_at__lte=now)
    due = {key for key in inside.filter(asking).values_list("pk", flat=True).iterator() if key not in undecided}
    spoken = _stays(Outcome.objects.filter(at__gt=now - _RECENT))
    if spoken:
        seen = inside.values_list("pk", "considered")
        due |= {key for key, considered in seen.iterator() if spoken.get(key, 0) > considered}
    return sorted(due)


def _stays(rows: QuerySet[Outcome] | QuerySet[Draft]) -> dict[int, int]:
    """The stays that outcomes or drafts are of, each with its newest."""
    codes = rows.filter(proposal_id__startswith="j").order_by().values_list("proposal_id").annotate(newest=Max("pk"))
    found: dict[int, int] = {}
    for code, newest in codes:
        key = str(code).partition(".")[0][1:]
        if key.isdecimal():
            found[int(key)] = max(newest, found.get(int(key), 0))
    return found


def _moved(one: Enrolment, now: datetime) -> bool:
    journey, changed = journey_of(one.version), False
    codes = [key_of(one, step) for step in _contacts_requested(one)["pediu"]]
    said = Outcome.objects.filter(proposal_id__in=codes).order_by("pk").values_list("pk", "value")
    answers = tuple(Heard(number=number, value=value) for number, value in said if value in _ANSWERS)
    newest = max((number for number, _value in said), default=0)
    if newest > one.considered:
        one.considered = newest
        one.save(update_fields=["considered"])
    shares = in_force(journey, one.customer.market_segment, now)
    while one.state != State.ENDED:
        became = settled(one, **_contacts_requested(one))
        known = Known.model_validate({"facts": one.facts, "answers": answers, "settled": became, "shares": shares})
        at = Position(step=one.step, since=one.since, wakes_at=one.wakes_at, asked=one.asked, heard=one.heard)
        advanced = advance_journey(journey, f"{one.customer_id}/{one.occasion}", at, known, now)
        changed |= _saved(one, journey, advanced, now)
        if advanced.ask is None:
            return changed
        step = journey.step(advanced.ask)
        assert isinstance(step, MessageStep | TaskStep)
        why = ask(one, journey, step, now)
        if why:
            write(one, "impedido", step.id, {"porque": why[:2000]}, now)
        changed = True
    return changed


def _contacts_requested(one: Enrolment) -> dict[str, list[str]]:
    """The steps whose contacts a stay has asked for (`pediu`), and those that came to nothing (`impedido`)."""
    found: dict[str, list[str]] = {"pediu": [], "impedido": []}
    for kind, step in Passage.objects.filter(enrolment=one, kind__in=found).values_list("kind", "step"):
        found[kind].append(step)
    return found


def _saved(one: Enrolment, journey: Journey, advanced: Advance, now: datetime) -> bool:
    """Write the position and the story; False when nothing is new."""
    for passage in advanced.happened:
        write(one, passage.kind, passage.step, dict(passage.detail), now)
        keep_draw(one, journey, passage, now)
    before = (one.step, one.wakes_at, one.asked, one.heard, one.state)
    if advanced.position is None:
        last = advanced.happened[-1].step
        one.state, one.step, one.wakes_at, one.asked = State.ENDED, last, None, False
        one.ended_at, one.outcome, one.goal = now, advanced.outcome or "", advanced.goal
    else:
        at = advanced.position
        one.step, one.since, one.wakes_at, one.asked, one.heard = at.step, at.since, at.wakes_at, at.asked, at.heard
        one.state = State.HELD if advanced.held else State.INSIDE
    if before != (one.step, one.wakes_at, one.asked, one.heard, one.state):
        one.save()
        return True
    return bool(advanced.happened)
