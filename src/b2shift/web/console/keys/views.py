"""`/chaves/`: a person's own keys."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.web.accounts.models import Token, User
from b2shift.web.accounts.scopes import TokenScope
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.keys.forms import KeyForm
from b2shift.web.console.keys.issue import issue, revoke
from b2shift.web.ledger.trail import Doer


@access_required(methods=("GET", "POST"))
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The keys, and a new one by POST; its secret is in that one answer and nowhere else."""
    form = KeyForm(request.user, request.POST or None)
    context: dict[str, object] = {}
    status = 200
    if request.method == "POST":
        if form.is_valid():
            token, secret = issue(Doer.of(request), request.user, form)
            context = {"issued": token, "secret": secret}
            form = KeyForm(request.user)
        else:
            status = 422
    context |= {"form": form, "keys": _keys_of(request.user), "now": timezone.now()}
    return render(request, "console/keys/index.html", context, status=status)


@access_required(methods=("POST",))
def end(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Revoke one's own key; somebody else's does not exist here."""
    token = get_object_or_404(Token, pk=key, user=request.user)
    if revoke(Doer.of(request), token):
        messages.success(request, _("Chave %(name)s revogada. Ela parou de funcionar agora.") % {"name": token.name})
    else:
        messages.info(request, _("A chave %(name)s já estava revogada.") % {"name": token.name})
    return redirect("console:keys")


def _keys_of(owner: User) -> list[tuple[Token, list[str]]]:
    keys = Token.objects.filter(user=owner).order_by("-created_at", "-pk")
    words = {one.value: str(one.label) for one in TokenScope}
    return [(token, [words.get(scope, scope) for scope in token.scopes]) for token in keys]
