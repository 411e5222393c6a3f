"""What to follow a segment by: its figures beside those of all the customers a person sees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Q, QuerySet
from django.utils.translation import gettext as _

from b2shift.web.console.formats import money_short, number, percent
from b2shift.web.console.mrr_formats import mrr_short
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.models import Customer

ALIKE = 0.05
"""Difference, as a share of everybody's figure, under which the two count as alike."""


@dataclass(frozen=True)
class Kpi:
    """One figure in words; `better` is null where the two are alike or one is not known."""

    name: str
    here: str
    everybody: str
    better: bool | None


def kpis_of(seen: QuerySet[Customer], segment: str) -> list[Kpi]:
    """Means of the segment and of everybody; a figure that nobody of the segment has is left out."""
    question = cache_key(seen)
    means = {} if question is None else cached(("kpis", segment, question), lambda: _means(seen, segment))
    found = []
    for field, name, words, more_is_better in _figures():
        here, everybody = means.get(f"{field}_here"), means.get(f"{field}_all")
        if here is not None and everybody is not None:
            better = _better(float(here), float(everybody), more_is_better)
            found.append(Kpi(name, words(here), words(everybody), better))
    return found


def _means(seen: QuerySet[Customer], segment: str) -> Mapping[str, Any]:
    means = {f"{field}_here": Avg(field, filter=Q(segment=segment)) for field, *_rest in _figures()}
    return seen.order_by().aggregate(**means, **{f"{field}_all": Avg(field) for field, *_rest in _figures()})


def _figures() -> tuple[tuple[str, str, Callable[[float], str], bool], ...]:
    return (
        ("mrr", _("MRR por cliente"), mrr_short, True),
        ("churn_90d", _("Churn em 90 dias"), lambda value: percent(value, 1), False),
        ("health", _("Saúde"), number, True),
        ("overdue_amount", _("Em atraso por cliente"), money_short, False),
        ("due_contacts", _("Contatos devidos por cliente"), lambda value: number(value, 1), False),
    )


def _better(here: float, everybody: float, more_is_better: bool) -> bool | None:
    if abs(here - everybody) <= ALIKE * abs(everybody):
        return None
    return (here > everybody) == more_is_better
