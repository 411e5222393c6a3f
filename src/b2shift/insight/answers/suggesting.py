"""Suggested follow-up questions, only those that can be answered."""

from collections.abc import Iterator, Sequence
from datetime import date

from b2shift.insight.answers.locale import Language, Locale
from b2shift.insight.planning.plan import plan
from b2shift.insight.reading.lexicon import Lexicon
from b2shift.metrics.api import facets_of, has_data
from b2shift.metrics.contracts import TypedQuery

MOST = 4


def suggest(
    query: TypedQuery,
    as_of: date,
    context: Sequence[str],
    lexicon: Lexicon | None = None,
    language: Language = "pt",
) -> tuple[str, ...]:
    """Up to four short questions that edit or continue what was asked; `context` ends with the question."""
    found: list[str] = []
    for text in _candidates(query, Locale(language)):
        planned = plan(text, as_of, context, lexicon)
        suggested = planned.query
        if suggested is None or suggested == query or not _is_answerable(suggested):
            continue
        found.append(text)
        if len(found) == MOST:
            break
    return tuple(found)


def _is_answerable(query: TypedQuery) -> bool:
    own = set(facets_of(query.metrics[0])) if query.metrics else set()
    return all(has_data(n) or n in own for n in (*query.metrics, *query.dimensions, *(f.field for f in query.filters)))


def _candidates(query: TypedQuery, locale: Locale) -> Iterator[str]:
    fixed = {one.field for one in query.filters} | set(query.dimensions)
    label = locale.metric(query.metrics[0]) if query.metrics else ""
    if query.intent in {"list", "rank", "actions"} and "customer" in query.dimensions:
        yield locale.say("o que fazer com eles?")
        yield locale.say("quantos são por segmento?")
    if query.intent == "profile":
        yield locale.say("o que fazer com eles?")
        yield locale.say("evolução do MRR nos últimos 12 meses")
    if query.intent == "define":
        yield locale.say("{what} por segmento", what=label)
        yield locale.say("evolução de {what} nos últimos 12 meses", what=label)
    if query.metrics and query.intent not in {"define", "alert", "forecast", "relationship"}:
        for name, words in (("segment", "e por segmento?"), ("region", "e por região?"), ("cluster", "e por cluster?")):
            if name not in fixed and "customer" not in fixed:
                yield locale.say(words)
        if query.intent not in {"trend", "explain"}:
            yield locale.say("mês a mês nos últimos 12 meses")
        if query.intent != "explain" and "customer" not in fixed:
            yield locale.say("por que mudou?")
        if query.comparison is None and query.intent == "metric":
            yield locale.say("compare com o mês anterior")
    if query.intent in {"trend", "forecast", "explain"} and query.metrics:
        yield locale.say("qual a previsão de {what} para os próximos 6 meses?", what=label)
        yield locale.say("{what} por segmento", what=label)
