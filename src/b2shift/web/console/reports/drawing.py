"""Charts as vector drawings on a page of a PDF: the same table the browser draws, without a browser."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from b2shift.web.console.charts import Chart, Column
from b2shift.web.console.templatetags.formats import shown

PALETTE = ("#0a7288", "#bf6208", "#4a5cbf", "#b03f7b", "#37804a", "#8a6c10")
TONES = {"good": "#13703f", "warn": "#855200", "bad": "#b3261e", "muted": "#8a9696"}
INK, MUTED, LINE = "#14201f", "#4d5b5c", "#d5dcdc"
FONT, BOLD = "Helvetica", "Helvetica-Bold"
TICKS, MOST_BARS, ROW = 4, 15, 15.0


def plain(text: object) -> str:
    """Text in the letters the standard fonts have: the typographic minus and no-break spaces become plain ones."""
    ascii_text = (
        str(text).replace("−", "-").replace("\u00a0", " ").replace("→", "->").replace("≥", ">=").replace("≤", "<=")
    )
    return ascii_text.encode("cp1252", "replace").decode("cp1252")


def height_of(chart: Chart) -> float:
    """How much room a chart takes, in points."""
    if chart.kind == "line" or chart.options.get("upright"):
        return 170.0
    return ROW * min(len(chart.table.rows), MOST_BARS) + 12


def draw(canvas: Any, chart: Chart, x: float, top: float, width: float) -> None:
    """Draw a chart with its upper left corner at (x, top)."""
    height = height_of(chart)
    if chart.kind == "waterfall":
        _steps(canvas, chart, x, top, width)
    elif chart.kind == "line" or chart.options.get("upright"):
        _series(canvas, chart, x, top, width, height)
    else:
        _bars(canvas, chart, x, top, width)


def _series(canvas: Any, chart: Chart, x: float, top: float, width: float, height: float) -> None:
    """Lines over time with their band, or upright columns, over a scale with few ticks."""
    columns, rows = chart.table.columns, chart.table.rows
    values = [n for n, column in enumerate(columns) if column.part == "value"]
    sides = [n for n, column in enumerate(columns) if column.part in {"low", "high"}]
    numbers = [_real(row[n]) for row in rows for n in (*values, *sides) if row[n] is not None]
    if not numbers or not values:
        return
    low, high = min(numbers), max(numbers)
    if chart.kind != "line" or low > 0 > low - (high - low):
        low, high = min(low, 0.0), max(high, 0.0)
    span = (high - low) or abs(high) or 1.0
    left, bottom, right, upper = x + 52, top - height + 30, x + width - 4, top - 8
    step = (right - left) / max(len(rows), 1)

    def at(n: int, value: float) -> tuple[float, float]:
        return left + step * (n + 0.5), bottom + (upper - bottom) * (value - low) / span

    _scale(canvas, columns[values[0]], low, span, (left, bottom, right, upper))
    _months(canvas, columns[0], [row[0] for row in rows], left, step, bottom - 12)
    if len(sides) == 2:
        _band(
            canvas,
            [
                (at(n, _real(r[sides[0]])), at(n, _real(r[sides[1]])))
                for n, r in enumerate(rows)
                if None not in (r[sides[0]], r[sides[1]])
            ],
        )
    for place, column in enumerate(values):
        canvas.setStrokeColor(_colour(columns[column], place))
        canvas.setFillColor(_colour(columns[column], place))
        points = [at(n, _real(row[column])) for n, row in enumerate(rows) if row[column] is not None]
        if chart.kind == "line":
            _line(canvas, points)
        else:
            base = at(0, 0.0)[1]
            for px, py in points:
                canvas.rect(px - step * 0.35, min(base, py), step * 0.7, abs(py - base), stroke=0, fill=1)
    if len(values) > 1:
        _legend(canvas, [columns[n] for n in values], left, top - height + 4, right)


def _bars(canvas: Any, chart: Chart, x: float, top: float, width: float) -> None:
    columns = chart.table.columns
    value = next(n for n, column in enumerate(columns) if column.part == "value")
    rows = [row for row in chart.table.rows if row[value] is not None][:MOST_BARS]
    most = max((abs(_real(row[value])) for row in rows), default=0.0) or 1.0
    left, room = x + 150, width - 150 - 80
    for n, row in enumerate(rows):
        y = top - ROW * (n + 1)
        length = room * abs(_real(row[value])) / most
        _words(canvas, shown(row[0], columns[0].format), left - 6, y + 3.5, 140, right=True)
        canvas.setFillColor(PALETTE[0] if _real(row[value]) >= 0 else TONES["bad"])
        canvas.rect(left, y + 1.5, max(length, 0.5), ROW - 4, stroke=0, fill=1)
        _words(canvas, shown(row[value], columns[value].format), left + length + 5, y + 3.5, 80)


def _steps(canvas: Any, chart: Chart, x: float, top: float, width: float) -> None:
    """A waterfall lying down: each step begins where the one before ended; totals begin at nothing."""
    columns = chart.table.columns
    value = next(n for n, column in enumerate(columns) if column.part == "value")
    total = next(n for n, column in enumerate(columns) if column.part == "total")
    running, spans = 0.0, []
    for row in chart.table.rows[:MOST_BARS]:
        begin = 0.0 if row[total] else running
        running = _real(row[value]) if row[total] else running + _real(row[value])
        spans.append((begin, running, row))
    ends = [end for begin, stop, _row in spans for end in (begin, stop)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    left, room, span = x + 150, width - 150 - 80, (high - low) or 1.0
    for n, (begin, stop, row) in enumerate(spans):
        y, one, other = top - ROW * (n + 1), left + room * (begin - low) / span, left + room * (stop - low) / span
        _words(canvas, shown(row[0], columns[0].format), left - 6, y + 3.5, 140, right=True)
        canvas.setFillColor(TONES["muted"] if row[total] else TONES["good"] if stop >= begin else TONES["bad"])
        canvas.rect(min(one, other), y + 1.5, max(abs(other - one), 0.5), ROW - 4, stroke=0, fill=1)
        _words(canvas, shown(row[value], columns[value].format), max(one, other) + 5, y + 3.5, 80)


def _scale(canvas: Any, column: Column, low: float, span: float, box: tuple[float, float, float, float]) -> None:
    left, bottom, right, upper = box
    canvas.setLineWidth(0.5)
    for n in range(TICKS + 1):
        y = bottom + (upper - bottom) * n / TICKS
        canvas.setStrokeColor(LINE)
        canvas.line(left, y, right, y)
        _words(canvas, shown(low + span * n / TICKS, _short(column.format)), left - 5, y - 2.5, 50, right=True, size=7)


def _months(canvas: Any, column: Column, months: Sequence[Any], left: float, step: float, y: float) -> None:
    every = max(1, -(-len(months) // 8))
    for n, value in enumerate(months):
        if (len(months) - 1 - n) % every == 0:
            text = plain(shown(value, column.format))
            canvas.setFont(FONT, 7)
            canvas.setFillColor(MUTED)
            canvas.drawCentredString(left + step * (n + 0.5), y, text)


def _band(canvas: Any, edges: Sequence[tuple[tuple[float, float], tuple[float, float]]]) -> None:
    if len(edges) < 2:
        return
    path = canvas.beginPath()
    path.moveTo(*edges[0][0])
    for point in [*(low for low, _high in edges[1:]), *(high for _low, high in reversed(edges))]:
        path.lineTo(*point)
    path.close()
    canvas.setFillColor("#cfe3e7")
    canvas.drawPath(path, stroke=0, fill=1)


def _line(canvas: Any, points: Sequence[tuple[float, float]]) -> None:
    canvas.setLineWidth(1.4)
    path = canvas.beginPath()
    for n, point in enumerate(points):
        (path.lineTo if n else path.moveTo)(*point)
    canvas.drawPath(path, stroke=1, fill=0)
    for px, py in points[-1:]:
        canvas.circle(px, py, 2, stroke=0, fill=1)


def _legend(canvas: Any, columns: Sequence[Column], x: float, y: float, right: float) -> None:
    for place, column in enumerate(columns):
        text = plain(column.label)
        wide = canvas.stringWidth(text, FONT, 7) + 20
        if x + wide > right:
            return
        canvas.setFillColor(_colour(column, place))
        canvas.rect(x, y, 7, 5, stroke=0, fill=1)
        _words(canvas, text, x + 10, y - 0.5, 200, size=7)
        x += wide


def _words(canvas: Any, text: str, x: float, y: float, room: float, *, right: bool = False, size: float = 8) -> None:
    fitted_text = fitted(canvas, plain(text), room, FONT, size)
    canvas.setFont(FONT, size)
    canvas.setFillColor(INK)
    (canvas.drawRightString if right else canvas.drawString)(x, y, fitted_text)


def fitted(canvas: Any, text: str, room: float, font: str, size: float) -> str:
    """The text, cut with an ellipsis where it is wider than its room."""
    if canvas.stringWidth(text, font, size) <= room:
        return text
    while text and canvas.stringWidth(f"{text}…", font, size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _colour(column: Column, place: int) -> str:
    return TONES.get(column.tone) or PALETTE[place % len(PALETTE)]


def _short(form: str) -> str:
    return {"money": "money_short", "number": "count_short"}.get(form.partition(":")[0], form)


def _real(value: Any) -> float:
    return float(value) if isinstance(value, int | float | Decimal) else 0.0
