"""`/busca/`: the palette's results, pages and customers in one list."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from b2shift.kernel.text import fold
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.navigation import links_of
from b2shift.web.crm.reading import visible_customers
from b2shift.web.crm.search import search

CUSTOMERS_SHOWN = 8


@access_required()
def results(request: AuthenticatedRequest) -> HttpResponseBase:
    """Pages whose name holds the words and customers whose words they start; without htmx, the list of customers."""
    text = request.GET.get("q", "").strip()[:120]
    sees_customers = may(request.user, Capability.CUSTOMERS)
    if not is_htmx_request(request):
        return redirect(
            f"{reverse('console:customers')}?{request.GET.urlencode()}" if sees_customers else "console:home"
        )
    links = links_of(request.user, "")
    customers = []
    if text and sees_customers:
        found = search(visible_customers(request.user), text).rows
        customers = list(found.order_by("name_folded", "customer_id")[:CUSTOMERS_SHOWN])
    context = {
        "text": text,
        "links": [link for link in links if fold(text) in fold(link.label)],
        "customers": customers,
        "prospects": reverse("console:prospects") if text and sees_customers else "",
        "more": reverse("console:customers") if len(customers) == CUSTOMERS_SHOWN else "",
    }
    return render(request, "parts/palette_results.html", context)
