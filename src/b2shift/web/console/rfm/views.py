"""`/segmentos/rfm/`: how recently by how often customers buy, as a heat map whose cells open who stands there."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import counted, number, percent
from b2shift.web.console.resolution.answering import PAGE_ROWS, page_number, pages_of
from b2shift.web.console.wording import shipped
from b2shift.web.crm.rfm import SCORES, Cell, Grid, Place, Span, of_cell, rfm_grid

_ASKED = {str(score): score for score in SCORES}


@access_required(Capability.SEGMENTS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The grid, and with `recencia` and `frequencia` the customers of one cell."""
    grid = rfm_grid(request.user)
    context: dict[str, object] = {"sentence": _sentence(grid), "grid": grid}
    if grid is not None and grid.customers:
        context["picture"] = _picture(grid)
    place = _place(request.GET.get("recencia", ""), request.GET.get("frequencia", ""))
    if grid is not None and place is not None:
        found, page = of_cell(request.user, place), page_number(request)
        total, first = found.count(), PAGE_ROWS * (page - 1)
        context |= {
            "cell": f"{recency_label(grid, place[0])} · {frequency_label(grid, place[1])}",
            "people": found[first : first + PAGE_ROWS],
            "total": total,
            "page": pages_of(page, total),
        }
    return render(request, "console/rfm/index.html", context)


def _place(recency: str, frequency: str) -> Place | None:
    if not recency and not frequency:
        return None
    if recency not in _ASKED or frequency not in _ASKED:
        raise InputError(
            _("Esta casa não existe"), value=f"{recency} × {frequency}"[:20], hint=_("As notas vão de 1 a 5")
        )
    return _ASKED[recency], _ASKED[frequency]


def _picture(grid: Grid) -> Chart:
    """A cell for each pair of scores: darker is more customers; it opens them."""
    most = max(grid.cells, key=lambda cell: cell.customers)
    reading = _("A casa mais cheia: %(recency)s e %(frequency)s, %(customers)s (%(share)s).") % {
        "recency": recency_label(grid, most.recency),
        "frequency": frequency_label(grid, most.frequency),
        "customers": _customers(most.customers),
        "share": percent(most.customers / grid.customers),
    }
    axes = [
        Column(_("Compras"), "", "x"),
        Column(_("Última compra"), "", "y"),
        Column(_("Clientes"), "number", "value"),
    ]
    names = [
        (frequency_label(grid, cell.frequency), recency_label(grid, cell.recency), cell.customers)
        for cell in grid.cells
    ]
    links = [_address(cell) for cell in grid.cells]
    drawn = [(*name, link) for name, link in zip(names, links, strict=True)]
    more = [(cell.mrr, cell.risk, shipped(cell.usual)) for cell in grid.cells]
    rows = [(y, x, customers, *figures, link) for (x, y, customers, link), figures in zip(drawn, more, strict=True)]
    heads = [
        Column(_("Última compra")), Column(_("Compras")), Column(_("Clientes"), "number"), Column(_("MRR"), "mrr"),
        Column(_("Risco médio de churn"), "percent:1"), Column(_("Classe mais comum")), Column("", "", "link"),
    ]  # fmt: skip
    return Chart(
        name="rfm",
        kind="heat",
        title=_("Há quanto tempo e quantas vezes compraram"),
        reading=reading,
        table=Table([*axes, Column("", "", "link")], drawn),
        note=_("Uma compra são as linhas de contrato assinadas no mesmo dia. As faixas valem para toda a base."),
        size="tall",
        twin=Table(heads, [row for row in rows if row[2]]),
    )


def recency_label(grid: Grid, score: int) -> str:
    """`há até 30 dias`, `há 31 a 90 dias`: how long ago those of a score bought last."""
    span = grid.days.get(score)
    spread = _("há %(least)s a %(most)s dias") if span is None or span[0] else _("há até %(most)s dias")
    return _told(span, score, _("há %(n)s dia"), _("há %(n)s dias"), spread)


def frequency_label(grid: Grid, score: int) -> str:
    """`1 compra`, `2 a 3 compras`."""
    one, many, spread = _("%(n)s compra"), _("%(n)s compras"), _("%(least)s a %(most)s compras")
    return _told(grid.purchases.get(score), score, one, many, spread)


def _told(span: Span | None, score: int, one: str, many: str, spread: str) -> str:
    if span is None:
        return _("nota %(n)s") % {"n": score}
    least, most = span
    if least == most:
        return (one if most == 1 else many) % {"n": number(most)}
    return spread % {"least": number(least), "most": number(most)}


def _address(cell: Cell) -> str:
    if not cell.customers:
        return ""
    return f"{reverse('console:rfm')}?recencia={cell.recency}&frequencia={cell.frequency}#quem"


def _customers(count: int) -> str:
    return counted(ngettext("%(n)s cliente", "%(n)s clientes", count), count)


def _sentence(grid: Grid | None) -> str:
    if grid is None or not grid.customers:
        return _("As compras ainda não foram pontuadas.")
    text = _("%(customers)s com compras") % {"customers": _customers(grid.customers)}
    if grid.without_purchases:
        text += _("; sem nenhuma: %(n)s") % {"n": number(grid.without_purchases)}
    return f"{text}."
