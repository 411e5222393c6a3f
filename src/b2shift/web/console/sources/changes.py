"""Declarations of the home edited, deleted and put back: what rests on them is told first, each change is undone."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.identify.api import (
    Lineages,
    SourceChange,
    SourceImpact,
    check_source_text,
    delete_source,
    edit_source,
    own_declaration,
    source_changes,
    source_impact,
    undo_source_change,
)
from b2shift.kernel.errors import InputError, LakeEmptyError, SchemaError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.catalogue.reading import lineages
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record

LONGEST = 200_000
KINDS: dict[str, str | Promise] = {
    "edited": gettext_lazy("editada"),
    "deleted": gettext_lazy("apagada"),
    "restored": gettext_lazy("restaurada"),
}
_SAID: dict[str, str | Promise] = {
    "edited": gettext_lazy("%(source)s: salva. Vale a partir da próxima execução."),
    "deleted": gettext_lazy("%(source)s: apagada. A próxima execução tira as suas linhas das tabelas."),
    "restored": gettext_lazy("%(source)s: restaurada. Vale a partir da próxima execução."),
}
_NEWEST = 10


@access_required(Capability.SOURCES, methods=("GET", "POST"))
def edit(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """The text of a declaration to write in; what the loader would refuse is told line by line and nothing is kept."""
    home, context = Path(settings.HOME), {"name": name}
    text = own(name)
    if request.method == "GET":
        return render(request, "console/sources/edit.html", context | {"text": text, "shown": text})
    text = request.POST.get("text", "")[:LONGEST].replace("\r\n", "\n")
    shown = request.POST.get("shown", "")
    problems = check_source_text(text, f"{name}.yaml")
    failure: InputError | None = None
    if not problems:
        try:
            change = edit_source(home, name, text, shown=shown, by=request.user.get_username(), at=timezone.now())
        except InputError as error:
            failure = error
        else:
            return _report_change(request, change)
    answer = context | {"text": text, "shown": shown, "problems": problems, "failure": failure}
    return render(request, "console/sources/edit.html", answer, status=400)


@access_required(Capability.SOURCES, methods=("GET", "POST"))
def delete(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """What rests on a declaration, and the button that deletes it."""
    home = Path(settings.HOME)
    own(name)
    if request.method == "POST":
        return _report_change(request, delete_source(home, name, by=request.user.get_username(), at=timezone.now()))
    return render(request, "console/sources/delete.html", {"name": name, "use": resting(name)})


@access_required(Capability.SOURCES, methods=("POST",))
def undo(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """Put back what stood before the newest change."""
    change = undo_source_change(Path(settings.HOME), name, by=request.user.get_username(), at=timezone.now())
    return _report_change(request, change)


def resting(name: str) -> SourceImpact | None:
    """What rests on a source; None while some declaration cannot be read."""
    try:
        known: Lineages | None = lineages()
    except LakeEmptyError:
        known = None
    try:
        return source_impact(known, Path(settings.HOME), name)
    except SchemaError:
        return None


def recent(name: str = "") -> list[dict[str, object]]:
    """The newest changes, in words; the newest of each source can be undone."""
    found: list[dict[str, object]] = []
    seen: set[str] = set()
    for one in source_changes(Path(settings.HOME), name)[:_NEWEST]:
        found.append({"change": one, "kind": KINDS[one.kind], "undo": one.source not in seen})
        seen.add(one.source)
    return found


def own(name: str) -> str:
    """The text of a declaration of the home; 404 for any other."""
    text = own_declaration(Path(settings.HOME), name)
    if text is None:
        raise Http404(_("Não há fonte declarada com este nome."))
    return text


def _report_change(request: AuthenticatedRequest, change: SourceChange) -> HttpResponse:
    record(
        AuditEvent.Action.SOURCE_CHANGED, Doer.of(request), object_kind="source", object_id=change.source,
        details={"change": change.kind, "file": change.file},
    )  # fmt: skip
    way_back = reverse("console:source_undo", args=[change.source])
    messages.success(request, str(_SAID[change.kind]) % {"source": change.source}, extra_tags=way_back)
    if change.after is None:
        return redirect("console:sources")
    return redirect("console:source", name=change.source)
