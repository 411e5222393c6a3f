"""The customer's lists as tables: the newest rows at once, the rest one click away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2shift.identify.contracts import CampaignEvent, Customer360
from b2shift.web.console.charts import Column, Table
from b2shift.web.console.wording import word

SHOWN = 6
# What became of a campaign, from the first step to the last.
_STEPS = ("assigned", "sent", "open", "click", "reply", "reject", "unsubscribe", "accept", "purchase")


@dataclass(frozen=True)
class Section:
    """One list of the page: its rows, what they are, and what it says when there are none."""

    name: str
    title: str | Promise
    icon: str
    note: str | Promise
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]

    @property
    def first(self) -> Table:
        """The newest rows."""
        return Table(self.columns, self.rows[:SHOWN])

    @property
    def whole(self) -> Table:
        """Every row."""
        return Table(self.columns, self.rows)

    @property
    def rest(self) -> Table:
        """The others."""
        return Table(self.columns, self.rows[SHOWN:])

    @property
    def more(self) -> int:
        """How many others."""
        return max(0, len(self.rows) - SHOWN)


def lines(view: Customer360) -> Section:
    """Contract lines."""
    return Section(
        "contratos",
        _("Linhas de contrato"),
        "contract",
        _("As 100 mais recentes; valores nas unidades da entrega do fornecedor"),
        [
            Column(_("Produto")),
            Column(_("Linha de receita")),
            Column(_("Situação"), "badge:line_situation"),
            Column(_("Valor"), "number:2"),
            Column(_("Assinada em"), "day"),
        ],
        [(one.product, one.revenue_line, one.situation, one.value, one.signed_on) for one in view.lines],
    )


def answers(view: Customer360) -> Section:
    """NPS answers."""
    return Section(
        "nps",
        _("Respostas de NPS"),
        "nps",
        _("As 100 mais recentes; promotor 9 e 10, neutro 7 e 8, detrator 0 a 6"),
        [
            Column(_("Data"), "day"),
            Column(_("Pesquisa"), "word:survey"),
            Column(_("Produto")),
            Column(_("Nota"), "number"),
            Column(_("Classe"), "badge:nps_class"),
        ],
        [(one.answered_on, one.survey, one.product, one.score, one.nps_class) for one in view.nps],
    )


def invoices(view: Customer360) -> Section:
    """Invoices."""
    return Section(
        "faturas",
        _("Faturas"),
        "invoice",
        _("As 36 mais recentes; dias de atraso na data de referência"),
        [
            Column(_("Fatura")),
            Column(_("Emissão"), "day"),
            Column(_("Vencimento"), "day"),
            Column(_("Pagamento"), "day"),
            Column(_("Valor"), "money"),
            Column(_("Situação"), "badge:invoice_status"),
            Column(_("Dias de atraso"), "number"),
        ],
        [
            (one.invoice_id, one.issued_on, one.due_on, one.paid_on, one.amount, one.status, one.days_late)
            for one in view.invoices
        ],
    )


def orders(view: Customer360) -> Section:
    """Orders."""
    return Section(
        "pedidos",
        _("Pedidos"),
        "quote",
        _("Os 50 mais recentes"),
        [
            Column(_("Pedido")),
            Column(_("Data"), "day"),
            Column(_("Produto")),
            Column(_("Valor"), "money"),
            Column(_("Situação"), "badge:order_status"),
        ],
        [(one.order_id, one.ordered_on, one.product_family, one.amount, one.status) for one in view.orders],
    )


def tickets(view: Customer360) -> Section:
    """Support tickets."""
    return Section(
        "chamados",
        _("Chamados recentes"),
        "ticket",
        _("Os 50 mais recentes"),
        [
            Column(_("Chamado")),
            Column(_("Abertura"), "day"),
            Column(_("Fila")),
            Column(_("Tipo"), "word:ticket_type"),
            Column(_("Prioridade"), "badge:priority"),
            Column(_("Situação"), "word:ticket_status"),
        ],
        [(one.ticket_id, one.created_on, one.group_name, one.type, one.priority, one.status) for one in view.tickets],
    )


def quotes(view: Customer360) -> Section:
    """Proposals sent."""
    return Section(
        "propostas",
        _("Propostas comerciais"),
        "quote",
        _("As 50 mais recentes; totais nas unidades da entrega do fornecedor"),
        [Column(_("Proposta")), Column(_("Data"), "day"), Column(_("Itens"), "number"), Column(_("Total"), "number:2")],
        [(one.quote_id, one.quoted_on, one.items, one.total) for one in view.quotes],
    )


def outcomes(view: Customer360) -> Section:
    """Campaigns and how far each one went: from sent to bought, or refused."""
    newest: dict[str, list[CampaignEvent]] = {}
    for event in view.campaigns:
        newest.setdefault(event.campaign_id or "", []).append(event)
    rows = []
    for campaign, events in newest.items():
        last = max(events, key=lambda one: (_STEPS.index(one.kind) if one.kind in _STEPS else -1, one.at))
        began = min(one.at for one in events)
        rows.append((campaign, last.channel, last.variant, began.date(), last.kind, last.at.date()))
    return Section(
        "acoes",
        _("Ações e resultados"),
        "campaign",
        _("Até onde foi cada campanha com este cliente"),
        [
            Column(_("Campanha")),
            Column(_("Canal"), "word:channel"),
            Column(_("Variante"), "word:variant"),
            Column(_("Começou em"), "day"),
            Column(_("Resultado"), "word:campaign"),
            Column(_("Em"), "day"),
        ],
        rows,
    )


def opportunities(view: Customer360) -> Section:
    """Sales opportunities."""
    return Section(
        "oportunidades",
        _("Oportunidades"),
        "deal",
        _("As 50 mais recentes"),
        [
            Column(_("Oportunidade")),
            Column(_("Valor"), "money"),
            Column(_("Etapa"), "word:stage"),
            Column(_("Resultado"), "badge:result"),
            Column(_("Criada em"), "day"),
            Column(_("Fechamento"), "day"),
            Column(_("Motivo da perda"), "word:loss_reason"),
        ],
        [
            (
                " · ".join(
                    word(of, code) for of, code in (("opportunity", one.kind), ("family", one.product_family)) if code
                ),
                one.value,
                one.stage,
                one.result,
                one.created_on,
                one.closed_on or one.expected_close_on,
                one.loss_reason,
            )
            for one in view.opportunities
        ],
    )


# The part of the address of each list: what makes it.
SECTIONS: dict[str, Callable[[Customer360], Section]] = {
    "acoes": outcomes,
    "contratos": lines,
    "nps": answers,
    "faturas": invoices,
    "pedidos": orders,
    "chamados": tickets,
    "propostas": quotes,
    "oportunidades": opportunities,
}
