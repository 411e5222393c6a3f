"""`/painel/`: the answers a person keeps and those shared with their role; `/painel/marketing/`: boards found ready."""

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from pydantic import ValidationError

from b2shift.metrics.contracts import TypedQuery
from b2shift.web.accounts.models import Tile, User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.accounts.roles import Role
from b2shift.web.console.board.boards import BY_NAME, QuestionTile, of_this_house, usual
from b2shift.web.console.board.narrowing import Narrowing, bar, chips
from b2shift.web.console.board.tiles import left_out, render_board, render_tile
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.crm.questions import held_metrics, is_self_contained, reference_date
from b2shift.web.watch.reports import SavedAnswer

MOST = 24


@access_required(Capability.ASK)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """One's own board; until something is kept, what the role usually looks at. `?arrumar=1` arranges it."""
    user, narrowed = request.user, Narrowing.of(request.user, request.GET.dict())
    tiles, usually = list(user.tiles.all()), usual(user)
    rendered = [render_tile(user, tile, narrowed) for tile in tiles]
    if not tiles and usually:
        rendered = render_board(user, usually, narrowed)
    context = {
        "tiles": rendered,
        "shared": [render_tile(user, tile, narrowed) for tile in shared_with(user)],
        "own": bool(tiles),
        "arranging": bool(tiles) and request.GET.get("arrumar") == "1",
        "places": [(place, place) for place in range(1, len(tiles) + 1)],
        "roles": [(role.value, role.label) for role in Role if may(User(role=role), Capability.ASK)],
    }
    return _shown(request, narrowed, context)


@access_required(Capability.ASK)
def ready(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """A board everybody finds ready, over the rows of who looks."""
    board = BY_NAME.get(name)
    if board is None or board not in of_this_house():
        raise Http404(_("Não há painel com este nome."))
    narrowed = Narrowing.of(request.user, request.GET.dict())
    return _shown(
        request,
        narrowed,
        {"board": board, "tiles": render_board(request.user, board, narrowed), "left_out": left_out(board)},
    )


def _shown(request: AuthenticatedRequest, narrowed: Narrowing, context: dict[str, object]) -> HttpResponse:
    context |= {
        "narrowed": narrowed,
        "chips": chips(request.user, narrowed),
        "everything": request.path,
        "as_of": reference_date(request.user),
    }
    if is_htmx_request(request):
        return render(request, "console/board/body.html", context)
    context["boards"] = of_this_house()
    context["first_fields"], context["more_fields"] = bar(request.user, narrowed)
    return render(request, "console/board/index.html", context)


def shared_with(user: User) -> list[Tile]:
    """Tiles that others share with this person's role; each is answered over the rows of who looks."""
    others = Tile.objects.exclude(owner=user).exclude(roles=[]).filter(owner__is_active=True).select_related("owner")
    return [tile for tile in others if user.role in tile.roles][:MOST]


def kept_of(user: User) -> list[SavedAnswer]:
    """The answers of one's board as reports keep them: one's tiles, or what the role usually looks at."""
    tiles: list[SavedAnswer] = [{"title": t.title, "question": t.question, "query": t.query} for t in user.tiles.all()]
    if tiles:
        return tiles
    day, board, held = reference_date(user), usual(user), held_metrics()
    tiles_held = [tile.of(held) for tile in board.tiles] if board else []
    asked = [tile for tile in tiles_held if isinstance(tile, QuestionTile)]
    return [
        {"title": str(t.title), "question": t.question, "query": t.query(day).model_dump(mode="json")} for t in asked
    ]


@access_required(Capability.ASK, methods=("POST",))
def keep(request: AuthenticatedRequest) -> HttpResponse:
    """Put an answer on the board."""
    try:
        query = TypedQuery.model_validate_json(request.POST.get("q", ""))
    except ValidationError as error:
        raise Http404(_("Esta consulta não existe.")) from error
    if request.user.tiles.count() >= MOST:
        messages.error(request, _("Seu painel já tem %(count)s quadros. Remova um antes.") % {"count": MOST})
        return redirect("console:board")
    last = request.user.tiles.aggregate(last=Max("place"))["last"] or 0
    question = request.POST.get("question", "").strip()[:1000]
    title = question[:200] or _("Resposta")
    alone = is_self_contained(question, query)
    fields = {"title": title, "query": query.model_dump(mode="json"), "question": question if alone else ""}
    Tile.objects.create(owner=request.user, place=last + 1, **fields)
    messages.success(request, _("%(title)s adicionado ao seu painel.") % {"title": title})
    return redirect("console:board")
