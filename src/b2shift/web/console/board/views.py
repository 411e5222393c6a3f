"""`/painel/`: the answers a person keeps, those shared with their role; without any, what the role usually looks at."""

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from pydantic import ValidationError

from b2shift.insight.api import plan_question
from b2shift.metrics.contracts import TypedQuery
from b2shift.web.accounts.models import Tile, User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.accounts.roles import Role
from b2shift.web.console.board.narrowing import MONTHS, Narrowing, choices
from b2shift.web.console.board.panes import pane_of, usual_pane
from b2shift.web.console.board.usual import USUAL
from b2shift.web.console.doors import AskedBy, door
from b2shift.web.crm.asking import reference_date, stands_alone
from b2shift.web.watch.reports import Kept

MOST = 24


@door(Capability.ASK)
def index(request: AskedBy) -> HttpResponse:
    """The board; `?segmento=`, `?estado=` and `?periodo=` narrow every tile, `?arrumar=1` shows how to arrange it."""
    user, narrowed = request.user, Narrowing.of(request.GET.dict())
    tiles, shared = list(user.tiles.all()), shared_with(user)
    usual = USUAL.get(Role(user.role), ()) if not tiles else ()
    told = {
        "panes": [pane_of(user, tile, narrowed) for tile in tiles]
        + [usual_pane(user, place, text, narrowed) for place, text in enumerate(usual)],
        "shared": [pane_of(user, tile, narrowed) for tile in shared],
        "own": bool(tiles),
        "arranging": bool(tiles) and request.GET.get("arrumar") == "1",
        "places": [(place, place) for place in range(1, len(tiles) + 1)],
        "roles": [(role.value, role.label) for role in Role if may(User(role=role), Capability.ASK)],
        "narrowed": narrowed,
        "filters": [
            ("segmento", _("Segmento"), narrowed.segmento, choices("segmento")),
            ("estado", _("Estado"), narrowed.estado, choices("estado")),
            ("periodo", _("Período"), narrowed.periodo, [(key, str(word)) for key, (word, _n) in MONTHS.items()]),
        ],
    }
    return render(request, "console/board/index.html", told)


def shared_with(user: User) -> list[Tile]:
    """Tiles that others share with this person's role; each is answered over the rows of who looks."""
    others = Tile.objects.exclude(owner=user).exclude(roles=[]).filter(owner__is_active=True).select_related("owner")
    return [tile for tile in others if user.role in tile.roles][:MOST]


def kept_of(user: User) -> list[Kept]:
    """The answers of one's board as reports keep them: one's tiles, or what the role usually looks at."""
    tiles: list[Kept] = [{"title": t.title, "question": t.question, "query": t.query} for t in user.tiles.all()]
    if tiles:
        return tiles
    day = reference_date(user)
    planned = [(text, plan_question(text, day).query) for text in USUAL.get(Role(user.role), ())]
    return [{"title": text, "question": text, "query": q.model_dump(mode="json")} for text, q in planned if q]


@door(Capability.ASK, methods=("POST",))
def keep(request: AskedBy) -> HttpResponse:
    """Put an answer on the board."""
    try:
        query = TypedQuery.model_validate_json(request.POST.get("q", ""))
    except ValidationError as error:
        raise Http404(_("Esta consulta não existe.")) from error
    if request.user.tiles.count() >= MOST:
        messages.error(request, _("Seu painel já tem %(count)s quadros. Tire um antes.") % {"count": MOST})
        return redirect("console:board")
    last = request.user.tiles.aggregate(last=Max("place"))["last"] or 0
    question = request.POST.get("question", "").strip()[:1000]
    title = question[:200] or _("Resposta")
    alone = stands_alone(question, query)
    told = {"title": title, "query": query.model_dump(mode="json"), "question": question if alone else ""}
    Tile.objects.create(owner=request.user, place=last + 1, **told)
    messages.success(request, _("%(title)s está no seu painel.") % {"title": title})
    return redirect("console:board")
