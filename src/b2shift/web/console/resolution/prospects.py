"""`/prospects/`: companies that are no customers, and one of them with its records, deals and people."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from b2shift.identify.api import ProspectCompany, new_companies
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.charts import Column, Table
from b2shift.web.console.doors import AskedBy, door, wants_part
from b2shift.web.console.resolution.answering import PAGE_ROWS, page_number, pages_of
from b2shift.web.crm.lake import lake
from b2shift.web.crm.prospects import followed, visible_prospect
from b2shift.web.crm.reading import visible_customer
from b2shift.web.ledger.personal import Purpose, read_prospect_contacts
from b2shift.web.ledger.trail import Doer


@door(Capability.CUSTOMERS)
def index(request: AskedBy) -> HttpResponse:
    """The companies to win that the person sees, the newest first."""
    place = page_number(request)
    found = new_companies(lake(), limit=PAGE_ROWS, offset=PAGE_ROWS * (place - 1), owners=followed(request.user))
    told = {"to_win": found.companies, "total": found.total, "page": pages_of(place, found.total)}
    return render(request, "console/resolution/prospects.html", told)


@door(Capability.CUSTOMERS)
def detail(request: AskedBy, code: str) -> HttpResponse:
    """One company behind prospects."""
    return render(request, "console/resolution/prospect.html", _page(request, _seen(request, code)))


@door(Capability.CONTACTS, methods=("POST",))
def contacts(request: AskedBy, code: str) -> HttpResponse:
    """Its people, for the purpose chosen; who read them and why is written first."""
    company, purpose = _seen(request, code), request.POST.get("purpose", "")
    told = _page(request, company)
    try:
        told["contacts"] = read_prospect_contacts(Doer.of(request), code, purpose)
        told["purpose_label"] = dict(Purpose.choices)[purpose]
    except InputError as error:
        told["purpose_error"] = f"{error.what}."
    part = "prospect_people" if wants_part(request) else "prospect"
    return render(request, f"console/resolution/{part}.html", told)


def _seen(request: AskedBy, code: str) -> ProspectCompany:
    company = visible_prospect(request.user, code)
    if company is None:
        told = _("Não há prospect com o código %(code)s entre os que você acompanha.")
        raise Http404(told % {"code": code[:40]})
    return company


def _page(request: AskedBy, company: ProspectCompany) -> dict[str, object]:
    request.user.unit_in_view = ""
    return {
        "company": company,
        "customer": visible_customer(request.user, company.customer_id) if company.customer_id else None,
        "deals": _deals(company),
        "contacts": None,
        "purposes": Purpose.choices,
        "sees_contacts": may(request.user, Capability.CONTACTS),
        "may_part": may(request.user, Capability.RESOLUTION),
    }


def _deals(company: ProspectCompany) -> Table:
    """Its deals as a table."""
    columns = [
        Column(_("Oportunidade")), Column(_("Valor"), "money"), Column(_("Etapa"), "word:stage"),
        Column(_("Resultado"), "badge:result"), Column(_("Criada em"), "day"), Column(_("Fechamento"), "day"),
    ]  # fmt: skip
    rows = [(d.opportunity_id, d.value, d.stage, d.result, d.created_on, d.closed_on) for d in company.deals]
    return Table(columns, rows)
