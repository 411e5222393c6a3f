"""`/prospects/`: companies that are no customers, and one of them with its records, deals and people."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.identify.api import (
    Order,
    ProspectCompany,
    ProspectingFilter,
    ProspectingPage,
    companies_to_prospect,
    prospecting_choices,
)
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.charts import Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.filter_bar import Field, chips_of
from b2shift.web.console.formats import money_short, number
from b2shift.web.console.resolution.answering import PAGE_ROWS, page_number, pages_of
from b2shift.web.console.wording import word, written
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import VendorUser
from b2shift.web.crm.prospects import followed, visible_prospect
from b2shift.web.crm.reading import visible_customer
from b2shift.web.ledger.personal import Purpose, read_prospect_contacts
from b2shift.web.ledger.trail import Doer


@access_required(Capability.CUSTOMERS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The companies to win that the person sees, those of the address, in its order."""
    place, params, owners = page_number(request), request.GET, followed(request.user)
    wanted = _asked(params, owners)
    found = companies_to_prospect(lake(), wanted, limit=PAGE_ROWS, offset=PAGE_ROWS * (place - 1))
    names = dict(VendorUser.objects.values_list("pk", "name"))
    first = _fields(params, owners, names)
    page = {
        "rows": [(one, names.get(one.owner_id or "")) for one in found.companies],
        "total": found.total,
        "page": {"rows": found.companies, **pages_of(place, found.total)},
        "sort": wanted.order.value,
        "sentence": _sentence(found),
        "chips": chips_of(first, params, _("Busca")),
        "first_fields": first,
    }
    return render(
        request, f"console/resolution/{'prospects_list' if is_htmx_request(request) else 'prospects'}.html", page
    )


@access_required(Capability.CUSTOMERS)
def detail(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """One company behind prospects."""
    return render(request, "console/resolution/prospect.html", _page(request, _seen(request, code)))


@access_required(Capability.CONTACTS, methods=("POST",))
def contacts(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Its people, for the purpose chosen; who read them and why is written first."""
    company, purpose = _seen(request, code), request.POST.get("purpose", "")
    context = _page(request, company)
    try:
        context["contacts"] = read_prospect_contacts(Doer.of(request), code, purpose)
        context["purpose_label"] = dict(Purpose.choices)[purpose]
    except InputError as error:
        context["purpose_error"] = f"{error.what}."
    part = "prospect_people" if is_htmx_request(request) else "prospect"
    return render(request, f"console/resolution/{part}.html", context)


def _asked(params: QueryDict, owners: list[str] | None) -> ProspectingFilter:
    """What the address asks for, of the sellers the person follows; an order or view that does not exist is none."""
    order, deal, owner = params.get("sort", ""), params.get("deal", ""), params.get("owner", "")
    if owner:
        owners = [owner] if owners is None or owner in owners else []
    return ProspectingFilter(
        owners=None if owners is None else tuple(owners),
        words=params.get("q", "")[:120],
        market_segment=params.get("market_segment", ""),
        state=params.get("state", ""),
        in_talks={"open": True, "none": False}.get(deal),
        order=Order(order) if order in list(Order) else Order.NEWEST,
    )


def _fields(params: QueryDict, owners: list[str] | None, names: dict[str, str]) -> list[Field]:
    """The bar: market segment, state, and whose, where the person follows more than one."""
    choices = prospecting_choices(lake(), owners)
    segments = tuple((one, written(word("market_segment", one))) for one in choices["market_segment"])
    states = tuple((one, one) for one in choices["state"])
    sellers = sorted((names[one], one) for one in (names if owners is None else owners) if one in names)
    fields = [
        Field("market_segment", _("Segmento de mercado"), params.get("market_segment", ""), segments),
        Field("state", _("Estado"), params.get("state", ""), states),
        Field(
            "deal", _("Negociação"), params.get("deal", ""), (("open", _("Em curso")), ("none", _("Nenhuma aberta")))
        ),
    ]
    if len(sellers) > 1:
        fields.append(
            Field("owner", _("Responsável"), params.get("owner", ""), tuple((n, name) for name, n in sellers))
        )
    return fields


def _sentence(found: ProspectingPage) -> str:
    """How many companies there are to win, with how many one is in talks, and for how much."""
    if not found.total:
        return _("Nenhum prospect com estes filtros.")
    template = ngettext("%(n)s empresa a conquistar", "%(n)s empresas a conquistar", found.total)
    said = [template % {"n": number(found.total)}]
    if found.in_talks:
        talks = ngettext(
            "%(n)s em negociação, %(money)s em aberto", "%(n)s em negociação, %(money)s em aberto", found.in_talks
        )
        said.append(talks % {"n": number(found.in_talks), "money": money_short(found.open_value)})
    return "; ".join(said) + "."


def _seen(request: AuthenticatedRequest, code: str) -> ProspectCompany:
    company = visible_prospect(request.user, code)
    if company is None:
        text = _("Não há prospect com o código %(code)s entre os que você acompanha.")
        raise Http404(text % {"code": code[:40]})
    return company


def _page(request: AuthenticatedRequest, company: ProspectCompany) -> dict[str, object]:
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
