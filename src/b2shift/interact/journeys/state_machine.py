"""The state machine of a journey: a pure function of journey, position, known facts and time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from b2shift.interact.journeys.matching import all_hold
from b2shift.interact.shapes.journeys import (
    Advance,
    Answer,
    BranchStep,
    ExitStep,
    Fact,
    GoalStep,
    Happened,
    Heard,
    HoldoutStep,
    Journey,
    Known,
    MessageStep,
    Position,
    SplitStep,
    TaskStep,
    WaitStep,
)
from b2shift.kernel.calendar import add_business_days

CONTROL = "controle"
_ZONE = ZoneInfo("America/Sao_Paulo")


def begin(journey: Journey, now: datetime) -> Position:
    """The position at entry."""
    return Position(step=journey.steps[0].id, since=now)


def advance(journey: Journey, key: str, at: Position, known: Known, now: datetime) -> Advance:
    """Advance until there is something to wait for, to request, or the end.

    `key` names the enrolment for ever: draws depend on it and on the shares known, nothing else. The same arguments
    give the same answer.
    """
    happened: list[Happened] = []
    out = next((one for one in known.answers if one.value == Answer.PEDIU_PARA_SAIR and one.number > at.heard), None)
    if out is not None:
        return _end(happened, at.step, out.value, goal=False)
    while True:
        step = journey.step(at.step)
        match step:
            case MessageStep() | TaskStep():
                moved = _request(step, at, known, now, happened)
            case WaitStep():
                moved = _wait(step, at, known, now, happened)
            case BranchStep():
                facts = known.facts | {"answer": _newest(known, at)}
                target = next((one.next for one in step.cases if all_hold(one.all, facts)), step.otherwise)
                moved = _move_to(at, target, now, happened)
            case SplitStep():
                moved = _split(journey, step, key, at, known, now, happened)
            case HoldoutStep():
                moved = _hold_out(journey, step, key, at, now, happened)
            case GoalStep() | ExitStep():
                moved = _end(happened, step.id, step.outcome, goal=isinstance(step, GoalStep))
        if isinstance(moved, Advance):
            return moved
        at = moved


def draw(journey: str, step: str, key: str) -> float:
    """A uniform number in [0, 1), a hash of its arguments."""
    digest = blake2b(f"{journey}\0{step}\0{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def deadline(step: WaitStep, since: datetime) -> datetime:
    """The latest end of a wait that began at `since`."""
    if step.business_days:
        day = since.astimezone(_ZONE).date()
        return since + (add_business_days(day, step.business_days) - day)
    return since + timedelta(days=step.days or 0)


def _request(
    step: MessageStep | TaskStep, at: Position, known: Known, now: datetime, happened: list[Happened]
) -> Position | Advance:
    outcome = known.settled.get(step.id)
    if outcome is None:
        happened += [] if at.asked else [Happened(kind="pediu", step=step.id)]
        return Advance(position=at.model_copy(update={"asked": True}), happened=tuple(happened), ask=step.id)
    if outcome == "espera":
        return Advance(position=at, happened=tuple(happened))
    return _move_to(at, step.next if outcome == "feito" else step.unreachable or step.next, now, happened)


def _wait(step: WaitStep, at: Position, known: Known, now: datetime, happened: list[Happened]) -> Position | Advance:
    heard = _first(step, at, known)
    if heard is not None:
        happened.append(Happened(kind="ouviu", step=step.id, detail={"answer": heard.value}))
        return _move_to(at.model_copy(update={"heard": heard.number}), step.next, now, happened)
    ends = at.wakes_at or deadline(step, at.since)
    if now < ends:
        return Advance(position=at.model_copy(update={"wakes_at": ends}), happened=tuple(happened))
    happened.append(Happened(kind="venceu", step=step.id))
    return _move_to(at, step.otherwise or step.next, now, happened)


def _first(step: WaitStep, at: Position, known: Known) -> Heard | None:
    """The first awaited answer that was not consumed before."""
    return next((one for one in known.answers if one.number > at.heard and one.value in step.until), None)


def _newest(known: Known, at: Position) -> str:
    """The answer consumed last; `nenhuma` before any."""
    return next((one.value for one in reversed(known.answers) if one.number <= at.heard), "nenhuma")


def drawn_arm(journey: Journey, step: SplitStep, key: str, shares: Mapping[str, float]) -> str:
    """The arm that falls to a key by these shares (arm → share); one without a share never does."""
    left, offered = draw(journey.id, step.id, key), [one.name for one in step.arms if shares.get(one.name, 0) > 0]
    for name in offered:
        left -= shares[name]
        if left < 0:
            return name
    return offered[-1]


def _split(
    journey: Journey, step: SplitStep, key: str, at: Position, known: Known, now: datetime, happened: list[Happened]
) -> Position:
    """By the shares in force where the split learns and there are any, else by those of its arms."""
    in_force = known.shares.get(step.id) if step.learns else None
    shares = in_force.shares if in_force else {one.name: one.share for one in step.arms}
    name = drawn_arm(journey, step, key, shares)
    detail: dict[str, Fact] = {"arm": name, "propensity": shares[name]}
    if in_force:
        detail |= {"shares": in_force.number, "group": in_force.group}
    happened.append(_draw_event(step.id, detail))
    return _move_to(at, next(one.next for one in step.arms if one.name == name), now, happened)


def _hold_out(
    journey: Journey, step: HoldoutStep, key: str, at: Position, now: datetime, happened: list[Happened]
) -> Position | Advance:
    """The control group stays inside without contact until the journey is measured; the others go on."""
    if not at.asked:
        if draw(journey.id, step.id, key) >= step.share:
            happened.append(_draw_event(step.id, {"propensity": 1 - step.share}))
            return _move_to(at, step.next, now, happened)
        happened.append(Happened(kind="segurou", step=step.id, detail={"propensity": step.share}))
    ends = at.wakes_at or at.since + timedelta(days=journey.measure.within_days)
    if now >= ends:
        return _end(happened, step.id, CONTROL, goal=False)
    held = at.model_copy(update={"asked": True, "wakes_at": ends})
    return Advance(position=held, happened=tuple(happened), held=True)


def _draw_event(step: str, detail: dict[str, Fact]) -> Happened:
    return Happened(kind="sorteou", step=step, detail=detail)


def _move_to(at: Position, target: str, now: datetime, happened: list[Happened]) -> Position:
    happened.append(Happened(kind="seguiu", step=target, detail={"de": at.step}))
    return Position(step=target, since=now, heard=at.heard)


def _end(happened: list[Happened], step: str, outcome: str, *, goal: bool) -> Advance:
    happened.append(Happened(kind="terminou", step=step, detail={"outcome": outcome, "goal": goal}))
    return Advance(position=None, happened=tuple(happened), outcome=outcome, goal=goal)
