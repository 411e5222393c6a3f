"""`/aprovacoes/`: contacts that wait for a yes, with what changed against the template, who asked, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import ndiff

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.interact.contracts import Effect, Stage
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.contacts.missing_channels import lacking
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import counted
from b2shift.web.crm.models import Customer
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox import gate
from b2shift.web.outbox.queue import reasons
from b2shift.web.outreach import approve
from b2shift.web.outreach.models import Draft
from b2shift.web.outreach.reading import visible_drafts

SHOWN = 100


@dataclass(frozen=True)
class Card:
    """One contact on the page: its customer, the lines that differ from the template, what the guard says now."""

    draft: Draft
    customer: str
    lines: list[tuple[str, str]]
    missing: int
    problem: str
    lacking: str
    mine: bool
    approved: list[str]


@access_required(Capability.APPROVALS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """What waits, or with `ver=decididos` what was decided."""
    asked = visible_drafts(request.user).exclude(state=Draft.State.QUEUED, decided_at=None)
    return _page(request, asked, _("Aprovações"), "console:approvals")


@access_required(Capability.OUTREACH)
def mine(request: AuthenticatedRequest) -> HttpResponse:
    """What the person prepared and waits for others, or was decided."""
    own = visible_drafts(request.user).filter(author=request.user)
    return _page(request, own, _("Contatos que preparei"), "console:own_drafts")


def _page(request: AuthenticatedRequest, seen: QuerySet[Draft], heading: str, address: str) -> HttpResponse:
    now, decided = timezone.now(), request.GET.get("ver") == "decididos"
    approve.expire(now)
    waiting = seen.filter(state=Draft.State.WAITING)
    rows = seen.exclude(state=Draft.State.WAITING).order_by("-id") if decided else waiting.order_by("id")
    count = waiting.count()
    context = {
        "heading": heading,
        "here": reverse(address),
        "cards": cards(request.user, list(rows[:SHOWN])),
        "decided": decided,
        "may_approve": may(request.user, Capability.APPROVALS),
        "sentence": counted(
            ngettext("%(n)s contato espera aprovação.", "%(n)s contatos esperam aprovação.", count),
            count,
            none=_("Nenhum contato espera aprovação."),
        ),
    }
    return render(request, "console/contacts/approvals.html", context)


@access_required(Capability.APPROVALS, methods=("POST",))
def answer(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Yes, or no with its reason."""
    doer, now = Doer.of(request), timezone.now()
    if request.POST.get("answer") == "approve":
        draft = approve.approve(doer, key, now)
        if draft.state == Draft.State.WAITING:
            messages.success(request, _("Aprovado; falta outra pessoa."))
        else:
            messages.success(request, _("Aprovado: está na fila de envio."))
    else:
        approve.reject(doer, key, request.POST.get("why", ""), now)
        messages.success(request, _("Recusado; o autor vê o motivo."))
    return redirect("console:approvals")


@access_required(Capability.OUTREACH, methods=("POST",))
def withdraw(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """The author takes it back."""
    approve.withdraw(Doer.of(request), key, timezone.now())
    messages.success(request, _("Contato retirado."))
    return redirect("console:own_drafts")


def cards(user: User, drafts: list[Draft]) -> list[Card]:
    """The drafts with everything a decision needs."""
    now = timezone.now()
    names = {one.customer_id: one.display_name for one in _customers(drafts)}
    people = {f"u{one.pk}": one.name for one in User.objects.filter(pk__in=_approvers(drafts))}
    found = []
    for one in drafts:
        waits = one.state == Draft.State.WAITING
        verdict = gate.judge_now(Effect.model_validate(one.effect), Stage.PROPOSTA, now) if waits else None
        found.append(
            Card(
                draft=one,
                customer=names.get(one.customer_id, one.customer_id),
                lines=difference(one.standard, one.text),
                missing=approve.missing_of(one, now) if waits else 0,
                problem=reasons(verdict) if verdict else "",
                lacking=lacking(one.channel) if waits else "",
                mine=one.author_id == user.pk,
                approved=[people.get(said["person"], said["person"]) for said in one.approvals],
            )
        )
    return found


def difference(standard: str, text: str) -> list[tuple[str, str]]:
    """The lines of a text, each marked `same`, `added` or `gone` against the template's."""
    marks = {"  ": "same", "+ ": "added", "- ": "gone"}
    lines = ndiff(standard.splitlines(), text.splitlines())
    return [(marks[line[:2]], line[2:]) for line in lines if line[:2] in marks]


def _customers(drafts: Iterable[Draft]) -> Iterable[Customer]:
    wanted = {one.customer_id for one in drafts}
    return Customer.objects.filter(customer_id__in=wanted).only("customer_id", "name", "trade_name")


def _approvers(drafts: Iterable[Draft]) -> set[int]:
    return {int(said["person"].removeprefix("u")) for one in drafts for said in one.approvals}
