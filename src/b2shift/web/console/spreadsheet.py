"""Files people open in a spreadsheet: pt-BR separators, and no cell that a spreadsheet would run."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from django.http import StreamingHttpResponse

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BOM = "\ufeff"


def cell(value: Any) -> str:
    """A value as a cell: text that begins like a formula gets an apostrophe before it, numbers their comma."""
    match value:
        case None:
            return ""
        case bool():
            return "sim" if value else "não"
        case Decimal() | float() | int():
            return str(value).replace(".", ",")
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return cell(", ".join(str(one) for one in value))
        case _:
            text = str(value).replace("\x00", "")
            return f"'{text}" if text.lstrip().startswith(_RUNS) or text.startswith(_RUNS) else text


def csv_answer(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A CSV file sent while it is read: `;` between cells, a mark that tells Excel it is UTF-8."""
    answer = StreamingHttpResponse(_lines(headings, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield _BOM + _line([cell(heading) for heading in headings])
    for row in rows:
        yield _line([cell(value) for value in row])


def _line(cells: Sequence[str]) -> str:
    buffer = StringIO()
    csv.writer(buffer, delimiter=";").writerow(cells)
    return buffer.getvalue()
