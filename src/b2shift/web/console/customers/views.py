"""`/clientes/`: the list, its columns and its file."""

from urllib.parse import urlencode

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import SavedView
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.customers import choices, columns
from b2shift.web.console.customers.listing import DEFAULT_SORT, asks_of, filters_in, requested_list, sentence
from b2shift.web.console.customers.rows import rows_html
from b2shift.web.console.customers.saved_pages import opened
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.spreadsheet import csv_answer
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_customers
from b2shift.web.crm.totals import totals_of
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record

# Ways into the list that people take every day.
VIEWS: tuple[tuple[str | Promise, dict[str, str]], ...] = (
    (_("Todos"), {"sort": DEFAULT_SORT}),
    (_("Risco alto"), {"churn_band": "alto"}),
    (_("Em atraso"), {"overdue": "1", "sort": "-overdue"}),
    (_("Com contato devido"), {"due": "1", "sort": "-due"}),
    (_("Saúde até 40"), {"health_max": "40", "sort": "health"}),
    (_("Cancelados"), {"situation": "cancelado"}),
)


@access_required(Capability.CUSTOMERS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The customers that the address asks for; without any question, those of the view the person opens first."""
    own = list(request.user.saved_views.all())
    first = next((view for view in own if view.opens_first), None)
    if first is not None and not request.GET and not is_htmx_request(request):
        return opened(first)
    seen = visible_customers(request.user)
    context = _list(request, seen, own, request.COOKIES.get(columns.COOKIE, ""))
    if is_htmx_request(request):
        return render(request, "console/customers/list.html", context)
    context["first_fields"], context["more_fields"] = choices.fields(seen, request.GET)
    return render(request, "console/customers.html", context)


def _list(
    request: AuthenticatedRequest, seen: QuerySet[Customer], own: list[SavedView], choice: str
) -> dict[str, object]:
    wanted = requested_list(seen, request.GET)
    found = totals_of(wanted.rows)
    shown = columns.chosen(choice)
    page = wanted.page(request.GET.get("cursor", ""), columns.fields_of(shown), found.customers)
    names = columns.in_cookie(choice)
    return {
        "page": page,
        "sort": wanted.sort,
        "total": found.customers,
        "sentence": sentence(found),
        "columns": shown,
        "rows": rows_html(page.rows, shown),
        "tells_health": any(column.name == "health" for column in shown),
        "other_columns": [column for column in columns.offered() if column not in shown],
        "chips": choices.chips(seen, request.GET),
        "may_export": may(request.user, Capability.EXPORT),
        "may_campaign": may(request.user, Capability.OUTREACH),
        "choice": names,
        "views": _tabs(own, asks_of(request.GET, wanted.sort), names),
        "own_views": own,
        "everybody": f"{reverse('console:customers')}?sort={wanted.sort}",
    }


@access_required(Capability.CUSTOMERS, methods=("POST",))
def choose_columns(request: AuthenticatedRequest) -> HttpResponse:
    """Remember which columns the person wants and in which order, then the list as it was."""
    name, _colon, step = request.POST.get("move", "").partition(":")
    chosen = columns.moved(request.POST.getlist("columns"), name, -1 if step == "up" else 1)
    kept = "" if "usual" in request.POST else columns.kept(chosen)
    if is_htmx_request(request):
        context = _list(request, visible_customers(request.user), list(request.user.saved_views.all()), kept)
        answer = render(request, "console/customers/list.html", context | {"choosing": bool(name)})
    else:
        answer = redirect(f"{reverse('console:customers')}?{request.GET.urlencode()}")
    columns.remember(answer, kept)
    return answer


@access_required(Capability.EXPORT, methods=("POST",))
def export(request: AuthenticatedRequest) -> StreamingHttpResponse:
    """The same rows as a file, in the columns on the screen; who took it, with which filters, is written first."""
    wanted = requested_list(visible_customers(request.user), request.GET)
    shown = columns.chosen(request.COOKIES.get(columns.COOKIE, ""))
    rows = wanted.ordered().defer("search_text", "reasons")
    with transaction.atomic():
        record(
            AuditEvent.Action.EXPORT,
            Doer.of(request),
            object_kind="customers",
            details={
                "rows": rows.count(),
                "filters": filters_in(request.GET),
                "columns": [column.name for column in shown],
                "sort": wanted.sort,
            },
        )
    headings = [str(_("Código")), *[str(column.label) for column in shown]]
    lines = (
        [customer.customer_id, *[column.value(customer) for column in shown]]
        for customer in rows.iterator(chunk_size=1000)
    )
    return csv_answer("clientes.csv", headings, lines)


def _tabs(own: list[SavedView], asks: dict[str, str], shown: str) -> list[dict[str, object]]:
    """The ready views, then the person's own; current is an own view that agrees to the columns, else a ready one."""
    same = [view for view in own if (view.asks, view.columns) == (asks, shown)]
    ready: list[dict[str, object]] = [
        {
            "label": label,
            "url": f"{reverse('console:customers')}?{urlencode(wants)}",
            "current": not same and asks == {"sort": DEFAULT_SORT, **wants},
        }
        for label, wants in VIEWS
    ]
    mine: list[dict[str, object]] = [
        {
            "label": view.name,
            "url": reverse("console:customers_view", args=[view.pk]),
            "current": view in same[:1],
            "own": True,
            "first": view.opens_first,
        }
        for view in own
    ]
    return [*ready, *mine]
