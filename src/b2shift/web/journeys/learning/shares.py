"""The shares a split that learns draws with: set once a day for all workers, kept, and handed to every draw."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from b2shift.interact.api import journey_evidence_key, journey_learning_splits
from b2shift.interact.contracts import Journey, SharesInForce, SplitStep
from b2shift.learn.api import arm_shares
from b2shift.learn.contracts import NEVER, Arms, ArmShare, Trials
from b2shift.web.crm.current import newest_publication
from b2shift.web.journeys.learning.trials import settle
from b2shift.web.journeys.models import ArmInForce, Enrolment, Running, ShareBatch, Trial, Version
from b2shift.web.journeys.texts import journey_of

EVERYONE = "*"
"""The group of customers whose own group nothing was drawn in yet."""
_ZONE = ZoneInfo("America/Sao_Paulo")


def set_shares(now: datetime) -> int:
    """Set the shares of the day of every split that learns and has none of today yet; of how many splits.

    Of workers that do this at once the first one's hold; one killed on the way leaves nothing.
    """
    today, done = now.astimezone(_ZONE).date(), 0
    for journey, step in _splits_under_way():
        key = {"journey_id": journey.id, "step": step.id, "evidence": journey_evidence_key(journey, step)}
        if ShareBatch.objects.filter(**key, day=today).exists():
            continue
        published = newest_publication()
        as_of = published.as_of if published else today
        try:
            with transaction.atomic():
                batch = ShareBatch.objects.create(**key, day=today, set_at=now)
                settle(trials_of(key), as_of)
                ArmInForce.objects.bulk_create(
                    ArmInForce(batch=batch, **line.model_dump()) for line in _computed(step, key, as_of)
                )
        except IntegrityError:
            continue  # another worker was first
        done += 1
    return done


def in_force(journey: Journey, group: str, now: datetime) -> dict[str, SharesInForce]:
    """Split → the shares it draws with now for customers of a group; none before any were set."""
    found = {}
    for step in journey_learning_splits(journey):
        batch = batch_in_force(journey, step, now.astimezone(_ZONE).date())
        if batch is None:
            continue
        lines = list(batch.lines.filter(group__in=[group, EVERYONE]))
        own = [one for one in lines if one.group == group] or lines
        found[step.id] = SharesInForce(number=batch.pk, group=own[0].group, shares={one.arm: one.share for one in own})
    return found


def batch_in_force(journey: Journey, step: SplitStep, today: date) -> ShareBatch | None:
    """The newest shares of a split."""
    return batches_of(journey, step).filter(day__lte=today).order_by("-day").first()


def batches_of(journey: Journey, step: SplitStep) -> QuerySet[ShareBatch]:
    """All shares a split has had, as far as they rest on the same evidence."""
    evidence = journey_evidence_key(journey, step)
    return ShareBatch.objects.filter(journey_id=journey.id, step=step.id, evidence=evidence)


def trials_of(key: Mapping[str, str]) -> QuerySet[Trial]:
    """The draws that tell of a split: its journey, step and evidence."""
    return Trial.objects.filter(**key)


def _splits_under_way() -> Iterator[tuple[Journey, SplitStep]]:
    """Every split that learns, of versions in force or with customers inside."""
    learning = Version.objects.filter(state=Version.State.APPROVED, text__contains="learns: true")
    if not learning.exists():
        return
    paused = Running.objects.filter(mode=Running.Mode.PAUSED).values("journey_id")
    inside = Enrolment.objects.exclude(state=Enrolment.State.ENDED).filter(version__in=learning).values("version_id")
    for version in learning.exclude(journey_id__in=paused):
        if Running.objects.filter(version=version).exists() or inside.filter(version=version).exists():
            journey = journey_of(version)
            yield from ((journey, step) for step in journey_learning_splits(journey))


def _computed(step: SplitStep, key: Mapping[str, str], as_of: date) -> Sequence[ArmShare]:
    arms, window = [one.name for one in step.arms], step.window_days or 1
    rows = list(trials_of(key).values_list("arm", "group", "drawn_on", "success", "success_after", "left_after"))
    groups = sorted({row[1] for row in rows})
    stopped = ArmInForce.objects.filter(
        **{f"batch__{name}": value for name, value in key.items()}, reason=ArmInForce.Reason.STOPPED
    )
    trials = Trials.of(
        [
            (
                arms.index(arm),
                groups.index(group),
                window if success is False else max((as_of - drawn_on).days, 0),
                NEVER if after is None else after,
                NEVER if left is None else left,
            )
            for arm, group, drawn_on, success, after, left in rows
        ]
    )
    return arm_shares(
        Arms(arms, [one.share for one in step.arms], step.floor, window),
        groups,
        trials,
        everyone=EVERYONE,
        stopped=set(stopped.values_list("arm", flat=True)),
    )
