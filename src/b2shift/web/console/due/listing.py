"""The due contacts a request asks for: filtered, searched, sorted, one page."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.web.accounts.models import User
from b2shift.web.console.due.facets import Choice, Urgency, kinds_of, urgency
from b2shift.web.console.formats import money_short, number
from b2shift.web.crm.filters import PROPOSAL_FILTERS, PROPOSAL_SORTS, filter_proposals, sort_column
from b2shift.web.crm.models import Proposal
from b2shift.web.crm.paging import Page, page_of
from b2shift.web.crm.reading import visible_customers, visible_proposals
from b2shift.web.crm.search import search

DEFAULT_SORT = "-priority"
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """What an address asks: the due contacts it keeps, in which order."""

    rows: QuerySet[Proposal]
    sort: str
    column: str
    descending: bool

    def page(self, cursor: str) -> Page[Proposal]:
        """Fifty of them from the cursor."""
        return page_of(self.rows, column=self.column, descending=self.descending, key="proposal_id", cursor=cursor)

    def ordered(self) -> QuerySet[Proposal]:
        """All of them, for a file."""
        sign = "-" if self.descending else ""
        return self.rows.order_by(f"{sign}{self.column}", f"{sign}proposal_id")


def asked(user: User, told: QueryDict, *, but: str = "") -> Asked:
    """Read an address's filters, search words and sort, leaving out one filter; wrong values raise InputError."""
    given = {one.name: told.get(one.name, "") for one in PROPOSAL_FILTERS if one.name != but}
    rows = filter_proposals(visible_proposals(user), given)
    words = told.get("q", "").strip()
    if words:
        rows = rows.filter(customer__in=search(visible_customers(user), words).values("customer_id"))
    sort = told.get("sort") or DEFAULT_SORT
    column, descending = sort_column(PROPOSAL_SORTS, sort)
    return Asked(rows, sort, column, descending)


@dataclass(frozen=True)
class Summary:
    """The due contacts asked for in figures; money counts each customer once."""

    urgency: Urgency
    customers_mrr: Decimal
    kinds: list[Choice]


def summary(user: User, told: QueryDict, as_of: date) -> Summary:
    """The figures of what an address keeps; the kinds are counted without the filter by kind, to choose another."""
    kept = asked(user, told).rows
    customers = visible_customers(user).filter(customer_id__in=kept.order_by().values("customer"))
    return Summary(
        urgency=urgency(kept, as_of, as_of + _WEEK),
        customers_mrr=customers.aggregate(money=Sum("mrr"))["money"] or Decimal(0),
        kinds=kinds_of(asked(user, told, but="kind").rows),
    )


def sentence(found: Summary) -> str:
    """What matters: how many, by when, worth how much, how many cannot be done by message."""
    told = found.urgency
    if not told.total:
        return _("Nenhum contato devido com estes filtros.")
    parts = [
        ngettext("%(count)s contato devido", "%(count)s contatos devidos", told.total) % {"count": number(told.total)}
    ]
    if told.late:
        parts.append(ngettext("%(count)s atrasado", "%(count)s atrasados", told.late) % {"count": number(told.late)})
    if told.week:
        parts.append(_("%(count)s vencem em 7 dias") % {"count": number(told.week)})
    parts.append(_("%(money)s de MRR nesses clientes") % {"money": money_short(found.customers_mrr)})
    if told.blocked:
        parts.append(
            ngettext("%(count)s impedido por mensagem", "%(count)s impedidos por mensagem", told.blocked)
            % {"count": number(told.blocked)}
        )
    return "; ".join(parts) + "."
