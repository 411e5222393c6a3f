"""The customers an address asks for: filtered, searched, sorted, one page, and what they come to."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.web.console.formats import money_short, number
from b2shift.web.crm.filters import CUSTOMER_FILTERS, CUSTOMER_SORTS, filter_customers, sort_column
from b2shift.web.crm.models import Customer
from b2shift.web.crm.paging import Page, all_in_order, page_of
from b2shift.web.crm.revenue import revenue_delivered
from b2shift.web.crm.search import search
from b2shift.web.crm.totals import Totals

DEFAULT_SORT = "-mrr"


@dataclass(frozen=True)
class CustomerList:
    """The customers an address asks for (`walk`: the same for `page_of`), in which order."""

    rows: QuerySet[Customer]
    walk: QuerySet[Customer]
    sort: str
    column: str
    descending: bool

    def page(self, cursor: str, fields: list[str], total: int) -> Page[Customer]:
        """Fifty of them, of which there are so many, from the cursor, with these fields read."""

        def read(rows: QuerySet[Customer]) -> QuerySet[Customer]:
            return (rows.select_related("owner") if "owner__name" in fields else rows).only(*fields, self.column)

        return page_of(
            read(self.rows),
            column=self.column,
            descending=self.descending,
            key="customer_id",
            cursor=cursor,
            walk=read(self.walk),
            total=total,
        )

    def ordered(self) -> QuerySet[Customer]:
        """All of them, for a file."""
        return all_in_order(self.rows, column=self.column, descending=self.descending, key="customer_id")


def requested_list(seen: QuerySet[Customer], params: QueryDict) -> CustomerList:
    """Of the customers a person sees, those an address asks for, sorted; wrong values raise InputError."""
    kept = filter_customers(seen, {one.name: params.get(one.name) or "" for one in CUSTOMER_FILTERS})
    words = params.get("q", "").strip()
    sort = params.get("sort") or DEFAULT_SORT
    column, descending = sort_column(CUSTOMER_SORTS, sort)
    return CustomerList(*search(kept, words), sort, column, descending)


def sentence(found: Totals) -> str:
    """What the customers asked for come to."""
    if not found.customers:
        return _("Nenhum cliente com estes filtros.")
    text = ngettext("%(count)s cliente", "%(count)s clientes", found.customers) % {"count": number(found.customers)}
    parts = [text]
    if found.mrr or revenue_delivered():
        parts.append(_("%(money)s de MRR") % {"money": money_short(found.mrr)})
    if found.risky:
        parts.append(
            ngettext("%(count)s em risco alto, com %(money)s", "%(count)s em risco alto, com %(money)s", found.risky)
            % {"count": number(found.risky), "money": money_short(found.risky_mrr)}
        )
    return "; ".join(parts) + "."


def asks_of(params: QueryDict, sort: str) -> dict[str, str]:
    """All an address asks of the list, from its first page: what a saved view keeps."""
    return {**filters_in(params), "sort": sort}


def filters_in(params: QueryDict) -> dict[str, str]:
    """The filters an address names, for the audit trail."""
    names = ["q", *(one.name for one in CUSTOMER_FILTERS)]
    return {name: value for name in names if (value := params.get(name))}
