"""`/contatos-devidos/`: the list and its file."""

from datetime import date

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from b2shift.web.accounts.permissions import Capability, may, require
from b2shift.web.console import mrr_formats, wording
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.due.facets import fields
from b2shift.web.console.due.listing import filters_in, requested_list, sentence, summary
from b2shift.web.console.due.rows import rows_html
from b2shift.web.console.filter_bar import chips_of
from b2shift.web.console.spreadsheet import csv_answer
from b2shift.web.crm.current import newest_publication
from b2shift.web.crm.models import Proposal
from b2shift.web.crm.reading import visible_proposals
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record


@access_required(Capability.PROPOSALS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The due contacts that the address asks for."""
    newest = newest_publication()
    as_of = newest.as_of if newest else date.min
    wanted = requested_list(request.user, request.GET)
    found = summary(request.user, request.GET, as_of)
    first, more = fields(visible_proposals(request.user), request.GET)
    page = wanted.page(request.GET.get("cursor", ""))
    context = {
        "page": page,
        "rows": rows_html(page.rows, as_of, prepares=may(request.user, Capability.OUTREACH)),
        "sort": wanted.sort,
        "summary": found,
        "total": found.total,
        "kind": request.GET.get("kind", ""),
        "sentence": sentence(found),
        "chips": chips_of([*first, *more], request.GET, _("Busca")),
        "may_export": may(request.user, Capability.EXPORT),
    }
    if is_htmx_request(request):
        return render(request, "console/due/list.html", context)
    return render(request, "console/due/index.html", {**context, "first_fields": first, "more_fields": more})


@access_required(Capability.EXPORT, methods=("POST",))
def export(request: AuthenticatedRequest) -> StreamingHttpResponse:
    """The same rows as a file; who took it, with which filters, is written first."""
    require(request.user, Capability.PROPOSALS)
    wanted = requested_list(request.user, request.GET)
    rows = wanted.ordered()
    with transaction.atomic():
        count = rows.count()
        record(
            AuditEvent.Action.EXPORT,
            Doer.of(request),
            object_kind="proposals",
            details={"rows": count, "filters": filters_in(request.GET), "sort": wanted.sort},
        )
    return csv_answer("contatos-devidos.csv", _HEADINGS, map(_cells, rows.iterator(chunk_size=1000)))


_HEADINGS = (
    "contato", "cliente", "nome", "segmento", "regra", "tipo", "gatilho", "ação", "canais", "papel responsável",
    "responsável", "prioridade", "prazo", "MRR", "razão", "evidências", "impedimento",
)  # fmt: skip


def _cells(row: Proposal) -> tuple[object, ...]:
    evidence = "; ".join(f"{one.get('label')}: {one.get('value')}" for one in row.evidence)
    return (
        row.proposal_id,
        row.customer_id,
        row.customer.display_name,
        row.segment.name if row.segment else "",
        row.rule_name,
        wording.word("kind", row.kind),
        wording.word("trigger", row.trigger),
        row.action,
        [wording.word("channel", channel) for channel in row.channels],
        wording.word("owner_role", row.owner_role),
        row.owner.name if row.owner else "",
        row.priority,
        row.due_on,
        mrr_formats.delivered(row.mrr_at_stake),
        row.reason,
        evidence,
        row.blocked or "",
    )
