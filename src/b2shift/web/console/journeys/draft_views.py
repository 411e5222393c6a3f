"""`/jornadas/…/desenhar/`: a journey as forms beside its text, checked as one goes, undone at will, then proposed."""

import re

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.interact.api import check_journey, parse_journey, policy_in_force, published_journey
from b2shift.kernel.errors import B2ShiftError, InputError
from b2shift.kernel.text import as_code
from b2shift.web.accounts.permissions import Capability
from b2shift.web.accounts.units import house_units
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.journeys import forms
from b2shift.web.console.journeys.changes import change_descriptions
from b2shift.web.console.journeys.picture import picture
from b2shift.web.console.wording import WORDS
from b2shift.web.journeys import drafts, publishing
from b2shift.web.journeys.models import Running, Sketch
from b2shift.web.ledger.trail import Doer

LONGEST = 100_000
_CODE = re.compile(r"[a-z0-9_]{1,60}\Z")
_MOVES = {"up": -1, "down": 1}


@access_required(Capability.DRAW_JOURNEYS)
def draw(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """The draft of the person who asks; begun with the version in force, a ready one, or next to nothing."""
    draft = _draft(request, name)
    return render(request, "console/journeys/draw.html", _page(draft, request.GET.get("passo", "")))


@access_required(Capability.DRAW_JOURNEYS, methods=("POST",))
def begin(request: AuthenticatedRequest) -> HttpResponse:
    """A journey of a name; its code is the name without accents and spaces."""
    name = request.POST.get("name", "").strip()
    code = as_code(name)[:60]
    if not code:
        raise InputError(_("Este nome não serve a uma jornada"), value=name[:60], hint=_("Use letras ou números"))
    return redirect("console:journey_draw", name=code)


@access_required(Capability.DRAW_JOURNEYS, methods=("POST",))
def change(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """One change of the draft: a step's fields, its place, the whole text, undo, redo, or forgetting it."""
    draft, now = _draft(request, name), timezone.now()
    what, step = request.POST.get("what", ""), request.POST.get("step", "")
    if what in _MOVES:
        drafts.edit(draft, lambda data: drafts.move_step(data, step, _MOVES[what]), now)
    elif what == "remove":
        drafts.edit(draft, lambda data: drafts.remove_step(data, step), now)
        step = ""
    elif what == "fill":
        fields = forms.read(request.POST.get("kind", ""), request.POST)
        drafts.edit(draft, lambda data: drafts.update_step(data, step, fields), now)
        step = str(fields.get("id") or step)
    elif what == "head":
        said = forms.read_head(request.POST)
        drafts.edit(draft, lambda data: drafts.update_journey(data, said), now)
    elif what == "add" and request.POST.get("kind", "") in forms.SPECS:
        made: list[str] = []
        kind = request.POST["kind"]
        drafts.edit(draft, lambda data: made.append(drafts.add_step(data, kind, step)), now)
        step = made[0]
    elif what == "text":
        drafts.replace_text(draft, _written(request), now)
    elif what in {"undo", "redo"}:
        drafts.undo_redo(draft, -1 if what == "undo" else 1, now)
    elif what == "discard":
        drafts.discard(draft)
        messages.success(request, _("Rascunho esquecido."))
        return redirect("console:journeys")
    else:
        raise InputError(_("Esta mudança não existe"), value=what[:20], hint=_("Recarregue a página"))
    address = redirect("console:journey_draw", name=name)
    if step:
        address["Location"] += f"?passo={step}#passo-{step}"
    return address


@access_required(Capability.DRAW_JOURNEYS, methods=("POST",))
def propose(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """The draft as a new version, for another person to approve; the draft is then forgotten."""
    draft = _draft(request, name)
    try:
        made = publishing.propose(Doer.of(request), drafts.text_of(draft), request.POST.get("note", ""), timezone.now())
    except B2ShiftError as error:
        context = _page(draft, "") | {"refused": error}
        return render(request, "console/journeys/draw.html", context, status=422)
    drafts.discard(draft)
    messages.success(request, _("Versão %(n)s proposta; outra pessoa a aprova.") % {"n": made.number})
    return redirect("console:journey_version", key=made.pk)


def _draft(request: AuthenticatedRequest, name: str) -> Sketch:
    if not _CODE.match(name):
        raise Http404(_("Não há jornada com este código."))
    return drafts.draft_of(request.user, name, timezone.now())


def _page(draft: Sketch, opened: str) -> dict[str, object]:
    text, data = drafts.text_of(draft), drafts.data_of(draft)
    policy = policy_in_force(settings.HOME)
    found = check_journey(text, draft.journey_id, policy, house_units())
    steps = data["steps"] if data else []
    context: dict[str, object] = {
        "draft": draft,
        "title": (data or {}).get("name") or draft.journey_id,
        "text": text,
        "check": found,
        "steps": [(one, forms.shown(one, steps), str(one["id"]) == opened) for one in steps],
        "head": forms.head(data) if data else [],
        "kinds": list(WORDS["step"].items()),
        "operators": list(forms.OPERATORS.items()),
        "facts": forms.facts(),
        "may_undo": draft.place > 0,
        "may_redo": draft.place < len(draft.texts) - 1,
        "changes": (),
    }
    if not found.findings:
        journey = parse_journey(text, draft.journey_id, policy)
        running = Running.objects.select_related("version").filter(journey_id=journey.id).first()
        before = published_journey(running.version.text) if running else None
        context |= {"changes": change_descriptions(before, journey), "running": running}
        context["picture"] = picture(journey, {}, {one.id: f"#passo-{one.id}" for one in journey.steps})
    return context


def _written(request: AuthenticatedRequest) -> str:
    """The text as a file has it: browsers send other ends of line."""
    text = request.POST.get("text", "")
    if len(text) > LONGEST:
        raise InputError(_("A jornada é grande demais"), value=len(text), hint=_("Divida-a em duas"))
    return text.replace("\r\n", "\n")
