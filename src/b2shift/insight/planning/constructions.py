"""Constructions that no typed query can express, found by the words between recognised mentions."""

import itertools
from collections.abc import Callable, Iterator

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.idioms import Span
from b2shift.insight.planning.phrasing import COMPARATIVE
from b2shift.insight.planning.unsupported_rankings import RANKING_CHECKS
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.mentions import CONNECTORS, Mention, Reading
from b2shift.metrics.api import counts_customers, load_dictionary

MEANS = frozenset({"media", "medio", "medios", "medias", "average", "avg", "mean"})
OF_GROUPS = frozenset({"de", "em", "por", "of", "in", "per"})
ENDS = frozenset({"top", "bottom", "best", "worst"})
MOVED = frozenset({"new_customers", "churned_customers"})
"""Customers counted when they come and go: `com contrato assinado` is none of their numbers."""
BOTH_ENDS = (frozenset({"top", "best"}), frozenset({"bottom", "worst"}))
JOINS = frozenset(
    {"e", "and", "ou", "or", ",", "nem", "nor", "&", "+", "x", "vs", "versus", "contra", "com", "with", "a", "-"}
)
ASKING = frozenset(
    "foi foram era is was were quanto quantos quanta quantas qual quais how many much what em de in of o a the".split()
)
BY = frozenset({"por", "via", "by", "pelo", "through"})
LASTING = frozenset({"segment", "region", "state", "company_size", "account_owner", "channel"})
"""What customers are at any time."""
ONE_OF_MANY = LASTING | {"cluster", "plan"}
"""Dimensions of which a question in the singular means one value."""
RELATING = frozenset({"relationship", "define", "actions", "explain"})


def unsupported_constructions(reading: Reading, draft: Draft) -> Iterator[Span]:
    """Spans of words whose relation between two mentions the draft does not express."""
    for check in (*CHECKS, *RANKING_CHECKS):
        yield from check(reading, draft)


