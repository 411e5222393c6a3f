"""`/senha/`: a person changes their own password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from b2shift.web.accounts.own_password import OwnPasswordForm
from b2shift.web.accounts.sign_in import address_of
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record


@sensitive_post_parameters()
@access_required(methods=("GET", "POST"))
def own_password(request: AuthenticatedRequest) -> HttpResponse:
    """The form; a good answer ends the other sessions, keeps this one and leaves a trace; a bad one a trace only."""
    form = OwnPasswordForm(request.user, address_of(request), request.POST or None)
    if request.method != "POST":
        return render(request, "console/password.html", {"form": form})
    if not form.is_valid():
        if form.has_error("old_password", "password_incorrect") or form.has_error("old_password", "locked"):
            _trace(request, AuditEvent.Action.SIGN_IN_REFUSED, "own_password_refused")
        return render(request, "console/password.html", {"form": form}, status=422)
    with transaction.atomic():
        form.save()
        _trace(request, AuditEvent.Action.PERSON_CHANGED, "own_password")
    # A session knows its password's digest: this one learns the new, the others no longer match.
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Senha trocada. Os outros dispositivos em que você estava precisam entrar de novo."))
    return redirect("console:preferences")


def _trace(request: AuthenticatedRequest, action: AuditEvent.Action, what: str) -> None:
    record(action, Doer.of(request), object_kind="person", object_id=str(request.user.pk), details={"what": what})
