"""What a house has data for, and how a question is answered where it has other data for the same words."""

import re
from collections.abc import Iterable

from b2shift.insight.answers.locale import Language, Locale
from b2shift.lake.api import Lake
from b2shift.metrics.api import column_needed, columns_sought, has_data, load_dictionary, measures, tables_of
from b2shift.metrics.contracts import TypedQuery


def is_held(lake: Lake, name: str) -> bool:
    """Whether the lake has data for a metric or dimension: what was never delivered is unknown, not zero."""
    if not (has_data(name) and all(lake.has(one) and _any_row(lake, one) for one in tables_of(name))):
        return False
    needed = column_needed(name)
    if needed and not (lake.has(needed[0]) and _any_row(lake, *needed)):
        return False
    return all(
        any(re.fullmatch(pattern, column) for column in lake.query(f"SELECT * FROM {table} LIMIT 0").column_names)
        for table, pattern in columns_sought(name).items()
    )


def held_metrics(lake: Lake) -> frozenset[str]:
    """Names of the metrics a lake has data for."""
    return frozenset(name for name in load_dictionary().metrics if is_held(lake, name))


def stand_in(lake: Lake, name: str) -> str:
    """The metric that answers for one in this house: itself, or the one that means it where its data is missing."""
    instead = str((measures()["measures"].get(name) or {}).get("instead", ""))
    return instead if instead and not is_held(lake, name) and is_held(lake, instead) else name


def in_this_house(lake: Lake, query: TypedQuery, language: Language = "pt") -> tuple[TypedQuery, tuple[str, ...]]:
    """A query over the data the house has, with a note for every metric that another answers for."""
    if query.intent == "define":
        return query, ()
    answering = {name: stand_in(lake, name) for name in _measured(query)}
    replaced = {name: other for name, other in answering.items() if name != other}
    if not replaced:
        return query, ()
    told = _renamed(query, replaced)
    locale = Locale(language)
    return told, tuple(
        locale.say(
            "{asked} não está nos dados desta casa, que vende por pedido: a resposta é de {told}.",
            asked=locale.metric(name),
            told=locale.metric(other),
        )
        for name, other in replaced.items()
    )


def _measured(query: TypedQuery) -> Iterable[str]:
    known = load_dictionary().metrics
    return dict.fromkeys(n for n in (*query.metrics, *(one.field for one in query.filters)) if n in known)


def _renamed(query: TypedQuery, names: dict[str, str]) -> TypedQuery:
    def of(name: str) -> str:
        stem, dot, change = name.partition(".")
        return f"{names.get(stem, stem)}{dot}{change}"

    changed = {
        "metrics": tuple(dict.fromkeys(of(name) for name in query.metrics)),
        "filters": tuple(one.model_copy(update={"field": of(one.field)}) for one in query.filters),
        "order": query.order and query.order.model_copy(update={"by": of(query.order.by)}),
        "condition": query.condition and query.condition.model_copy(update={"field": of(query.condition.field)}),
    }
    return query.model_copy(update=changed)


def _any_row(lake: Lake, table: str, column: str = "") -> bool:
    where = f" WHERE {column} IS NOT NULL" if column else ""
    return lake.query(f"SELECT 1 FROM {table}{where} LIMIT 1").num_rows > 0
