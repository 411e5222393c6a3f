"""`/lgpd/eliminacoes/`: what was ordered to be erased, how far each is, and going on with what was interrupted."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.identify.api import pending_erasures
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.privacy.views import about_a_person, person_page
from b2shift.web.crm.turn import at_work
from b2shift.web.ledger.trail import Doer
from b2shift.web.privacy import orders
from b2shift.web.privacy.erasure import require_reason
from b2shift.web.privacy.models import ErasureOrder

_NEWEST = 50


@access_required(Capability.PRIVACY)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The newest orders; while one is open the list asks again by itself."""
    home = Path(settings.HOME)
    working, found = at_work(home, orders.WORK), list(ErasureOrder.objects.select_related("ordered_by")[:_NEWEST])
    still = any(one.state in (orders.State.WAITING, orders.State.RUNNING) for one in found)
    by_command = len({plan.erasure for plan in pending_erasures(home)} - {one.erasure for one in found})
    context = {"orders": found, "working": working, "still": still, "by_command": by_command}
    part = "list" if is_htmx_request(request) else "index"
    return render(request, f"console/privacy/erasures_{part}.html", context)


@access_required(Capability.PRIVACY, methods=("POST",))
@about_a_person
def order(request: AuthenticatedRequest, table: str, code: str) -> HttpResponse:
    """Order a person to be taken out, once the code was typed again and a reason given."""
    doer, reason, reference = Doer.of(request), request.POST.get("reason", "")[:160], f"{table}/{code}"
    try:
        _require_code(code, request.POST.get("confirm", ""))
        require_reason(doer, reason)
    except InputError as error:
        return person_page(request, reference, problem=f"{error}.", reason=reason)
    orders.place(doer, reference, reason, timezone.now())
    orders.start()
    messages.success(
        request, _("A eliminação foi registrada e roda em segundo plano; esta página mostra até onde chegou.")
    )
    return redirect("console:privacy_erasures")


def _require_code(code: str, typed: str) -> None:
    if typed.strip() != code:
        hint = _("Digite %(code)s para confirmar") % {"code": code}
        raise InputError(_("O código digitado não é o da pessoa"), value=typed[:40], hint=hint)


@access_required(Capability.PRIVACY, methods=("POST",))
def go_on(request: AuthenticatedRequest) -> HttpResponse:
    """Go on with what was interrupted."""
    orders.start()
    messages.success(request, _("Retomada: esta página mostra até onde chegou."))
    return redirect("console:privacy_erasures")
