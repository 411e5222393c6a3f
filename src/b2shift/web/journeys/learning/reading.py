"""What is told of a split that learns: its arms today, its shares over time, rates that hold although they moved."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from b2shift.interact.contracts import Journey, SplitStep
from b2shift.web.journeys.learning.lines import EVERYONE, Line, by_group
from b2shift.web.journeys.learning.shares import batches_of, key_of, trials_of
from b2shift.web.journeys.models import ArmInForce, Enrolment, ShareBatch


@dataclass(frozen=True)
class ArmCounts:
    """Draws of one arm among some stays."""

    drawn: int = 0
    open: int = 0
    """Still within the window, without a success."""
    successes: int = 0
    left: int = 0


def counts(journey: Journey, step: SplitStep, stays: QuerySet[Enrolment]) -> dict[str, ArmCounts]:
    """Arm → its draws among these stays, of those the shares rest on."""
    inside = trials_of(key_of(journey, step)).filter(enrolment__in=stays.select_related(None).order_by().values("pk"))
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
    return batch, by_group(batch.lines.all()) if batch else {}


def shares_by_day(journey: Journey, step: SplitStep, days: int) -> list[tuple[date, dict[str, float]]]:
    """Day → arm → the share of it among all customers, groups weighed by who was drawn in them; the newest days."""
    newest_days = batches_of(journey, step).order_by("-day").values("pk")[:days]
    lines = ArmInForce.objects.filter(batch__in=[one["pk"] for one in newest_days]).order_by("batch__day", "pk")
    by_day: dict[date, list[tuple[str, str, float, int]]] = defaultdict(list)
    for on, group, arm, share, trials in lines.values_list("batch__day", "group", "arm", "share", "trials"):
        by_day[on].append((group, arm, share, trials))
    return [(on, _of_all(rows)) for on, rows in by_day.items()]


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


def _of_all(rows: Sequence[tuple[str, str, float, int]]) -> dict[str, float]:
    """Arm → its share, of group, arm, share and trials of every line."""
    drawn = Counter[str]()
    for group, _arm, _share, trials in rows:
        drawn[group] += trials if group != EVERYONE else 0
    if not (total := drawn.total()):
        return {arm: share for group, arm, share, _trials in rows if group == EVERYONE}
    found: dict[str, float] = defaultdict(float)
    for group, arm, share, _trials in rows:
        found[arm] += share * drawn[group] / total
    return found
