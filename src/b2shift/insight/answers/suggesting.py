"""Questions that follow from an answer; only those that can be answered are offered."""

from collections.abc import Iterator, Sequence
from datetime import date

from b2shift.insight.planning.plan import plan
from b2shift.insight.reading.lexicon import Lexicon
from b2shift.metrics.api import facets_of, has_data, metric
from b2shift.metrics.contracts import TypedQuery

MOST = 4


def suggest(query: TypedQuery, as_of: date, context: Sequence[str], lexicon: Lexicon | None = None) -> tuple[str, ...]:
    """Up to four short questions, pt-BR, that edit or continue what was asked; `context` ends with the question."""
    found: list[str] = []
    for text in _candidates(query):
        planned = plan(text, as_of, context, lexicon)
        asked = planned.query
        if asked is None or asked == query or not _held(asked):
            continue
        found.append(text)
        if len(found) == MOST:
            break
    return tuple(found)


def _held(query: TypedQuery) -> bool:
    own = set(facets_of(query.metrics[0])) if query.metrics else set()
    return all(has_data(n) or n in own for n in (*query.metrics, *query.dimensions, *(f.field for f in query.filters)))


def _candidates(query: TypedQuery) -> Iterator[str]:
    fixed = {one.field for one in query.filters} | set(query.dimensions)
    label = metric(query.metrics[0]).label if query.metrics else ""
    if query.intent in {"list", "rank", "actions"} and "customer" in query.dimensions:
        yield "o que fazer com eles?"
        yield "quantos são por segmento?"
    if query.intent == "profile":
        yield "o que fazer com eles?"
        yield "evolução do MRR nos últimos 12 meses"
    if query.intent == "define":
        yield f"{label} por segmento"
        yield f"evolução de {label} nos últimos 12 meses"
    if query.metrics and query.intent not in {"define", "alert", "forecast", "relationship"}:
        for name, words in (("segment", "por segmento"), ("region", "por região"), ("cluster", "por cluster")):
            if name not in fixed and "customer" not in fixed:
                yield f"e {words}?"
        if query.intent not in {"trend", "explain"}:
            yield "mês a mês nos últimos 12 meses"
        if query.intent != "explain" and "customer" not in fixed:
            yield "por que mudou?"
        if query.comparison is None and query.intent == "metric":
            yield "compare com o mês anterior"
    if query.intent in {"trend", "forecast", "explain"} and query.metrics:
        yield f"qual a previsão de {label} para os próximos 6 meses?"
        yield f"{label} por segmento"
