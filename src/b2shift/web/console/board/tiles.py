"""Tiles as they are drawn: the answer of each for who looks, or why there is none."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from pydantic import ValidationError

from b2shift.insight.contracts import Answer
from b2shift.kernel.errors import B2ShiftError
from b2shift.metrics.contracts import TypedQuery
from b2shift.web.accounts.models import Tile, User
from b2shift.web.console.ask.figures import (
    Figure,
    chart_of,
    figures_of,
    narrative_of,
    period_of,
    query_text,
    rows_url,
    table_of,
)
from b2shift.web.console.board.boards import Board, ChartTile, QuestionTile
from b2shift.web.console.board.cross_filter import crossed
from b2shift.web.console.board.narrowing import Narrowing
from b2shift.web.console.charts import Chart, Table
from b2shift.web.crm.questions import answer, held_metrics, redated, reference_date
from b2shift.web.crm.reading import visible_customers

ROWS = 8


@dataclass(frozen=True)
class RenderedTile:
    """A tile as drawn: its numbers, picture or table, or why there is none."""

    key: str
    title: str
    wide: bool = False
    answer: Answer | None = None
    figures: tuple[Figure, ...] = ()
    chart: Chart | None = None
    table: Table | None = None
    why: str = ""
    failed: bool = False
    period: str = ""
    rows: str = ""
    notes: tuple[str, ...] = ()
    kept: Tile | None = None
    query: str = ""
    question: str = ""

    @property
    def narrative(self) -> tuple[str, ...]:
        """What the answer says."""
        return narrative_of(self.answer) if self.answer else ()

    @property
    def shown(self) -> bool:
        """Whether there is something to see."""
        return bool(self.chart or self.figures or self.table or (self.answer and self.answer.narrative))


def render_tile(user: User, tile: Tile, narrowed: Narrowing) -> RenderedTile:
    """A kept tile, answered for this person whoever kept it."""
    empty = RenderedTile(str(tile.pk), tile.title, wide=tile.wide, kept=tile, question=tile.question)
    try:
        query = redated(tile.question, TypedQuery.model_validate(tile.query))
    except (B2ShiftError, ValidationError) as error:
        return replace(empty, why=str(error), failed=True)
    return _render_answer(user, empty, query, narrowed)


def render_board(user: User, board: Board, narrowed: Narrowing) -> list[RenderedTile]:
    """The tiles of a ready board that this house has data for."""
    held = held_metrics()
    tiles = ((place, tile.of(held)) for place, tile in enumerate(board.tiles, 1))
    return [_render_ready_tile(user, f"{board.name}-{place}", tile, narrowed) for place, tile in tiles if tile]


def left_out(board: Board) -> list[str]:
    """Titles of the tiles of a ready board that this house misses the data for."""
    held = held_metrics()
    return [str(tile.title) for tile in board.tiles if tile.of(held) is None and not tile.optional]


def _render_ready_tile(user: User, key: str, tile: QuestionTile | ChartTile, narrowed: Narrowing) -> RenderedTile:
    empty = RenderedTile(key, str(tile.title), wide=tile.wide)
    if isinstance(tile, QuestionTile):
        query = tile.query(reference_date(user))
        return _render_answer(user, replace(empty, question=tile.question), query, narrowed)
    return _render_chart(user, empty, tile, narrowed)


def _render_chart(user: User, empty: RenderedTile, tile: ChartTile, narrowed: Narrowing) -> RenderedTile:
    seen = visible_customers(user)
    wanted = narrowed.customers(seen) if tile.follows else None
    outside = narrowed != Narrowing() and wanted is None
    try:
        drawing = tile.draw(user, seen if wanted is None else wanted)
    except B2ShiftError as error:
        return replace(empty, why=str(error), failed=True)
    if drawing is None:
        return replace(empty, why=str(tile.why) or _("Sem dados para isto."))
    notes = (_("Este quadro não segue os filtros do painel."),) if outside else ()
    if isinstance(drawing, Table):
        return replace(empty, table=drawing, notes=notes)
    return replace(empty, chart=replace(drawing, name=f"quadro-{empty.key}", title=empty.title), notes=notes)


def _render_answer(user: User, empty: RenderedTile, query: TypedQuery, narrowed: Narrowing) -> RenderedTile:
    try:
        result = answer(user, narrowed.applied(query, reference_date(user)))
    except B2ShiftError as error:
        return replace(empty, why=str(error), failed=True)
    if not isinstance(result, Answer):
        return replace(empty, why=_("Sem dados para isto."))
    if not result.rows:
        nobody = _("Nenhum cliente aqui.") if narrowed.values else _("Sem dados para isto.")
        return replace(empty, why=next(iter(result.notes), nobody))
    chart = chart_of(result, f"quadro-{empty.key}", empty.title)
    figures = tuple(figures_of(result))
    if chart:
        reading = next(iter(narrative_of(result)), chart.reading)
        chart = crossed(replace(chart, reading=reading), result, narrowed)
    return replace(
        empty,
        answer=result,
        figures=figures,
        chart=chart,
        table=None if chart or figures else table_of(result, ROWS),
        period=period_of(result) if result.period else "",
        rows=rows_url(result.query),
        notes=_notes(result, narrowed),
        query=query_text(result.query),
    )


def _notes(answer: Answer, narrowed: Narrowing) -> tuple[str, ...]:
    if not narrowed.without_period(answer):
        return answer.notes
    return (*answer.notes, _("O período do filtro não vale aqui: este número só tem o valor de hoje."))
