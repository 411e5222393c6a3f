"""Simulation of a journey over past days: entrants, progress, and workload."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time

from b2shift.interact.contracts import OwnerRole, Policy
from b2shift.interact.evaluation import candidates
from b2shift.interact.evaluation.clock import Clock
from b2shift.interact.journeys.day import facts_of, find_entrants
from b2shift.interact.journeys.entry import entry_policy
from b2shift.interact.journeys.learning import learning_splits
from b2shift.interact.journeys.reentry import may_enter
from b2shift.interact.journeys.state_machine import advance, begin, draw
from b2shift.interact.replay import snapshots
from b2shift.interact.replay.simulate import business_days, evaluate_day, past_names, refreshed
from b2shift.interact.shapes.journeys import (
    Answer,
    Entrant,
    Fact,
    Heard,
    Journey,
    JourneySimulation,
    Known,
    Position,
    RoleWeek,
    StepLoad,
    TaskStep,
)
from b2shift.kernel.errors import InputError
from b2shift.kernel.progress import Progress
from b2shift.lake.api import Session

_ONE = timedelta(days=1)


@dataclass
class _Inside:
    """A simulated enrolment."""

    key: str
    at: Position | None
    entered: date
    ended: date | None = None
    answers: list[Heard] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)
    held: bool = False


@dataclass
class _Counts:
    """Counters of the simulation."""

    steps: Counter[str] = field(default_factory=Counter)
    contacts: Counter[str] = field(default_factory=Counter)
    weeks: Counter[date] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    held: int = 0


def simulate(
    session: Session, policy: Policy, journey: Journey, start: date, end: date, answering: float, progress: Progress
) -> JourneySimulation:
    """Business day by business day from `start` to `end`; nobody was inside before it.

    Every contact is taken to be made, by the first channel, approved at once; a share `answering` of the contacts,
    drawn by a hash, is answered with the first answer its wait hopes for. Facts are those of each week's first day.
    """
    began, entries = time.perf_counter(), entry_policy(policy, [journey])
    days = business_days(start, end)
    newest = session.query("SELECT max(as_of) AS day FROM features").to_pylist()[0]["day"]
    if end - _ONE > newest:
        raise InputError("O período passa da data dos dados", value=end, hint=f"Os dados vão até {newest}")
    taken, people, counts = refreshed(days), dict[str, list[_Inside]](), _Counts()
    with past_names(session):
        unknown = snapshots.snapshots(session, entries, taken, progress)
        snapshots.shadow_ledgers(session, start, scored=False)
        candidates.terms(session, entries)
        shown: date | None = None
        for position, day in enumerate(days):
            progress("Dias", position, len(days), f"{day:%d/%m/%Y}")
            snapshot = max(one for one in taken if one < day)
            evaluate_day(session, entries, Clock(day - _ONE), snapshot, snapshot != shown)
            shown = snapshot
            entrants = find_entrants(session, [journey], day - _ONE)
            inside = {name for name, stays in people.items() if stays[-1].at is not None}
            wanted = inside | {one.customer_id for one in entrants}
            known = facts_of(session, [journey], wanted)
            _enter(journey, entrants, people, day, counts)
            for name in sorted(wanted):
                for one in people.get(name, ())[-1:]:
                    _advance(journey, one, known.get(name, {}), day, answering, counts)
        customers = session.query("SELECT count(*) AS n FROM customers").to_pylist()[0]["n"]
    report = _report(journey, policy, people, counts)
    return JourneySimulation(
        journey=journey.id,
        name=journey.name,
        start=days[0].isoformat(),
        end=days[-1].isoformat(),
        days=len(days),
        customers=customers,
        answering=answering,
        unknown=tuple(sorted(unknown)),
        unlearnt=tuple(one.name for one in learning_splits(journey)),
        seconds=round(time.perf_counter() - began, 2),
        **report,
    )


def _enter(
    journey: Journey, entrants: Sequence[Entrant], people: dict[str, list[_Inside]], day: date, counts: _Counts
) -> None:
    for one in entrants:
        before = people.setdefault(one.customer_id, [])
        key = f"{one.customer_id}/{one.occasion}"
        stays = [(stay.entered, stay.ended) for stay in before]
        if may_enter(journey, stays, day) and all(stay.key != key for stay in before):
            before.append(_Inside(key, begin(journey, _moment(day)), day))
            counts.steps[journey.steps[0].id] += 1


def _advance(
    journey: Journey, one: _Inside, facts: dict[str, Fact], day: date, answering: float, counts: _Counts
) -> None:
    while one.at is not None:
        known = Known.model_validate({"facts": facts, "answers": one.answers, "settled": one.settled})
        advanced = advance(journey, one.key, one.at, known, _moment(day))
        counts.steps.update(step.step for step in advanced.happened if step.kind == "seguiu")
        counts.held += advanced.held and not one.held
        one.at, one.held = advanced.position, advanced.held
        if advanced.outcome is not None:
            one.ended = day
            counts.outcomes[advanced.outcome] += 1
        if advanced.ask is None:
            return
        one.settled[advanced.ask] = "feito"
        counts.contacts[advanced.ask] += 1
        if isinstance(journey.step(advanced.ask), TaskStep):
            counts.weeks[day - timedelta(days=day.weekday())] += 1
        if draw(journey.id, advanced.ask, f"{one.key}/resposta") < answering:
            one.answers.append(Heard(number=len(one.answers) + 1, value=_expected_answer(journey, advanced.ask)))


def _expected_answer(journey: Journey, name: str) -> str:
    """The first answer that the next wait expects."""
    while name:
        step = journey.step(name)
        if step.kind == "wait" and step.until:
            return step.until[0].value
        name = getattr(step, "next", "")
    return Answer.RESPONDEU.value


def _report(journey: Journey, policy: Policy, people: dict[str, list[_Inside]], counts: _Counts) -> dict[str, object]:
    role: OwnerRole = journey.owner_role
    capacity = next((one.people * one.weekly for one in policy.capacities if one.role == role), None)
    tasks = sum(counts.weeks.values())
    return {
        "entered": sum(len(stays) for stays in people.values()),
        "held": counts.held,
        "messages": sum(counts.contacts.values()) - tasks,
        "tasks": tasks,
        "inside": sum(stays[-1].at is not None for stays in people.values() if stays),
        "outcomes": dict(sorted(counts.outcomes.items())),
        "steps": tuple(
            StepLoad(
                step=one.id,
                name=one.name,
                kind=one.kind,
                entered=counts.steps[one.id],
                contacts=counts.contacts[one.id],
            )
            for one in journey.steps
        ),
        "weeks": tuple(
            RoleWeek(role=role, week=week.isoformat(), tasks=count, capacity=capacity)
            for week, count in sorted(counts.weeks.items())
        ),
    }


def _moment(day: date) -> datetime:
    return datetime.combine(day, clock_time(12), UTC)
