"""A report as a PDF: vector drawings, selectable text, every number with its period, scope, definition and code."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from b2shift.kernel.errors import StateError
from b2shift.web.console.answer_scope import scope_words
from b2shift.web.console.charts import Column, Table
from b2shift.web.console.formats import day, number
from b2shift.web.console.reports.drawing import BOLD, FONT, INK, LINE, MUTED, draw, fitted, height_of, plain
from b2shift.web.console.reports.pieces import ROWS, Document, Piece
from b2shift.web.console.templatetags.formats import shown

WIDE, HIGH, SIDE, FOOT = 595.28, 841.89, 46.0, 52.0
ROOM = WIDE - 2 * SIDE
LACKING = "Falta o que faz relatórios: instale b2shift[reports]"


def printed(document: Document) -> bytes:
    """The file. The same document gives the same bytes. Raises StateError where the PDF library is not installed."""
    try:
        from reportlab.pdfgen.canvas import Canvas
    except ImportError as error:
        raise StateError(LACKING, hint="pip install 'b2shift[reports]'") from error
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDE, HIGH), invariant=1, lang="pt-BR")
    canvas.setTitle(document.title)
    canvas.setSubject(scope_words(document.scope))
    canvas.setAuthor("B2Shift")
    page = _Page(canvas, document)
    page.open()
    _head(page, document)
    for piece in document.pieces:
        _piece(page, piece)
    page.close()
    canvas.save()
    return buffer.getvalue()


class _Page:
    """Where the next line goes; a new page when it would not fit."""

    def __init__(self, canvas: Any, document: Document) -> None:
        self.canvas, self.document, self.y, self.number = canvas, document, 0.0, 0

    def open(self) -> None:
        """Begin a page."""
        self.number += 1
        self.y = HIGH - SIDE

    def close(self) -> None:
        """End it with its foot: title, person, number."""
        canvas = self.canvas
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.5)
        canvas.line(SIDE, FOOT - 10, WIDE - SIDE, FOOT - 10)
        canvas.setFont(FONT, 7.5)
        canvas.setFillColor(MUTED)
        left = f"{self.document.title} · {self.document.person} · {day(self.document.day)}"
        canvas.drawString(SIDE, FOOT - 22, fitted(canvas, plain(left), ROOM - 70, FONT, 7.5))
        canvas.drawRightString(WIDE - SIDE, FOOT - 22, plain(_("Página %(n)s") % {"n": self.number}))
        canvas.showPage()

    def need(self, room: float) -> None:
        """Turn the page unless this much room is left."""
        if self.y - room < FOOT:
            self.close()
            self.open()

    def words(self, text: str, size: float, *, bold: bool = False, colour: str = INK, gap: float = 1.35) -> None:
        """A paragraph over as many lines as it takes."""
        font = BOLD if bold else FONT
        for line in _lines(self.canvas, plain(text), font, size):
            self.need(size * gap)
            self.y -= size * gap
            self.canvas.setFont(font, size)
            self.canvas.setFillColor(colour)
            self.canvas.drawString(SIDE, self.y, line)


def _head(page: _Page, document: Document) -> None:
    page.words(document.title, 18, bold=True)
    page.y -= 2
    facts = [document.person, day(document.day), _("Escopo: %(scope)s") % {"scope": scope_words(document.scope)}]
    facts.append(_("versão %(version)s dos dados") % {"version": document.version})
    page.words(" · ".join(facts), 9, colour=MUTED)
    page.y -= 10


def _piece(page: _Page, piece: Piece) -> None:
    page.need(90 + (height_of(piece.chart) if piece.chart else 0))
    page.canvas.setStrokeColor(LINE)
    page.canvas.setLineWidth(0.5)
    page.canvas.line(SIDE, page.y - 4, WIDE - SIDE, page.y - 4)
    page.y -= 10
    page.words(piece.title, 13, bold=True)
    page.y -= 2
    if piece.answer is None:
        page.words(piece.why, 9.5, colour=MUTED)
        page.y -= 10
        return
    for sentence in piece.narrative:
        page.words(sentence, 10)
    for figure in piece.figures:
        page.words(f"{figure.label}: {figure.value}{f' ({figure.note})' if figure.note else ''}", 12, bold=True)
    if piece.chart is not None:
        page.need(height_of(piece.chart) + 14)
        page.y -= 8
        draw(page.canvas, piece.chart, SIDE, page.y, ROOM)
        page.y -= height_of(piece.chart) + 4
    if piece.table is not None and not piece.figures:
        _table(page, piece.table)
    page.y -= 3
    for line in piece.origin:
        page.words(line, 7.5, colour=MUTED)
    page.y -= 12


def _table(page: _Page, table: Table) -> None:
    """The first rows, numbers to the right; how many are left out is told."""
    kept = [n for n, column in enumerate(table.columns) if column.part != "link"]
    columns = [table.columns[n] for n in kept]
    widths = _widths(columns)
    page.need(40)
    _row(page, [str(column.label) for column in columns], columns, widths, bold=True)
    for row in table.rows[:ROWS]:
        _row(page, [shown(row[n], table.columns[n].format) for n in kept], columns, widths)
    left = len(table.rows) - ROWS
    if left > 0:
        page.words(_("E mais %(count)s linhas, na planilha.") % {"count": number(left)}, 8, colour=MUTED)


def _row(
    page: _Page, cells: Sequence[str], columns: Sequence[Column], widths: Sequence[float], *, bold: bool = False
) -> None:
    page.need(14)
    page.y -= 13
    canvas, x, font = page.canvas, SIDE, BOLD if bold else FONT
    canvas.setFillColor(MUTED if bold else INK)
    canvas.setFont(font, 8)
    for text, column, width in zip(cells, columns, widths, strict=True):
        fitted_text = fitted(canvas, plain(text), width - 8, font, 8)
        if column.numeric:
            canvas.drawRightString(x + width - 4, page.y, fitted_text)
        else:
            canvas.drawString(x + 2, page.y, fitted_text)
        x += width
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.3)
    canvas.line(SIDE, page.y - 3.5, WIDE - SIDE, page.y - 3.5)


def _widths(columns: Sequence[Column]) -> list[float]:
    """Words get twice the room of numbers."""
    weights = [
        1.0 if column.numeric or column.format in {"month", "quarter", "year", "day"} else 2.0 for column in columns
    ]
    return [ROOM * weight / sum(weights) for weight in weights]


def _lines(canvas: Any, text: str, font: str, size: float) -> list[str]:
    out: list[str] = []
    for word in text.split():
        if out and canvas.stringWidth(f"{out[-1]} {word}", font, size) <= ROOM:
            out[-1] = f"{out[-1]} {word}"
        else:
            out.append(fitted(canvas, word, ROOM, font, size))
    return out
