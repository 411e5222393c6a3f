"""What an analyst says about segments: another candidate, a name. The next run follows both, and both are audited."""

from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.differentiate.api import prefer_segmentation, rename_segment, said_of_segments
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.crm.lake import lake
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record


def wish() -> str:
    """The candidate somebody asked for and the run has not followed yet, or follows; empty without one."""
    asked = said_of_segments(Path(settings.HOME)).preference
    return f"{asked.algorithm}-{asked.k}" if asked else ""


@access_required(Capability.STEER_SEGMENTS, methods=("POST",))
def prefer(request: AuthenticatedRequest) -> HttpResponse:
    """Keep the wish for a candidate, or take it back."""
    algorithm, k = request.POST.get("algorithm", ""), request.POST.get("k", "")
    if not k.isdigit():
        raise InputError(_("O número de segmentos não é um número"), value=k[:20], hint=_("Escolha um candidato"))
    preference = prefer_segmentation(
        lake(), Path(settings.HOME), algorithm, int(k), reason=request.POST.get("reason", ""),
        by=request.user.get_username(), at=timezone.now(),
    )  # fmt: skip
    _record(request, "segmentation", f"{preference.algorithm}-{preference.k}", preference.reason)
    if preference.k:
        messages.success(request, _("Pedido salvo. A próxima execução usa esta segmentação se a encontrar de novo."))
    else:
        messages.success(request, _("A próxima execução volta a escolher."))
    return redirect("console:models")


@access_required(Capability.STEER_SEGMENTS, methods=("POST",))
def rename(request: AuthenticatedRequest, segment_id: str) -> HttpResponse:
    """Keep a person's name for a segment; an empty one gives it back, a refused one stays in the form."""
    written = request.POST.get("name", "")
    try:
        name = rename_segment(
            lake(), Path(settings.HOME), segment_id, written, by=request.user.get_username(), at=timezone.now()
        )
    except InputError as error:
        messages.error(request, f"{error.what}: {error.value}. {error.hint}.")
        return redirect(f"{reverse('console:segment', args=[segment_id])}?{urlencode({'nome': written})}")
    _record(request, "segment", segment_id, name)
    messages.success(request, _("Nome salvo. A próxima execução o mostra em todas as páginas."))
    return redirect("console:segment", segment_id=segment_id)


def _record(request: AuthenticatedRequest, kind: str, what: str, said: str) -> None:
    record(
        AuditEvent.Action.SEGMENTATION, Doer.of(request), object_kind=kind, object_id=what[:80],
        purpose=said[:160], details={"said": said},
    )  # fmt: skip
