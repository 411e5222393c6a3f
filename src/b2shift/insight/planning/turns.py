"""Turns of phrase declared in weighty.yaml, each with the conditions under which no typed query holds what it says."""

from collections.abc import Callable, Iterator
from typing import Any

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.phrasing import asks_when
from b2shift.insight.reading.items import CONNECTORS, Reading
from b2shift.insight.reading.lexicon import Turn, weighty
from b2shift.metrics.api import load_dictionary

Span = tuple[int, int]
Condition = Callable[[Reading, Draft, Span, Any], bool]
AFTER = 2
"""Words that may stand between a place in time and its period: `no início do ano de 2025`."""
LONGEST_MONTH = 31


def turned(reading: Reading, draft: Draft) -> Iterator[Span]:
    """Words, as places, of declared turns whose conditions hold of the draft."""
    covered = reading.covered()
    for turn in weighty().turns:
        for span in _found(turn, reading, covered):
            needed = all(CONDITIONS[name](reading, draft, span, told) for name, told in turn.when.items())
            excused = any(CONDITIONS[name](reading, draft, span, told) for name, told in turn.unless.items())
            if needed and not excused:
                yield span


def _found(turn: Turn, reading: Reading, covered: set[int]) -> Iterator[Span]:
    for phrase in turn.phrases:
        for found in phrase.finditer(reading.text):
            first = reading.text[: found.start()].count(" ")
            yield first, first + found.group().count(" ") + 1
    if turn.words:
        free = [place for place in range(len(reading.words)) if place not in covered]
        yield from ((place, place + 1) for place in free if reading.folded[place] in turn.words)


def compares(draft: Draft) -> bool:
    """Whether a condition sets a limit, rather than names a value."""
    return any(one.op not in {"eq", "neq", "in"} for one in draft.filters)


def _not_additive(reading: Reading, draft: Draft, span: Span, told: Any) -> bool:
    known = load_dictionary().metrics
    return any(known[name].additivity != "additive" for name in draft.metrics)


def _all_stocks(reading: Reading, draft: Draft, span: Span, told: Any) -> bool:
    known = load_dictionary().metrics
    return bool(draft.metrics) and all(known[name].additivity == "semi_additive" for name in draft.metrics)


def _before_period(reading: Reading, draft: Draft, span: Span, told: Any) -> bool:
    return any(
        0 <= period.start - span[1] < AFTER and set(reading.folded[span[1] : period.start]) <= CONNECTORS
        for period in reading.periods
    )


def _metric_before_only(reading: Reading, draft: Draft, span: Span, told: Any) -> bool:
    metrics = reading.of("metric")
    return any(m.end <= span[0] for m in metrics) and not any(m.start >= span[1] for m in metrics)


def _held(reading: Reading, draft: Draft, span: Span, told: Any) -> bool:
    """A period or the time as a customer explains the words: `em que mês de 2025`."""
    spans = [(p.start, p.end) for p in reading.periods]
    spans += [(i.start, i.end) for i in reading.items if i.name == "tenure_months"]
    return any(start < span[1] and span[0] < end for start, end in spans)


CONDITIONS: dict[str, Condition] = {
    "metrics": lambda reading, draft, span, names: bool(set(names) & {*draft.metrics}),
    "beyond": lambda reading, draft, span, names: bool({*draft.metrics} - {*names}),
    "any_metric": lambda reading, draft, span, told: bool(draft.metrics),
    "filters": lambda reading, draft, span, names: any(one.field in names for one in draft.filters),
    "intents": lambda reading, draft, span, names: draft.intent in names,
    "cues": lambda reading, draft, span, names: reading.cue(*names) is not None,
    "filtered": lambda reading, draft, span, told: bool(draft.filters),
    "compares": lambda reading, draft, span, told: compares(draft),
    "grouped": lambda reading, draft, span, told: bool(draft.dimensions),
    "limited": lambda reading, draft, span, told: bool(draft.limit),
    "calculated": lambda reading, draft, span, told: bool(draft.calculation),
    "compared": lambda reading, draft, span, told: draft.comparison is not None,
    "timed": lambda reading, draft, span, told: draft.days is not None,
    "many_months": lambda reading, draft, span, told: (
        draft.days is not None and (draft.days[1] - draft.days[0]).days > LONGEST_MONTH
    ),
    "ranks_months": lambda reading, draft, span, told: draft.order is not None and asks_when(reading) is not None,
    "not_additive": _not_additive,
    "all_stocks": _all_stocks,
    "before_period": _before_period,
    "metric_before_only": _metric_before_only,
    "held": _held,
}
"""Name of a condition in weighty.yaml → whether it holds of a reading, its draft, the words found and what was told."""
