"""The answer to a typed query: rows, narrative, chart, definitions and provenance."""

from b2shift.insight.answers.analyses import ANALYSES, Analysis
from b2shift.insight.answers.availability import is_held
from b2shift.insight.answers.labels import labels, value_labels
from b2shift.insight.answers.locale import Language, Locale
from b2shift.insight.answers.narrative import definitions, sentences
from b2shift.insight.answers.numbers import REST, Numbers, Row
from b2shift.insight.answers.paraphrase import condition_in_words, values_of
from b2shift.insight.contracts import Answer, Picture, Plan
from b2shift.lake.api import Lake
from b2shift.metrics.api import Scope, facets_of, has_data, load_dictionary, measures, sources_of
from b2shift.metrics.contracts import TypedQuery

GROUPS_DRAWN = 40
_NAMED = ("account_owner", "cluster")


def answer(lake: Lake, query: TypedQuery, scope: Scope, language: Language = "pt") -> Answer | Plan:
    """The answer to a query, or a refusal when the lake lacks its data.

    Raises InputError when the question has no right number: a stock summed over time, a ratio accumulated.
    """
    missing = _missing(lake, query)
    locale = Locale(language)
    if missing:
        return Plan(action="refuse", reason="not_in_data", about=_label(missing, locale))
    numbers = Numbers(lake, query, scope, locale)
    analysis = ANALYSES[query.intent](numbers) if query.intent in ANALYSES else _tabulate(numbers)
    known = load_dictionary().metrics
    named = [name for name in dict.fromkeys([*query.metrics, *(f.field for f in query.filters)]) if name in known]
    dimensions = dict.fromkeys([*query.dimensions, *(["customer"] if _of_customers(analysis.rows) else [])])
    timeless = query.intent in {"define", "alert", "forecast", "actions"}
    return Answer(
        query=query,
        rows=tuple(analysis.rows),
        narrative=tuple(analysis.narrative),
        picture=analysis.picture,
        labels=labels(lake, analysis.rows, dimensions),
        period=None if timeless else numbers.period,
        compared_period=analysis.other,
        conditions=_conditions(lake, query, locale),
        scope=scope,
        definitions={numbers.locale.metric(name): numbers.locale.definition(name) for name in named},
        units={name: known[name].unit for name in named},
        notes=(*numbers.notes, *analysis.notes),
        as_of=numbers.as_of,
        version=lake.version,
        statements=tuple(dict.fromkeys(numbers.statements)),
    )


def _conditions(lake: Lake, query: TypedQuery, locale: Locale) -> tuple[str, ...]:
    """The filters in words; a customer by its code, for who asks may not see whose it is."""
    return tuple(
        condition_in_words(one, locale, value_labels(lake, one.field, values_of(one)) if one.field in _NAMED else None)
        for one in query.filters
    )


def _missing(lake: Lake, query: TypedQuery) -> str | None:
    if query.intent == "define":
        return None
    if query.intent == "actions" and not lake.has("proposals"):
        return "propostas da régua"
    own = set.intersection(*(set(facets_of(name)) for name in query.metrics)) if query.metrics else set()
    past = any(source in measures()["reach"] for name in query.metrics if has_data(name) for source in sources_of(name))
    told_by: dict[str, str] = {} if past else measures()["held"]
    asked = {name: name for name in (*query.metrics, *query.dimensions)}
    asked = {one.field: told_by.get(one.field, one.field) for one in query.filters} | asked
    return next((name for name, teller in asked.items() if name not in own and not is_held(lake, teller)), None)


def _label(name: str, locale: Locale) -> str:
    """The label of a metric or dimension; other words as they are."""
    known = load_dictionary()
    if name in known.metrics:
        return locale.metric(name)
    return locale.dimension(name) if name in known.dimensions else name


def _tabulate(numbers: Numbers) -> Analysis:
    if numbers.query.intent == "define":
        return Analysis([], definitions(numbers.query.metrics, numbers.locale))
    rows, other = numbers.rows(), numbers.other()
    words = labels(numbers.lake, rows, numbers.query.dimensions)
    notes = (
        (
            numbers.locale.say(
                "Ponha a resposta no painel e crie o relatório em Relatórios: PDF, planilha e envio na data."
            ),
        )
        if numbers.query.intent == "report"
        else ()
    )
    return Analysis(rows, sentences(numbers, rows, other, words), _picture(numbers, rows), other, notes)


def _picture(numbers: Numbers, rows: list[Row]) -> Picture | None:
    """A line for a series, bars for groups; none for one number or a list of customers."""
    names, dimensions = numbers.query.metrics, numbers.query.dimensions
    if not rows or not names or numbers.query.intent == "list":
        return None
    column = f"{names[0]}_share" if f"{names[0]}_share" in rows[0] and dimensions else names[0]
    when = {row["bucket"] for row in rows}
    if len(when) > 1 and numbers.query.intent != "rank":
        return Picture(kind="line", x="bucket", values=(column,), group=dimensions[0] if dimensions else None)
    if len(when) > 1:
        return Picture(kind="bar", x="bucket", values=(column,))
    groups = [row for row in rows if REST not in row]
    if len(dimensions) == 1 and 1 < len(groups) <= GROUPS_DRAWN:
        return Picture(kind="bar", x=dimensions[0], values=(column,))
    return None


def _of_customers(rows: list[Row]) -> bool:
    return bool(rows) and "customer" in rows[0] and "name" not in rows[0]
