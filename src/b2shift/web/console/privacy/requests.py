"""`/lgpd/pedidos/`: what data subjects asked for, worked by a person."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.filter_bar import Field, chips_of
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer
from b2shift.web.privacy import requests
from b2shift.web.privacy.models import RightsRequest

MOST = 200


@access_required(Capability.PRIVACY)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Requests, those still open first, the nearest to their time first."""
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    found = requests.visible_requests(request.user)
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    fields = [
        Field("state", _("Situação"), state, _options(RightsRequest.State.choices)),
        Field("kind", _("Pedido"), kind, _options(RightsRequest.Kind.choices)),
    ]
    rows = sorted(found[:MOST], key=lambda one: (not one.is_open, one.due_on, -one.pk))
    context = {
        "rows": rows,
        "today": timezone.localdate(),
        "first_fields": fields,
        "chips": chips_of(fields, request.GET),
        "waiting": sum(one.is_open for one in rows),
    }
    part = "list" if is_htmx_request(request) else "index"
    return render(request, f"console/privacy/requests_{part}.html", context)


@access_required(methods=("GET", "POST"))
def create(request: AuthenticatedRequest) -> HttpResponse:
    """A request as it was heard; from a customer's page it comes with the customer and the person."""
    source = request.POST if request.method == "POST" else request.GET
    asked = requests.NewRequest(
        kind=source.get("kind", ""),
        requester=source.get("requester", ""),
        told=source.get("told", ""),
        customer_id=source.get("customer", ""),
        person_ref=source.get("person", ""),
    )
    context: dict[str, object] = {"asked": asked, "kinds": RightsRequest.Kind.choices}
    if request.method == "POST":
        try:
            kept = requests.open_request(Doer.of(request), asked, timezone.now())
        except InputError as error:
            context["problem"] = f"{error.what}."
        else:
            messages.success(request, _("Pedido %(protocol)s registrado.") % {"protocol": kept.protocol})
            return _after(request, kept)
    return render(request, "console/privacy/request_new.html", context, status=422 if "problem" in context else 200)


@access_required(Capability.PRIVACY)
def detail(request: AuthenticatedRequest, protocol: str) -> HttpResponse:
    """One request with what is known of it and what was done."""
    return _page(request, _one(request, protocol))


@access_required(Capability.PRIVACY, methods=("POST",))
def take(request: AuthenticatedRequest, protocol: str) -> HttpResponse:
    """I work on it."""
    requests.take(Doer.of(request), _one(request, protocol))
    return redirect("console:privacy_request", protocol)


@access_required(Capability.PRIVACY, methods=("POST",))
def answer(request: AuthenticatedRequest, protocol: str) -> HttpResponse:
    """Granted or refused, with what was answered."""
    kept = _one(request, protocol)
    granted = request.POST.get("granted", "")
    try:
        if granted not in {"1", "0"}:
            raise InputError(_("Diga se o pedido foi atendido"))
        requests.answer(Doer.of(request), kept, request.POST.get("answer", ""), timezone.now(), granted=granted == "1")
    except InputError as error:
        return _page(request, kept, problem=f"{error.what}. {error.hint}", typed=request.POST.get("answer", ""))
    messages.success(request, _("Pedido %(protocol)s respondido.") % {"protocol": protocol})
    return redirect("console:privacy_request", protocol)


def _page(request: AuthenticatedRequest, kept: RightsRequest, **more: object) -> HttpResponse:
    events = AuditEvent.objects.filter(object_kind="rights_request", object_id=kept.protocol).select_related("actor")
    table, _slash, code = kept.person_ref.partition("/")
    context = {
        "kept": kept,
        "events": list(events.order_by("sequence")),
        "today": timezone.localdate(),
        "person_table": table,
        "person_code": code,
        "person_held": bool(code) and requests.still_held(kept.person_ref),
        **more,
    }
    return render(request, "console/privacy/request.html", context, status=422 if "problem" in more else 200)


def _one(request: AuthenticatedRequest, protocol: str) -> RightsRequest:
    return get_object_or_404(requests.visible_requests(request.user), protocol=protocol)


def _after(request: AuthenticatedRequest, kept: RightsRequest) -> HttpResponse:
    """Who looks after privacy goes on to the request; others back to the customer or the prospects they came from."""
    if may(request.user, Capability.PRIVACY):
        return redirect("console:privacy_request", kept.protocol)
    if not kept.customer_id:
        return redirect("console:prospects")
    return redirect("console:customer", kept.customer_id)


def _options(choices: Sequence[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    return tuple((value, str(label)) for value, label in choices)
