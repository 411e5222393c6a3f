"""A report as a workbook: contents with period, scope, definition and code, and a sheet of rows an answer."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from b2shift.kernel.errors import StateError
from b2shift.web.console.answer_scope import scope_words
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import day, quarter
from b2shift.web.console.mrr_formats import delivered
from b2shift.web.console.reports.pdf import LACKING
from b2shift.web.console.reports.pieces import Document, Piece

FORMS = {
    "money": "R$ #,##0.00",
    "money_short": "R$ #,##0.00",
    "mrr": "R$ #,##0.00",
    "mrr_short": "R$ #,##0.00",
    "month": "mmm/yyyy",
    "year": "yyyy",
    "day": "dd/mm/yyyy",
    "signed": "+#,##0;-#,##0;0",
}
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def workbook(document: Document) -> bytes:
    """The file; text is never a formula. StateError where the workbook library is not installed."""
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise StateError(LACKING, hint="pip install 'b2shift[reports]'") from error
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    book = Workbook(buffer, options)
    made = datetime(document.day.year, document.day.month, document.day.day, tzinfo=UTC).replace(tzinfo=None)
    book.set_properties({"title": document.title, "subject": scope_words(document.scope), "created": made})
    forms = _Forms(book)
    front = book.add_worksheet(_("Resumo"))
    names = _sheet_names([piece.title for piece in document.pieces])
    _front(front, document, names, forms)
    for piece, name in zip(document.pieces, names, strict=True):
        _sheet(book, piece, name, forms)
    book.close()
    return buffer.getvalue()


class _Forms:
    """Formats of cells, each made once."""

    def __init__(self, book: Any) -> None:
        self._book, self._made = book, dict[str, Any]()
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.muted = book.add_format({"font_color": "#4d5b5c"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def of(self, form: str) -> Any:
        """The format of a column's format name."""
        if form not in self._made:
            self._made[form] = self._book.add_format({"num_format": _number_form(form)})
        return self._made[form]


def _number_form(form: str) -> str:
    name, _colon, more = form.partition(":")
    decimals = f".{'0' * int(more)}" if more.isdecimal() and int(more) else ""
    if name == "percent":
        return f"0{decimals}%"
    return FORMS.get(name, f"#,##0{decimals}" if name in {"number", "count_short"} else "General")


def _front(sheet: Any, document: Document, names: Sequence[str], forms: _Forms) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 60)
    sheet.set_column(2, 4, 26)
    sheet.set_column(5, 5, 70)
    sheet.write_string(0, 0, document.title, forms.title)
    sheet.write_string(1, 0, f"{document.person} · {day(document.day)} · {scope_words(document.scope)}", forms.muted)
    headings = (_("Planilha"), _("O que diz"), _("Período"), _("Escopo"), _("Código da resposta"), _("Definição"))
    for n, heading in enumerate(headings):
        sheet.write_string(3, n, heading, forms.head)
    for n, (piece, name) in enumerate(zip(document.pieces, names, strict=True), 4):
        sheet.write_url(n, 0, f"internal:'{name}'!A1", string=name)
        said = piece.why if piece.answer is None else " ".join(piece.narrative)
        sheet.write_string(n, 1, said, forms.wrapped)
        if piece.answer is None:
            continue
        period = piece.answer.period
        sheet.write_string(n, 2, f"{day(period.start)} – {day(period.end)}" if period else "")
        sheet.write_string(n, 3, scope_words(piece.answer.scope))
        sheet.write_string(n, 4, piece.answer.fingerprint)
        sheet.write_string(n, 5, " ".join(f"{k}: {v}" for k, v in piece.answer.definitions.items()), forms.wrapped)
    sheet.freeze_panes(4, 1)


def _sheet(book: Any, piece: Piece, name: str, forms: _Forms) -> None:
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, piece.title, forms.title)
    lines = piece.origin or [piece.why]
    for n, line in enumerate(lines, 1):
        sheet.write_string(n, 0, line, forms.muted)
    if piece.table is None:
        return
    top = len(lines) + 2
    kept = [n for n, column in enumerate(piece.table.columns) if column.part != "link"]
    for place, n in enumerate(kept):
        column = piece.table.columns[n]
        sheet.set_column(place, place, 16 if column.numeric else 28)
        sheet.write_string(top, place, str(column.label), forms.head)
        for down, row in enumerate(piece.table.rows, top + 1):
            _cell(sheet, down, place, row[n], column, forms)
    sheet.freeze_panes(top + 1, 1)
    if piece.chart is not None:
        _picture(book, sheet, piece.chart, name, len(kept) + 1, forms)


def _cell(sheet: Any, line: int, place: int, value: Any, column: Column, forms: _Forms) -> None:
    if column.format in {"mrr", "mrr_short"}:
        value = delivered(value)
    if column.format == "quarter":  # no format of a workbook writes quarters
        value = quarter(value)
    match value:
        case None | "":
            return
        case bool():
            sheet.write_string(line, place, _("sim") if value else _("não"))
        case int() | float() | Decimal():
            sheet.write_number(line, place, float(value), forms.of(column.format))
        case date():
            sheet.write_datetime(line, place, value, forms.of(column.format or "day"))
        case _:
            sheet.write_string(line, place, str(value))


def _picture(book: Any, sheet: Any, chart: Chart, name: str, place: int, forms: _Forms) -> None:
    """The workbook's own chart, over the chart's rows kept to the right of the table."""
    table: Table = chart.table
    shown = [n for n, column in enumerate(table.columns) if column.part in {"x", "value"}]
    if not table.rows or len(shown) < 2:
        return
    first = place + 9
    for at, n in enumerate(shown, first):
        sheet.write_string(0, at, str(table.columns[n].label), forms.head)
        for line, row in enumerate(table.rows, 1):
            _cell(sheet, line, at, row[n], table.columns[n], forms)
    kind = "line" if chart.kind == "line" else "column" if chart.options.get("upright") else "bar"
    made = book.add_chart({"type": kind})
    last = len(table.rows)
    for at in range(first + 1, first + len(shown)):
        made.add_series(
            {"name": [name, 0, at], "categories": [name, 1, first, last, first], "values": [name, 1, at, last, at]}
        )
    made.set_title({"name": str(chart.title), "overlay": False})
    if kind == "bar":
        made.set_y_axis({"reverse": True})
    if len(shown) == 2:
        made.set_legend({"none": True})
    sheet.insert_chart(1, place, made)


def _sheet_names(titles: Sequence[str]) -> list[str]:
    """Names a workbook takes: 31 letters, none twice."""
    out: list[str] = []
    for n, title in enumerate(titles, 1):
        name = _FORBIDDEN.sub(" ", title).strip()[:27] or str(n)
        taken = {one.casefold() for one in out} | {_("Resumo").casefold()}
        out.append(f"{name} {n}"[:31] if name.casefold() in taken else name)
    return out
