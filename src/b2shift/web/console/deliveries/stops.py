"""`/envios/paradas/`: the switches: one channel or everything, in force before the next message."""

import os

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.web.accounts.permissions import Capability
from b2shift.web.channels.configured import channels
from b2shift.web.console import wording
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox.gate import EVERYTHING
from b2shift.web.outbox.models import Circuit, Message, Switch
from b2shift.web.outreach import operate


@access_required(Capability.SWITCHES)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Each channel: whether it is stopped, by whom; whether it can send; how its provider has been answering."""
    switches = {one.name: one for one in Switch.objects.all()}
    circuits = {one.channel: one for one in Circuit.objects.all()}
    queued = Message.objects.filter(state__in=["pending", "leased"]).order_by()
    waiting = dict(queued.values_list("channel").annotate(count=Count("pk")))
    missing = channels(os.environ).missing
    everything = switches.get(EVERYTHING)
    stopped = everything is not None and everything.stopped
    context = {
        "everything": everything if stopped else None,
        "rows": [
            {
                "name": name,
                "label": wording.word("channel", name),
                "switch": switches.get(name),
                "circuit": circuits.get(name),
                "waiting": waiting.get(name, 0),
                "missing": ", ".join(missing.get(name, ())),
            }
            for name in operate.STOPPABLE
            if name != EVERYTHING
        ],
        "sentence": _("Tudo está parado.") if stopped else _("Parar vale antes da próxima mensagem."),
        "now": timezone.now(),
    }
    return render(request, "console/deliveries/stops.html", context)


@access_required(Capability.SWITCHES, methods=("POST",))
def change(request: AuthenticatedRequest) -> HttpResponse:
    """Stop one, or let it go on."""
    name, stopped = request.POST.get("name", ""), request.POST.get("stopped") == "1"
    operate.switch(Doer.of(request), name, timezone.now(), stopped=stopped)
    what = _("Tudo") if name == EVERYTHING else wording.word("channel", name)
    message = _("%(what)s: parado.") if stopped else _("%(what)s: de volta.")
    messages.success(request, message % {"what": what})
    return redirect("console:stops")
