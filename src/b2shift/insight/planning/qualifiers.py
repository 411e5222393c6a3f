"""Ordinary words that qualify a metric or customers by their position and that no query can express."""

from collections.abc import Callable, Iterator

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.idioms import Span
from b2shift.insight.reading.lexicon import unsupported_speech
from b2shift.insight.reading.mentions import CONNECTORS, Mention, Reading

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


def unsupported_qualifiers(reading: Reading, draft: Draft) -> Iterator[Span]:
    """Spans of ordinary words that narrow or change what is asked for by their position."""
    for check in CHECKS:
        yield from check(reading, draft)


def _words(name: str) -> frozenset[str]:
    return unsupported_speech().lists[name]


def _says(reading: Reading, position: int, kinds: frozenset[str], safe: str) -> bool:
    """Whether the word at a position, in either number, is of these lists and not a safe one."""
    forms = {reading.folded[position], reading.words[position].lemma}
    return bool(forms & kinds) and not forms & _words(safe)


def _metrics(reading: Reading, draft: Draft) -> list[Mention]:
    held = {*draft.metrics, *(one.field for one in draft.filters)}
    return [mention for mention in reading.of("metric") if mention.name in held]


def _unlimited(metrics: list[Mention], draft: Draft) -> list[Mention]:
    """Metrics without a threshold: `saúde ruim, abaixo de 35` defines what bad is."""
    limited = {one.field for one in draft.filters if isinstance(one.value, int | float)}
    limited |= {draft.condition.field} if draft.condition else set()
    return [metric for metric in metrics if metric.name not in limited]


def _people(reading: Reading) -> list[Mention]:
    return [mention for mention in reading.of("dimension") if mention.name == "customer"]


def _beside(items: list[Mention], reading: Reading) -> set[int]:
    """Positions adjacent to mentions, also over one connector: `churn líquido`, `resposta do NPS`."""
    linked = {position for position, word in enumerate(reading.folded) if word in CONNECTORS}
    near = {mention.end for mention in items} | {mention.start - 1 for mention in items}
    over = {mention.end + 1 for mention in items if mention.end in linked}
    return near | over | {mention.start - 2 for mention in items if mention.start - 1 in linked}


def _taken(reading: Reading) -> set[int]:
    """Positions of names and periods; a cue may still be an ordinary word."""
    spans = [(i.start, i.end) for i in reading.mentions if i.kind in NAMED]
    spans += [(p.start, p.end) for p in reading.periods]
    return {position for start, end in spans for position in range(start, end)}


