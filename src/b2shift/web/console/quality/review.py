"""`/qualidade/revisao/`: rare categories that may be another one; a person accepts, rejects, or takes it back."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.identify.api import category_decisions, category_doubts, decide_category
from b2shift.identify.contracts import Answer, CategoryDoubt, Decision
from b2shift.kernel.errors import InputError, LakeEmptyError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.crm.lake import lake

ANSWERS: dict[str, str | Promise] = {
    Answer.ACCEPTED: gettext_lazy("aceita: são a mesma"),
    Answer.REJECTED: gettext_lazy("rejeitada: são diferentes"),
}


@access_required(Capability.REJECTED_ROWS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """What waits, and what was decided with its author and day."""
    context = {
        "doubts": _doubts(),
        "decided": [(one, str(ANSWERS[one.answer])) for one in category_decisions(Path(settings.HOME))],
    }
    return render(request, "console/quality/review.html", context)


@access_required(Capability.REJECTED_ROWS, methods=("POST",))
def answer(request: AuthenticatedRequest) -> HttpResponse:
    """Keep one answer; the next run applies it."""
    said = request.POST.get("answer", "")
    if said not in list(Answer):
        raise InputError(_("Esta resposta não existe"), value=said[:20], hint=_("Aceite, rejeite ou desfaça"))
    pair = {name: request.POST.get(name, "").strip() for name in ("vocabulary", "delivered", "spelling")}
    if not all(pair.values()):
        raise InputError(_("Falta dizer de que par se trata"), hint=_("Volte à página de revisão"))
    decision = Decision(**pair, answer=Answer(said), by=request.user.get_username(), at=timezone.now())
    decide_category(lake(), Path(settings.HOME), decision)
    messages.success(
        request,
        _("%(one)s → %(other)s: anotado. A próxima execução aplica.")
        % {"one": decision.delivered, "other": decision.spelling},
    )
    return redirect("console:quality_review")


def _doubts() -> tuple[CategoryDoubt, ...]:
    try:
        return category_doubts(lake(), Path(settings.HOME))
    except LakeEmptyError:
        return ()
