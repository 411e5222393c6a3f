"""`/relatorios/`: kept answers as files, for people on their day; what one received; a file of one's own at once."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.board.views import kept_of
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.reports.forms import ReportForm
from b2shift.web.console.reports.making import make_for
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.watch import reports
from b2shift.web.watch.models import Report

SHOWN = 100


@access_required(Capability.ASK)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """One's reports."""
    visible = reports.visible_reports(request.user).prefetch_related("people")
    return render(request, "console/reports/index.html", {"reports": visible, "may_export": _exports(request)})


@access_required(Capability.ASK)
def received(request: AuthenticatedRequest) -> HttpResponse:
    """Files made for this person, newest first."""
    editions = reports.visible_editions(request.user).defer("content").select_related("report")[:SHOWN]
    return render(request, "console/reports/received.html", {"editions": editions})


@access_required(Capability.ASK, methods=("GET", "POST"))
def new(request: AuthenticatedRequest) -> HttpResponse:
    """A report of the answers on one's board."""
    kept = kept_of(request.user)
    form = ReportForm(kept, request.POST or None, initial={"people": [request.user.pk]})
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            made = reports.create(
                request.user, cleaned["title"], form.chosen, cleaned["people"], cleaned["days"], cleaned["formats"]
            )
        except InputError as error:
            form.add_error("title", str(error))
        else:
            messages.success(request, _("Relatório %(title)s criado.") % {"title": made.title})
            return redirect("console:reports")
    status = 422 if form.is_bound else 200
    return render(request, "console/reports/new.html", {"form": form}, status=status)


@access_required(Capability.ASK, methods=("POST",))
def now(request: AuthenticatedRequest, key: int, form: str) -> HttpResponse:
    """The report of this moment over the rows one sees, as a file; who took it is written first."""
    report = _own(request, key)
    if form not in reports.MEDIA or (form == "xlsx" and not _exports(request)):
        raise InputError(_("Este formato não está ao seu alcance"), value=form, hint=_("Baixe o PDF"))
    edition = make_for(report, request.user, timezone.localdate(), [form])[0]
    with transaction.atomic():
        details = {"scope": edition.scope, "answers": edition.fingerprints, "files": [edition.name]}
        record(
            AuditEvent.Action.EXPORT,
            Doer.of(request),
            object_kind="report",
            object_id=str(report.pk),
            details=details,
        )
    return _file(edition.name, form, bytes(edition.content))


@access_required(Capability.ASK)
def edition(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """One file one received; another's does not exist here."""
    found = get_object_or_404(reports.visible_editions(request.user), pk=key)
    return _file(found.name, found.format, bytes(found.content))


@access_required(Capability.ASK, methods=("POST",))
def pause(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Stop sending it, or go on."""
    reports.pause(_own(request, key), request.POST.get("wanted") == "1")
    return redirect("console:reports")


@access_required(Capability.ASK, methods=("POST",))
def end(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Delete it; the toast has the way back."""
    report = _own(request, key)
    reports.end(report, timezone.now())
    message = _("Relatório apagado: %(title)s.") % {"title": report.title}
    messages.success(request, message, extra_tags=reverse("console:report_back", args=[key]))
    return redirect("console:reports")


@access_required(Capability.ASK, methods=("POST",))
def back(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Take a deletion back."""
    get_object_or_404(Report, pk=key, owner=request.user)
    reports.restore(request.user, key)
    messages.success(request, _("O relatório está de volta."))
    return redirect("console:reports")


def _own(request: AuthenticatedRequest, key: int) -> Report:
    return get_object_or_404(reports.visible_reports(request.user), pk=key)


def _exports(request: AuthenticatedRequest) -> bool:
    return may(request.user, Capability.EXPORT)


def _file(name: str, form: str, content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type=reports.MEDIA[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
