"""Rankings that no typed query can express: two orders at once, nested rankings, a joint share."""

import itertools
from collections.abc import Callable, Iterator

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.idioms import Span
from b2shift.insight.planning.ranking import stated_order
from b2shift.insight.planning.wording import words
from b2shift.insight.reading.mentions import Mention, Reading
from b2shift.metrics.api import counts_customers

ENDS = frozenset({"top", "bottom", "best", "worst"})
BOTH_ENDS = (frozenset({"top", "best"}), frozenset({"bottom", "worst"}))
OF_GROUPS = frozenset({"de", "em", "por", "of", "in", "per"})


def _both(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`O melhor e o pior segmento`: two rankings at once."""
    if draft.intent != "rank" or not draft.order or (draft.metrics and stated_order(reading, draft.metrics[0])):
        return
    high, low = ([i for i in reading.of("cue") if i.name in names] for names in BOTH_ENDS)
    for one, other in itertools.product(high, low):
        first, second = sorted((one, other), key=lambda mention: mention.start)
        if {"e", "and", "x", "vs"} & set(reading.folded[first.end : second.start]):
            yield second.start, second.end


def _each_of_each(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Top 3 clientes de cada segmento` where `each` is not filled."""
    if draft.intent != "rank" or draft.each:
        return
    people = next((i for i in reading.of("dimension") if i.name == "customer"), None)
    if (
        people
        and "customer" not in draft.dimensions
        and (_counted(reading, draft, people) or _superlative(reading, people) or _of_every(reading, draft, people))
    ):
        yield people.start, people.end  # `dez clientes com mais chamados por região`, `maior cliente de cada vendedor`
    for first, second in itertools.pairwise(reading.of("dimension") if draft.limit else ()):
        between = set(reading.folded[first.end : second.start])
        if first.name != second.name and between & {"cada", "each", "every"} and between & OF_GROUPS:
            yield second.start - 1, second.end


def _of_every(reading: Reading, draft: Draft, people: Mention) -> bool:
    """`Os clientes com maior MRR de cada segmento`: a top-N of each group without its N."""
    groups = [i for i in reading.of("dimension") if i.name in draft.dimensions and i.start > people.end]
    every = any(reading.folded[i.start - 1] in words("every") for i in groups)
    ranked = any(i.name in ENDS and i.start - people.end == 1 for i in reading.of("cue"))
    return every and ranked and reading.folded[people.end] in {"com", "with"}


def _counted(reading: Reading, draft: Draft, people: Mention) -> bool:
    return any(a.end == people.start and a.value == draft.limit for a in reading.amounts)


def _superlative(reading: Reading, people: Mention) -> bool:
    """`O maior cliente`, `cliente com o maior débito`: a customer is looked for, not a count."""
    many = reading.folded[people.end - 1] != reading.words[people.end - 1].lemma
    beside = [
        i
        for i in reading.of("cue")
        if i.name in ENDS and (i.end == people.start or (not many and 1 <= i.start - people.end <= 2))
    ]
    numbered = {"mais", "menos", "most", "least", "fewest", "more", "less"}  # `mais clientes` counts them
    return any(reading.folded[i.start] not in numbered or i.start > people.start for i in beside)


def _customers_by_their_number(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Quem fechou mais negócios?`: customers ranked by a count of customers."""
    if draft.intent == "rank" and "customer" in draft.dimensions and any(map(counts_customers, draft.metrics)):
        cue = reading.cue(*ENDS, "ranking")
        yield from [(cue.start, cue.end)] if cue else []


def _share_of_the_largest(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Quanto da receita vem dos dois maiores planos?`: the joint share of several groups."""
    cue = reading.cue("how_much") if draft.calculation == "share_of_total" else None
    whole = reading.cue("share")
    cue = whole if whole and reading.folded[whole.start].startswith("concentrac") else cue
    each = cue is not None and {"cada", "each"} & set(reading.folded[cue.end :])
    if cue and not each and draft.intent == "rank" and draft.limit and draft.limit > 1:
        yield cue.start, cue.end


def _ranked_twice(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Cluster com mais detratores e maior ticket médio`: two orders, or a ranking within another."""
    if draft.intent != "rank" or (draft.metrics and stated_order(reading, draft.metrics[0])):
        return
    ends = [i for i in reading.of("cue") if i.name in ENDS]
    for first, second in itertools.pairwise(ends):
        first_names = {
            i.name for i in reading.mentions if i.kind in {"metric", "value"} and first.end <= i.start < second.start
        }
        second_names = {i.name for i in reading.mentions if i.kind in {"metric", "value"} and i.start >= second.end}
        if first_names and second_names - first_names and second.end - second.start <= 2:
            yield second.start, second.end


RANKING_CHECKS: tuple[Callable[[Reading, Draft], Iterator[Span]], ...] = (
    _both, _each_of_each, _customers_by_their_number, _share_of_the_largest, _ranked_twice,
)  # fmt: skip
