"""How a person likes to see the product, and which business unit they look at."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.models import User
from b2shift.web.console.decorators import UNIT_SESSION_KEY, AuthenticatedRequest, access_required
from b2shift.web.console.devices import public_key
from b2shift.web.console.shell import Shell

CHOICES = {"theme": User.Theme, "density": User.Density, "language": User.Language}


@access_required(methods=("GET", "POST"))
def preferences(request: AuthenticatedRequest) -> HttpResponse:
    """`/preferencias/`: theme, density and language; each change can be undone for ten seconds."""
    if request.method != "POST":
        context = {"push_key": public_key(), "devices": request.user.devices.all()}
        return render(request, "console/preferences.html", context)
    # An undo carries what was before in its address.
    said = {name: request.POST.get(name) or request.GET.get(name) or "" for name in CHOICES}
    wanted = {name: value for name, value in said.items() if value}
    for name, value in wanted.items():
        if value not in CHOICES[name].values:
            raise InputError(_("Esta preferência não existe"), value=f"{name}={value[:40]}")
    before = {name: getattr(request.user, name) for name in wanted}
    for name, value in wanted.items():
        setattr(request.user, name, value)
    request.user.save(update_fields=list(wanted))
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    changed = {name: value for name, value in before.items() if value != wanted[name]}
    if changed and not request.GET:
        translation.activate(request.user.language)
        undo = f"{reverse('console:preferences')}?{urlencode(changed)}"
        messages.success(request, _("Preferências salvas"), extra_tags=undo)
    return redirect(_back(request))


@access_required(methods=("POST",))
def unit(request: AuthenticatedRequest) -> HttpResponse:
    """`/unidade/`: which business unit the lists and figures are about, until changed or signed out."""
    chosen = request.POST.get("unit", "")
    if chosen and chosen not in dict(Shell(request).units):
        raise InputError(_("Você não pode escolher esta unidade de negócio"), value=chosen[:40])
    request.session[UNIT_SESSION_KEY] = chosen
    return redirect(_back(request))


def _back(request: AuthenticatedRequest) -> str:
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else reverse("console:preferences")
