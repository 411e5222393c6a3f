"""What a typed query must hold, whoever wrote it: names of the dictionary, values of the right kind, ends in order."""

import math
from collections.abc import Iterator
from datetime import date

from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.metrics.contracts import Dictionary, Dimension, Filter, Scalar, TypedQuery
from b2shift.metrics.dictionary import load_dictionary

CALCULATIONS = frozenset(
    [
        "growth",
        "share_of_total",
        "cumulative",
        "moving_average",
        "standard_deviation",
        "median",
        "p10",
        "p25",
        "p75",
        "p90",
        "p95",
    ]
)
REPORT_FORMATS = frozenset(["pdf", "xlsx", "csv"])
SCHEDULES = frozenset(["daily", "weekly", "monthly"])
MOST = 1000
"""Rows of a ranking, values of a condition, names of a slot: nobody reads more."""
LONGEST = 200
COMPARES = frozenset(["lt", "lte", "gt", "gte", "between"])


def vet(query: TypedQuery) -> TypedQuery:
    """The query, or UnknownNameError or InputError for the first thing in it that no question may hold.

    Whether the lake has data for it, and whether it has a right number, is said where it is answered.
    """
    known = load_dictionary()
    for names in (query.metrics, query.dimensions, query.filters):
        if len(names) > MOST:
            raise InputError("A consulta é longa demais", value=len(names), hint="Pergunte por menos de uma vez")
    for name in query.metrics:
        if name not in known.metrics:
            raise UnknownNameError("métrica", name, known.metrics)
    for name in query.dimensions:
        if name not in known.dimensions:
            raise UnknownNameError("dimensão", name, known.dimensions)
    for one in (*query.filters, *([query.condition] if query.condition else [])):
        _vet_condition(one, known)
    for what, value, there in (
        ("conta", query.calculation, CALCULATIONS),
        ("formato", query.format, REPORT_FORMATS),
        ("agenda", query.schedule, SCHEDULES),
    ):
        if value is not None and value not in there:
            raise UnknownNameError(what, value, there)
    _vet_ends(query, known)
    return query


def listed(query: TypedQuery) -> None:
    """InputError where a condition names a value that the dictionary does not list: a model may not make names up."""
    known = load_dictionary().dimensions
    for one in query.filters:
        dimension = known.get(one.field)
        if dimension is None or dimension.kind in {"number", "date"}:
            continue
        for value in _values(one.value):
            if str(value) not in dimension.values:
                raise InputError(
                    f"{dimension.label} não tem este valor", value=value, hint="Use um valor do dicionário"
                )
    if query.comparison and query.comparison.field:
        for value in query.comparison.values or ():
            if str(value) not in known[query.comparison.field].values:
                raise InputError("A comparação tem um valor que não existe", value=value)


def _vet_condition(one: Filter, known: Dictionary) -> None:
    dimension = known.dimensions.get(one.field)
    if dimension is None and one.field not in known.metrics:
        raise UnknownNameError("métrica ou dimensão", one.field, [*known.metrics, *known.dimensions])
    values = list(_values(one.value))
    if not 0 < len(values) <= MOST or (one.op == "between" and len(values) != 2):
        raise InputError("A condição tem um número errado de valores", value=one.field, hint="De dois, um a outro")
    if one.op not in {"in", "between"} and len(values) != 1:
        raise InputError("A condição compara com um valor só", value=one.field, hint="Use `in` para vários")
    if one.op.startswith("change") and dimension is not None:
        raise InputError("Uma dimensão não muda", value=one.field, hint="A mudança é de uma métrica")
    for value in values:
        _vet_value(one, value, dimension)


def _vet_value(one: Filter, value: Scalar, dimension: Dimension | None) -> None:
    measured = dimension is None or dimension.kind == "number"
    if measured and (not isinstance(value, int | float) or not math.isfinite(value)):
        raise InputError("A condição precisa de um número", value=f"{one.field} {one.op} {value}")
    if dimension is not None and dimension.kind == "date" and _day(value) is None:
        raise InputError("A condição precisa de uma data", value=f"{one.field} {one.op} {value}", hint="AAAA-MM-DD")
    if dimension is not None and dimension.kind in {"category", "entity"}:
        if one.op in COMPARES:
            raise InputError("Nomes não são maiores nem menores", value=f"{one.field} {one.op}", hint="Use igual a")
        if len(str(value)) > LONGEST or "\x00" in str(value):
            raise InputError("O valor é longo demais", value=value)


def _vet_ends(query: TypedQuery, known: Dictionary) -> None:
    ends = [(query.time.start, query.time.end)] if query.time else []
    compared, ahead = query.comparison, query.forecast
    if compared and compared.start and compared.end:
        ends.append((compared.start, compared.end))
    if ahead and ahead.start and ahead.end:
        ends.append((ahead.start, ahead.end))
    for start, end in ends:
        if start > end:
            raise InputError("O período termina antes de começar", value=f"{start} a {end}", hint="Troque os dias")
    if compared and compared.type == "members":
        if compared.field not in known.dimensions or not compared.values:
            raise InputError("A comparação não diz de quem", value=compared.field, hint="Diga a dimensão e os valores")
        if compared.field not in query.dimensions:
            raise InputError("A comparação é de grupos que a consulta não separa", value=compared.field,
                             hint="Ponha esta dimensão entre as da consulta")  # fmt: skip
    elif compared and compared.type == "period" and not (compared.start and compared.end):
        raise InputError("A comparação não diz com que período", hint="Diga o primeiro e o último dia")
    _vet_order(query, known)


def _vet_order(query: TypedQuery, known: Dictionary) -> None:
    if query.limit is not None and not 1 <= query.limit <= MOST:
        raise InputError("O limite deve ser de 1 a 1000", value=query.limit)
    if query.each is not None and not (query.each in query.dimensions and query.limit and query.order):
        raise InputError("Os primeiros de cada grupo precisam da dimensão, da ordem e do limite", value=query.each)
    if query.order is not None:
        by = query.order.by.removesuffix(".change")
        if by not in known.metrics and by not in known.dimensions:
            raise UnknownNameError("métrica ou dimensão", by, [*known.metrics, *known.dimensions])


def _values(value: Scalar | tuple[Scalar, ...]) -> Iterator[Scalar]:
    yield from value if isinstance(value, tuple) else (value,)


def _day(value: Scalar) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
