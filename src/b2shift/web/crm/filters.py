"""Filters and sorts of the lists, the same in pages and programs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.web.crm.models import Customer, Proposal


@dataclass(frozen=True)
class Filter:
    """One filter: its name in the address, its label, and the lookup it makes of a value."""

    name: str
    label: str | Promise
    lookup: str
    parse: Callable[[str], Any] = str


def _yes(text: str) -> bool:
    if text not in {"1", "0", "true", "false"}:
        raise ValueError(text)
    return text in {"1", "true"}


CUSTOMER_FILTERS: tuple[Filter, ...] = (
    Filter("segment", _("Segmento"), "segment_id"),
    Filter("situation", _("Situação"), "situation"),
    Filter("life_stage", _("Estágio de vida"), "life_stage"),
    Filter("rfm", _("Classe RFM"), "rfm_class"),
    Filter("churn_band", _("Risco"), "churn_band"),
    Filter("market_segment", _("Segmento de mercado"), "market_segment"),
    Filter("state", _("UF"), "state"),
    Filter("revenue_band", _("Faixa de faturamento"), "revenue_band"),
    Filter("contract_band", _("Faixa de contrato"), "contract_band"),
    Filter("tenure_band", _("Tempo de casa"), "tenure_band"),
    Filter("owner", _("Responsável"), "owner_id"),
    Filter("unit", _("Unidade de negócio"), "units_key__contains", lambda unit: f"|{unit}|"),
    Filter("overdue", _("Em atraso"), "overdue_amount__gt", lambda text: 0 if _yes(text) else -1),
    Filter("due", _("Com contato devido"), "due_contacts__gt", lambda text: 0 if _yes(text) else -1),
    Filter("mrr_min", _("MRR a partir de"), "mrr__gte", float),
    Filter("health_max", _("Saúde até"), "health__lte", float),
)

PROPOSAL_FILTERS: tuple[Filter, ...] = (
    Filter("kind", _("Tipo"), "kind"),
    Filter("trigger", _("Gatilho"), "trigger"),
    Filter("segment", _("Segmento"), "segment_id"),
    Filter("rule", _("Regra"), "rule_id"),
    Filter("owner", _("Responsável"), "owner_id"),
    Filter("owner_role", _("Papel responsável"), "owner_role"),
    Filter("customer", _("Cliente"), "customer_id"),
    Filter("priority_min", _("Prioridade a partir de"), "priority__gte", int),
    Filter("blocked", _("Impedidos"), "blocked__isnull", lambda text: not _yes(text)),
)

# Name in the address: column; a leading "-" reverses. Every column here is indexed with the tie-break.
CUSTOMER_SORTS: dict[str, str] = {
    "name": "name_folded",
    "mrr": "mrr",
    "churn": "churn_90d",
    "health": "health",
    "tenure": "tenure_years",
    "due": "due_contacts",
    "overdue": "overdue_amount",
}
PROPOSAL_SORTS: dict[str, str] = {"priority": "priority", "due_on": "due_on", "mrr": "mrr_at_stake"}


def filter_customers(customers: QuerySet[Customer], told: Mapping[str, str]) -> QuerySet[Customer]:
    """Keep the customers that agree with every filter told; a value that cannot be read raises InputError."""
    return _filter(customers, CUSTOMER_FILTERS, told)


def filter_proposals(proposals: QuerySet[Proposal], told: Mapping[str, str]) -> QuerySet[Proposal]:
    """Keep the due contacts that agree with every filter told; a value that cannot be read raises InputError."""
    return _filter(proposals, PROPOSAL_FILTERS, told)


def sort_column(sorts: Mapping[str, str], name: str) -> tuple[str, bool]:
    """The column of a sort's name and whether it descends; an unknown name raises UnknownNameError."""
    plain = name.removeprefix("-")
    if plain not in sorts:
        raise UnknownNameError("sort", plain, sorts)
    return sorts[plain], name.startswith("-")


def _filter(rows: Any, filters: tuple[Filter, ...], told: Mapping[str, str]) -> Any:
    for one in filters:
        text = (told.get(one.name) or "").strip()
        if not text:
            continue
        try:
            rows = rows.filter(**{one.lookup: one.parse(text)})
        except ValueError as error:
            raise InputError(
                "Este filtro não aceita o valor", value=f"{one.name}={text}", hint="Corrija ou remova o filtro"
            ) from error
    return rows
