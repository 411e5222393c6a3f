"""Filters over a whole board: one segment, one state, another period, put into the typed query of every tile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2shift.insight.contracts import Answer
from b2shift.kernel.calendar import add_months, last_closed_month
from b2shift.metrics.api import load_dictionary, measures
from b2shift.metrics.contracts import Filter, Period, TypedQuery

MONTHS: dict[str, tuple[str | Promise, int]] = {
    "mes": (_("Último mês"), 1),
    "3m": (_("3 meses"), 3),
    "12m": (_("12 meses"), 12),
    "24m": (_("24 meses"), 24),
}
FIELDS = {"segmento": "segment", "estado": "state"}
TIMELESS = {"forecast", "define", "alert", "actions"}


@dataclass(frozen=True)
class Narrowing:
    """What a board is narrowed to; empty texts narrow nothing."""

    segmento: str = ""
    estado: str = ""
    periodo: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Narrowing":
        """What an address asks for; a value there is not narrows nothing."""
        told = {name: asked.get(name, "") for name in FIELDS}
        kept = {name: value for name, value in told.items() if value in dict(choices(name))}
        period = asked.get("periodo", "")
        return cls(**kept, periodo=period if period in MONTHS else "")

    @property
    def address(self) -> str:
        """As an address carries it."""
        told = {"segmento": self.segmento, "estado": self.estado, "periodo": self.periodo}
        return urlencode({name: value for name, value in told.items() if value})

    def applied(self, query: TypedQuery, as_of: date) -> TypedQuery:
        """A tile's query narrowed: its own filters and a series' steps stay; scores of today have no other period."""
        fixed = {one.field for one in query.filters}
        more = [
            Filter(field=field, op="eq", value=getattr(self, name))
            for name, field in FIELDS.items()
            if getattr(self, name) and field not in fixed
        ]
        told: dict[str, object] = {"filters": (*query.filters, *more)}
        if self.periodo and query.intent not in TIMELESS and all(map(_has_past, query.metrics)):
            closed = last_closed_month(as_of)
            first = add_months(closed, 1 - MONTHS[self.periodo][1])
            grain = query.time.grain if query.time else None
            told |= {"time": Period(start=first, end=add_months(closed, 1) - timedelta(days=1), grain=grain)}
        return query.model_copy(update=told)

    def unapplied(self, told: Answer) -> bool:
        """Whether the period asked for could not be applied to this answer."""
        return bool(self.periodo) and (told.query.intent in TIMELESS or not all(map(_has_past, told.query.metrics)))


def choices(name: str) -> list[tuple[str, str]]:
    """The values of a field with their words."""
    told = load_dictionary().dimensions[FIELDS[name]]
    if name == "estado":
        return [(value, value.upper()) for value in told.values]
    return [(value, told.shown.get(value) or value.capitalize()) for value in told.values]


def _has_past(name: str) -> bool:
    return bool((measures()["measures"].get(name) or {}).get("time") != "now")
