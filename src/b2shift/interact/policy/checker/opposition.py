"""Contradictory rules for one cause, and silences that silence each other or themselves."""

from collections.abc import Iterator
from itertools import combinations

from b2shift.interact.contracts import Category, DateTrigger, EventTrigger, Kind, Policy, Rule, SignalTrigger
from b2shift.interact.policy.bounds import Interval, hysteresis_interval
from b2shift.interact.policy.check_rules import fired, may_meet
from b2shift.interact.policy.problems import Problem

_OFFER, _CARE = {Kind.EXPANSAO}, {Kind.RETENCAO, Kind.RECUPERACAO}


def check(policy: Policy) -> Iterator[Problem]:
    """Every offer against every rescue that may meet it; then the silences."""
    for (_, first), (index, second) in combinations(enumerate(policy.rules), 2):
        kinds = {first.kind, second.kind}
        if kinds & _OFFER and kinds & _CARE and may_meet(first, second):
            cause = _cause(first, second)
            if cause:
                hint = f"A regra {first.id} é de {first.kind.value} e esta é de {second.kind.value}"
                what = "oferta e resgate pela mesma causa"
                yield Problem(("rules", index, "trigger"), what, cause, hint, Category.CONTRADICAO)
    yield from _silences(policy)


def _cause(first: Rule, second: Rule) -> str | None:
    one, other = first.trigger, second.trigger
    if isinstance(one, EventTrigger) and isinstance(other, EventTrigger) and one.event is other.event:
        meet = max(one.after_days, other.after_days) <= min(one.within_days, other.within_days)
        return one.event.value if meet else None
    if isinstance(one, DateTrigger) and isinstance(other, DateTrigger) and one.date is other.date:
        meet = max(one.until_days, other.until_days, 1) <= min(one.days_before, other.days_before)
        return one.date.value if meet else None
    return _lasting(first, second)


def _lasting(first: Rule, second: Rule) -> str | None:
    """A metric whose release leaves one rule on while the other fires."""
    ours, theirs = _held(first), _held(second)
    for metric in sorted(ours.keys() & theirs.keys()):
        now = _meet(fired(first)[metric], fired(second)[metric])  # refused when the policy is read
        if not now and _meet(ours[metric], theirs[metric]):
            return metric
    return None


def _meet(ours: list[Interval], theirs: list[Interval]) -> bool:
    return any(not a.intersection(b).empty for a in ours for b in theirs)


def _held(rule: Rule) -> dict[str, list[Interval]]:
    found: dict[str, list[Interval]] = {}
    if isinstance(rule.trigger, SignalTrigger):
        for condition in (*rule.trigger.any, *rule.trigger.all):
            if condition.equals is None:
                found.setdefault(condition.metric, []).append(hysteresis_interval(condition))
    return found


def _silences(policy: Policy) -> Iterator[Problem]:
    for index, silence in enumerate(policy.silences):
        own = set(silence.drop) & set(silence.during)
        if own:
            what, hint = "o silêncio cala o próprio tipo que o provoca", "Nenhum contato deste tipo seria proposto"
            path = ("silences", index)
            yield Problem(path, what, ", ".join(sorted(own)), hint, Category.INALCANCAVEL)
    for (_, one), (index, other) in combinations(enumerate(policy.silences), 2):
        both = set(one.drop) & set(other.during), set(one.during) & set(other.drop)
        if all(both):
            what, value = "dois silêncios se calam um ao outro", ", ".join(sorted(both[0] | both[1]))
            yield Problem(("silences", index), what, value, "Fique com um", Category.CONTRADICAO)
