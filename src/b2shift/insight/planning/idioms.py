"""Idioms declared in unsupported.yaml, each with the conditions under which no typed query expresses it."""

from collections.abc import Callable, Iterator
from typing import Any

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.phrasing import asks_when
from b2shift.insight.reading.lexicon import Idiom, unsupported_speech
from b2shift.insight.reading.mentions import CONNECTORS, Reading
from b2shift.metrics.api import load_dictionary

Span = tuple[int, int]
Condition = Callable[[Reading, Draft, Span, Any], bool]
AFTER = 2
"""Words that may stand between a place in time and its period: `no início do ano de 2025`."""
LONGEST_MONTH = 31


def unsupported_idioms(reading: Reading, draft: Draft) -> Iterator[Span]:
    """Spans of declared idioms whose conditions hold of the draft."""
    covered = reading.covered()
    for idiom in unsupported_speech().idioms:
        for span in _found(idiom, reading, covered):
            needed = all(CONDITIONS[name](reading, draft, span, argument) for name, argument in idiom.when.items())
            excused = any(CONDITIONS[name](reading, draft, span, argument) for name, argument in idiom.unless.items())
            if needed and not excused:
                yield span


def _found(idiom: Idiom, reading: Reading, covered: set[int]) -> Iterator[Span]:
    for phrase in idiom.phrases:
        for found in phrase.finditer(reading.text):
            first = reading.text[: found.start()].count(" ")
            yield first, first + found.group().count(" ") + 1
    if idiom.words:
        free = [position for position in range(len(reading.words)) if position not in covered]
        yield from ((position, position + 1) for position in free if reading.folded[position] in idiom.words)


def compares(draft: Draft) -> bool:
    """Whether a filter has a threshold rather than a value."""
    return any(one.op not in {"eq", "neq", "in"} for one in draft.filters)


def _not_additive(reading: Reading, draft: Draft, span: Span, argument: Any) -> bool:
    known = load_dictionary().metrics
    return any(known[name].additivity != "additive" for name in draft.metrics)


def _all_stocks(reading: Reading, draft: Draft, span: Span, argument: Any) -> bool:
    known = load_dictionary().metrics
    return bool(draft.metrics) and all(known[name].additivity == "semi_additive" for name in draft.metrics)


def _before_period(reading: Reading, draft: Draft, span: Span, argument: Any) -> bool:
    return any(
        0 <= period.start - span[1] < AFTER and set(reading.folded[span[1] : period.start]) <= CONNECTORS
        for period in reading.periods
    )


def _metric_before_only(reading: Reading, draft: Draft, span: Span, argument: Any) -> bool:
    metrics = reading.of("metric")
    return any(m.end <= span[0] for m in metrics) and not any(m.start >= span[1] for m in metrics)


def _covered(reading: Reading, draft: Draft, span: Span, argument: Any) -> bool:
    """Whether a period or the tenure explains the words: `em que mês de 2025`."""
    spans = [(p.start, p.end) for p in reading.periods]
    spans += [(i.start, i.end) for i in reading.mentions if i.name == "tenure_months"]
    return any(start < span[1] and span[0] < end for start, end in spans)


CONDITIONS: dict[str, Condition] = {
    "metrics": lambda reading, draft, span, names: bool(set(names) & {*draft.metrics}),
    "beyond": lambda reading, draft, span, names: bool({*draft.metrics} - {*names}),
    "any_metric": lambda reading, draft, span, argument: bool(draft.metrics),
    "filters": lambda reading, draft, span, names: any(one.field in names for one in draft.filters),
    "intents": lambda reading, draft, span, names: draft.intent in names,
    "cues": lambda reading, draft, span, names: reading.cue(*names) is not None,
    "filtered": lambda reading, draft, span, argument: bool(draft.filters),
    "compares": lambda reading, draft, span, argument: compares(draft),
    "grouped": lambda reading, draft, span, argument: bool(draft.dimensions),
    "limited": lambda reading, draft, span, argument: bool(draft.limit),
    "calculated": lambda reading, draft, span, argument: bool(draft.calculation),
    "compared": lambda reading, draft, span, argument: draft.comparison is not None,
    "timed": lambda reading, draft, span, argument: draft.days is not None,
    "many_months": lambda reading, draft, span, argument: (
        draft.days is not None and (draft.days[1] - draft.days[0]).days > LONGEST_MONTH
    ),
    "ranks_months": lambda reading, draft, span, argument: draft.order is not None and asks_when(reading) is not None,
    "not_additive": _not_additive,
    "all_stocks": _all_stocks,
    "before_period": _before_period,
    "metric_before_only": _metric_before_only,
    "held": _covered,
}
"""Name of a condition in unsupported.yaml → whether it holds of a reading, its draft, the words found and what was told."""
