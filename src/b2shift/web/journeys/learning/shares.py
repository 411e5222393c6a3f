"""The shares a split that learns draws with: set once a day for all workers, kept, and handed to every draw."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from b2shift.interact.api import journey_evidence_key, journey_learning_splits
from b2shift.interact.contracts import Journey, SharesInForce, SplitStep
from b2shift.learn.api import arm_shares
from b2shift.learn.contracts import NEVER, Arms, ArmShare, Trials
from b2shift.web.crm.current import newest_publication
from b2shift.web.journeys.learning.lines import EVERYONE, by_group, kept, own
from b2shift.web.journeys.learning.measured import measured_rates
from b2shift.web.journeys.learning.trials import settle
from b2shift.web.journeys.models import ArmInForce, Enrolment, Running, ShareBatch, Trial, Version
from b2shift.web.journeys.texts import journey_of

_ZONE = ZoneInfo("America/Sao_Paulo")


def set_shares(now: datetime) -> int:
    """Set the shares of the day of every split that learns and has none of today yet; of how many splits.

    Of workers that do this at once the first one's hold; one killed on the way leaves nothing.
    """
    today, done = now.astimezone(_ZONE).date(), 0
    for journey, step in _splits_under_way():
        key = key_of(journey, step)
        if ShareBatch.objects.filter(**key, day=today).exists():
            continue
        published = newest_publication()
        as_of = published.as_of if published else today
        try:
            with transaction.atomic():
                batch = ShareBatch.objects.create(**key, day=today, set_at=now)
                settle(trials_of(key), as_of)
                ArmInForce.objects.bulk_create(_lines(batch, step, key, as_of))
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
        line = own(by_group(batch.lines.filter(group__in=[group, EVERYONE])), group)
        shares = {arm: one.share for arm, one in line.items()}
        found[step.id] = SharesInForce(number=batch.pk, group=next(iter(line.values())).group, shares=shares)
    return found


def batch_in_force(journey: Journey, step: SplitStep, today: date) -> ShareBatch | None:
    """The newest shares of a split."""
    return batches_of(journey, step).filter(day__lte=today).order_by("-day").first()


def batches_of(journey: Journey, step: SplitStep) -> QuerySet[ShareBatch]:
    """All shares a split has had, as far as they rest on the same evidence."""
    return ShareBatch.objects.filter(**key_of(journey, step))


def key_of(journey: Journey, step: SplitStep) -> dict[str, str]:
    """What shares and draws of a split are found by: journey, step and what its outcomes are of."""
    return {"journey_id": journey.id, "step": step.id, "evidence": journey_evidence_key(journey, step)}


def trials_of(key: Mapping[str, str]) -> QuerySet[Trial]:
    """The draws that tell of a split: its journey, step and evidence."""
    return Trial.objects.filter(**key)


def _splits_under_way() -> Iterator[tuple[Journey, SplitStep]]:
    """Every split that learns, of versions in force or with customers inside."""
    learning = Version.objects.filter(state=Version.State.APPROVED, text__contains="learns")
    if not learning.exists():
        return
    paused = Running.objects.filter(mode=Running.Mode.PAUSED).values("journey_id")
    inside = Enrolment.objects.exclude(state=Enrolment.State.ENDED).filter(version__in=learning).values("version_id")
    for version in learning.exclude(journey_id__in=paused):
        if Running.objects.filter(version=version).exists() or inside.filter(version=version).exists():
            journey = journey_of(version)
            yield from ((journey, step) for step in journey_learning_splits(journey))


def _lines(batch: ShareBatch, step: SplitStep, key: Mapping[str, str], as_of: date) -> Iterator[ArmInForce]:
    measured = {one.arm: one for one in measured_rates(step, key)}
    for line in _computed(step, key, as_of):
        told = measured.get(line.arm) if line.group == EVERYONE else None
        rate = {"measured": told.mean, "measured_low": told.low, "measured_high": told.high} if told else {}
        yield ArmInForce(batch=batch, **line.model_dump(), **rate)


def _computed(step: SplitStep, key: Mapping[str, str], as_of: date) -> Sequence[ArmShare]:
    arms = Arms([one.name for one in step.arms], [one.share for one in step.arms], step.floor, step.window_days or 1)
    groups = sorted(set(trials_of(key).order_by().values_list("group", flat=True)))
    batches = ShareBatch.objects.filter(**key)
    stopped = ArmInForce.objects.filter(batch__in=batches, reason=ArmInForce.Reason.STOPPED)
    return arm_shares(
        arms,
        groups,
        _trials(arms, groups, key, as_of),
        everyone=EVERYONE,
        stopped=set(stopped.values_list("arm", flat=True)),
    )


def _trials(arms: Arms, groups: Sequence[str], key: Mapping[str, str], as_of: date) -> Trials:
    """Every draw with what the data of `as_of` tell of it, and the shares it was made by."""
    rows, shares, batches = [], [], kept(ShareBatch.objects.filter(**key))
    found = trials_of(key).order_by("pk")
    for arm, group, drawn_on, success, after, left, batch in found.values_list(
        "arm", "group", "drawn_on", "success", "success_after", "left_after", "batch_id"
    ):
        age = arms.window if success is False else max((as_of - drawn_on).days, 0)
        came, gone = (NEVER if one is None else one for one in (after, left))
        rows.append((arms.names.index(arm), groups.index(group), age, came, gone))
        line = own(batches[batch], group) if batch else None
        shares.append([line[name].share for name in arms.names] if line else arms.starting)
    return Trials.of(rows, shares or np.empty((0, len(arms.names))))
