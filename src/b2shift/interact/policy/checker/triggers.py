"""Implication between triggers: whether one fires whenever another does."""

from collections.abc import Sequence

from b2shift.interact.contracts import (
    Condition,
    DateTrigger,
    EventTrigger,
    NpsTrigger,
    Rule,
    SignalTrigger,
    TelemetryTrigger,
)
from b2shift.interact.policy.bounds import hysteresis_interval, interval
from b2shift.interact.policy.checker.facts import Facts, inside


def implies(wide: Rule, narrow: Rule, facts: Facts) -> bool:
    """Whether `wide` fires on every day on which `narrow` does; `facts` are those of `narrow`. Cadences never do."""
    ours, theirs = wide.trigger, narrow.trigger
    if isinstance(ours, NpsTrigger) and isinstance(theirs, NpsTrigger):
        return ours.fresh_days >= theirs.fresh_days and inside(interval(theirs), interval(ours))
    if isinstance(ours, EventTrigger) and isinstance(theirs, EventTrigger):
        within = ours.after_days <= theirs.after_days and theirs.within_days <= ours.within_days
        return ours.event is theirs.event and within
    if isinstance(ours, DateTrigger) and isinstance(theirs, DateTrigger):
        within = ours.until_days <= theirs.until_days and theirs.days_before <= ours.days_before
        return ours.date is theirs.date and within
    if isinstance(ours, SignalTrigger) and isinstance(theirs, SignalTrigger):
        return _measured(ours, theirs) and _signalled(ours, theirs, facts)
    return False


def _measured(ours: SignalTrigger, theirs: SignalTrigger) -> bool:
    """Telemetry asks for customers that send it, and for months of it."""
    if not isinstance(ours, TelemetryTrigger):
        return True
    return isinstance(theirs, TelemetryTrigger) and ours.min_months <= theirs.min_months


def _signalled(ours: SignalTrigger, theirs: SignalTrigger, facts: Facts) -> bool:
    needed = all(one in theirs.all or facts.implies(one) for one in ours.all)
    if not needed or not ours.any:
        return needed
    if any(facts.implies(one) for one in ours.any):
        return True
    return bool(theirs.any) and all(_some(one, ours.any) for one in theirs.any)


def _some(condition: Condition, among: Sequence[Condition]) -> bool:
    """Whether the condition brings one of some conditions with it."""
    if condition in among:
        return True
    same = [one for one in among if one.metric == condition.metric and one.equals is None is condition.equals]
    return any(inside(hysteresis_interval(condition), interval(one)) for one in same)
