"""`/clientes/`: the list and its file."""

from django.http import HttpResponse
from django.shortcuts import render

from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.doors import AskedBy, door
from b2shift.web.crm.paging import count_of, page_of
from b2shift.web.crm.reading import visible_customers


@door(Capability.CUSTOMERS)
def index(request: AskedBy) -> HttpResponse:
    """The customers that the address asks for."""
    rows = visible_customers(request.user)
    page = page_of(rows, column="mrr", descending=True, key="customer_id", cursor=request.GET.get("cursor", ""))
    return render(request, "console/customers.html", {"page": page, "total": count_of(rows)})


@door(Capability.EXPORT, methods=("POST",))
def export(request: AskedBy) -> HttpResponse:
    """The same rows as a file."""
    return index(request)
