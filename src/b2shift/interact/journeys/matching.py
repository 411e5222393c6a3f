"""Conditions of a step evaluated on the facts of one customer; an unknown fact never matches."""

from collections.abc import Iterable, Mapping

from b2shift.interact.policy.bounds import interval
from b2shift.interact.shapes.journeys import Fact
from b2shift.interact.shapes.rules import Condition


def all_hold(conditions: Iterable[Condition], facts: Mapping[str, Fact]) -> bool:
    """Whether every condition holds."""
    return all(holds(one, facts) for one in conditions)


def holds(condition: Condition, facts: Mapping[str, Fact]) -> bool:
    """Whether one condition holds."""
    value = facts.get(condition.metric)
    if value is None:
        return False
    if condition.equals is not None:
        return type(value) is type(condition.equals) and value == condition.equals
    if isinstance(value, bool | str):
        return False
    bounds = interval(condition)
    above = value > bounds.low if bounds.low_open else value >= bounds.low
    return above and (value < bounds.high if bounds.high_open else value <= bounds.high)
