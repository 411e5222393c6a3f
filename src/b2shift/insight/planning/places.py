"""Ordinary words that say something by where they stand: beside a metric or customers, after `que` or `com`, in a list of names."""

from collections.abc import Callable, Iterator

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.turns import Span
from b2shift.insight.reading.items import CONNECTORS, Item, Reading
from b2shift.insight.reading.lexicon import weighty

NUMBERED = frozenset({"metric", "trend", "rank", "compare", "list", "report", "forecast", "alert"})
"""Answers made of numbers or names: what qualifies these is a condition."""
SIZED = frozenset({"list", "report", "alert"})
NAMED = frozenset({"metric", "dimension", "value"})
RELATIVE = frozenset({"que", "who", "that", "which"})
WHO = frozenset({"quem", "who"})
HAVING = frozenset({"com", "sem", "with", "without"})
AND = frozenset({"e", "and", ",", "&", "+"})
WHOLE = frozenset({"base", "carteira"})
OURS = frozenset({"a", "nossa", "our", "the"})
WITHIN = frozenset("de do da dos das em no na nos nas pelo pela of in from".split())
REACH = 3
"""Words between `com` and the metric that what follows it belongs to: `com nota média de NPS`."""


def placed(reading: Reading, draft: Draft) -> Iterator[Span]:
    """Ordinary words, as places, that narrow or change what is asked for by where they stand."""
    for check in CHECKS:
        yield from check(reading, draft)


def _words(name: str) -> frozenset[str]:
    return weighty().lists[name]


def _says(reading: Reading, place: int, kinds: frozenset[str], safe: str) -> bool:
    """Whether the word there, in either number, is of these kinds and not safe."""
    forms = {reading.folded[place], reading.words[place].lemma}
    return bool(forms & kinds) and not forms & _words(safe)


def _metrics(reading: Reading, draft: Draft) -> list[Item]:
    held = {*draft.metrics, *(one.field for one in draft.filters)}
    return [item for item in reading.of("metric") if item.name in held]


def _unlimited(metrics: list[Item], draft: Draft) -> list[Item]:
    """Metrics that no number limits: `saúde ruim, abaixo de 35` says itself what bad is."""
    limited = {one.field for one in draft.filters if isinstance(one.value, int | float)}
    limited |= {draft.condition.field} if draft.condition else set()
    return [metric for metric in metrics if metric.name not in limited]


def _people(reading: Reading) -> list[Item]:
    return [item for item in reading.of("dimension") if item.name == "customer"]


def _beside(items: list[Item], reading: Reading) -> set[int]:
    """Places next to names, also over one connector: `churn líquido`, `resposta do NPS`, `NPS dos novos`."""
    linked = {place for place, word in enumerate(reading.folded) if word in CONNECTORS}
    near = {item.end for item in items} | {item.start - 1 for item in items}
    over = {item.end + 1 for item in items if item.end in linked}
    return near | over | {item.start - 2 for item in items if item.start - 1 in linked}


def _taken(reading: Reading) -> set[int]:
    """Places of names and periods; a cue there may still be an ordinary word."""
    spans = [(i.start, i.end) for i in reading.items if i.kind in NAMED]
    spans += [(p.start, p.end) for p in reading.periods]
    return {place for start, end in spans for place in range(start, end)}


