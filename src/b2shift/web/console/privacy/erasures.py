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
from b2shift.web.console.doors import AskedBy, door, wants_part
from b2shift.web.ledger.trail import Doer
from b2shift.web.privacy import orders
from b2shift.web.privacy.erasure import require_reason
from b2shift.web.privacy.models import ErasureOrder
from b2shift.web.privacy.turn import at_work

_NEWEST = 50


@door(Capability.PRIVACY)
def index(request: AskedBy) -> HttpResponse:
    """The newest orders; while one is open the list asks again by itself."""
    home = Path(settings.HOME)
    working, found = at_work(home), list(ErasureOrder.objects.select_related("ordered_by")[:_NEWEST])
    still = any(one.state in (orders.State.WAITING, orders.State.RUNNING) for one in found)
    by_command = len({plan.erasure for plan in pending_erasures(home)} - {one.erasure for one in found})
    told = {"orders": found, "working": working, "still": still, "by_command": by_command}
    part = "list" if wants_part(request) else "index"
    return render(request, f"console/privacy/erasures_{part}.html", told)


@door(Capability.PRIVACY, methods=("POST",))
def order(request: AskedBy, table: str, code: str) -> HttpResponse:
    """Order a person to be taken out, once the code was typed again and a reason given."""
    if request.POST.get("confirm", "").strip() != code:
        typed = request.POST.get("confirm", "")[:40]
        raise InputError(_("Digite o código da pessoa para confirmar"), value=typed or None)
    doer, reason = Doer.of(request), request.POST.get("reason", "")[:160]
    require_reason(doer, reason)
    orders.place(doer, f"{table}/{code}", reason, timezone.now())
    orders.start()
    messages.success(
        request, _("A eliminação foi registrada e roda em segundo plano; esta página mostra até onde chegou.")
    )
    return redirect("console:privacy_erasures")


@door(Capability.PRIVACY, methods=("POST",))
def go_on(request: AskedBy) -> HttpResponse:
    """Go on with what was interrupted."""
    orders.start()
    messages.success(request, _("Retomada: esta página mostra até onde chegou."))
    return redirect("console:privacy_erasures")
