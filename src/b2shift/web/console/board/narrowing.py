"""Filters over a whole board: a segment, a state, another period, put into the typed query of every tile."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from b2shift.insight.contracts import Answer
from b2shift.kernel.calendar import add_months, last_closed_month
from b2shift.metrics.api import load_dictionary, measures
from b2shift.metrics.contracts import Filter, Period, TypedQuery
from b2shift.web.accounts.models import User
from b2shift.web.console.filter_bar import Chip, Field
from b2shift.web.crm.cache import cached
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer, Segment, VendorUser
from b2shift.web.crm.questions import locale_of_page
from b2shift.web.crm.reading import visible_customers

MONTHS: dict[str, tuple[str | Promise, int]] = {
    "mes": (_("Último mês"), 1),
    "3m": (_("3 meses"), 3),
    "12m": (_("12 meses"), 12),
    "24m": (_("24 meses"), 24),
}
PERIOD = "periodo"
FIELDS = {
    "segmento": "segment",
    "cluster": "cluster",
    "estado": "state",
    "regiao": "region",
    "porte": "company_size",
    "risco": "risk_band",
    "nps": "nps_band",
    "responsavel": "account_owner",
}
"""Names in addresses and the dimensions they narrow."""
# The pages call a segment what the dictionary calls a cluster.
_LABELS = {"segmento": _("Segmento de mercado"), "cluster": _("Segmento (cluster)")}
FIRST = ("segmento", "cluster", "estado")
"""Filters in the first row of the bar; the others stand behind "more filters"."""
TIMELESS = {"forecast", "define", "alert", "actions"}
# The column of a customer's record that alone tells a dimension's value.
_TOLD_BY = {"segment": "market_segment", "state": "state", "region": "state", "company_size": "revenue_band"}
_BANDS = {"medio": "médio"}


@dataclass(frozen=True)
class Narrowing:
    """What a board is narrowed to: values by name; an empty one narrows nothing."""

    values: Mapping[str, str] = field(default_factory=dict)
    periodo: str = ""

    @classmethod
    def of(cls, user: User, asked: Mapping[str, str]) -> "Narrowing":
        """What an address asks for; a value there is not narrows nothing."""
        values = {name: asked[name] for name in FIELDS if asked.get(name)}
        known = {name: dict(options(user, name)) for name in values}
        kept = {name: value for name, value in values.items() if value in known[name]}
        period = asked.get(PERIOD, "")
        return cls(kept, period if period in MONTHS else "")

    @property
    def address(self) -> str:
        """As an address carries it."""
        return urlencode({**self.values, **({PERIOD: self.periodo} if self.periodo else {})})

    def towards(self, name: str, value: str) -> "Narrowing":
        """Narrowed to a value too, or no longer when it was."""
        rest = {one: kept for one, kept in self.values.items() if one != name}
        return replace(self, values=rest if self.values.get(name) == value else {**rest, name: value})

    def filters(self) -> tuple[Filter, ...]:
        """As conditions of a query."""
        return tuple(
            Filter(field=FIELDS[name], op="eq", value=int(value) if name == "cluster" else value)
            for name, value in self.values.items()
        )

    def applied(self, query: TypedQuery, as_of: date) -> TypedQuery:
        """A tile's query narrowed: its own filters and a series' steps stay; scores of today have no other period.

        Bars of a dimension keep all their values: the chosen one is marked among them.
        """
        fixed = {one.field for one in query.filters} | set(bars_of(query))
        more = [one for one in self.filters() if one.field not in fixed]
        changes: dict[str, object] = {"filters": (*query.filters, *more)}
        if self.periodo and query.intent not in TIMELESS and all(map(_has_past, query.metrics)):
            closed = last_closed_month(as_of)
            first = add_months(closed, 1 - MONTHS[self.periodo][1])
            grain = query.time.grain if query.time else None
            changes |= {"time": Period(start=first, end=add_months(closed, 1) - timedelta(days=1), grain=grain)}
        return query.model_copy(update=changes)

    def without_period(self, answer: Answer) -> bool:
        """Whether the period asked for could not be applied to this answer."""
        return bool(self.periodo) and (answer.query.intent in TIMELESS or not all(map(_has_past, answer.query.metrics)))

    def customers(self, seen: QuerySet[Customer]) -> QuerySet[Customer] | None:
        """These customers narrowed; None where a period is asked: a record tells of today only."""
        if self.periodo:
            return None
        wanted = Q()
        for name, value in self.values.items():
            wanted &= _condition(FIELDS[name], value)
        return seen.filter(wanted) if self.values else seen


def bars_of(query: TypedQuery) -> tuple[str, ...]:
    """The dimension a query is drawn by as bars; nothing for series and several dimensions."""
    series = query.time is not None and query.time.grain is not None
    return query.dimensions if len(query.dimensions) == 1 and not series and query.intent in {"metric", "rank"} else ()


def options(user: User, name: str) -> tuple[tuple[str, str], ...]:
    """The values of a filter that this person's customers or the data have, in words."""
    dimension = FIELDS[name]
    if name == "responsavel":
        owners = visible_customers(user).order_by().values("owner_id").distinct()
        return tuple(VendorUser.objects.filter(pk__in=owners).order_by("name").values_list("pk", "name"))
    if name == "cluster":
        segment = Segment.objects.values_list("segment_id", "name")
        return tuple((number, word) for code, word in segment if (number := _number(code)))
    if dimension in _TOLD_BY:
        return tuple((value, _word(dimension, value)) for value in _in_data(dimension))
    return tuple((value, _word(dimension, value)) for value in load_dictionary().dimensions[dimension].values)


