"""`/painel/`: the answers a person keeps; without any, those their role usually looks at."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from pydantic import ValidationError

from b2shift.insight.api import plan_question
from b2shift.insight.contracts import Answer
from b2shift.kernel.errors import B2ShiftError
from b2shift.metrics.contracts import TypedQuery
from b2shift.web.accounts.models import Tile, User
from b2shift.web.accounts.permissions import Capability
from b2shift.web.accounts.roles import Role
from b2shift.web.console.ask.figures import chart_of, rows_url, table_of
from b2shift.web.console.charts import Chart, Table
from b2shift.web.console.doors import AskedBy, door
from b2shift.web.crm.asking import answer, ask, meant_today, reference_date, stands_alone
from b2shift.web.watch.reports import Kept

MOST = 24
USUAL: dict[Role, tuple[str, ...]] = {
    Role.EXECUTIVE: (
        "Evolução do MRR nos últimos 24 meses",
        "NRR mês a mês nos últimos 12 meses",
        "Por que o MRR mudou no mês passado?",
        "MRR em risco por região",
        "MRR por segmento",
        "Qual a previsão de MRR para os próximos 6 meses?",
    ),
    Role.MARKETING: (
        "clientes por cluster",
        "conversão das campanhas por segmento",
        "NPS por segmento nos últimos 3 meses",
        "novos clientes mês a mês nos últimos 12 meses",
    ),
    Role.ANALYST: (
        "Evolução do churn nos últimos 12 meses",
        "NPS mês a mês nos últimos 12 meses",
        "Existe relação entre uso e chamados?",
        "ticket médio por porte",
    ),
    Role.MANAGER: (
        "risco de churn por segmento",
        "pipeline de upsell por estado, os 10 maiores",
        "valor em atraso por estado",
        "horas de uso mês a mês nos últimos 12 meses",
    ),
    Role.EXECUTOR: (
        "MRR por segmento",
        "health score por segmento",
        "chamados mês a mês nos últimos 12 meses",
        "valor em atraso por estado",
    ),
}


@dataclass(frozen=True)
class Pane:
    """A tile as drawn: its answer, or why there is none."""

    key: int
    title: str
    answer: Answer | None = None
    chart: Chart | None = None
    table: Table | None = None
    why: str = ""
    rows: str = ""


@door(Capability.ASK)
def index(request: AskedBy) -> HttpResponse:
    """The board."""
    tiles = list(request.user.tiles.all())
    usual = USUAL.get(Role(request.user.role), ()) if not tiles else ()
    panes = [_pane(request.user, t) for t in tiles]
    panes += [_usual(request.user, n, text) for n, text in enumerate(usual)]
    return render(request, "console/board/index.html", {"panes": panes, "own": bool(tiles)})


def kept_of(user: User) -> list[Kept]:
    """The answers of one's board as reports keep them: one's tiles, or what the role usually looks at."""
    tiles = [{"title": t.title, "question": t.question, "query": t.query} for t in user.tiles.all()]
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


@door(Capability.ASK, methods=("POST",))
def remove(request: AskedBy, key: int) -> HttpResponse:
    """Take a tile off; somebody else's does not exist here."""
    get_object_or_404(Tile, pk=key, owner=request.user).delete()
    return redirect("console:board")


def _usual(user: User, key: int, question: str) -> Pane:
    try:
        told = ask(user, question).told
    except B2ShiftError as error:
        return Pane(-key, question, why=str(error))
    return (
        _drawn(-key, question, told)
        if isinstance(told, Answer)
        else Pane(-key, question, why=_("Sem dados para isto."))
    )


def _pane(user: User, tile: Tile) -> Pane:
    try:
        told = answer(user, meant_today(tile.question, TypedQuery.model_validate(tile.query)))
    except (B2ShiftError, ValidationError) as error:
        return Pane(tile.pk, tile.title, why=str(error))
    if not isinstance(told, Answer):
        return Pane(tile.pk, tile.title, why=_("Sem dados para isto."))
    return _drawn(tile.pk, tile.title, told)


def _drawn(key: int, title: str, told: Answer) -> Pane:
    chart = chart_of(told, f"quadro-{abs(key)}", title)
    return Pane(key, title, told, chart, None if chart else table_of(told, 8), rows=rows_url(told.query))
