"""`/fontes/`: the declared sources, and the way of other files to a declaration: send, look, correct, save."""

from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.identify.api import (
    SourceProposal,
    canonical_tables,
    declared_sources,
    propose_sources,
    source_yaml,
    write_sources,
)
from b2shift.kernel.errors import InputError, SourceError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import counted
from b2shift.web.console.sources import loads
from b2shift.web.console.sources.changes import recent, resting
from b2shift.web.console.sources.decisions import corrections, included
from b2shift.web.console.sources.loading import to_load
from b2shift.web.console.sources.sending import bounded, leave_out
from b2shift.web.console.sources.uploads import MOST_FILES, deliver, discard, receive, sent
from b2shift.web.console.wording import shipped
from b2shift.web.loading.models import LoadOrder


@access_required(Capability.SOURCES)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Every declared source, and the form that sends files of another system."""
    found = declared_sources(Path(settings.HOME))
    own = sum(one.own for one in found)
    text = counted(ngettext("%(n)s fonte declarada", "%(n)s fontes declaradas", len(found)), len(found))
    mine = counted(ngettext("%(n)s da empresa", "%(n)s da empresa", own), own) if own else _("todas do produto")
    context = {
        "sources": found,
        "sentence": f"{text}; {mine}.",
        "changes": recent(),
        "loading": to_load(found),
        "most_files": MOST_FILES,
        "most_of_a_delivery": loads.MOST_FILES,
        "newest_order": LoadOrder.objects.first(),
        "most_megabytes": settings.UPLOAD_BYTES // 1_000_000,
    }
    return render(request, "console/sources/index.html", context)


@access_required(Capability.SOURCES)
def declaration(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """One declaration as it is written."""
    found = next((one for one in declared_sources(Path(settings.HOME)) if one.source == name), None)
    if found is None:
        raise Http404(_("Não há fonte com este nome."))
    context = {"source": found, "changes": recent(name), "use": resting(name), "loading": to_load([found])}
    return render(request, "console/sources/declaration.html", context)


@bounded
@access_required(Capability.SOURCES, methods=("POST",))
def send(request: AuthenticatedRequest) -> HttpResponse:
    """Keep the files aside and go to their proposal."""
    key, refused = receive(request.user, request.FILES.getlist("files"), timezone.now())
    leave_out(request, refused)
    return redirect("console:source_proposal", key=key)


@access_required(Capability.SOURCES, methods=("GET", "POST"))
def proposal(request: AuthenticatedRequest, key: str) -> HttpResponse:
    """What the files are taken for; a POST brings a person's corrections, and saves when it says so."""
    files, home = sent(request.user, key), Path(settings.HOME)
    unread: list[SourceError] = []
    proposals = propose_sources(files, home=home, aside=unread.append)
    problem: InputError | None = None
    if request.method == "POST":
        try:
            proposals = propose_sources(files, corrections(request.POST, proposals), home, aside=lambda _error: None)
            chosen = included(request.POST, proposals)
            if request.POST.get("do") == "save":
                return _save(request, key, chosen, home, {one.file for one in proposals})
        except InputError as error:
            problem = error
    left_out = set() if request.method == "GET" else {p.source for p in proposals} - {
        p.source for p in included(request.POST, proposals)}  # fmt: skip
    context = {
        "key": key,
        "proposals": [_shown(one, one.source not in left_out) for one in proposals],
        "tables": list(canonical_tables()),
        "problem": problem,
        "unread": unread,
    }
    return render(request, "console/sources/proposal.html", context, status=400 if problem else 200)


@access_required(Capability.SOURCES, methods=("POST",))
def forget(request: AuthenticatedRequest, key: str) -> HttpResponse:
    """Delete the files that were sent."""
    discard(request.user, key)
    messages.success(request, _("Os arquivos enviados foram apagados. Nada foi declarado."))
    return redirect("console:sources")


def _save(
    request: AuthenticatedRequest, key: str, chosen: tuple[SourceProposal, ...], home: Path, read: Collection[str]
) -> HttpResponse:
    if not chosen:
        raise InputError(_("Nenhuma fonte foi escolhida"), hint=_("Marque ao menos uma"))
    who, day = request.user.get_username(), timezone.localdate().isoformat()
    note = _("Declarada na página por %(who)s em %(day)s") % {"who": who, "day": day}
    write_sources(chosen, home, note=note, translate=shipped)
    deliver(request.user, key, read)
    text = ngettext("%(n)s fonte declarada. Falta carregar.", "%(n)s fontes declaradas. Falta carregar.", len(chosen))
    messages.success(request, text % {"n": len(chosen)})
    return redirect("console:sources")


def _shown(one: SourceProposal, use: bool) -> dict[str, object]:
    """One proposal as the form shows it: every column of the file with its place, confidence and examples."""
    mapped = {column.header: column for column in one.mapped if column.to != "customer_id"}
    doubts = {column.header: column for column in one.doubts}
    customer = next((column for column in one.mapped if column.to == "customer_id"), None)
    columns = [
        {
            "seen": seen,
            "to": mapped[seen.header].to if seen.header in mapped else "",
            "mapped": mapped.get(seen.header),
            "doubt": doubts.get(seen.header),
            "customer": customer if customer and customer.header == seen.header else None,
        }
        for seen in one.seen
    ]
    return {
        "proposal": one,
        "use": use,
        "columns": columns,
        "customer": customer,
        "places": [name for name in canonical_tables()[one.table] if name != "customer_id"],
        "yaml": source_yaml(one, translate=shipped),
        "sure": sum(column.confidence >= 0.9 for column in one.mapped),
    }
