"""Conditions of a step against what is known of one customer; what is not known never holds."""

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
    told = interval(condition)
    above = value > told.low if told.low_open else value >= told.low
    return above and (value < told.high if told.high_open else value <= told.high)
