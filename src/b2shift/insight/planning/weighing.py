"""What people say that no typed query holds: alternatives, places in a rank, cohorts, moments, sums of stocks. It is asked about."""

import itertools
import re
from collections.abc import Callable, Iterator

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.phrasing import COMPARATIVE, asks_when
from b2shift.insight.planning.ranking import said_order
from b2shift.insight.reading.items import CONNECTORS, Reading
from b2shift.insight.reading.lexicon import Weighty, weighty
from b2shift.metrics.api import load_dictionary

Span = tuple[int, int]
SIZE = frozenset({"mrr", "arr"})
"""What makes a customer large: `os 10 maiores clientes` are so by these."""
MEANS = frozenset({"media", "medio", "medios", "medias", "average", "avg", "mean"})
BOTH_ENDS = (frozenset({"top", "best"}), frozenset({"bottom", "worst"}))
JOINS = frozenset(
    {"e", "and", "ou", "or", ",", "nem", "nor", "&", "+", "x", "vs", "versus", "contra", "com", "with", "a", "-"}
)
ORDINAL = re.compile(
    r"\b(?:segund[oa]|terceir[oa]|quart[oa]|quint[oa]|second|third|fourth|fifth|2nd|3rd|4th|[2-9][oa])"
    r" (?:\w+ )?(?:maior|menor|melhor|pior|mais|menos|highest|lowest|largest|biggest|smallest|best|worst|most)\b"
)
MOMENT = re.compile(
    r"\bquando (?:foi|o |a |e )|\bquant[oa]s (?:meses|mes|trimestres|anos|vezes|dias)\b|\bhow many (?:months|quarters|years|times|days)\b"
    r"|^when (?:did|was|will)\b|\bem (?:que|qual) (?:mes|trimestre|ano|data|dia)\b|\b(?:in )?(?:which|what) (?:month|quarter|year)\b"
)
BOTH_SIDES = re.compile(r"\b(?:com e sem|with and without|com ou sem|with or without)\b")
COHORT = re.compile(
    r"\b(?:clientes?|empresas?|contas?|contratos?|base|customers?|accounts?|clients?|companies|quem|who) (?:novos |novas )?(?:que |who |that |which )?"
    r"(?:ja )?(?:entraram|entrou|chegaram|chegou|fecharam|fechou|assinaram|assinou|compraram|comecaram|vieram|joined|signed|signed up|started|came)\b"
)
PASSING = re.compile(
    r"\b(?:passaram|passou|mudaram|mudou|migraram|migrou|subiram|desceram|viraram|virou|trocaram|foram|moved|switched|went|upgraded|downgraded)$"
)
OF_LARGEST = re.compile(
    r"\b(?:d[oa]s|of (?:the|our)|for (?:the|our)|nos|nas|pelos|pelas) (?:\S+ ){0,2}?(?:maiores|menores|principais|melhores|piores|largest|biggest|smallest|top|best|worst)"
    r" (?:\d+ )?(?:clientes|contas|empresas|customers|accounts|clients)\b"
)
UNRENEWED = re.compile(r"\b(?:nao|sem|without|not|never|nunca|no) (?:\w+ )?(?:renov|renew|venc|expir|data de renov)\w*")
STILL_OPEN = re.compile(r"\b(?:em aberto|still open|por resolver|sem solucao|sem resposta|unresolved|unsolved)\b")
NEAREST = re.compile(r"\b(?:mais )?(?:proxim[oa]s?|perto|longe|distantes?|closest|nearest|close|near) (?:d[aeo]|to)\b")
SPREAD = frozenset({"distribuicao", "distribution", "dispersao", "distribuem", "distribui", "spread"})
COUNTS = frozenset(
    {"tickets", "new_customers", "churned_customers", "active_customers", "expansion_mrr", "churned_mrr"}
)
"""Numbers whose mean over customers, months or sellers is another number."""


def weighed(reading: Reading, draft: Draft) -> Iterator[Span]:
    """Words, as places, that turn the question into one the draft does not hold."""
    if draft.intent in {"define", "actions"}:
        return
    for check in CHECKS:
        yield from check(reading, draft)


def _free(reading: Reading) -> list[int]:
    covered = reading.covered()
    return [place for place in range(len(reading.words)) if place not in covered]


def _found(pattern: re.Pattern[str], reading: Reading) -> Iterator[Span]:
    for found in pattern.finditer(reading.text):
        first = reading.text[: found.start()].count(" ")
        yield first, first + found.group().count(" ") + 1