def _other_metric(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Churn líquido`, `chamados críticos`, `quantos chamados resolvemos`: another metric than the one read."""
    metrics = _metrics(reading, draft)
    beside, taken = _beside(metrics, reading), _taken(reading)
    qualifies = _words("beside_metric") | (_words("beside_tickets") if "tickets" in draft.metrics else frozenset())
    for position, word in enumerate(reading.folded):
        if position in taken:
            continue
        holders = unsupported_speech().explained_by.get(word)
        elsewhere = holders and draft.metrics and not set(holders) & set(draft.metrics)
        if elsewhere or (word in qualifies and position in beside):
            yield position, position + 1


def _qualified(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`MRR operacional`, `clientes importantes`: an adjective without a definition."""
    if draft.intent not in NUMBERED:
        return
    covered = reading.covered()
    names = [*_unlimited(_metrics(reading, draft), draft), *_people(reading)]
    beside = {mention.end for mention in names} | {mention.start - 1 for mention in names}
    for position in sorted(beside - covered):
        within = 0 <= position < len(reading.words) and not _whole(reading, position)
        if within and _says(reading, position, reading.qualifying, "safe_beside"):
            yield position, position + 1


def _whole(reading: Reading, position: int) -> bool:
    """`A base expandiu`: all customers, as a subject."""
    return reading.folded[position] in WHOLE and reading.folded[max(0, position - 1)] in OURS


def _told_of_customers(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes que continuam no premium`, `quem atende bancos`: a relative clause narrows customers."""
    if draft.intent not in NUMBERED:
        return
    covered = reading.covered()
    starts = {mention.end + 1 for mention in _people(reading) if reading.folded[mention.end : mention.end + 1] and
              reading.folded[mention.end] in RELATIVE}  # fmt: skip
    starts |= {position + 1 for position, word in enumerate(reading.folded) if word in WHO}
    starts |= _further_told(reading)
    for position in sorted(starts - covered):
        if position < len(reading.words) and reading.folded[position] not in _words("safe_told") | CONNECTORS:
            yield position, position + 1


def _further_told(reading: Reading) -> set[int]:
    """Positions after a count or a value where a clause may start: `quantos clientes passaram`."""
    people = _people(reading)
    counts = {cue.end for cue in reading.of("cue") if cue.name == "count"}
    told = {mention.end for mention in people if mention.start in counts}
    ends = {mention.end for mention in reading.of("value") if any(one.end <= mention.start for one in people)}
    return told | {end + 1 for end in ends if reading.folded[end : end + 1] and reading.folded[end] in RELATIVE}


def _told_of_metrics(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`MRR atendido`, `NPS que sobrou`: a participle or clause makes another metric."""
    if draft.intent not in NUMBERED:
        return
    covered = reading.covered()
    safe = _words("safe_told") | _words("safe_beside") | _words("safe_said") | CONNECTORS
    metrics = _unlimited(_metrics(reading, draft), draft)
    ends = {mention.end + (reading.folded[mention.end : mention.end + 1] == ["que"]) for mention in metrics}
    for position in sorted(ends - covered):
        if (
            position < len(reading.words)
            and reading.folded[position].isalpha()
            and reading.folded[position] not in safe
        ):
            yield position, position + 1


def _had_by_customers(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes com contrato`, `contas sem gestor`: possession is a filter, unless a metric follows."""
    if draft.intent not in NUMBERED or not (draft.customers or "customer" in draft.dimensions):
        return
    covered = reading.covered()
    for position in range(1, len(reading.words)):
        opened = reading.folded[position - 1] in HAVING and position not in covered
        named = any(0 < metric.start - position <= REACH for metric in reading.of("metric"))
        if opened and not named and _says(reading, position, reading.qualifying, "safe_had"):
            yield position, position + 1


def _listed(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Vendas e MRR por plano`: a business noun coordinated with a metric."""
    covered = reading.covered()
    metrics = _metrics(reading, draft)
    after = {
        mention.end + 1
        for mention in metrics
        if reading.folded[mention.end : mention.end + 1] in ([one] for one in AND)
    }
    before = {
        mention.start - 2
        for mention in metrics
        if mention.start > 1 and reading.folded[mention.start - 1] in AND - {","}
    }
    for position in sorted((after | before) - covered):
        if 0 <= position < len(reading.words) and _says(reading, position, reading.nouns, "safe_beside"):
            yield position, position + 1


def _sized(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Clientes com propensão alta`: a size without a threshold."""
    counted = draft.intent == "metric" and "active_customers" in draft.metrics
    if draft.intent not in SIZED and not counted:
        return
    metrics = _unlimited(reading.of("metric"), draft)
    beside = {position for m in metrics for position in (m.start - 1, m.start - 2, m.end, m.end + 1)}
    for position in sorted(beside - reading.covered()):
        if 0 <= position < len(reading.words) and reading.folded[position] in _words("sizes"):
            yield position, position + 1


def _whose(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`MRR por segmento da operação comercial`: an owner that no source records."""
    if draft.intent not in NUMBERED:
        return
    covered = reading.covered()
    for position in sorted(set(range(1, len(reading.words))) - covered):
        before = position - 1 - (reading.folded[position - 1] in OURS)
        if reading.folded[position] in _words("whose") and before >= 0 and reading.folded[before] in WITHIN:
            yield position, position + 1


def _where(reading: Reading, draft: Draft) -> Iterator[Span]:
    """`Onde perdemos?`: no dimension to look in."""
    if draft.intent in {"metric", "list"} and not draft.dimensions:
        covered = reading.covered()
        yield from (
            (position, position + 1)
            for position, word in enumerate(reading.folded)
            if word in _words("where") and position not in covered
        )


CHECKS: tuple[Callable[[Reading, Draft], Iterator[Span]], ...] = (
    _other_metric, _qualified, _told_of_customers, _told_of_metrics, _had_by_customers, _listed, _sized, _whose, _where,
)  # fmt: skip
