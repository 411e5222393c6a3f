"""Customers: the list, one, everything that happened with one, and its people for a purpose."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from b2shift.kernel.ids import customer_id as canonical
from b2shift.web.accounts.permissions import Capability
from b2shift.web.crm.filters import CUSTOMER_FILTERS, CUSTOMER_SORTS, keep
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_customers
from b2shift.web.crm.search import search
from b2shift.web.crm.view360 import visible_360
from b2shift.web.ledger.personal import Purpose, read_contacts
from b2shift.web.rest.authentication import caller_of, secured
from b2shift.web.rest.contracts.customers import Contacts, Customer360, CustomerPage, CustomerSummary
from b2shift.web.rest.contracts.customers import Customer as CustomerDetail
from b2shift.web.rest.pagination import page, reject_unknown_parameters
from b2shift.web.rest.problems import not_found
from b2shift.web.rest.queries import CustomerCode, CustomerQuery, MemberQuery
from b2shift.web.rest.validators import conditional

router = Router(tags=["customers"])
_LISTED = {*CustomerSummary.model_fields, *CUSTOMER_SORTS.values()}


@router.get("", response=CustomerPage, summary="Customers you see", **secured(Capability.CUSTOMERS))
@conditional
def list_customers(request: HttpRequest, query: Query[CustomerQuery]) -> CustomerPage:
    """Search, filter and sort the customers of your portfolio, teams, unit or the whole base."""
    reject_unknown_parameters(request, CustomerQuery)
    return page_of_customers(visible_customers(caller_of(request).person), query)


@router.get("/{customer_id}", response=CustomerDetail, summary="One customer", **secured(Capability.CUSTOMERS))
@conditional
def get_customer(request: HttpRequest, customer_id: CustomerCode) -> CustomerDetail:
    """The golden record, segment and scores of a customer you see."""
    return CustomerDetail.model_validate(_visible(request, customer_id), from_attributes=True)


@router.get(
    "/{customer_id}/360",
    response=Customer360,
    by_alias=True,
    summary="Everything that happened with one customer",
    **secured(Capability.CUSTOMERS),
)
@conditional
def get_customer_360(request: HttpRequest, customer_id: CustomerCode) -> Customer360:
    """Revenue, use, contracts, NPS, tickets, invoices, campaigns; sellers' work for who may see it; no contacts."""
    customer, caller = _visible(request, customer_id), caller_of(request)
    found = visible_360(caller.person, customer)
    if found is None:
        raise not_found()
    fields: dict[str, Any] = {name: getattr(found, name) for name in Customer360.model_fields}
    if not caller.may(Capability.COMMERCIAL):
        fields |= {"activities": (), "opportunities": ()}
    return Customer360.model_validate(fields)


@router.get(
    "/{customer_id}/contacts",
    response=Contacts,
    summary="The people at one customer, for a purpose",
    **secured(Capability.CONTACTS),
)
def list_contacts(
    request: HttpRequest, response: HttpResponse, customer_id: CustomerCode, purpose: Query[Purpose]
) -> Contacts:
    """Personal data: each reading is written into the audit trail with its purpose, and is never to be stored."""
    customer = _visible(request, customer_id)
    found = read_contacts(caller_of(request).doer(request), customer.customer_id, purpose)
    response.headers["Cache-Control"] = "private, no-store"
    return Contacts(customer_id=customer.customer_id, purpose=purpose, items=found, total=len(found))


def page_of_customers(customers: QuerySet[Customer], query: MemberQuery) -> CustomerPage:
    """The page of these customers a query asks for."""
    found = search(keep(customers, CUSTOMER_FILTERS, query.filters()).only(*_LISTED), query.q)
    return page(
        CustomerPage,
        found.rows,
        query,
        sorts=CUSTOMER_SORTS,
        sort=query.sort,
        key="customer_id",
        shape=_summary,
        walk=found.walk,
    )


def _summary(customer: Customer) -> CustomerSummary:
    return CustomerSummary.model_validate(customer, from_attributes=True)


def _visible(request: HttpRequest, code: str) -> Customer:
    """The customer of a code, if the caller sees it; what is not one is answered like what does not exist."""
    key = canonical(code)
    found = visible_customers(caller_of(request).person).filter(customer_id=key).first() if key else None
    if found is None:
        raise not_found()
    return found