def _qualified(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Churn líquido`, `chamados críticos`, `quantos chamados resolvemos`: another metric than the one read."""
    known: Weighty = weighty()
    if "tickets" in draft.metrics:
        yield from _found(STILL_OPEN, reading)
    metrics = [m for m in reading.of("metric") if m.name in {*draft.metrics, *(f.field for f in draft.filters)}]
    beside = (
        {m.end for m in metrics}
        | {m.start - 1 for m in metrics}
        | {m.end + 1 for m in metrics if m.end in _of(reading)}
    )
    before = {m.start - 2 for m in metrics if m.start - 1 in _of(reading)}
    named = {p for i in reading.items if i.kind in {"metric", "value", "dimension"} for p in range(i.start, i.end)}
    timed = {p for one in reading.periods for p in range(one.start, one.end)}
    qualifies = known.beside_metric | (known.beside_tickets if "tickets" in draft.metrics else frozenset())
    for place, word in enumerate(reading.folded):
        if place in named | timed:
            continue
        holders = known.held_by.get(word)
        if (word in qualifies and place in beside | before) or (
            holders and metrics and not set(holders) & set(draft.metrics)
        ):
            yield place, place + 1


def _of(reading: Reading) -> set[int]:
    return {place for place, word in enumerate(reading.folded) if word in CONNECTORS}


def _either(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`NPS abaixo de 20 ou health abaixo de 40`: conditions of a query all hold, none is an alternative."""
    fields = {one.field for one in draft.filters}
    told = [i for i in reading.items if i.kind in {"metric", "value"} and i.name in fields]
    for place, word in enumerate(reading.folded):
        if word not in {"ou", "or"}:
            continue
        before = next((i for i in reversed(told) if i.end <= place), None)
        after = next((i for i in told if i.start > place), None)
        if before and after and before.name != after.name and not any(i.start <= place < i.end for i in reading.items):
            yield place, place + 1


def _both(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`O melhor e o pior segmento`, `com e sem atraso`: two answers at once."""
    yield from _found(BOTH_SIDES, reading)
    if draft.intent != "rank" or not draft.order or (draft.metrics and said_order(reading, draft.metrics[0])):
        return
    high, low = ([i for i in reading.of("cue") if i.name in names] for names in BOTH_ENDS)
    for one, other in itertools.product(high, low):
        first, second = sorted((one, other), key=lambda item: item.start)
        if {"e", "and", "x", "vs"} & set(reading.folded[first.end : second.start]) and second.start - first.end <= 4:
            yield second.start, second.end


def _placed(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`O segundo maior cliente`, `o mais próximo da média`: a rank has a beginning, no place in it and no middle."""
    yield from _found(ORDINAL, reading)
    yield from _found(NEAREST, reading)


def _set_against_a_metric(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`MRR maior que o ticket médio`: a condition compares with a number, not with another metric."""
    for cue in [i for i in reading.of("cue") if i.name in {"gt", "lt", "gte", "lte"} and i.end - i.start > 1]:
        after = next((p for p in range(cue.end, len(reading.words)) if reading.folded[p] not in CONNECTORS), None)
        numbered = any(0 <= amount.start - cue.end <= 3 for amount in reading.amounts)
        named = after is not None and (
            reading.folded[after] in MEANS or any(m.start == after for m in reading.of("metric"))
        )
        if named and not numbered and draft.comparison is None and draft.intent != "relationship":
            yield cue.start, cue.end


def _more_of_one_than_other(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Mais clientes do que chamados`, `mais detratores do que promotores`: two numbers of one group, set against each other."""
    told = [i for i in reading.items if i.name in {"customer", "nps_band"} or i.kind == "metric"]
    for first, second in itertools.pairwise(told):
        between = reading.folded[first.end : second.start]
        more = reading.folded[max(0, first.start - 1)] in COMPARATIVE
        if more and between in (["que"], ["do", "que"], ["than"]) and draft.intent not in {"relationship", "explain"}:
            yield second.start, second.end


def _moments(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Quando o MRR passou de 5 milhões?`, `quantos meses…`: a time is asked for; only extremes of months are known."""
    ranked = draft.order is not None and asks_when(reading)
    for start, end in _found(MOMENT, reading):
        held = any(p.start < end and start < p.end for p in reading.periods) or any(
            i.name == "tenure_months" and i.start < end and start < i.end for i in reading.items
        )
        if not (ranked or held or draft.intent in {"explain", "alert", "forecast"}) and draft.metrics:
            yield start, end
    whole = draft.intent in {"metric", "trend"} and not draft.dimensions and not draft.customers
    for one in draft.filters if whole else ():
        several = sum(m.name == one.field for m in reading.of("metric")) > 1
        people = any(i.name == "customer" for i in reading.of("dimension")) or reading.cue("list", "whoever")
        if one.field in draft.metrics and not several and not people:
            metric = next((m for m in reading.of("metric") if m.name == one.field), None)
            yield from [(metric.start, metric.end)] if metric else []


def _cohorts(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Churn dos clientes que entraram em 2025`: the year is when they came, not when they left."""
    aged = any(one.field == "tenure_months" for one in draft.filters)
    if not aged and draft.metrics and "new_customers" not in draft.metrics:
        yield from _found(COHORT, reading)


def _of_those(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`NPS dos clientes perdidos`: whose number, not a second one."""
    first = next((m for m in reading.of("metric") if m.name in draft.metrics), None)
    for metric in reading.of("metric"):
        moved = metric.name in {"churned_customers", "new_customers"} and metric.name in draft.metrics
        if (
            moved
            and first
            and first.end < metric.start
            and reading.folded[metric.start - 1] in {"dos", "das", "of", "from"}
        ):
            yield metric.start, metric.end


def _passed(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Passaram do essencial ao premium`: two values of one field that nothing joins are no list."""
    for one in [f for f in draft.filters if f.op == "in" and draft.intent != "profile"]:
        values = [v for v in reading.of("value") if v.name == one.field]
        for first, second in itertools.pairwise(values):
            between = set(reading.folded[first.end : second.start])
            moved = any(PASSING.search(" ".join(reading.folded[: p + 1])) for p in range(first.start))
            if between and ((moved and between & {"para", "ao", "a", "to", "pro"}) or not between & JOINS):
                yield second.start, second.end


def _meant(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Média de chamados por mês`, `quantos clientes por vendedor em média`: the mean of a number that adds up."""
    if draft.calculation or draft.comparison or not set(draft.metrics) & COUNTS:
        return
    free = set(_free(reading))
    for place, word in enumerate(reading.folded):
        if word in MEANS and place in free and not reading.cue("average_all"):
            yield place, place + 1


def _summed(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Soma do MRR de 2025`: a stock or a ratio has no sum over months; regions may be taken together."""
    known = load_dictionary().metrics
    stocks = [name for name in draft.metrics if known[name].additivity != "additive"]
    long = draft.days is not None and (draft.days[1] - draft.days[0]).days > 31
    if stocks and long and not draft.filters and not draft.limit:
        yield from ((p, p + 1) for p in _free(reading) if reading.folded[p] in weighty().summing)


def _of_the_largest(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`NPS dos 10 maiores clientes`: the largest by another number than the one asked for."""
    if set(draft.metrics) - SIZE and draft.intent in {"rank", "metric"}:
        for start, end in _found(OF_LARGEST, reading):
            before = any(m.end <= start for m in reading.of("metric"))
            if before and not any(m.start >= end for m in reading.of("metric")):
                yield start, end


def _renewed(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes que não renovaram`: what became of a contract is not known, only when one ends."""
    if any(one.field == "renewal_date" for one in draft.filters):
        yield from _found(UNRENEWED, reading)
    yield from ((p, p + 1) for p in _free(reading) if reading.folded[p] in weighty().renewed)


def _early(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`No início de 2025` is not 2025; its end is the last month, which stocks take."""
    known = load_dictionary().metrics
    stocks = all(known[name].additivity == "semi_additive" for name in draft.metrics) and draft.metrics
    places = weighty().early if stocks else weighty().early | weighty().late
    for place in _free(reading):
        gap = range(place + 1, place + 3)
        follows = any(
            period.start in gap and all(reading.folded[p] in CONNECTORS for p in range(place + 1, period.start))
            for period in reading.periods
        )
        if reading.folded[place] in places and follows:
            yield place, place + 1


def _grouped_by_nothing(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Chamados por tipo`: `por` and a noun of the business that is no dimension."""
    nouns = reading.nouns
    free = set(_free(reading))
    for place in range(1, len(reading.words)):
        opened = reading.folded[place - 1] in {"por", "by", "per", "cada", "each"} and place - 1 not in {
            p for i in reading.items if i.kind != "cue" for p in range(i.start, i.end)
        }
        if opened and place in free and {reading.folded[place], reading.words[place].lemma} & nouns:
            yield place - 1, place + 1
    spread = [p for p in free if reading.folded[p] in SPREAD]
    if spread and draft.intent == "metric" and not (draft.dimensions or draft.calculation):
        yield from ((p, p + 1) for p in spread)


def _reasons_of_nothing(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Razão entre chamados e clientes` is a ratio, no reason; reasons are those of leaving."""
    leaving = reading.cue("leave", "lose") or {"churn_rate", "churned_customers", "churned_mrr"} & set(draft.metrics)
    if draft.metrics and "churn_reason" in draft.dimensions and not leaving:
        yield from ((i.start, i.end) for i in reading.of("dimension") if i.name == "churn_reason")


def _steps_compared(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Novos clientes por mês em 2025 contra 2024`: a comparison of periods has no steps."""
    comparison = draft.comparison
    if draft.intent == "compare" and comparison and comparison.type not in {"members", "overall_average"}:
        step = reading.cue("grain_month", "grain_quarter")
        yield from [(step.start, step.end)] if step else []


def _share_of_groups(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Percentual de segmentos com NPS positivo`: groups are not what is shared."""
    cue = reading.cue("share") if draft.calculation == "share_of_total" else None
    group = next((i for i in reading.of("dimension") if cue and i.start == cue.end and i.name != "customer"), None)
    several = group is not None and reading.folded[group.end - 1] != reading.words[group.end - 1].lemma
    if cue and group and several:
        yield group.start, group.end


def _more_in_one_period(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes com mais chamados em maio do que em abril`: customers are asked for, not two numbers."""
    comparison = draft.comparison
    if set(draft.metrics) <= {"active_customers", "new_customers", "churned_customers"}:
        return  # `perdemos mais clientes do que no ano passado?` counts them
    periods = {"period", "previous_period", "previous_year"}
    if (
        draft.intent == "compare"
        and draft.customers
        and not draft.dimensions
        and comparison
        and comparison.type in periods
    ):
        customer = next((i for i in reading.of("dimension") if i.name == "customer"), None)
        yield from [(customer.start, customer.end)] if customer else []


def _of_everybody(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Os clientes estão satisfeitos?` asks how many are, and does not ask for those who are."""
    customer = next((i for i in reading.of("dimension") if i.name == "customer"), None)
    value = next((v for v in reading.of("value") if customer and v.start >= customer.end), None)
    if draft.intent == "list" and customer and value and customer.start <= 1 and not reading.cue("list"):
        between = set(reading.folded[customer.end : value.start])
        if between and between <= {"estao", "sao", "andam", "are", "is", "feel", "muito", "mais"}:
            yield value.start, value.end


def _renewed_in_steps(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Quantos renovam por mês até dezembro?`: the steps are of contracts to come, a series is of months that were."""
    if draft.intent == "trend" and draft.days is None and any(one.field == "renewal_date" for one in draft.filters):
        yield from ((i.start, i.end) for i in reading.of("cue") if i.name in {"grain_month", "grain_quarter"})


def _each_of_each(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Top 3 clientes de cada segmento`: a rank is one, not one a group."""
    if draft.intent != "rank" or not draft.limit:
        return
    people = next((i for i in reading.of("dimension") if i.name == "customer"), None)
    counted = people is not None and any(a.end == people.start and a.value == draft.limit for a in reading.amounts)
    if counted and people and "customer" not in draft.dimensions:
        yield people.start, people.end  # `dez clientes com mais chamados por região`
    for first, second in itertools.pairwise(reading.of("dimension")):
        between = reading.folded[first.end : second.start]
        if (
            first.name != second.name
            and {"cada", "each", "every"} & set(between)
            and {"de", "em", "por", "of", "in", "per"} & set(between)
        ):
            yield second.start - 1, second.end


CHECKS: tuple[Callable[[Reading, Draft], Iterator[Span]], ...] = (
    _qualified, _either, _both, _placed, _set_against_a_metric, _more_of_one_than_other, _share_of_groups,
    _more_in_one_period, _moments, _cohorts, _of_those, _passed, _meant, _summed, _of_the_largest, _renewed, _early,
    _grouped_by_nothing, _reasons_of_nothing, _steps_compared, _of_everybody, _renewed_in_steps, _each_of_each,
)  # fmt: skip
