"""The columns of the list: what each is called, means, sorts by, shows and writes into the file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.units import is_divided
from b2shift.web.console import mrr_formats
from b2shift.web.console.customers import cells
from b2shift.web.crm.models import Customer

COOKIE, UNITS = "b2shift_columns", "units"
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class ListColumn:
    """One column. `field` is what the file holds, `more` what its cell reads besides; `first` "-": largest first."""

    name: str
    label: str | Promise
    cell: Callable[[Customer], cells.Cell]
    field: str
    sort: str = ""
    first: str = ""
    numeric: bool = False
    usual: bool = False
    meaning: str | Promise = ""
    more: tuple[str, ...] = ()

    def value(self, customer: Customer) -> Any:
        """What the file holds of it."""
        found = getattr(customer, self.field)
        return mrr_formats.delivered(found) if self.field == "mrr" else found


NAME = ListColumn("customer", _("Cliente"), cells.name, "display_name", sort="name", usual=True)
_NAMED_BY = ("customer_id", "name", "trade_name", "city", "state")

COLUMNS: tuple[ListColumn, ...] = (
    ListColumn("situation", _("Situação"), cells.situation, "situation", usual=True,
               meaning=_("Ativo: ao menos uma linha de contrato ativa")),
    ListColumn("segment", _("Segmento"), cells.segment, "segment_name", usual=True, more=("segment_id",),
               meaning=_("Grupo encontrado pelo agrupamento, com nome e versão")),
    ListColumn("mrr", _("MRR"), cells.mrr, "mrr", sort="mrr", first="-", numeric=True, usual=True,
               meaning=_("Receita recorrente do último mês fechado")),
    ListColumn("churn", _("Risco de churn"), cells.churn, "churn_90d", sort="churn", first="-", numeric=True,
               usual=True, more=("churn_band", "churn_90d_low", "churn_90d_high"),
               meaning=_("Probabilidade de cancelar todas as linhas em 90 dias")),
    ListColumn("health", _("Saúde"), cells.health, "health", sort="health", numeric=True, usual=True,
               meaning=_("De 0 a 100: uso 35, relacionamento 20, suporte, financeiro e resultado 15 cada")),
    ListColumn("trend", _("Uso em 3 meses"), cells.trend, "usage_trend", numeric=True, usual=True,
               meaning=_("Horas dos 3 últimos meses fechados contra os 3 anteriores")),
    ListColumn("overdue", _("Em atraso"), cells.overdue, "overdue_amount", sort="overdue", first="-", numeric=True,
               usual=True, meaning=_("Faturas vencidas e não pagas na data de referência")),
    ListColumn("due", _("Contatos"), cells.due, "due_contacts", sort="due", first="-", numeric=True, usual=True,
               meaning=_("Contatos que a régua propõe e ainda não foram feitos")),
    ListColumn("owner", _("Responsável"), cells.owner, "owner_id", more=("owner__name",),
               meaning=_("Dono da oportunidade mais recente")),
    ListColumn("life_stage", _("Estágio de vida"), cells.life_stage, "life_stage"),
    ListColumn("stage", _("Etapa da jornada"), cells.stage, "journey_stage",
               meaning=_("Uma de 14, por regras abertas sobre contrato, uso, chamados e renovação")),
    ListColumn("rfm", _("Classe RFM"), cells.rfm, "rfm_class",
               meaning=_("Recência, frequência e valor das compras, em quintis")),
    ListColumn("nps", _("NPS"), cells.nps, "nps_value", numeric=True, more=("nps_shrunk",),
               meaning=_("% de promotores menos % de detratores das respostas em 12 meses")),
    ListColumn("usage", _("Uso sobre a média"), cells.usage, "usage_ratio", numeric=True,
               meaning=_("Tempo conectado por dia útil contra a média do segmento de mercado")),
    ListColumn("tickets", _("Chamados em 90 dias"), cells.tickets, "tickets_90d", numeric=True),
    ListColumn("tenure", _("Tempo de casa"), cells.tenure, "tenure_years", sort="tenure", first="-", numeric=True,
               more=("customer_since",)),
    ListColumn("market_segment", _("Segmento de mercado"), cells.market_segment, "market_segment"),
    ListColumn("revenue_band", _("Faturamento"), cells.revenue_band, "revenue_band",
               meaning=_("Faixa de faturamento anual do cliente")),
    ListColumn("contract_band", _("Contrato"), cells.contract_band, "contract_band",
               meaning=_("Soma das linhas de contrato, nas unidades da entrega")),
    ListColumn("families", _("Famílias de produto"), cells.families, "families"),
    ListColumn(UNITS, _("Unidades de negócio"), cells.units, "business_units"),
    ListColumn("cnpj", _("CNPJ"), cells.cnpj, "cnpj", more=("cnpj_valid",)),
)  # fmt: skip

_BY_NAME = {column.name: column for column in COLUMNS}
_USUAL = [column.name for column in COLUMNS if column.usual]


def offered() -> list[ListColumn]:
    """The columns there are to choose from: business units only where the house has several."""
    return [column for column in COLUMNS if column.name != UNITS or is_divided()]


def chosen(cookie: str) -> list[ListColumn]:
    """The columns to show, in the order chosen, the name first; the usual ones unless the person chose."""
    names = _known(cookie.split("."))
    return [NAME, *[_BY_NAME[name] for name in (names if names or cookie == "-" else _USUAL)]]


def fields_of(shown: list[ListColumn]) -> list[str]:
    """What has to be read for these columns, so that fifty rows do not carry sixty values each."""
    read = {*_NAMED_BY, *(column.field for column in shown), *(name for column in shown for name in column.more)}
    return sorted(read - {"display_name"})


def kept(names: list[str]) -> str:
    """What the cookie keeps of a choice and its order; unknown names are dropped, none at all is kept as none."""
    return ".".join(_known(names)) or "-"


def in_cookie(cookie: str) -> str:
    """The choice a cookie comes to, the usual columns by name too."""
    return kept([column.name for column in chosen(cookie)[1:]])


def remember(answer: HttpResponse, choice: str) -> None:
    """Let the person's browser keep the choice."""
    answer.set_cookie(COOKIE, choice, max_age=_YEAR, samesite="Lax", httponly=True)


def moved(names: list[str], name: str, step: int) -> list[str]:
    """The choice with one column a place earlier (-1) or later (+1); at an end it stays."""
    order = list(names)
    if name in order:
        at = order.index(name)
        order.insert(max(0, at + step), order.pop(at))
    return order


def _known(names: list[str]) -> list[str]:
    known = {column.name for column in offered()}
    return [name for name in dict.fromkeys(names) if name in known]
