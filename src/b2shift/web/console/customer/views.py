"""`/clientes/<código>/`: the page, its timeline and its people."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.doors import AskedBy, door
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_customers
from b2shift.web.crm.view360 import visible_360


@door(Capability.CUSTOMERS)
def index(request: AskedBy, customer_id: str) -> HttpResponse:
    """One customer."""
    customer = _visible(request, customer_id)
    return render(request, "console/customer.html", {"customer": customer, "view": visible_360(request.user, customer)})


@door(Capability.CUSTOMERS)
def timeline(request: AskedBy, customer_id: str) -> HttpResponse:
    """More of the timeline."""
    return index(request, customer_id)


@door(Capability.CONTACTS, methods=("POST",))
def contacts(request: AskedBy, customer_id: str) -> HttpResponse:
    """The people, for a purpose."""
    return index(request, customer_id)


def _visible(request: AskedBy, customer_id: str) -> Customer:
    request.user.unit_in_view = ""  # a link to a customer opens it whatever unit the lists show
    found = visible_customers(request.user).select_related("segment", "owner").filter(customer_id=customer_id).first()
    if found is None:
        raise Http404
    return found
