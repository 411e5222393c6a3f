"""Everything that happened with the customer in one line of time, newest first, in pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.identify.contracts import Customer360
from b2shift.web.console.formats import money, number
from b2shift.web.console.wording import word
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
    kind: str
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


def page(view: Customer360, proposals: Sequence[Proposal], *, kind: str = "", number: int = 1) -> TimelinePage:
    """The `number`-th twenty events, of one kind or of all; a page beyond the end is empty."""
    everything = sorted(_events(view, proposals), key=lambda event: event.at, reverse=True)
    chosen = [event for event in everything if not kind or event.kind == kind]
    start = (number - 1) * SHOWN
    more = start + SHOWN < len(chosen)
    present = {event.kind for event in everything}
    return TimelinePage(
        chosen[start : start + SHOWN], len(chosen), number + 1 if more else None, [k for k in KINDS if k in present]
    )


def _events(view: Customer360, proposals: Sequence[Proposal]) -> Iterator[Event]:
    yield from _commercial(view)
    yield from _support(view)
    yield from _money(view)
    for one in view.campaigns:
        detail = _joined(word("channel", one.channel), one.campaign_id)
        yield Event(
            one.at.replace(tzinfo=None), "campanhas", "campaign", word("campaign", one.kind), detail, timed=True
        )
    for due in proposals:
        if due.due_on:
            yield Event(
                _at(due.due_on), "comercial", "due", _("Contato devido: %(rule)s") % {"rule": due.rule_name}, due.action
            )


def _commercial(view: Customer360) -> Iterator[Event]:
    for one in view.activities:
        minutes = _("%(count)s min") % {"count": number(one.minutes)} if one.minutes else ""
        detail = _joined(word("activity_result", one.result) if one.result else "", minutes)
        yield Event(one.at.replace(tzinfo=None), "comercial", _ACTIVITY_ICONS.get(one.kind or "", "message"),
                    word("activity", one.kind), detail, timed=True)  # fmt: skip
    for deal in view.opportunities:
        what = _joined(word("opportunity", deal.kind), word("family", deal.product_family), money(deal.value))
        if deal.created_on:
            yield Event(_at(deal.created_on), "comercial", "deal", _("Oportunidade criada"), what)
        if deal.closed_on and deal.result in {"ganho", "perdido"}:
            won = deal.result == "ganho"
            why = word("loss_reason", deal.loss_reason) if deal.loss_reason else ""
            title = _("Oportunidade ganha") if won else _("Oportunidade perdida")
            yield Event(_at(deal.closed_on), "comercial", "check" if won else "reject", title, _joined(what, why))
    for quote in view.quotes:
        if quote.quoted_on:
            items = _("%(count)s itens") % {"count": number(quote.items)}
            yield Event(
                _at(quote.quoted_on), "comercial", "quote", _("Proposta enviada"), _joined(quote.quote_id, items)
            )


def _support(view: Customer360) -> Iterator[Event]:
    for one in view.tickets:
        if one.created_on:
            detail = _joined(
                one.group_name,
                word("priority", one.priority) if one.priority else "",
                word("ticket_status", one.status),
            )
            title = _("Chamado aberto: %(kind)s") % {"kind": word("ticket_type", one.type)}
            yield Event(_at(one.created_on), "suporte", "ticket", title, detail)
    for answer in view.nps:
        if answer.answered_on:
            title = _("NPS %(score)s (%(word)s)") % {"score": answer.score, "word": word("nps_class", answer.nps_class)}
            yield Event(
                _at(answer.answered_on), "nps", "nps", title, _joined(word("survey", answer.survey), answer.product)
            )


def _money(view: Customer360) -> Iterator[Event]:
    for one in view.invoices:
        amount = money(one.amount)
        if one.issued_on:
            yield Event(
                _at(one.issued_on), "financeiro", "invoice", _("Fatura emitida"), _joined(one.invoice_id, amount)
            )
        if one.paid_on:
            late = _("%(days)s dias de atraso") % {"days": number(one.days_late)} if one.days_late else _("em dia")
            yield Event(
                _at(one.paid_on), "financeiro", "money", _("Fatura paga"), _joined(one.invoice_id, amount, late)
            )
    for line in view.lines:
        if line.signed_on:
            yield Event(_at(line.signed_on), "contratos", "contract", _("Linha de contrato assinada"),
                        _joined(line.product, line.revenue_line))  # fmt: skip


_ACTIVITY_ICONS = {
    "ligacao": "phone",
    "email": "mail",
    "reuniao": "team",
    "whatsapp": "message",
    "visita": "map",
    "demonstracao": "eye",
}


def _at(day: date) -> datetime:
    return datetime.combine(day, time.min)


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part and part != "–")
