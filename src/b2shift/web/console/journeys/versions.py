"""Versions of a journey, and what a person decides of one: approve, refuse, back to it; how a journey runs."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.interact.api import published_journey
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.journeys.changes import change_descriptions
from b2shift.web.console.journeys.picture import picture
from b2shift.web.console.wording import shipped
from b2shift.web.journeys import publishing, running
from b2shift.web.journeys.models import Running, Version
from b2shift.web.ledger.trail import Doer


@access_required(Capability.JOURNEYS)
def version(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """One version: its picture, its text, what it would change, who decided."""
    found = Version.objects.select_related("author", "decided_by").filter(pk=key).first()
    if found is None:
        raise Http404(_("Não há esta versão."))
    current = Running.objects.select_related("version").filter(journey_id=found.journey_id).first()
    journey = published_journey(found.text)
    before = published_journey(current.version.text) if current else None
    context = {
        "version": found,
        "journey": journey,
        "current": current,
        "in_force": current is not None and current.version_id == found.pk,
        "picture": picture(journey, {}, {}),
        "changes": change_descriptions(before, journey),
        "others": Version.objects.select_related("author").filter(journey_id=found.journey_id).exclude(pk=key),
        "may_run": may(request.user, Capability.RUN_JOURNEYS),
        "mine": found.author_id == request.user.pk,
    }
    return render(request, "console/journeys/version.html", context)


@access_required(Capability.RUN_JOURNEYS, methods=("POST",))
def decide(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Yes or no to a proposed version, or back to an approved one."""
    doer, now, said = Doer.of(request), timezone.now(), request.POST.get("answer", "")
    if said == "approve":
        made = publishing.approve(doer, key, now)
        messages.success(request, _("Versão %(n)s em vigor para quem entrar.") % {"n": made.number})
    elif said == "refuse":
        publishing.refuse(doer, key, request.POST.get("why", ""), now)
        messages.success(request, _("Recusada; quem propôs vê o motivo."))
    elif said == "restore":
        found = Version.objects.filter(pk=key).first()
        if found is None:
            raise Http404(_("Não há esta versão."))
        publishing.roll_back(doer, found.journey_id, found.number, now)
        messages.success(request, _("Versão %(n)s em vigor para quem entrar.") % {"n": found.number})
    else:
        raise InputError(_("Esta resposta não existe"), value=said[:20], hint=_("Recarregue a página"))
    return redirect("console:journey_version", key=key)


@access_required(Capability.RUN_JOURNEYS, methods=("POST",))
def change(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """Pause, resume, drain, or take those inside on to the version in force."""
    doer, now, what = Doer.of(request), timezone.now(), request.POST.get("what", "")
    if what == "migrate":
        count = running.migrate(doer, name, now)
        said = ngettext("%(n)s cliente trazido.", "%(n)s clientes trazidos.", count)
        messages.success(request, said % {"n": count})
    else:
        one = running.change(doer, name, what, now)
        messages.success(request, f"{shipped(one.version.name)}: {one.get_mode_display().lower()}.")
    return redirect("console:journey", name=name)
