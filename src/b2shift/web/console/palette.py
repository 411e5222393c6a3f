"""`/busca/`: the palette's results, pages and customers in one list."""

from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from b2shift.kernel.text import fold
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.addresses import customer_url
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.formats import NOTHING
from b2shift.web.console.navigation import links_of
from b2shift.web.console.wording import place
from b2shift.web.crm.reading import visible_customers
from b2shift.web.crm.search import search

CUSTOMERS_SHOWN = 8


@dataclass(frozen=True)
class Option:
    """One choice of the list; `key` names it on the page, `detail` and `situation` are a customer's."""

    key: str
    url: str
    icon: str
    label: str
    detail: str = ""
    situation: str = ""


@access_required()
def results(request: AuthenticatedRequest) -> HttpResponseBase:
    """Pages whose name holds the words and customers whose words they start; without htmx, the list of customers."""
    text = request.GET.get("q", "").strip()[:120]
    sees_customers = may(request.user, Capability.CUSTOMERS)
    if not is_htmx_request(request):
        return redirect(
            f"{reverse('console:customers')}?{request.GET.urlencode()}" if sees_customers else "console:home"
        )
    customers = _customers(request.user, text) if text and sees_customers else []
    pages = _pages(request.user, text)
    prospects = [_prospects(text)] if text and sees_customers else []
    groups = ((_("Clientes"), customers), (_("Páginas"), pages), (_("Prospects"), prospects))
    context = {
        "text": text,
        "groups": [(title, options) for title, options in groups if options],
        "nothing": not customers and not pages,
    }
    return render(request, "parts/palette_results.html", context)


def _customers(user: User, text: str) -> list[Option]:
    """The first customers found, and the whole list where there may be more."""
    found = search(visible_customers(user), text).rows.order_by("name_folded", "customer_id")[:CUSTOMERS_SHOWN]
    options = [
        Option(
            f"c{n}", customer_url(one.customer_id), "customers", one.display_name,
            f"{one.customer_id} · {place(one.city, one.state) or NOTHING}", one.situation or "",
        )
        for n, one in enumerate(found, 1)
    ]  # fmt: skip
    if len(options) < CUSTOMERS_SHOWN:
        return options
    url = f"{reverse('console:customers')}?q={quote(text)}"
    return [*options, Option("more", url, "filter", _("Ver todos os clientes com “%(text)s”") % {"text": text})]


def _pages(user: User, text: str) -> list[Option]:
    found = [link for link in links_of(user, "") if fold(text) in fold(link.label)]
    return [Option(f"p{n}", link.url, link.icon, str(link.label)) for n, link in enumerate(found, 1)]


def _prospects(text: str) -> Option:
    url = f"{reverse('console:prospects')}?q={quote(text)}"
    return Option("prospects", url, "search", _("Procurar “%(text)s” entre os prospects") % {"text": text})
