"""Containment of audiences: whether every customer of one rule, on every day, is one of another's."""

from datetime import date

from b2shift.interact.contracts import Rule
from b2shift.interact.policy.checker.facts import Facts


def covers(wide: Rule, narrow: Rule, facts: Facts) -> bool:
    """Whether the audience of `wide` contains that of `narrow` on every day; `facts` are those of `narrow`."""
    ours, theirs = wide.audience, narrow.audience
    lists = (
        (ours.archetypes, theirs.archetypes),
        (ours.life_stages, theirs.life_stages),
        (ours.business_units, theirs.business_units),
    )
    if not all(_holds(large, small) for large, small in lists) or not set(theirs.situations) <= set(ours.situations):
        return False
    if wide.credit_offer and not narrow.credit_offer:
        return False
    return _lasts(wide, narrow) and all(one in theirs.where or facts.implies(one) for one in ours.where)


def expired(rule: Rule, on: date | None) -> bool:
    """Whether the rule's validity ended before a day; never when no day is given."""
    return on is not None and rule.valid_until is not None and rule.valid_until < on


def _holds(large: tuple[str, ...], small: tuple[str, ...]) -> bool:
    return not large or (bool(small) and set(small) <= set(large))


def _lasts(wide: Rule, narrow: Rule) -> bool:
    start, end = wide.valid_from or date.min, wide.valid_until or date.max
    return start <= (narrow.valid_from or date.min) and (narrow.valid_until or date.max) <= end
