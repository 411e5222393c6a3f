"""Everything that happened with the customer in one line of time, newest first, in pages."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import NamedTuple, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from b2shift.identify.contracts import (
    Activity,
    CampaignEvent,
    ContractLine,
    Customer360,
    Invoice,
    NpsAnswer,
    Opportunity,
    Order,
    Quote,
    Ticket,
)
from b2shift.web.console.formats import NOTHING, money, number
from b2shift.web.console.wording import shipped, word
from b2shift.web.crm.models import Proposal

SHOWN = 20
KINDS: dict[str, str | Promise] = {
    "comercial": gettext_lazy("Comercial"),
    "suporte": gettext_lazy("Suporte"),
    "nps": gettext_lazy("NPS"),
    "financeiro": gettext_lazy("Financeiro"),
    "contratos": gettext_lazy("Contratos"),
    "campanhas": gettext_lazy("Campanhas"),
}


@dataclass(frozen=True)
class Event:
    """One thing that happened, or is due: when, what, and the details in a line."""

    at: datetime
    icon: str
    title: str
    detail: str = ""
    timed: bool = False

    @property
    def day(self) -> date:
        """The day it happened."""
        return self.at.date()


@dataclass(frozen=True)
class TimelinePage:
    """A stretch of the timeline and where the next begins."""

    events: Sequence[Event]
    total: int
    next: int | None
    kinds: Sequence[str]


class _Entry(NamedTuple):
    """When something happened and how to tell it: only what is shown is put in words."""

    at: datetime
    kind: str
    tell: Callable[[], Event]


def page(view: Customer360, proposals: Sequence[Proposal], *, kind: str = "", number: int = 1) -> TimelinePage:
    """The `number`-th twenty events, of one kind or of all; a page beyond the end is empty."""
    entries = sorted(_entries(view, proposals), key=lambda entry: entry.at, reverse=True)
    chosen = [entry for entry in entries if not kind or entry.kind == kind]
    start = (number - 1) * SHOWN
    present = {entry.kind for entry in entries}
    return TimelinePage(
        events=[entry.tell() for entry in chosen[start : start + SHOWN]],
        total=len(chosen),
        next=number + 1 if start + SHOWN < len(chosen) else None,
        kinds=[kind for kind in KINDS if kind in present],
    )


def _entries(view: Customer360, proposals: Sequence[Proposal]) -> Iterator[_Entry]:
    for due in proposals:
        yield from _on(due.due_on, "comercial", due, _due)
    for activity in view.activities:
        yield from _on(activity.at, "comercial", activity, _activity)
    for deal in view.opportunities:
        yield from _on(deal.created_on, "comercial", deal, _deal_created)
        if deal.result in {"ganho", "perdido"}:
            yield from _on(deal.closed_on, "comercial", deal, _deal_closed)
    for quote in view.quotes:
        yield from _on(quote.quoted_on, "comercial", quote, _quote)
    for ticket in view.tickets:
        yield from _on(ticket.created_on, "suporte", ticket, _ticket)
    for answer in view.nps:
        yield from _on(answer.answered_on, "nps", answer, _answer)
    for invoice in view.invoices:
        yield from _on(invoice.issued_on, "financeiro", invoice, _invoice_issued)
        yield from _on(invoice.paid_on, "financeiro", invoice, _invoice_paid)
    for order in view.orders:
        yield from _on(order.ordered_on, "financeiro", order, _order)
    for line in view.lines:
        yield from _on(line.signed_on, "contratos", line, _line)
    for event in view.campaigns:
        yield from _on(event.at, "campanhas", event, _campaign)


Row = TypeVar("Row")


def _on(when: date | datetime | None, kind: str, row: Row, tell: Callable[[datetime, Row], Event]) -> Iterator[_Entry]:
    """The entry of a row that has a date; days stand at their midnight."""
    if when is None:
        return
    at = when.replace(tzinfo=None) if isinstance(when, datetime) else datetime.combine(when, time.min)
    yield _Entry(at, kind, partial(tell, at, row))


def _due(at: datetime, due: Proposal) -> Event:
    return Event(at, "due", _("Contato devido: %(rule)s") % {"rule": shipped(due.rule_name)}, shipped(due.action))


def _activity(at: datetime, one: Activity) -> Event:
    minutes = _("%(count)s min") % {"count": number(one.minutes)} if one.minutes else ""
    detail = _joined(word("activity_result", one.result), minutes)
    return Event(at, _ACTIVITY_ICONS.get(one.kind or "", "message"), word("activity", one.kind), detail, timed=True)


def _deal_created(at: datetime, deal: Opportunity) -> Event:
    return Event(at, "deal", _("Oportunidade criada"), _deal(deal))


def _deal_closed(at: datetime, deal: Opportunity) -> Event:
    if deal.result == "ganho":
        return Event(at, "check", _("Oportunidade ganha"), _deal(deal))
    return Event(at, "reject", _("Oportunidade perdida"), _joined(_deal(deal), word("loss_reason", deal.loss_reason)))


def _deal(deal: Opportunity) -> str:
    return _joined(word("opportunity", deal.kind), word("family", deal.product_family), money(deal.value))


def _quote(at: datetime, quote: Quote) -> Event:
    items = ngettext("%(count)s item", "%(count)s itens", quote.items) % {"count": number(quote.items)}
    return Event(at, "quote", _("Proposta enviada"), _joined(quote.quote_id, items))


def _ticket(at: datetime, one: Ticket) -> Event:
    detail = _joined(one.group_name, word("priority", one.priority), word("ticket_status", one.status))
    title = _("Chamado aberto: %(kind)s") % {"kind": word("ticket_type", one.type)} if one.type else _("Chamado aberto")
    return Event(at, "ticket", title, detail)


def _answer(at: datetime, one: NpsAnswer) -> Event:
    title = _("NPS %(score)s (%(word)s)") % {"score": one.score, "word": word("nps_class", one.nps_class)}
    return Event(at, "nps", title, _joined(word("survey", one.survey), one.product))


def _invoice_issued(at: datetime, one: Invoice) -> Event:
    return Event(at, "invoice", _("Fatura emitida"), _joined(one.invoice_id, money(one.amount)))


def _invoice_paid(at: datetime, one: Invoice) -> Event:
    days = one.days_late or 0
    late = ngettext("%(count)s dia de atraso", "%(count)s dias de atraso", days) % {"count": number(days)}
    detail = _joined(one.invoice_id, money(one.amount), late if days else _("em dia"))
    return Event(at, "money", _("Fatura paga"), detail)


def _order(at: datetime, one: Order) -> Event:
    detail = _joined(one.order_id, one.product_family, money(one.amount))
    return Event(at, "quote", _("Pedido cancelado") if one.status == "CANCELADO" else _("Pedido"), detail)


def _line(at: datetime, line: ContractLine) -> Event:
    return Event(at, "contract", _("Linha de contrato assinada"), _joined(line.product, line.revenue_line))


def _campaign(at: datetime, one: CampaignEvent) -> Event:
    detail = _joined(word("channel", one.channel), one.campaign_id)
    return Event(at, "campaign", word("campaign", one.kind), detail, timed=True)


_ACTIVITY_ICONS = {
    "ligacao": "phone",
    "email": "mail",
    "reuniao": "team",
    "whatsapp": "message",
    "visita": "map",
    "demonstracao": "eye",
}


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part and part != NOTHING)