def _other_metric(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Churn líquido`, `chamados críticos`, `quantos chamados resolvemos`: another metric than the one read."""
    metrics = _metrics(reading, draft)
    beside, taken = _beside(metrics, reading), _taken(reading)
    qualifies = _words("beside_metric") | (_words("beside_tickets") if "tickets" in draft.metrics else frozenset())
    for place, word in enumerate(reading.folded):
        if place in taken:
            continue
        holders = weighty().held_by.get(word)
        elsewhere = holders and draft.metrics and not set(holders) & set(draft.metrics)
        if elsewhere or (word in qualifies and place in beside):
            yield place, place + 1


def _qualified(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`MRR operacional`, `clientes importantes`: beside a name an ordinary word is a condition nobody can look up."""
    if draft.intent not in NUMBERED:
        return
    covered = reading.covered()
    names = [*_unlimited(_metrics(reading, draft), draft), *_people(reading)]
    beside = {item.end for item in names} | {item.start - 1 for item in names}
    for place in sorted(beside - covered):
        within = 0 <= place < len(reading.words) and not _whole(reading, place)
        if within and _says(reading, place, reading.qualifying, "safe_beside"):
            yield place, place + 1


def _whole(reading: Reading, place: int) -> bool:
    """`A base expandiu`: all customers, as a subject."""
    return reading.folded[place] in WHOLE and reading.folded[max(0, place - 1)] in OURS


def _told_of_customers(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes que continuam no premium`, `quem atende bancos`: what customers do narrows them."""
    if draft.intent not in NUMBERED:
        return
    covered = reading.covered()
    starts = {item.end + 1 for item in _people(reading) if reading.folded[item.end : item.end + 1] and
              reading.folded[item.end] in RELATIVE}  # fmt: skip
    starts |= {place + 1 for place, word in enumerate(reading.folded) if word in WHO}
    starts |= _further_told(reading)
    for place in sorted(starts - covered):
        if place < len(reading.words) and reading.folded[place] not in _words("safe_told") | CONNECTORS:
            yield place, place + 1


def _further_told(reading: Reading) -> set[int]:
    """`Quantos clientes passaram`, `clientes do Sul que viraram`: what is told of them after their count or their values."""
    people = _people(reading)
    counts = {cue.end for cue in reading.of("cue") if cue.name == "count"}
    told = {item.end for item in people if item.start in counts}
    ends = {item.end for item in reading.of("value") if any(one.end <= item.start for one in people)}
    return told | {end + 1 for end in ends if reading.folded[end : end + 1] and reading.folded[end] in RELATIVE}


def _told_of_metrics(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`MRR atendido`, `NPS que sobrou`: what a number is said to do makes another number of it."""
    if draft.intent not in NUMBERED:
        return
    covered = reading.covered()
    safe = _words("safe_told") | _words("safe_beside") | _words("safe_said") | CONNECTORS
    metrics = _unlimited(_metrics(reading, draft), draft)
    ends = {item.end + (reading.folded[item.end : item.end + 1] == ["que"]) for item in metrics}
    for place in sorted(ends - covered):
        if place < len(reading.words) and reading.folded[place].isalpha() and reading.folded[place] not in safe:
            yield place, place + 1


def _had_by_customers(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes com contrato`, `contas sem gestor`: what they have is a condition, unless a metric follows it."""
    if draft.intent not in NUMBERED or not (draft.customers or "customer" in draft.dimensions):
        return
    covered = reading.covered()
    for place in range(1, len(reading.words)):
        opened = reading.folded[place - 1] in HAVING and place not in covered
        named = any(0 < metric.start - place <= REACH for metric in reading.of("metric"))
        if opened and not named and _says(reading, place, reading.qualifying, "safe_had"):
            yield place, place + 1


def _listed(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Vendas e MRR por plano`: a noun of the business in one list with a metric is wanted too."""
    covered = reading.covered()
    metrics = _metrics(reading, draft)
    after = {item.end + 1 for item in metrics if reading.folded[item.end : item.end + 1] in ([one] for one in AND)}
    before = {item.start - 2 for item in metrics if item.start > 1 and reading.folded[item.start - 1] in AND - {","}}
    for place in sorted((after | before) - covered):
        if 0 <= place < len(reading.words) and _says(reading, place, reading.nouns, "safe_beside"):
            yield place, place + 1


def _sized(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes com propensão alta`: a size without a number; what counts as high is not ours to say."""
    counted = draft.intent == "metric" and "active_customers" in draft.metrics
    if draft.intent not in SIZED and not counted:
        return
    metrics = _unlimited(reading.of("metric"), draft)
    beside = {place for m in metrics for place in (m.start - 1, m.start - 2, m.end, m.end + 1)}
    for place in sorted(beside - reading.covered()):
        if 0 <= place < len(reading.words) and reading.folded[place] in _words("sizes"):
            yield place, place + 1


def _whose(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`MRR por segmento da operação comercial`: a part of the house that no number is told of."""
    if draft.intent not in NUMBERED:
        return
    covered = reading.covered()
    for place in sorted(set(range(1, len(reading.words))) - covered):
        before = place - 1 - (reading.folded[place - 1] in OURS)
        if reading.folded[place] in _words("whose") and before >= 0 and reading.folded[before] in WITHIN:
            yield place, place + 1


def _where(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Onde perdemos?` has no dimension to look in."""
    if draft.intent in {"metric", "list"} and not draft.dimensions:
        covered = reading.covered()
        yield from (
            (place, place + 1)
            for place, word in enumerate(reading.folded)
            if word in _words("where") and place not in covered
        )


CHECKS: tuple[Callable[[Reading, Draft], Iterator[Span]], ...] = (
    _other_metric, _qualified, _told_of_customers, _told_of_metrics, _had_by_customers, _listed, _sized, _whose, _where,
)  # fmt: skip
