"""A typed query paraphrased in words, to choose between two readings, and the conditions that an answer keeps to."""

from collections.abc import Mapping
from datetime import date

from b2shift.insight.answers.labels import plain_name
from b2shift.insight.answers.locale import Locale
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Comparison, Filter, Scalar, TypedQuery

INTENTS = {
    "metric": "Número",
    "trend": "Evolução",
    "rank": "Classificação",
    "compare": "Comparação",
    "list": "Lista",
    "forecast": "Previsão",
    "explain": "Por que mudou",
    "actions": "O que fazer",
    "profile": "Perfil",
    "relationship": "Relação",
    "define": "Definição",
    "alert": "Alerta",
    "report": "Relatório",
}
SIGNS = {
    "eq": "=", "neq": "≠", "lt": "<", "lte": "≤", "gt": ">", "gte": "≥", "in": "=",
    "change_lt": "<", "change_gt": ">", "change_pct_lt": "<", "change_pct_gt": ">",
}  # fmt: skip
CALCULATIONS = {
    "growth": "crescimento",
    "share_of_total": "parte do total",
    "cumulative": "acumulado",
    "moving_average": "média móvel",
    "standard_deviation": "desvio padrão",
    "median": "mediana",
}
GRAINS = {"month": "por mês", "quarter": "por trimestre", "year": "por ano"}
COMPARED = {
    "previous_period": "comparado com o período anterior",
    "previous_year": "comparado com o ano anterior",
    "overall_average": "comparado com a média da base",
}  # fmt: skip


def paraphrase(query: TypedQuery, locale: Locale) -> str:
    """`Evolução: MRR por segmento · Região = Sul · jan/2026 a mar/2026, por mês`: every slot that says something."""
    parts = [_what(query, locale), *(condition_in_words(one, locale) for one in query.filters)]
    if query.condition:
        parts.append(locale.say("quando {condition}", condition=condition_in_words(query.condition, locale)))
    if query.calculation:
        text = CALCULATIONS.get(query.calculation)
        parts.append(locale.say(text) if text else query.calculation)
    if query.time:
        parts.append(
            locale.period(query.time) + (f", {locale.say(GRAINS[query.time.grain])}" if query.time.grain else "")
        )
    if query.forecast and query.forecast.end:
        parts.append(locale.say("até {day}", day=f"{query.forecast.end:%d/%m/%Y}"))
    if query.comparison:
        parts.append(_compared(query.comparison, locale))
    if query.order:
        parts.append(_ordered(query, locale))
    return " · ".join(part for part in (*parts, query.format or "") if part)


def _what(query: TypedQuery, locale: Locale) -> str:
    names = ", ".join(map(locale.metric, query.metrics))
    by = ", ".join(locale.dimension(name).lower() for name in query.dimensions)
    kind = locale.say(INTENTS[query.intent])
    if names and by:
        return locale.say("{kind}: {what} por {by}", kind=kind, what=names, by=by)
    return f"{kind}: {names or by}" if names or by else kind


def condition_in_words(one: Filter, locale: Locale, names: Mapping[str, str] | None = None) -> str:
    """`Região = Sul`, `Health score < 40`; `names` are the labels of values that the lake has names for."""
    known = load_dictionary()
    label = locale.metric(one.field) if one.field in known.metrics else locale.dimension(one.field)
    share = "percent" if one.op.startswith("change_pct") else ""
    text = [(names or {}).get(str(value)) or _value(one.field, value, locale, share) for value in values_of(one)]
    if one.op == "between":
        return locale.say("{what} de {first} a {last}", what=label, first=text[0], last=text[-1])
    if one.op.startswith("change"):
        label = locale.say("mudança de {what}", what=label)
    return f"{label} {SIGNS[one.op]} {locale.say(' ou ').join(text)}"


def values_of(one: Filter) -> tuple[Scalar, ...]:
    """The values a filter compares with, one or several."""
    return one.value if isinstance(one.value, tuple) else (one.value,)


def _value(field: str, value: Scalar, locale: Locale, unit: str = "") -> str:
    known = load_dictionary()
    if field in known.metrics and isinstance(value, int | float):
        return locale.limit(value, unit or known.metrics[field].unit)
    kind = known.dimensions[field].kind if field in known.dimensions else "category"
    if kind == "number" and isinstance(value, int | float):
        return locale.months(value)
    if kind == "date":
        return f"{date.fromisoformat(str(value)):%d/%m/%Y}"
    return plain_name(field, str(value))


def _compared(text: Comparison, locale: Locale) -> str:
    if text.type == "members":
        field = text.field or ""
        return locale.say(" e ").join(plain_name(field, str(value)) for value in text.values or ())
    if text.type == "period" and text.start and text.end:
        return locale.say("comparado com {first} a {last}", first=f"{text.start:%d/%m/%Y}", last=f"{text.end:%d/%m/%Y}")
    return locale.say(COMPARED[text.type]) if text.type in COMPARED else ""


def _ordered(query: TypedQuery, locale: Locale) -> str:
    assert query.order is not None
    by = query.order.by.removesuffix(".change")
    known = load_dictionary().metrics
    label = locale.metric(by) if by in known else locale.dimension(by)
    if query.order.by.endswith(".change"):
        label = locale.say("mudança de {what}", what=label)
    first = locale.say("do menor ao maior") if query.order.dir == "asc" else locale.say("do maior ao menor")
    text = locale.say("{label}, {first}", label=label, first=first)
    if query.each:
        group = locale.dimension(query.each).lower()
        return locale.say("{told}, {limit} primeiros de cada {group}", told=text, limit=query.limit, group=group)
    return locale.say("{told}, {limit} primeiros", told=text, limit=query.limit) if query.limit else text
