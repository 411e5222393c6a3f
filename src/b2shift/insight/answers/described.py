"""A typed query in words: what a person chooses between when two readings differ."""

from b2shift.insight.answers.labels import plain_name
from b2shift.insight.answers.voice import Voice
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
SIGNS = {"eq": "=", "neq": "≠", "lt": "<", "lte": "≤", "gt": ">", "gte": "≥", "in": "="}
CHANGES = {
    "change_lt": "mudança <",
    "change_gt": "mudança >",
    "change_pct_lt": "mudança % <",
    "change_pct_gt": "mudança % >",
}
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


def describe(query: TypedQuery, voice: Voice) -> str:
    """`Evolução: MRR por segmento · Região = Sul · jan/2026 a mar/2026, por mês`: every slot that says something."""
    parts = [_what(query, voice), *(_condition(one, voice) for one in query.filters)]
    if query.condition:
        parts.append(voice.say("quando {condition}", condition=_condition(query.condition, voice)))
    if query.calculation:
        told = CALCULATIONS.get(query.calculation)
        parts.append(voice.say(told) if told else query.calculation)
    if query.time:
        parts.append(
            voice.period(query.time) + (f", {voice.say(GRAINS[query.time.grain])}" if query.time.grain else "")
        )
    if query.forecast and query.forecast.end:
        parts.append(voice.say("até {day}", day=f"{query.forecast.end:%d/%m/%Y}"))
    if query.comparison:
        parts.append(_compared(query.comparison, voice))
    if query.order:
        parts.append(_ordered(query, voice))
    return " · ".join(part for part in (*parts, query.format or "") if part)


def _what(query: TypedQuery, voice: Voice) -> str:
    names = ", ".join(map(voice.metric, query.metrics))
    by = ", ".join(voice.dimension(name).lower() for name in query.dimensions)
    kind = voice.say(INTENTS[query.intent])
    if names and by:
        return voice.say("{kind}: {what} por {by}", kind=kind, what=names, by=by)
    return f"{kind}: {names or by}" if names or by else kind


def _condition(one: Filter, voice: Voice) -> str:
    known = load_dictionary()
    label = voice.metric(one.field) if one.field in known.metrics else voice.dimension(one.field)
    values = one.value if isinstance(one.value, tuple) else (one.value,)
    told = [_value(one.field, value, voice) for value in values]
    if one.op == "between":
        return voice.say("{what} de {first} a {last}", what=label, first=told[0], last=told[-1])
    sign = SIGNS.get(one.op) or voice.say(CHANGES[one.op])
    return f"{label} {sign} {voice.say(' ou ').join(told)}"


def _value(field: str, value: Scalar, voice: Voice) -> str:
    known = load_dictionary()
    if field in known.metrics and isinstance(value, int | float):
        return voice.figure(value, known.metrics[field].unit)
    return plain_name(field, str(value))


def _compared(told: Comparison, voice: Voice) -> str:
    if told.type == "members":
        field = told.field or ""
        return voice.say(" e ").join(plain_name(field, str(value)) for value in told.values or ())
    if told.type == "period" and told.start and told.end:
        return voice.say("comparado com {first} a {last}", first=f"{told.start:%d/%m/%Y}", last=f"{told.end:%d/%m/%Y}")
    return voice.say(COMPARED[told.type]) if told.type in COMPARED else ""


def _ordered(query: TypedQuery, voice: Voice) -> str:
    assert query.order is not None
    by = query.order.by.removesuffix(".change")
    known = load_dictionary().metrics
    label = voice.metric(by) if by in known else voice.dimension(by)
    if query.order.by.endswith(".change"):
        label = voice.say("mudança de {what}", what=label)
    first = voice.say("do menor ao maior") if query.order.dir == "asc" else voice.say("do maior ao menor")
    told = voice.say("{label}, {first}", label=label, first=first)
    if query.each:
        group = voice.dimension(query.each).lower()
        return voice.say("{told}, {limit} primeiros de cada {group}", told=told, limit=query.limit, group=group)
    return voice.say("{told}, {limit} primeiros", told=told, limit=query.limit) if query.limit else told
