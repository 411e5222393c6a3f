"""Tests of a custom metric before it is in force: formula, words, questions, numbers on the lake."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from b2shift.insight.contracts import Answer, MetricTest
from b2shift.insight.planning.plan import plan
from b2shift.insight.reading.lexicon import CONNECTORS, product_lexicon
from b2shift.insight.reading.text import split
from b2shift.kernel.errors import B2ShiftError
from b2shift.kernel.money import format_number
from b2shift.metrics.api import (
    Scope,
    has_data,
    kind_of,
    measures,
    own_metrics,
    product_dictionary,
    read_formula,
    with_own_metrics,
)
from b2shift.metrics.contracts import OwnMetric, Period, TypedQuery

if TYPE_CHECKING:
    from b2shift.lake.api import Lake

SPLIT = "segment"


def run_metric_tests(lake: "Lake", one: OwnMetric) -> tuple[MetricTest, ...]:
    """The results of each test, in order; numbers are tested only when formula and words pass.

    Its numbers are only looked at when its formula and its words are right.
    """
    with with_own_metrics([kept for kept in own_metrics() if kept.name != one.name]):
        results = list(_without_metric(one))
    if all(result.held for result in results):
        with with_own_metrics([*(kept for kept in own_metrics() if kept.name != one.name), one]):
            results.extend(_with_metric(lake, one))
    return tuple(results)


def _without_metric(one: OwnMetric) -> Iterator[MetricTest]:
    """Tests against the dictionary without the metric."""
    known = product_dictionary().metrics
    if one.name in known:
        yield MetricTest(name="name", held=False, said="Este nome é de uma métrica do produto", value=one.name)
        return
    try:
        formula = read_formula(one.formula)
        kind = kind_of(formula, known)
    except B2ShiftError as error:
        yield MetricTest(
            name="formula", held=False, said=error.what, value=str(error.value or ""), hint=error.hint or ""
        )
        return
    parts = formula.metrics()
    lacking = [name for name in parts if not has_data(name)]
    yield MetricTest(
        name="formula",
        held=bool(parts) and not lacking,
        said="A fórmula é feita de métricas com dados" if parts else "A fórmula não fala de nenhuma métrica",
        value=", ".join(lacking or parts),
    )
    fits = kind.unit is None or kind.unit == one.unit
    yield MetricTest(name="unit", held=fits, said="A unidade é a que a fórmula dá", value=kind.unit or one.unit)
    yield from _words(one)


def _words(one: OwnMetric) -> Iterator[MetricTest]:
    """No word of it may already mean something."""
    lexicon = product_lexicon()
    taken = []
    for phrase in (one.label, *one.pt, *one.en):
        lemmas = [word.lemma for word in split(phrase)]
        found = lexicon.match(lemmas, 0, set()) if lemmas else None
        content = [word for word in lemmas if word not in CONNECTORS]
        if not content or (found and found.end == len(lemmas)):
            taken.append(phrase)
    yield MetricTest(
        name="words",
        held=not taken,
        said="As palavras são só dela" if not taken else "Estas palavras já querem dizer outra coisa",
        value=", ".join(taken or (one.label, *one.pt, *one.en)),
    )


def _with_metric(lake: "Lake", one: OwnMetric) -> Iterator[MetricTest]:
    """Tests with the metric in the dictionary."""
    day = lake.manifest.as_of
    asked = (one.label, *one.pt, *one.en, *one.examples)
    misread = [question for question in asked if _metrics_of(question, day) != {one.name}]
    yield MetricTest(
        name="questions",
        held=not misread,
        said="As perguntas são lidas como ela" if not misread else "Estas perguntas são lidas de outro jeito",
        value=", ".join(misread or asked),
    )
    known = product_dictionary().metrics.values()
    moved = [other.label for other in known if _metrics_of(f"{other.label} por segmento", day) != {other.name}]
    yield MetricTest(
        name="others",
        held=not moved,
        said="As perguntas sobre as outras continuam as mesmas"
        if not moved
        else "Estas métricas seriam lidas de outro jeito",
        value=", ".join(moved) or str(len(known)),
    )
    if misread or moved:
        return
    yield from _numbers(lake, one)


def _metrics_of(question: str, day: date) -> set[str]:
    planned = plan(question, day)
    return set(planned.query.metrics) if planned.query else set()


def _numbers(lake: "Lake", one: OwnMetric) -> Iterator[MetricTest]:
    """The metric of the base today, by segment and over a year: numbers exist and are within bounds."""
    from b2shift.insight.answers.answer import answer

    now = measures()["measures"][one.name].get("time") == "now"
    queries = [
        TypedQuery(intent="metric", metrics=(one.name,)),
        TypedQuery(intent="metric", metrics=(one.name,), dimensions=(SPLIT,)),
    ]
    if not now:
        end = lake.manifest.as_of.replace(day=1)
        year = Period(start=end.replace(year=end.year - 1), end=lake.manifest.as_of, grain="month")
        queries.append(TypedQuery(intent="trend", metrics=(one.name,), time=year))
    values: list[float] = []
    for query in queries:
        try:
            results = answer(lake, query, Scope())
        except B2ShiftError as error:
            yield MetricTest(
                name="numbers", held=False, said=error.what, value=str(error.value or ""), hint=error.hint or ""
            )
            return
        if not isinstance(results, Answer):
            yield MetricTest(
                name="numbers", held=False, said="Os dados de que ela precisa não estão no lake", value=results.about
            )
            return
        values += [row[one.name] for row in results.rows if row.get(one.name) is not None]
    yield MetricTest(
        name="numbers",
        held=bool(values),
        said="Há números: no todo, por segmento e por mês"
        if values
        else "Nenhum número: algo é dividido por zero ou falta",
        value=str(len(values)),
    )
    if not values:
        return
    beyond = [v for v in values if (one.low is not None and v < one.low) or (one.high is not None and v > one.high)]
    yield MetricTest(
        name="bounds",
        held=not beyond,
        said="Nenhum valor passa dos limites" if not beyond else "Valores passam dos limites declarados",
        value=f"{format_number(min(values), 2)} a {format_number(max(values), 2)}",
    )
