"""A condition as SQL: test, phrase and evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from b2shift.interact.contracts import Bounds, Condition
from b2shift.interact.evaluation.facts import column
from b2shift.interact.evaluation.words import evidence, formatted, joined, listed, sentence, threshold_text
from b2shift.interact.policy.bounds import interval
from b2shift.interact.policy.vocabulary import Metric, metrics
from b2shift.lake.api import literal


@dataclass(frozen=True)
class Clause:
    """SQL of the test, of the words and of the evidence, and the condition in words."""

    test: str
    phrase: str
    evidence: str
    words: str


def clause(condition: Condition) -> Clause:
    """The clause of a condition; its test is not true where the metric is unknown."""
    metric = metrics()[condition.metric]
    if condition.equals is not None:
        return _equal(metric, condition.equals)
    value = formatted(metric, column(metric.name), edges(condition))
    limit = limits(condition, metric)
    test, phrase = _within(column(metric.name), condition), _phrase(metric, value)
    note = literal("" if _is_implied(metric, condition) else f" (limite: {limit})")
    threshold = limit
    if condition.release is not None:
        leave = threshold_text(metric, condition.release)
        now, test = test, _hysteresis(metric, condition)
        note = f"CASE WHEN {now} THEN {note} ELSE {literal(f' (entrou no alerta {limit} e só sai em {leave})')} END"
        threshold = f"{limit}; sai em {leave}"
    return Clause(
        test=test,
        phrase=f"{phrase} || {note}",
        evidence=evidence(metric.name, metric.label, value, threshold, metric.source),
        words=f"{metric.label} {threshold}",
    )


def _phrase(metric: Metric, value: str) -> str:
    """SQL of what the customer does or has; of a count of none in words."""
    phrase = sentence(metric.phrase, {"value": value})
    return (
        f"CASE WHEN {column(metric.name)} = 0 THEN {literal(metric.none)} ELSE {phrase} END" if metric.none else phrase
    )


def _is_implied(metric: Metric, bounds: Bounds) -> bool:
    """Whether the phrase already implies the limit: that there are some, or none."""
    if not metric.none or metric.lowest != 0 or len(edges(bounds)) != 1:
        return False
    return bounds.above == 0 or bounds.at_most == 0


def edges(bounds: Bounds) -> list[float]:
    """The thresholds of bounds."""
    return [v for v in (bounds.below, bounds.at_most, bounds.above, bounds.at_least) if v is not None]


def limits(bounds: Bounds, metric: Metric) -> str:
    """`abaixo de 20%`, `de 30 a 60`, `acima de 7 dias úteis`."""
    if bounds.at_least is not None and bounds.at_most is not None:
        return f"de {threshold_text(metric, bounds.at_least)} a {threshold_text(metric, bounds.at_most)}"
    lower = (("acima de", bounds.above), ("a partir de", bounds.at_least))
    upper = (("abaixo de", bounds.below), ("até", bounds.at_most))
    return listed(
        [f"{word} {threshold_text(metric, value)}" for word, value in (*lower, *upper) if value is not None], "e"
    )


def within(sql: str, bounds: Bounds) -> str:
    """SQL of a value lying in bounds."""
    return _within(sql, bounds)


def all_of(conditions: Sequence[Condition]) -> str:
    """SQL of every test."""
    return " AND ".join(f"({clause(c).test})" for c in conditions) or "TRUE"


def any_of(conditions: Sequence[Condition]) -> str:
    """SQL of some test."""
    return " OR ".join(f"({clause(c).test})" for c in conditions) or "TRUE"


def phrases(conditions: Sequence[Condition]) -> str:
    """SQL of the clauses that hold, as one enumeration."""
    return joined(_those_that_hold([(clause(c).test, clause(c).phrase) for c in conditions]))


def proofs(conditions: Sequence[Condition]) -> str:
    """SQL of the evidence of the clauses that hold, as a list."""
    return _those_that_hold([(clause(c).test, clause(c).evidence) for c in conditions]) if conditions else "[]"


def _those_that_hold(pairs: Sequence[tuple[str, str]]) -> str:
    cases = ", ".join(f"CASE WHEN {test} THEN {value} END" for test, value in pairs)
    return f"list_filter([{cases}], lambda found: found IS NOT NULL)"


def _within(sql: str, bounds: Bounds) -> str:
    low, high = interval(bounds).low, interval(bounds).high
    tests = []
    if low > -inf:
        tests.append(f"{sql} {'>' if interval(bounds).low_open else '>='} {low!r}")
    if high < inf:
        tests.append(f"{sql} {'<' if interval(bounds).high_open else '<='} {high!r}")
    return " AND ".join(tests)


def _hysteresis(metric: Metric, condition: Condition) -> str:
    """Hysteresis over past values, newest first: the last one that decided says enter."""
    assert condition.release is not None
    enter = _within("past", condition)
    leave = f"past {'>=' if interval(condition).high < inf else '<='} {condition.release!r}"
    decided = f"list_filter(past_{metric.name}, lambda past: ({enter}) OR ({leave}))[1]"
    return f"{column(metric.name)} IS NOT NULL AND coalesce({_within(decided, condition)}, FALSE)"


def _equal(metric: Metric, wanted: bool | str) -> Clause:
    sql = column(metric.name)
    value = formatted(metric, sql)
    if isinstance(wanted, bool):
        words = metric.phrase if wanted else metric.negated
        test = sql if wanted else f"NOT {sql}"
        return Clause(
            f"coalesce({test}, FALSE)", value, evidence(metric.name, metric.label, value, words, metric.source), words
        )
    limit = f"igual a {wanted}"
    return Clause(
        test=f"coalesce({sql} = {literal(wanted)}, FALSE)",
        phrase=sentence(metric.phrase, {"value": value}),
        evidence=evidence(metric.name, metric.label, value, limit, metric.source),
        words=f"{metric.label} {limit}",
    )
