"""What is told of a split that learns: its arms today, its shares over time, rates that hold although they moved."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import harmonic_mean

import numpy as np
from django.db.models import Count, Min, Q, QuerySet

from b2shift.interact.contracts import Journey, SplitStep
from b2shift.learn.api import arm_values
from b2shift.learn.contracts import ArmValue
from b2shift.web.journeys.learning.shares import EVERYONE, batches_of
from b2shift.web.journeys.models import ArmInForce, Enrolment, ShareBatch, Trial

Line = Mapping[str, ArmInForce]


@dataclass(frozen=True)
class ArmCounts:
    """Draws of one arm among some stays."""

    drawn: int = 0
    open: int = 0
    """Still within the window, without a success."""
    successes: int = 0
    left: int = 0


def counts(journey: Journey, step: SplitStep, stays: QuerySet[Enrolment]) -> dict[str, ArmCounts]:
    """Arm → its draws among these stays."""
    inside = Trial.objects.filter(
        journey_id=journey.id, step=step.id, enrolment__in=stays.select_related(None).order_by().values("pk")
    )
    rows = (
        inside.order_by()
        .values_list("arm")
        .annotate(
            drawn=Count("pk"),
            open=Count("pk", filter=Q(success=None)),
            successes=Count("pk", filter=Q(success=True)),
            left=Count("pk", filter=Q(left_after__isnull=False)),
        )
    )
    return {arm: ArmCounts(*figures) for arm, *figures in rows}


def newest(journey: Journey, step: SplitStep) -> tuple[ShareBatch | None, dict[str, Line]]:
    """The shares in force: group → arm → its line, everyone's group first."""
    batch = batches_of(journey, step).order_by("-day").first()
    return batch, _by_group(batch.lines.all()) if batch else {}


def shares_by_day(journey: Journey, step: SplitStep, days: int) -> list[tuple[date, dict[str, float]]]:
    """Day → arm → the share of it among all customers, groups weighed by who was drawn in them; the newest days."""
    batches = list(batches_of(journey, step).order_by("-day").prefetch_related("lines")[:days])
    return [(one.day, _of_all(_by_group(one.lines.all()))) for one in reversed(batches)]


def stops(journey: Journey, step: SplitStep) -> dict[str, tuple[date, Line]]:
    """Arm that was stopped → the day it was, and all arms as they stood then."""
    stopped = ArmInForce.objects.filter(
        batch__in=batches_of(journey, step), reason=ArmInForce.Reason.STOPPED, group=EVERYONE
    )
    found: dict[str, tuple[date, Line]] = {}
    for one in stopped.select_related("batch").order_by("batch__day"):
        if one.arm not in found:
            found[one.arm] = (one.batch.day, {line.arm: line for line in one.batch.lines.filter(group=EVERYONE)})
    return found


def values(journey: Journey, step: SplitStep) -> tuple[ArmValue, ...]:
    """The rate of every arm over all customers drawn by shares that were kept and whose window is over.

    Those drawn after the first that is still open are left out: a success is known sooner than that there is none.
    """
    batches_known = batches_of(journey, step)
    still_open = Trial.objects.filter(batch__in=batches_known, success=None).aggregate(first=Min("ends_on"))["first"]
    batches = {one.pk: _by_group(one.lines.all()) for one in batches_known.prefetch_related("lines")}
    rows = list(
        Trial.objects.filter(batch__in=batches_known, ends_on__lt=still_open or date.max)
        .exclude(success=None)
        .order_by("pk")
        .values_list("batch_id", "group", "arm", "success")
    )
    arms = [one.name for one in step.arms]
    if not rows:
        return ()
    sizes = _sizes([group for _batch, group, _arm, _success in rows])
    telling = {key: _telling(lines, arms, sizes) for key, lines in batches.items()}
    lines = [batches[batch].get(group) or batches[batch][EVERYONE] for batch, group, _arm, _success in rows]
    return arm_values(
        arms,
        np.array([arms.index(arm) for _batch, _group, arm, _success in rows]),
        np.array([success for *_others, success in rows], float),
        np.array([[line[arm].share for arm in arms] for line in lines]),
        np.array([telling[batch] for batch, *_others in rows]),
        np.array([[line[arm].mean for arm in arms] for line in lines]),
    )


def _telling(lines: Mapping[str, Line], arms: Sequence[str], sizes: Mapping[str, int]) -> list[float]:
    """How much a batch tells of each arm: the harmonic mean of its shares over the customers of the groups."""
    own = [(lines.get(group) or lines[EVERYONE], size) for group, size in sizes.items()]
    return [harmonic_mean([line[arm].share for line, _n in own], [n for _line, n in own]) for arm in arms]


def _sizes(groups: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for one in groups:
        found[one] += 1
    return found


def _by_group(lines: QuerySet[ArmInForce]) -> dict[str, Line]:
    found: dict[str, dict[str, ArmInForce]] = {EVERYONE: {}}
    for one in sorted(lines, key=lambda line: line.pk):
        found.setdefault(one.group, {})[one.arm] = one
    return {group: line for group, line in found.items() if line}


def _of_all(lines: Mapping[str, Line]) -> dict[str, float]:
    everyone = lines[EVERYONE]
    drawn = {group: sum(one.trials for one in line.values()) for group, line in lines.items() if group != EVERYONE}
    total = sum(drawn.values())
    if not total:
        return {arm: one.share for arm, one in everyone.items()}
    return {arm: sum(lines[group][arm].share * n for group, n in drawn.items()) / total for arm in everyone}
