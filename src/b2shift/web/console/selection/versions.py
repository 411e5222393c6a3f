"""Kept versions of the learnt scores, and a person's word on which one serves."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.differentiate.api import promote_score, score_models
from b2shift.differentiate.contracts import ScoreModel
from b2shift.kernel.errors import StateError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.crm.lake import lake
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record

DRIFTED = 0.25
"""Population stability index from which a feature is said to have changed (the usual reading of the index)."""


def versions() -> tuple[ScoreModel, ...]:
    """Every kept version, the newest of each score first; none before the first run."""
    try:
        return score_models(lake(), Path(settings.HOME))
    except StateError:
        return ()


@access_required(Capability.STEER_SEGMENTS, methods=("POST",))
def promote(request: AuthenticatedRequest) -> HttpResponse:
    """Keep the wish for a version, or take it back (an empty version)."""
    promotion = promote_score(
        lake(), Path(settings.HOME), request.POST.get("score", ""), request.POST.get("version", ""),
        reason=request.POST.get("reason", ""), by=request.user.get_username(), at=timezone.now(),
    )  # fmt: skip
    record(
        AuditEvent.Action.SEGMENTATION, Doer.of(request), object_kind="score",
        object_id=f"{promotion.score} {promotion.version}",
        purpose=promotion.reason[:160], details={"said": promotion.reason},
    )  # fmt: skip
    if promotion.version:
        messages.success(request, _("Pedido salvo. A próxima execução usa esta versão."))
    else:
        messages.success(request, _("A próxima execução volta a usar a versão mais nova."))
    return redirect("console:model_versions")
