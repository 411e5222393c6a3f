"""Tiles as they are drawn: the answer of each for who looks, or why there is none."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from pydantic import ValidationError

from b2shift.insight.contracts import Answer
from b2shift.kernel.errors import B2ShiftError
from b2shift.metrics.contracts import TypedQuery
from b2shift.web.accounts.models import Tile, User
from b2shift.web.console.ask.figures import Figure, chart_of, figures_of, query_text, rows_url, table_of
from b2shift.web.console.board.narrowing import Narrowing
from b2shift.web.console.charts import Chart, Table
from b2shift.web.crm.asking import answer, ask, meant_today, reference_date

ROWS = 8


@dataclass(frozen=True)
class Pane:
    """A tile as drawn: its answer, or why there is none."""

    key: int
    title: str
    answer: Answer | None = None
    figures: tuple[Figure, ...] = ()
    chart: Chart | None = None
    table: Table | None = None
    why: str = ""
    rows: str = ""
    note: str = ""
    tile: Tile | None = None
    query: str = ""


def pane_of(user: User, tile: Tile, narrowed: Narrowing) -> Pane:
    """A kept tile, answered for this person whoever kept it."""
    try:
        query = meant_today(tile.question, TypedQuery.model_validate(tile.query))
        told = answer(user, narrowed.applied(query, reference_date(user)))
    except (B2ShiftError, ValidationError) as error:
        return Pane(tile.pk, tile.title, why=str(error), tile=tile)
    return _drawn(tile.pk, tile.title, told, narrowed, tile)


def usual_pane(user: User, place: int, question: str, narrowed: Narrowing) -> Pane:
    """What the role usually looks at; its key is no tile's."""
    try:
        told = ask(user, question).told
        if isinstance(told, Answer) and narrowed != Narrowing():
            told = answer(user, narrowed.applied(told.query, reference_date(user)))
    except B2ShiftError as error:
        return Pane(-place, question, why=str(error))
    return _drawn(-place, question, told, narrowed, None)


def _drawn(key: int, title: str, told: object, narrowed: Narrowing, tile: Tile | None) -> Pane:
    if not isinstance(told, Answer):
        return Pane(key, title, why=_("Sem dados para isto."), tile=tile)
    chart = chart_of(told, f"quadro-{'u' if key <= 0 else 'p'}{abs(key)}", title)
    figures = tuple(figures_of(told))
    table = None if chart or figures else table_of(told, ROWS)
    note = (
        _("O período do filtro não vale aqui: este número só tem o valor de hoje.") if narrowed.unapplied(told) else ""
    )
    rows, query = rows_url(told.query), query_text(told.query)
    return Pane(key, title, told, figures, chart, table, rows=rows, note=note, tile=tile, query=query)
