"""`/empresas-repetidas/`: which records may be one company; a person accepts, rejects, takes back, parts."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from b2shift.identify.api import (
    CompanyPair,
    answered_pairs,
    decide_link,
    merged_companies,
    pending_pairs,
    resolution_report,
    same_company_pairs,
    unmerge_company,
)
from b2shift.identify.contracts import Answer, TypedCompany
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import number
from b2shift.web.console.resolution.answering import (
    PAGE_ROWS,
    Words,
    answered_in,
    page_number,
    pages_of,
    said_back,
)
from b2shift.web.console.resolution.words import KINDS, ZONES, Reason, in_doubt, reasons
from b2shift.web.crm.lake import lake
from b2shift.web.crm.reading import visible_customers
from b2shift.web.crm.similar_companies import similar_companies

VIEWS: dict[str, str | Promise] = {
    "": gettext_lazy("Em dúvida"),
    "decididas": gettext_lazy("Decididas"),
    "unidas": gettext_lazy("Unidas"),
}
WORDS = Words(
    address="console:resolution_answer",
    sides="console/resolution/company_sides.html",
    same=gettext_lazy("É a mesma empresa"),
    different=gettext_lazy("São diferentes"),
    said_same=gettext_lazy("São a mesma empresa"),
    said_different=gettext_lazy("São empresas diferentes"),
)
TYPED = ("name", "cnpj", "domain", "phone", "city")
_LONGEST = 200


@access_required(Capability.RESOLUTION)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Pairs in doubt, those decided, or the companies of more than one record; `?ver=` says which."""
    view = request.GET.get("ver", "")
    if view not in VIEWS:
        raise InputError(_("Esta lista não existe"), value=view[:20], hint=_("Escolha uma das abas"))
    place = page_number(request)
    first = PAGE_ROWS * (place - 1)
    read, home = lake(), Path(settings.HOME)
    context: dict[str, object] = {"view": view, "views": VIEWS.items(), "total": 0, "sentence": _sentence()}
    if view == "unidas":
        merged = merged_companies(read, limit=PAGE_ROWS, offset=first)
        context |= {"companies": merged.companies, "total": merged.total}
    else:
        listed = (answered_pairs if view else pending_pairs)(read, home, limit=PAGE_ROWS, offset=first)
        context |= {"pairs": [(pair, reasons(pair.evidence)) for pair in listed.pairs], "total": listed.total}
    page = pages_of(place, int(str(context["total"])))
    return render(request, "console/resolution/index.html", context | {"page": page, "words": WORDS})


@access_required(Capability.RESOLUTION)
def company(request: AuthenticatedRequest, entity: str) -> HttpResponse:
    """Why the records of one company are one: each pair with its reasons."""
    pairs = same_company_pairs(lake(), Path(settings.HOME), entity)
    pairs_with_reasons: list[tuple[CompanyPair, list[Reason]]] = [(pair, reasons(pair.evidence)) for pair in pairs]
    return render(
        request, "console/resolution/company.html", {"entity": entity, "pairs": pairs_with_reasons, "words": WORDS}
    )


@access_required(Capability.CUSTOMERS)
def of_customer(request: AuthenticatedRequest, customer_id: str) -> HttpResponse:
    """The prospects that are a customer one follows; nothing when there are none."""
    request.user.unit_in_view = ""
    if not visible_customers(request.user).filter(customer_id=customer_id).exists():
        raise Http404
    merged = merged_companies(lake(), limit=1, customer=customer_id)
    context = {"company": merged.companies[0] if merged.companies else None,
            "may_part": may(request.user, Capability.RESOLUTION)}  # fmt: skip
    return render(request, "console/resolution/of_customer.html", context)


@access_required(Capability.RESOLUTION, methods=("POST",))
def answer(request: AuthenticatedRequest) -> HttpResponse:
    """Keep one answer to a pair; the next run applies it."""
    decision = answered_in(request, hint=_("Volte à página das empresas repetidas"))
    decide_link(lake(), Path(settings.HOME), decision)
    said_back(request, decision)
    return redirect(_address("decididas" if decision.answer is Answer.OPEN else ""))


@access_required(Capability.RESOLUTION, methods=("POST",))
def part(request: AuthenticatedRequest) -> HttpResponse:
    """Take one record out of a company; the answers can be taken back one by one."""
    entity, prospect = (request.POST.get(name, "").strip() for name in ("entity", "prospect"))
    if not entity or not prospect:
        raise InputError(_("Falta dizer que registro separar"), hint=_("Volte à página das empresas repetidas"))
    said = unmerge_company(lake(), Path(settings.HOME), entity, prospect, request.user.get_username(), timezone.now())
    text = ngettext(
        "%(one)s sai de %(other)s na próxima execução: %(n)s resposta anotada.",
        "%(one)s sai de %(other)s na próxima execução: %(n)s respostas anotadas.",
        len(said),
    )
    messages.success(request, text % {"one": prospect, "other": entity, "n": len(said)})
    return redirect(_address("unidas"))


@access_required(Capability.RESOLUTION)
def near(request: AuthenticatedRequest) -> HttpResponse:
    """As somebody types a company: which records may be it."""
    typed = {name: request.GET.get(name, "").strip()[:_LONGEST] for name in TYPED}
    found = []
    if any(typed.values()):
        company = TypedCompany(name=typed["name"], **{name: typed[name] or None for name in TYPED[1:]})
        found = [
            (one.link, str(KINDS[one.link.kind]), str(ZONES[one.link.zone]), reasons(one.link.evidence))
            for one in similar_companies(request.user, company)
        ]
    return render(request, "console/resolution/near.html", {"found": found, "typed": any(typed.values())})


def _sentence() -> str:
    read = lake()
    if not read.has("prospect_links"):
        return _("A versão atual ainda não resolveu os prospects: rode o ciclo de novo.")
    report, doubts = resolution_report(read), pending_pairs(read, Path(settings.HOME), limit=1).total
    figures = {
        "n": number(report.prospects),
        "customers": number(report.already_customers),
        "repeated": number(report.repeated),
        "doubts": in_doubt(doubts),
    }
    return _("De %(n)s prospects, %(customers)s já são clientes e %(repeated)s se repetem; %(doubts)s.") % figures


def _address(view: str) -> str:
    address = reverse("console:resolution")
    return f"{address}?ver={view}" if view else address
