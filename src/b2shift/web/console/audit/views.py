"""`/auditoria/`: the trail, and the check of its chain."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.audit.trail_page import filtered, trail_page, visible_events
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.filter_bar import Field, chips_of
from b2shift.web.console.templatetags.people import channel_word, object_word
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import verify


@access_required(Capability.AUDIT)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The events that the address asks for, newest first."""
    events = filtered(visible_events(request.user), request.GET)
    first, more = _fields(request)
    page = trail_page(events, request.GET.get("cursor", ""))
    context = {
        "page": page,
        "rows": page.rows,
        "total": events.count(),
        "chips": chips_of([*first, *more], request.GET, _("Quem")),
    }
    if is_htmx_request(request):
        return render(request, "console/audit/list.html", context)
    context |= {
        "everything": visible_events(request.user).count(),
        "first_fields": first,
        "more_fields": more,
    }
    return render(request, "console/audit/index.html", context)


@access_required(Capability.AUDIT, methods=("POST",))
def check(request: AuthenticatedRequest) -> HttpResponse:
    """Walk the chain now and say what was found."""
    template = "console/audit/verdict.html" if is_htmx_request(request) else "console/audit/checked.html"
    return render(request, template, {"verdict": verify()})


def _fields(request: AuthenticatedRequest) -> tuple[list[Field], list[Field]]:
    params = request.GET
    actions = tuple((value, str(label)) for value, label in AuditEvent.Action.choices)
    first = [
        Field("action", _("O quê"), params.get("action", ""), actions),
        Field("since", _("De"), params.get("since", ""), type="date"),
        Field("until", _("Até"), params.get("until", ""), type="date"),
    ]
    more = [
        Field("kind", _("Tipo do objeto"), params.get("kind", ""), _distinct("object_kind", object_word)),
        Field("object", _("Código do objeto"), params.get("object", ""), type="text"),
        Field("channel", _("Canal"), params.get("channel", ""), _distinct("channel", channel_word)),
    ]
    return first, more


def _distinct(column: str, word: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    values = AuditEvent.objects.order_by().values_list(column, flat=True).distinct()
    return tuple((value, word(value)) for value in sorted(values) if value)