def bar(user: User, narrowed: Narrowing) -> tuple[list[Field], list[Field]]:
    """The fields of the filter bar: the first ones with the period, and the rest."""
    made = {name: _field(user, narrowed, name) for name in FIELDS}
    months = tuple((value, str(word)) for value, (word, _count) in MONTHS.items())
    period = Field(PERIOD, gettext("Período"), narrowed.periodo, months)
    return [*(made.pop(name) for name in FIRST), period], list(made.values())


def chips(user: User, narrowed: Narrowing) -> list[Chip]:
    """What the board is narrowed to, each with the address without it."""
    found = [
        Chip(_label(name), dict(options(user, name))[value], f"?{narrowed.towards(name, value).address}")
        for name, value in narrowed.values.items()
    ]
    if narrowed.periodo:
        word = str(MONTHS[narrowed.periodo][0])
        found.append(Chip(gettext("Período"), word, f"?{replace(narrowed, periodo='').address}"))
    return found


def _field(user: User, narrowed: Narrowing, name: str) -> Field:
    return Field(name, _label(name), narrowed.values.get(name, ""), options(user, name))


def _label(name: str) -> str:
    if name in _LABELS:
        return str(_LABELS[name])
    return locale_of_page().dimension(FIELDS[name])


def _word(dimension: str, value: str) -> str:
    if dimension == "state":
        return value.upper()
    return load_dictionary().dimensions[dimension].shown.get(value) or value.replace("_", " ").capitalize()


def _number(code: str) -> str:
    """The number questions know a segment by; nothing for a code without one."""
    found = re.search(r"\d+", code)
    return str(int(found[0])) if found else ""


def _in_data(dimension: str) -> tuple[str, ...]:
    column = measures()["columns"][dimension]
    query = f"SELECT DISTINCT {column} AS value FROM customers c WHERE {column} <> '' ORDER BY 1"
    read = lake()
    return cached(
        ("values", dimension, read.version), lambda: tuple(row["value"] for row in read.query(query).to_pylist())
    )


def _condition(dimension: str, value: str) -> Q:
    if dimension == "account_owner":
        return Q(owner_id=value)
    if dimension == "nps_band":
        return Q(nps_class=value)
    if dimension == "risk_band":
        return Q(churn_band=_BANDS.get(value, value))
    if dimension == "cluster":
        codes = Segment.objects.values_list("segment_id", flat=True)
        return Q(segment_id__in=[code for code in codes if _number(code) == value])
    column = _TOLD_BY[dimension]
    query = f"SELECT DISTINCT c.{column} AS value FROM customers c WHERE {measures()['columns'][dimension]} = ?"
    return Q(**{f"{column}__in": [row["value"] for row in lake().query(query, [value]).to_pylist()]})


def _has_past(name: str) -> bool:
    return bool((measures()["measures"].get(name) or {}).get("time") != "now")
