"""`/clientes/`: the list, its columns and its file."""

from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.customers import choices, columns
from b2shift.web.console.customers.listing import asked, filters_in, sentence
from b2shift.web.console.customers.rows import rows_html
from b2shift.web.console.doors import AskedBy, door, wants_part
from b2shift.web.console.spreadsheet import csv_answer
from b2shift.web.crm.reading import visible_customers
from b2shift.web.crm.totals import totals_of
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record

_YEAR = 365 * 24 * 3600

# Ways into the list that people take every day.
VIEWS: tuple[tuple[str | Promise, dict[str, str]], ...] = (
    (_("Todos"), {}),
    (_("Risco alto"), {"churn_band": "alto"}),
    (_("Em atraso"), {"overdue": "1", "sort": "-overdue"}),
    (_("Com contato devido"), {"due": "1", "sort": "-due"}),
    (_("Saúde até 40"), {"health_max": "40", "sort": "health"}),
    (_("Cancelados"), {"situation": "cancelado"}),
)


@door(Capability.CUSTOMERS)
def index(request: AskedBy) -> HttpResponse:
    """The customers that the address asks for."""
    seen = visible_customers(request.user)
    wanted = asked(seen, request.GET)
    found = totals_of(wanted.rows)
    shown = columns.chosen(request.COOKIES.get(columns.COOKIE, ""))
    page = wanted.page(request.GET.get("cursor", ""), columns.fields_of(shown))
    told = {
        "page": page,
        "sort": wanted.sort,
        "figures": found,
        "sentence": sentence(found),
        "columns": shown,
        "rows": rows_html(page.rows, shown),
        "all_columns": columns.COLUMNS,
        "chips": choices.chips(seen, request.GET),
        "may_export": may(request.user, Capability.EXPORT),
        "views": _views(request),
    }
    if wants_part(request):
        return render(request, "console/customers/list.html", told)
    told["first_fields"], told["more_fields"] = choices.fields(seen, request.GET)
    return render(request, "console/customers.html", told)


@door(Capability.CUSTOMERS, methods=("POST",))
def choose_columns(request: AskedBy) -> HttpResponse:
    """Remember which columns the person wants, then the list as it was."""
    answer = redirect(f"{reverse('console:customers')}?{request.GET.urlencode()}")
    kept = "" if "usual" in request.POST else columns.kept(request.POST.getlist("columns"))
    answer.set_cookie(columns.COOKIE, kept, max_age=_YEAR, samesite="Lax", httponly=True)
    return answer


@door(Capability.EXPORT, methods=("POST",))
def export(request: AskedBy) -> StreamingHttpResponse:
    """The same rows as a file, in the columns on the screen; who took it, with which filters, is written first."""
    wanted = asked(visible_customers(request.user), request.GET)
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


def _views(request: AskedBy) -> list[dict[str, object]]:
    told = {name: value for name, value in request.GET.items() if value and name != "cursor"}
    return [
        {"label": label, "url": f"{reverse('console:customers')}?{urlencode(asks)}", "current": told == asks}
        for label, asks in VIEWS
    ]
