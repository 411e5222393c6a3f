"""Filters and sorts of the lists, the same in pages and programs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.web.crm.models import Customer, NextAction, Proposal

Row = TypeVar("Row", bound=Model)

_LARGEST = 10**15  # more than any amount here, less than what overflows a column
_FLAGS = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True)
class Filter:
    """One filter: its name in the address, its label, what a value is, and the rows it keeps.

    `kind` is str, bool, int or Decimal; `argument` turns a value into the right side of `lookup`. A bool keeps the
    rows that agree with `lookup` when true and the others when false.
    """

    name: str
    label: str | Promise
    lookup: str
    kind: type = str
    argument: Callable[[Any], Any] = field(default=lambda value: value)

    def read(self, text: str) -> Any:
        """The value a text stands for; InputError when it stands for none."""
        try:
            return self._parsed(text)
        except (ValueError, KeyError, ArithmeticError) as error:
            raise InputError(
                gettext("Este filtro não aceita o valor"),
                value=f"{self.name}={text[:80]!r}",
                hint=gettext("Corrija ou remova o filtro"),
            ) from error

    def condition(self, value: Any) -> Q:
        """The rows it keeps for a value."""
        if self.kind is bool:
            agrees = Q(**{self.lookup: self.argument(True)})
            return agrees if value else ~agrees
        return Q(**{self.lookup: self.argument(value)})

    def _parsed(self, text: str) -> Any:
        if self.kind is bool:
            return _FLAGS[text.lower()]
        if self.kind is str:
            if "\x00" in text:  # PostgreSQL has no such character
                raise ValueError(text)
            return text
        number = self.kind(text)
        if not abs(number) <= _LARGEST:  # not a number, infinite or absurd
            raise ValueError(text)
        return number


CUSTOMER_FILTERS: tuple[Filter, ...] = (
    Filter("segment", _("Segmento"), "segment_id"),
    Filter("came_from", _("Segmento anterior"), "migrated_from"),
    Filter("situation", _("Situação"), "situation"),
    Filter("life_stage", _("Estágio de vida"), "life_stage"),
    Filter("stage", _("Etapa da jornada"), "journey_stage"),
    Filter("rfm", _("Classe RFM"), "rfm_class"),
    Filter("churn_band", _("Risco"), "churn_band"),
    Filter("nps", _("Faixa de NPS"), "nps_class"),
    Filter("market_segment", _("Segmento de mercado"), "market_segment"),
    Filter("state", _("UF"), "state"),
    Filter("revenue_band", _("Faixa de faturamento"), "revenue_band"),
    Filter("contract_band", _("Faixa de contrato"), "contract_band"),
    Filter("tenure_band", _("Tempo de casa"), "tenure_band"),
    Filter("owner", _("Responsável"), "owner_id"),
    Filter("unit", _("Unidade de negócio"), "units_key__contains", str, lambda unit: f"|{unit.lower()}|"),
    Filter("overdue", _("Em atraso"), "overdue_amount__gt", bool, lambda _yes: 0),
    Filter("due", _("Com contato devido"), "due_contacts__gt", bool, lambda _yes: 0),
    Filter("mrr_min", _("MRR a partir de"), "mrr__gte", Decimal),
    Filter("health_max", _("Saúde até"), "health__lte", Decimal),
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
    Filter("blocked", _("Impedidos"), "blocked__isnull", bool, lambda yes: not yes),
)

ACTION_FILTERS: tuple[Filter, ...] = (
    Filter("action", _("Ação"), "action"),
    Filter("kind", _("Tipo"), "kind"),
    Filter("role", _("Papel"), "role"),
    Filter("week", _("Semana"), "week", int),
    Filter("owner", _("Responsável"), "customer__owner_id"),
    Filter("customer", _("Cliente"), "customer_id"),
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
ACTION_SORTS: dict[str, str] = {"expected": "expected"}
PROPOSAL_SORTS: dict[str, str] = {"priority": "priority", "due_on": "due_on", "mrr": "mrr_at_stake"}


def filter_customers(customers: QuerySet[Customer], values: Mapping[str, str]) -> QuerySet[Customer]:
    """Keep the customers that agree with every filter told; a value that cannot be read raises InputError."""
    return _filter(customers, CUSTOMER_FILTERS, values)


def filter_proposals(proposals: QuerySet[Proposal], values: Mapping[str, str]) -> QuerySet[Proposal]:
    """Keep the due contacts that agree with every filter told; a value that cannot be read raises InputError."""
    return _filter(proposals, PROPOSAL_FILTERS, values)


def filter_actions(actions: QuerySet[NextAction], values: Mapping[str, str]) -> QuerySet[NextAction]:
    """Keep the next actions that agree with every filter told; a value that cannot be read raises InputError."""
    return _filter(actions, ACTION_FILTERS, values)


def sort_column(sorts: Mapping[str, str], name: str) -> tuple[str, bool]:
    """The column of a sort's name and whether it descends; an unknown name raises UnknownNameError."""
    plain = name.removeprefix("-")
    if plain not in sorts:
        raise UnknownNameError("ordem", plain, sorts)
    return sorts[plain], name.startswith("-")


def keep(rows: QuerySet[Row], filters: tuple[Filter, ...], values: Mapping[str, Any]) -> QuerySet[Row]:
    """Keep the rows that agree with every value given by its filter's name; None is no value."""
    for one in filters:
        if (value := values.get(one.name)) is not None:
            rows = rows.filter(one.condition(value))
    return rows


def _filter(rows: QuerySet[Row], filters: tuple[Filter, ...], values: Mapping[str, str]) -> QuerySet[Row]:
    texts = {one.name: (values.get(one.name) or "").strip() for one in filters}
    return keep(rows, filters, {one.name: one.read(texts[one.name]) for one in filters if texts[one.name]})
