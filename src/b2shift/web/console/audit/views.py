"""`/auditoria/`: the trail, and the check of its chain."""

from django.http import HttpResponse
from django.shortcuts import render

from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.audit.trail_page import FILTERS, filtered, trail_page, visible_events
from b2shift.web.console.doors import AskedBy, door, wants_part
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import verify


@door(Capability.AUDIT)
def index(request: AskedBy) -> HttpResponse:
    """The events that the address asks for, newest first."""
    events = filtered(visible_events(request.user), request.GET)
    told = {
        "page": trail_page(events, request.GET.get("cursor", "")),
        "total": events.count(),
        "asked": {name: request.GET.get(name, "") for name in FILTERS},
    }
    if wants_part(request):
        return render(request, "console/audit/list.html", told)
    told |= {
        "everything": visible_events(request.user).count(),
        "actions": AuditEvent.Action.choices,
        "kinds": _distinct("object_kind"),
        "channels": _distinct("channel"),
    }
    return render(request, "console/audit/index.html", told)


@door(Capability.AUDIT, methods=("POST",))
def check(request: AskedBy) -> HttpResponse:
    """Walk the chain now and say what was found."""
    template = "console/audit/verdict.html" if wants_part(request) else "console/audit/checked.html"
    return render(request, template, {"verdict": verify()})


def _distinct(column: str) -> list[str]:
    values = AuditEvent.objects.order_by().values_list(column, flat=True).distinct()
    return sorted(value for value in values if value)