def _either(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`NPS abaixo de 20 ou health abaixo de 40`: filters are a conjunction, a disjunction is not expressible."""
    fields = {one.field for one in draft.filters}
    mentions = [i for i in reading.mentions if i.kind in {"metric", "value"} and i.name in fields]
    for position, word in enumerate(reading.folded):
        if word not in {"ou", "or"}:
            continue
        before = next((i for i in reversed(mentions) if i.end <= position), None)
        after = next((i for i in mentions if i.start > position), None)
        if (
            before
            and after
            and before.name != after.name
            and not any(i.start <= position < i.end for i in reading.mentions)
        ):
            yield position, position + 1


def _times_of_their_own(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`MRR em abril e NPS em maio`: a period for each metric; a query has one."""
    named, times = [m for m in reading.of("metric") if m.name in draft.metrics], reading.periods
    if len(named) == len(times) == len(set(draft.metrics)) == 2 and len({one.days for one in times}) == 2:
        (first, second), (early, late) = named, sorted(times, key=lambda one: one.start)
        if first.end <= early.start < second.start < late.start and draft.intent in {"metric", "compare", "trend"}:
            yield second.start, late.end


def _set_against_a_metric(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`MRR maior que o ticket médio`: a filter compares with a number, not with another metric."""
    for cue in [i for i in reading.of("cue") if i.name in {"gt", "lt", "gte", "lte"} and i.end - i.start > 1]:
        after = next((p for p in range(cue.end, len(reading.words)) if reading.folded[p] not in CONNECTORS), None)
        numbered = any(0 <= amount.start - cue.end <= 3 for amount in reading.amounts)
        named = after is not None and (
            reading.folded[after] in MEANS or any(m.start == after for m in reading.of("metric"))
        )
        if named and not numbered and draft.comparison is None and draft.intent != "relationship":
            yield cue.start, cue.end


def _more_of_one_than_other(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Mais clientes do que chamados`: two metrics of one group compared with each other."""
    mentions = [i for i in reading.mentions if i.name in {"customer", "nps_band"} or i.kind == "metric"]
    for first, second in itertools.pairwise(mentions):
        between = reading.folded[first.end : second.start]
        more = reading.folded[max(0, first.start - 1)] in COMPARATIVE
        if more and between in (["que"], ["do", "que"], ["than"]) and draft.intent not in {"relationship", "explain"}:
            yield second.start, second.end


def _thresholds(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`O churn ficou acima de 3%?`: a yes-or-no question about the whole, no filter on customers."""
    whole = draft.intent in {"metric", "trend"} and not draft.dimensions and not draft.customers
    for one in draft.filters if whole else ():
        several = sum(m.name == one.field for m in reading.of("metric")) > 1
        people = any(i.name == "customer" for i in reading.of("dimension")) or reading.cue("list", "whoever")
        asked = one.field in draft.metrics or ("tickets" in draft.metrics and one.field in {"resolution_hours", "csat"})
        if asked and not several and not people:
            metric = next((m for m in reading.of("metric") if m.name == one.field), None)
            yield from [(metric.start, metric.end)] if metric else []


def _of_those(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`NPS dos clientes perdidos`: a metric of a population, not a second metric."""
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
    """`Passaram do essencial ao premium`: a transition between two values, not a list of them."""
    for one in [f for f in draft.filters if f.op == "in" and draft.intent != "profile"]:
        values = [v for v in reading.of("value") if v.name == one.field]
        for first, second in itertools.pairwise(values):
            between = set(reading.folded[first.end : second.start])
            moved = any(pattern("passing").search(" ".join(reading.folded[: p + 1])) for p in range(first.start))
            if between and ((moved and between & {"para", "ao", "a", "to", "pro"}) or not between & JOINS):
                yield second.start, second.end


def _grouped_by_nothing(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Chamados por tipo`: `por` and a business noun that is no dimension."""
    nouns = reading.nouns
    covered = reading.covered()
    for position in range(1, len(reading.words)):
        opened = reading.folded[position - 1] in {"por", "by", "per", "cada", "each"} and position - 1 not in {
            p for i in reading.mentions if i.kind != "cue" for p in range(i.start, i.end)
        }
        if opened and position not in covered and {reading.folded[position], reading.words[position].lemma} & nouns:
            yield position - 1, position + 1


def _reasons_of_nothing(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Razão entre chamados e clientes`: a ratio; reasons are those of churn."""
    leaving = reading.cue("leave", "lose") or {"churn_rate", "churned_customers", "churned_mrr"} & set(draft.metrics)
    if draft.metrics and "churn_reason" in draft.dimensions and not leaving:
        yield from ((i.start, i.end) for i in reading.of("dimension") if i.name == "churn_reason")


def _which_one(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Qual o NPS do cluster?`: a singular dimension without its value."""
    used_names = {*draft.dimensions, *(one.field for one in draft.filters)}
    used_names |= {draft.comparison.field} if draft.comparison and draft.comparison.field else set()
    for mention in reading.of("dimension") if draft.intent not in RELATING | {"rank"} else ():
        one = reading.folded[mention.end - 1] == reading.words[mention.end - 1].lemma
        before = " ".join(["", *reading.folded[max(0, mention.start - 2) : mention.start]])
        pointed = before.endswith((" do", " da", " no", " na", " of the", " in the", " for the"))
        if one and pointed and mention.name in ONE_OF_MANY - used_names:
            yield mention.start, mention.end


def _steps_compared(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`MRR mês a mês contra o período anterior`: a grain that the comparison does not have."""
    if draft.intent == "compare" and draft.comparison and draft.grain is None:
        step = reading.cue("grain_month", "grain_quarter")
        yield from [(step.start, step.end)] if step else []


def _share_of_groups(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Percentual de segmentos com NPS positivo`: a share of groups, not of customers."""
    cue = reading.cue("share") if draft.calculation == "share_of_total" else None
    group = next((i for i in reading.of("dimension") if cue and i.start == cue.end and i.name != "customer"), None)
    several = group is not None and reading.folded[group.end - 1] != reading.words[group.end - 1].lemma
    if cue and group and several:
        yield group.start, group.end


def _more_in_one_period(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes com mais chamados em maio do que em abril`: a list by comparison, not two numbers."""
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
    """`Os clientes estão satisfeitos?`: a yes-or-no question, not a list."""
    customer = next((i for i in reading.of("dimension") if i.name == "customer"), None)
    value = next((v for v in reading.of("value") if customer and v.start >= customer.end), None)
    if draft.intent == "list" and customer and value and customer.start <= 1 and not reading.cue("list"):
        between = set(reading.folded[customer.end : value.start])
        if between and between <= {"estao", "sao", "andam", "are", "is", "feel", "muito", "mais"}:
            yield value.start, value.end


def _renewed_in_steps(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Quantos renovam por mês até dezembro?`: a series of future contracts; series are of past months."""
    if draft.intent == "trend" and draft.days is None and any(one.field == "renewal_date" for one in draft.filters):
        yield from ((i.start, i.end) for i in reading.of("cue") if i.name in {"grain_month", "grain_quarter"})


def _unjoined(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Quanto faturamos com clientes novos?`: one of two metrics without a conjunction modifies the other."""
    if draft.intent in RELATING or draft.comparison:
        return
    limited = {one.field for one in draft.filters}
    mentions = [m for m in reading.of("metric") if m.name in draft.metrics and m.name not in limited]
    for first, second in itertools.pairwise(mentions):
        between = _said_between(reading, first, second)
        if first.name != second.name and between and not JOINS & set(between[:1] + between[-1:]) - {"com", "with", "a"}:
            yield second.start, second.end


def _said_between(reading: Reading, first: Mention, second: Mention) -> list[str]:
    """The words between two metrics, without those that only ask for the second: `chamados e em quanto tempo`."""
    between = reading.folded[first.end : second.start]
    while len(between) > 1 and between[-1] in ASKING:
        between.pop()
    return between


def _like_an_adjective(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes engajados`: a metric used as an adjective, without a threshold."""
    if draft.intent not in {"list", "report"} or draft.order:
        return
    limited = {one.field for one in draft.filters}
    people = [mention for mention in reading.of("dimension") if mention.name == "customer"]
    for metric in reading.of("metric"):
        beside = any(metric.start == mention.end or metric.end == mention.start for mention in people)
        beside = beside or (metric.name in MOVED and reading.folded[max(0, metric.start - 1)] in {"com", "with"})
        if beside and metric.name not in limited:
            yield metric.start, metric.end


def _counted_by_no_count(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Quantos clientes responderam a pesquisa de NPS?`: a count is asked for, the metric is a score."""
    cue = reading.cue("count")
    people = next((i for i in reading.of("dimension") if cue and i.name == "customer" and i.start == cue.end), None)
    counts = [name for name in draft.metrics if load_dictionary().metrics[name].unit == "count"]
    if people and draft.metrics and not counts and draft.intent in {"metric", "trend", "compare"}:
        yield people.start, people.end


def _up_and_down(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Quem subiu e quem caiu em NPS?`: two rankings at once."""
    moves = [i for i in reading.of("cue") if i.name in {"rise", "drop"}]
    changed = {one.field for one in draft.filters if one.op.startswith("change")}
    asked = draft.intent in {"list", "rank", "metric", "compare"} and len({*draft.metrics, *changed}) == 1
    for first, second in itertools.pairwise(moves if asked else ()):
        if first.name != second.name and {"e", "and"} & set(reading.folded[first.end : second.start]):
            yield second.start, second.end


def _band_counted_beside(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`NPS entre 10 e 30 e mais de 50 detratores`: a filter by band would narrow the NPS too."""
    known = load_dictionary().metrics
    measured = {one.field for one in draft.filters if one.field in known} | {*draft.metrics}
    counted = any(counts_customers(one.field) for one in draft.filters if one.field in known)
    bands = [v for v in reading.of("value") if v.name in {"nps_band", "risk_band"}]
    if counted and len(measured) > 1 and any(one.field in {"nps_band", "risk_band"} for one in draft.filters):
        yield from [(bands[0].start, bands[0].end)] if bands else []


def _timeless(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Contratos de julho que não são do Sudeste`: a period for a list, without what happened in it."""
    if draft.intent == "list" and draft.days and not draft.metrics and {one.field for one in draft.filters} <= LASTING:
        yield from ((period.start, period.end) for period in reading.periods)


def _listed_or_counted(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes cujo uso caiu 10%, por vendedor`: a list with the seller, or a count by seller."""
    known = load_dictionary().metrics
    measured = any(one.field in known and one.value != 0 for one in draft.filters)
    group = next((i for i in reading.of("dimension") if i.name in draft.dimensions), None)
    said = reading.cue("count", "share", "how_much") or pattern("number_of").search(reading.text)
    people = next((i for i in reading.of("dimension") if i.name == "customer"), None)
    first = people is not None and group is not None and people.end < group.start
    if draft.intent == "metric" and draft.metrics == ["active_customers"] and measured and first and not said and group:
        yield group.start, group.end


def _ends_in_either(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Renovam em julho ou em setembro`: a second ending period that the filter does not hold."""
    ends = any(one.field == "renewal_date" for one in draft.filters)
    for first, second in itertools.pairwise(reading.periods if ends and draft.days else ()):
        if {"e", "ou", "and", "or", ","} >= set(reading.folded[first.end : second.start]) - {"em", "de", "in"}:
            yield second.start, second.end


def _contradicted(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`NPS acima de 50 versus NPS abaixo de 0`: contradictory filters are two groups compared."""
    for field in {one.field for one in draft.filters}:
        above = [one.value for one in draft.filters if one.field == field and one.op in {"gt", "gte"}]
        below = [one.value for one in draft.filters if one.field == field and one.op in {"lt", "lte"}]
        if any(isinstance(a, int | float) and isinstance(b, int | float) and a >= b for a in above for b in below):
            yield from ((m.start, m.end) for m in reading.of("metric") if m.name == field)


def _headed(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Motivos de cancelamento dos detratores`: the dimension that heads the question is what it asks for."""
    if draft.intent not in {"list", "rank", "metric", "compare", "trend"}:
        return
    first = next((i for i in reading.mentions if i.kind in {"dimension", "metric", "value"}), None)
    used_names = {*draft.dimensions, *(one.field for one in draft.filters)}
    used_names |= {draft.comparison.field} if draft.comparison and draft.comparison.field else set()
    heading = first is not None and reading.folded[first.end : first.end + 1] == [":"]
    if first and first.kind == "dimension" and not heading and first.name not in used_names | {"customer"}:
        yield first.start, first.end


def _with_their_reason(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes perdidos em maio, com o motivo`: the reason of each customer, not a count by reason."""
    for mention in reading.of("dimension") if draft.intent in {"metric", "list"} else ():
        opened = {"com", "with"} & {*reading.folded[max(0, mention.start - 2) : mention.start]}
        if mention.name == "churn_reason" and opened and {"churned_customers", "churned_mrr"} & {*draft.metrics}:
            yield mention.start, mention.end


def _score_of_its_own_band(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`NPS: promotores do Sul`: the NPS of promoters alone is always 100."""
    banded = any(one.field == "nps_band" and one.op == "eq" for one in draft.filters)
    if banded and draft.metrics == ["nps"] and not draft.calculation and draft.intent in {"compare", "metric", "trend"}:
        yield from ((m.start, m.end) for m in reading.of("metric") if m.name == "nps")


def _through_a_channel(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes detratores por e-mail`: customers have no channel."""
    if draft.intent == "list" and not draft.metrics and any(one.field == "channel" for one in draft.filters):
        yield from (
            (v.start, v.end) for v in reading.of("value") if v.name == "channel" and reading.folded[v.start] in BY
        )


def _names_of_a_count(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Nomes dos clientes novos de maio`: a list is asked for, the metric is a count."""
    if draft.intent == "metric" and any(map(counts_customers, draft.metrics)):
        free = set(range(len(reading.words))) - reading.covered()
        yield from ((p, p + 1) for p in sorted(free) if reading.folded[p] in {"nome", "nomes", "name", "names"})


def _mean_by_customers(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Média de horas de uso por cliente`: one mean, not one number for each customer."""
    if draft.intent == "metric" and "customer" in draft.dimensions and not (draft.calculation or draft.comparison):
        free = set(range(len(reading.words))) - reading.covered()
        yield from ((position, position + 1) for position in sorted(free) if reading.folded[position] in MEANS)


CHECKS: tuple[Callable[[Reading, Draft], Iterator[Span]], ...] = (
    _either, _times_of_their_own, _set_against_a_metric, _more_of_one_than_other, _share_of_groups, _more_in_one_period, _thresholds,
    _of_those, _passed, _grouped_by_nothing, _reasons_of_nothing, _steps_compared, _of_everybody, _renewed_in_steps,
    _unjoined, _like_an_adjective, _counted_by_no_count, _headed, _contradicted,
    _up_and_down, _band_counted_beside, _ends_in_either,
    _listed_or_counted, _timeless, _which_one, _with_their_reason, _score_of_its_own_band, _through_a_channel,
    _mean_by_customers, _names_of_a_count,
)  # fmt: skip
