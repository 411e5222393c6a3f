"""`/perguntar/`: the conversation, one more turn of it, and the rows behind a number."""

import json

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from pydantic import ValidationError

from b2shift.insight.contracts import Answer
from b2shift.kernel.errors import InputError
from b2shift.metrics.contracts import TypedQuery
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.ask.conversation import AskedQuestion, conversation, earlier, forget, keep
from b2shift.web.console.ask.figures import table_of
from b2shift.web.console.ask.page import on_page
from b2shift.web.console.ask.streaming import streamed
from b2shift.web.console.ask.turns import Turn, turn
from b2shift.web.console.ask.words import examples
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.spreadsheet import csv_answer
from b2shift.web.crm.questions import answer
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record

SHOWN = 6
LONGEST = 1000
LISTED = 500


@access_required(Capability.ASK)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The conversation so far; `?pergunta=` asks at once, so that an answer has an address."""
    asked, new = conversation(request), -1
    fresh = request.GET.get("pergunta", "").strip()[:LONGEST]
    if fresh and fresh != (asked[-1].question if asked else ""):
        asked = keep(request, AskedQuestion(fresh))
        new = len(asked) - 1
    first, doer = max(0, len(asked) - SHOWN), Doer.of(request)
    turns = [turn(doer, one, earlier(asked[:n]), str(n), calling=n == new) for n, one in enumerate(asked) if n >= first]
    context = {"turns": turns, "examples": examples(), "earlier": [one.question for one in asked[:first]]}
    return render(request, "console/ask/index.html", context)


@access_required(Capability.ASK, methods=("POST",))
def reply(request: AuthenticatedRequest) -> HttpResponse:
    """One more question of the conversation: its turn as a part of the page, or the whole page without scripts.

    With `q` the question has two readings and the person chose this one.
    """
    new = _new(request)
    if new is None:
        return HttpResponse(status=204)
    asked = keep(request, new)
    if not is_htmx_request(request):
        return redirect("console:ask")
    one: Turn = turn(Doer.of(request), asked[-1], earlier(asked[:-1]), str(len(asked) - 1))
    return render(request, "console/ask/turn.html", {"turn": one, "page": new.page})


@access_required(Capability.ASK, methods=("POST",))
def stream(request: AuthenticatedRequest) -> HttpResponseBase:
    """The same turn as it comes to be, one line of JSON a step: read, numbers, picture, sentences."""
    new = _new(request)
    if new is None:
        return HttpResponse(status=204)
    asked = keep(request, new)
    request.session.save()  # what follows is sent after the session would be kept
    steps = streamed(request, Doer.of(request), asked[-1], earlier(asked[:-1]), str(len(asked) - 1))
    answer = StreamingHttpResponse(steps, content_type="application/x-ndjson")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"  # a proxy that gathers it would take the sense from it
    return answer


@access_required(Capability.ASK)
def copilot(request: AuthenticatedRequest) -> HttpResponse:
    """What the side panel holds when it opens: what is on the page, the conversation's last turn, the field."""
    page = request.GET.get("onde", "")
    asked = conversation(request)
    last = len(asked) - 1
    turns = [turn(Doer.of(request), asked[-1], earlier(asked[:-1]), str(last), calling=False)] if asked else []
    context = {"turns": turns, "page": page, "about": on_page(request.user, page), "examples": examples()[:3]}
    return render(request, "console/ask/copilot.html", context)


def _new(request: AuthenticatedRequest) -> AskedQuestion | None:
    """The question that was sent, with the reading chosen and the page it was asked from."""
    question = request.POST.get("question", "").strip()[:LONGEST]
    chosen = _asked(request.POST["q"]) if request.POST.get("q") else None
    page = request.POST.get("onde", "")[:LONGEST] if request.POST.get("todos") != "1" else ""
    return AskedQuestion(question, chosen, page) if question else None


@access_required(Capability.ASK, methods=("POST",))
def start_again(request: AuthenticatedRequest) -> HttpResponse:
    """Forget the conversation."""
    forget(request)
    return redirect("console:ask")


@access_required(Capability.ASK)
def rows(request: AuthenticatedRequest) -> HttpResponse:
    """The rows behind a number, or all rows of an answer."""
    query = _asked(request.GET.get("q", ""))
    found = _answered(request, query)
    context = {
        "answer": found,
        "table": table_of(found, LISTED),
        "shown": min(LISTED, len(found.rows)),
        "total": len(found.rows),
        "query": request.GET.get("q", ""),
        "may_export": may(request.user, Capability.EXPORT),
    }
    return render(request, "console/ask/rows.html", context)


@access_required(Capability.EXPORT, methods=("POST",))
def export(request: AuthenticatedRequest) -> StreamingHttpResponse:
    """The same rows as a file; who took it, with which query, is written first."""
    query = _asked(request.POST.get("q", ""))
    found = _answered(request, query)
    table = table_of(found, len(found.rows))
    with transaction.atomic():
        details = {"rows": len(found.rows), "query": query.model_dump(mode="json", exclude_none=True)}
        record(
            AuditEvent.Action.EXPORT,
            Doer.of(request),
            object_kind="answer",
            object_id=found.fingerprint,
            details=details,
        )
    headings = [str(column.label) for column in table.columns[:-1]] if table else []
    return csv_answer("resposta.csv", headings, (line[:-1] for line in (table.rows if table else ())))


def _asked(text: str) -> TypedQuery:
    try:
        return TypedQuery.model_validate(json.loads(text))
    except (ValueError, ValidationError) as error:
        raise Http404(_("Esta consulta não existe.")) from error


def _answered(request: AuthenticatedRequest, query: TypedQuery) -> Answer:
    try:
        found = answer(request.user, query)
    except InputError as error:
        raise Http404(str(error)) from error
    if not isinstance(found, Answer):
        raise Http404(_("Isto não está nos dados."))
    return found
