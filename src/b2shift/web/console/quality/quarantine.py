"""Loads in quarantine on the quality page: a person lets one in, with a reason that stays; or takes that back."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.identify.api import InQuarantine, loads_in_quarantine, release_load, revoke_release
from b2shift.kernel.errors import InputError, LakeEmptyError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.crm.lake import lake
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record

_ANSWERS = {"release": release_load, "hold": revoke_release}


def waiting() -> tuple[InQuarantine, ...]:
    """What waits, by source; nothing before the first run."""
    try:
        return loads_in_quarantine(lake(), Path(settings.HOME))
    except LakeEmptyError:
        return ()


@access_required(Capability.RELEASE_LOADS, methods=("POST",))
def answer(request: AuthenticatedRequest) -> HttpResponse:
    """Keep one answer in the journal and in the audit trail; the next run follows it."""
    source, said = request.POST.get("source", "").strip(), request.POST.get("answer", "")
    if said not in _ANSWERS:
        raise InputError(_("Esta resposta não existe"), value=said[:20], hint=_("Libere ou desfaça"))
    try:
        decision = _ANSWERS[said](
            lake(), Path(settings.HOME), source,
            reason=request.POST.get("reason", ""), by=request.user.get_username(), at=timezone.now(),
        )  # fmt: skip
    except InputError as error:
        messages.error(request, f"{error.what}. {error.hint}")
        return redirect("console:quality")
    record(
        AuditEvent.Action.LOAD_RELEASED, Doer.of(request), object_kind="source", object_id=source,
        purpose=decision.reason, details={"released": decision.released, "content": decision.content},
    )  # fmt: skip
    said_back = (
        _("%(source)s: liberada. A próxima execução desta entrega a carrega.")
        if decision.released
        else _("%(source)s: continua em quarentena.")
    )
    messages.success(request, said_back % {"source": source})
    return redirect("console:quality")
