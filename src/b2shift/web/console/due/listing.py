"""The due contacts a request asks for: filtered, searched, sorted, one page, and what they come to."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.web.accounts.models import User
from b2shift.web.console.due.facets import Choice, kinds_of
from b2shift.web.console.formats import money_short, number
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.filters import PROPOSAL_FILTERS, PROPOSAL_SORTS, filter_proposals, sort_column
from b2shift.web.crm.models import Customer, Proposal
from b2shift.web.crm.paging import Page, all_in_order, page_of
from b2shift.web.crm.reading import visible_customers, visible_proposals
from b2shift.web.crm.revenue import revenue_delivered
from b2shift.web.crm.search import search

DEFAULT_SORT = "-priority"
_WEEK = timedelta(days=7)
_SHOWN = [
    "kind", "rule_id", "rule_name", "reason", "evidence", "action", "channels", "blocked", "due_on", "priority",
    "mrr_at_stake", "owner_role", "owner__name", "segment__name", "customer__name", "customer__trade_name",
]  # fmt: skip


@dataclass(frozen=True)
class ProposalList:
    """What an address asks: the due contacts it keeps, in which order."""

    rows: QuerySet[Proposal]
    sort: str
    column: str
    descending: bool

    def page(self, cursor: str) -> Page[Proposal]:
        """Fifty of them from the cursor, with what a row shows."""
        rows = self.rows.only(*_SHOWN, self.column)
        return page_of(rows, column=self.column, descending=self.descending, key="proposal_id", cursor=cursor)

    def ordered(self) -> QuerySet[Proposal]:
        """All of them, for a file."""
        rows = self.rows.defer("customer__search_text", "customer__reasons")
        return all_in_order(rows, column=self.column, descending=self.descending, key="proposal_id")


def requested_list(user: User, params: QueryDict, *, but: str = "") -> ProposalList:
    """Read an address's filters, search words and sort, leaving out one filter; wrong values raise InputError."""
    given = {one.name: params.get(one.name, "") for one in PROPOSAL_FILTERS if one.name != but}
    rows = filter_proposals(visible_proposals(user), given)
    if words := params.get("q", "").strip():
        rows = rows.filter(customer__in=search(visible_customers(user), words).rows.values("customer_id"))
    sort = params.get("sort") or DEFAULT_SORT
    column, descending = sort_column(PROPOSAL_SORTS, sort)
    return ProposalList(rows, sort, column, descending)


@dataclass(frozen=True)
class Summary:
    """Some due contacts in figures; `mrr` counts each of their customers once.

    Late is due before the date of reference, `week` from it to seven days later.
    """

    total: int
    late: int
    week: int
    blocked: int
    mrr: Decimal
    kinds: list[Choice]


NOTHING_DUE = Summary(0, 0, 0, 0, Decimal(0), [])


def summary(user: User, params: QueryDict, as_of: date) -> Summary:
    """The figures of what an address keeps; the kinds are counted without the filter by kind, to choose another."""
    kept, any_kind = requested_list(user, params).rows, requested_list(user, params, but="kind").rows
    question = cache_key(any_kind.order_by())
    if question is None:
        return NOTHING_DUE
    asking = (question, params.get("kind", ""), as_of, user.pk)
    return cached(("due figures", asking), lambda: _figures(kept, any_kind, as_of))


def _figures(kept: QuerySet[Proposal], any_kind: QuerySet[Proposal], as_of: date) -> Summary:
    counts = (
        kept.select_related(None)
        .order_by()
        .aggregate(
            total=Count("*"),
            late=Count("due_on", filter=Q(due_on__lt=as_of)),
            week=Count("due_on", filter=Q(due_on__gte=as_of, due_on__lte=as_of + _WEEK)),
        )
    )
    blocked = kept.filter(blocked__isnull=False).select_related(None).order_by().count()
    customers = Customer.objects.filter(customer_id__in=kept.select_related(None).order_by().values("customer"))
    money = customers.aggregate(money=Sum("mrr"))["money"] or Decimal(0)
    return Summary(**counts, blocked=blocked, mrr=money, kinds=kinds_of(any_kind))


def sentence(found: Summary) -> str:
    """What matters: how many, by when, worth how much, how many cannot be done by message."""
    if not found.total:
        return _("Nenhum contato devido com estes filtros.")
    parts = [
        ngettext("%(count)s contato devido", "%(count)s contatos devidos", found.total) % {"count": number(found.total)}
    ]
    if found.late:
        parts.append(ngettext("%(count)s atrasado", "%(count)s atrasados", found.late) % {"count": number(found.late)})
    if found.week:
        parts.append(
            ngettext("%(count)s vence em 7 dias", "%(count)s vencem em 7 dias", found.week)
            % {"count": number(found.week)}
        )
    if found.mrr or revenue_delivered():
        parts.append(_("%(money)s de MRR nesses clientes") % {"money": money_short(found.mrr)})
    if found.blocked:
        parts.append(
            ngettext("%(count)s impedido por mensagem", "%(count)s impedidos por mensagem", found.blocked)
            % {"count": number(found.blocked)}
        )
    return "; ".join(parts) + "."


def filters_in(params: QueryDict) -> dict[str, str]:
    """The filters an address names, for the audit trail."""
    names = ["q", *(one.name for one in PROPOSAL_FILTERS)]
    return {name: value for name in names if (value := params.get(name, ""))}
