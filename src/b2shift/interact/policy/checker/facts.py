"""Necessary conditions for a rule to fire: intervals of numbers and sets of words, with implications."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, floor, inf
from typing import Any

from b2shift.interact.contracts import (
    Cadence,
    CadenceTrigger,
    Condition,
    NpsTrigger,
    Rule,
    SignalTrigger,
    TelemetryTrigger,
)
from b2shift.interact.policy.bounds import Interval, hysteresis_interval, interval
from b2shift.interact.policy.vocabulary import metrics, relations
from b2shift.kernel.contract import Contract

# Months of tenure that the days after arrival of a moment's contact can amount to.
_MOMENT_MONTHS = {Cadence.SEMANA_1: 1, Cadence.MES_1: 2}
_PRUDENT = (
    Condition(metric="overdue_count", at_most=0),
    Condition(metric="unpaid_share_6m", at_most=0),
)
_PRUDENT_BANDS = frozenset({"médio", "baixo"})


class Implication(Contract):
    """Whoever has a metric (with that value, if one is given) fulfils conditions."""

    metric: str
    equals: bool | None = None
    then: tuple[Condition, ...]


class Scale(Contract):
    """One metric is nearly a multiple of another."""

    metric: str
    of: str
    times: float
    within: float


@dataclass
class Facts:
    """Numbers and words a customer can have; what is not listed is free."""

    numbers: dict[str, Interval] = field(default_factory=dict)
    words: dict[str, frozenset[bool | str]] = field(default_factory=dict)

    def require(self, conditions: Iterable[Condition]) -> "Facts":
        """The same with conditions that must hold; narrowed in place."""
        for condition in conditions:
            if condition.equals is None:
                self.narrow(condition.metric, hysteresis_interval(condition))
            else:
                self.among(condition.metric, frozenset({condition.equals}))
        return self

    def narrow(self, metric: str, to: Interval) -> None:
        """Keep only the numbers of an interval."""
        self.numbers[metric] = self.numbers.get(metric, _possible(metric)).intersection(to)

    def among(self, metric: str, values: frozenset[bool | str]) -> None:
        """Keep only some words."""
        declared = metrics()[metric].values
        known = self.words.get(metric, frozenset(declared) if declared else None)
        self.words[metric] = values if known is None else known & values

    def impossible(self) -> str | None:
        """A metric without a possible value, if any."""
        self._propagate()
        empty = [metric for metric, words in self.words.items() if not words]
        empty += [metric for metric, numbers in self.numbers.items() if _none_in(metric, numbers)]
        return empty[0] if empty else None

    def implies(self, condition: Condition) -> bool:
        """Whether the condition holds for every customer with these facts."""
        if condition.equals is not None:
            return self.words.get(condition.metric) == frozenset({condition.equals})
        return condition.metric in self.numbers and inside(self.numbers[condition.metric], interval(condition))

    def _propagate(self) -> None:
        implications, scales = _relations()
        for one in implications:
            met = (
                one.metric in self.numbers
                if one.equals is None
                else self.words.get(one.metric) == frozenset({one.equals})
            )
            if met:
                self.require(one.then)
        for scale in scales:
            if scale.metric in self.numbers:
                declared = self.numbers[scale.metric]
                low, high = declared.low * scale.times - scale.within, declared.high * scale.times + scale.within
                self.narrow(scale.of, Interval(low, high))


def facts_of(rule: Rule) -> Facts:
    """The necessary conditions of a rule."""
    trigger, facts = rule.trigger, Facts().require(rule.audience.where)
    if isinstance(trigger, SignalTrigger):
        facts.require(trigger.all)
        facts.require(trigger.any if len(trigger.any) == 1 else ())
    if isinstance(trigger, TelemetryTrigger) and trigger.min_months:
        facts.narrow("usage_months_12m", Interval(low=trigger.min_months))
    if isinstance(trigger, NpsTrigger):
        facts.narrow("nps_value", interval(trigger))
        facts.narrow("nps_answers_12m", Interval(low=1))
    if isinstance(trigger, CadenceTrigger) and trigger.every in _MOMENT_MONTHS:
        facts.narrow("tenure_months", Interval(high=_MOMENT_MONTHS[trigger.every]))
        facts.among("onboarding", frozenset({True}))
    if rule.credit_offer:
        facts.require(_PRUDENT)
        facts.among("churn_band", _PRUDENT_BANDS)
    facts.impossible()
    return facts


def inside(small: Interval, large: Interval) -> bool:
    """Whether every number of one lies in the other."""
    return small.intersection(large) == small


def branches(rule: Rule) -> Sequence[Condition]:
    """The alternatives of a signal with more than one."""
    trigger = rule.trigger
    return trigger.any if isinstance(trigger, SignalTrigger) and len(trigger.any) > 1 else ()


def _possible(metric: str) -> Interval:
    declared = metrics()[metric]
    return Interval(
        -inf if declared.lowest is None else declared.lowest, inf if declared.highest is None else declared.highest
    )


def _none_in(metric: str, numbers: Interval) -> bool:
    if numbers.empty:
        return True
    if metrics()[metric].format != "integer" or numbers.low == -inf or numbers.high == inf:
        return False
    low = floor(numbers.low) + 1 if numbers.low_open else ceil(numbers.low)
    high = ceil(numbers.high) - 1 if numbers.high_open else floor(numbers.high)
    return low > high


@lru_cache(maxsize=1)
def _relations() -> tuple[tuple[Implication, ...], tuple[Scale, ...]]:
    declared: dict[str, Any] = relations()
    implications = tuple(Implication.model_validate(one) for one in declared["implies"])
    return implications, tuple(Scale.model_validate(one) for one in declared["scales"])
