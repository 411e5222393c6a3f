"""`/contatos-repetidos/`: contacts that may be one person; a person accepts, rejects, takes back, parts.

Who looks after resolution sees what agrees, by codes; names, e-mails and telephones only who may read personal data, of
the customers they follow, for a purpose, and it is written down.
"""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from b2shift.identify.api import (
    answered_contacts,
    contact_pair,
    decide_link,
    pending_contacts,
    repeated_persons,
    unmerge_person,
)
from b2shift.identify.contracts import Answer
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability, may, require
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import counted
from b2shift.web.console.resolution.answering import (
    PAGE_ROWS,
    Words,
    answered_in,
    page_number,
    pages_of,
    said_back,
)
from b2shift.web.console.resolution.words import in_doubt, reasons
from b2shift.web.crm.lake import lake
from b2shift.web.crm.reading import sees_whole_base, visible_customers
from b2shift.web.ledger.personal import Purpose, purpose_of, tell_read
from b2shift.web.ledger.trail import Doer

VIEWS: dict[str, str | Promise] = {
    "": gettext_lazy("Em dúvida"),
    "decididas": gettext_lazy("Decididos"),
    "unidas": gettext_lazy("Unidos"),
}
WORDS = Words(
    address="console:contact_answer",
    sides="console/resolution/contact_sides.html",
    same=gettext_lazy("É a mesma pessoa"),
    different=gettext_lazy("São diferentes"),
    said_same=gettext_lazy("São a mesma pessoa"),
    said_different=gettext_lazy("São pessoas diferentes"),
    personal=True,
)
_KEPT = "contact_pairs_purpose"


@access_required()
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Pairs in doubt, those decided, or the persons of more than one contact; `?ver=` says which."""
    _enter(request)
    view = request.GET.get("ver", "")
    if view not in VIEWS:
        raise InputError(_("Esta lista não existe"), value=view[:20], hint=_("Escolha uma das abas"))
    place, purpose, within = page_number(request), request.session.get(_KEPT, ""), _within(request)
    read, home, first = lake(), Path(settings.HOME), PAGE_ROWS * (place - 1)
    context: dict[str, object] = {
        "view": view, "views": VIEWS.items(), "words": WORDS, "purposes": Purpose.choices, "purpose": purpose,
        "may_name": may(request.user, Capability.CONTACTS), "may_companies": may(request.user, Capability.RESOLUTION),
    }  # fmt: skip
    if view == "unidas":
        found = repeated_persons(read, within=within, limit=PAGE_ROWS, offset=first)
        shown = [one.id for person in found.persons for one in person.contacts]
        context |= {"persons": found.persons, "total": found.total}
    else:
        chosen = answered_contacts if view else pending_contacts
        listed = chosen(read, home, within=within, limit=PAGE_ROWS, offset=first)
        shown = [one.id for pair in listed.pairs for one in (pair.one, pair.other)]
        context |= {"pairs": [(pair, reasons(pair.evidence)) for pair in listed.pairs], "total": listed.total}
    named = bool(purpose) and bool(context["may_name"])
    if named and shown:
        tell_read(Doer.of(request), "contact_pairs", view or "duvida", purpose, shown)
    context |= {"named": named, "sentence": _sentence(within), "page": pages_of(place, int(str(context["total"])))}
    return render(request, "console/resolution/contacts.html", context)


@access_required(Capability.CONTACTS, methods=("POST",))
def name(request: AuthenticatedRequest) -> HttpResponse:
    """Show names and addresses for a purpose while the session lasts, or no more."""
    asked = request.POST.get("purpose", "")
    request.session[_KEPT] = purpose_of(asked) if asked else ""
    return redirect(_address(request.POST.get("ver", "")))


@access_required(methods=("POST",))
def answer(request: AuthenticatedRequest) -> HttpResponse:
    """Keep one answer to a pair one may be told; the next run applies it."""
    _enter(request)
    decision = answered_in(request, hint=_("Volte à página dos contatos repetidos"))
    home = Path(settings.HOME)
    contact_pair(lake(), home, decision.prospect_id, decision.same_as, within=_within(request))
    decide_link(lake(), home, decision)
    said_back(request, decision)
    return redirect(_address("decididas" if decision.answer is Answer.OPEN else ""))


@access_required(methods=("POST",))
def part(request: AuthenticatedRequest) -> HttpResponse:
    """Take one contact out of a person; the answers can be taken back one by one."""
    _enter(request)
    entity, contact = (request.POST.get(field, "").strip() for field in ("entity", "contact"))
    if not entity or not contact:
        raise InputError(_("Falta dizer que registro separar"), hint=_("Volte à página dos contatos repetidos"))
    said = unmerge_person(
        lake(), Path(settings.HOME), entity, contact, within=_within(request), by=request.user.get_username(),
        at=timezone.now(),
    )  # fmt: skip
    text = ngettext(
        "%(one)s sai de %(other)s na próxima execução: %(n)s resposta anotada.",
        "%(one)s sai de %(other)s na próxima execução: %(n)s respostas anotadas.",
        len(said),
    )
    messages.success(request, text % {"one": contact, "other": entity, "n": len(said)})
    return redirect(_address("unidas"))


def _enter(request: AuthenticatedRequest) -> None:
    """Who looks after resolution, or may read contacts; the rest are refused."""
    if not may(request.user, Capability.CONTACTS):
        require(request.user, Capability.RESOLUTION)


def _within(request: AuthenticatedRequest) -> list[str] | None:
    """The customers whose contacts the person may be told of; None: all."""
    request.user.unit_in_view = ""
    if sees_whole_base(request.user):
        return None
    return list(visible_customers(request.user).values_list("customer_id", flat=True))


def _sentence(within: list[str] | None) -> str:
    read = lake()
    if not read.has("contact_links"):
        return _("A versão atual não tem contatos resolvidos: rode o ciclo com um arquivo de contatos.")
    home = Path(settings.HOME)
    doubts = pending_contacts(read, home, within=within, limit=1).total
    persons = repeated_persons(read, within=within, limit=1).total
    several = ngettext("%(n)s pessoa com mais de um contato", "%(n)s pessoas com mais de um contato", persons)
    told = counted(several, persons, none=_("Ninguém com mais de um contato"))
    return _("%(persons)s; %(doubts)s.") % {"persons": told, "doubts": in_doubt(doubts)}


def _address(view: str) -> str:
    address = reverse("console:contact_pairs")
    return f"{address}?ver={view}" if view in VIEWS and view else address
