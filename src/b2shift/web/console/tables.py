"""A plain table of declared columns, as HTML: built in one go, because a page may hold hundreds of rows."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from b2shift.web.console.charts import Column, Table
from b2shift.web.console.formats import NOTHING
from b2shift.web.console.templatetags.formats import writer

NARROW = 3
_NARROWS = SafeString(
    '<a class="quiet-door" href="{}" hx-get="{}" hx-target="#list" hx-swap="outerHTML" hx-push-url="true"'
    " data-narrow>{}</a>"
)


def table_html(table: Table, caption: str) -> SafeString:
    """The table; the first cell of a row that has a link is the way to its rows.

    Where a row narrows the page it stands on, its first cell does that and its second opens the rows. On a phone a
    row of more than `NARROW` cells is a card whose cells tell their headings.
    """
    link, narrow = _place(table, "link"), _place(table, "narrow")
    hidden = {link, narrow, _place(table, "chosen")} if narrow is not None else {link}
    read = [(n, column) for n, column in enumerate(table.columns) if n not in hidden]
    cards = len(read) > NARROW
    cells = [_Cell(n, writer(column.format), *_openings(column, heading=cards and place > 0))
             for place, (n, column) in enumerate(read)]  # fmt: skip
    heads = SafeString("".join(_head(column) for _n, column in read))
    rows = SafeString("".join(f"<tr>{''.join(_told(cells, row, link, narrow))}</tr>" for row in table.rows))
    return format_html(
        '<table class="grid-table{}"><caption class="sr-only">{}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table>",
        " as-cards" if cards else "",
        caption,
        heads,
        rows,
    )


class _Cell(NamedTuple):
    """A column as its cells are written: the place in the row, the format, how a cell opens, and one of nothing."""

    n: int
    write: Callable[[Any], str]
    opening: str
    nothing: str


def _head(column: Column) -> str:
    return format_html('<th scope="col"{}>{}</th>', SafeString(' class="num"' if column.numeric else ""), column.label)


def _openings(column: Column, *, heading: bool) -> tuple[str, str]:
    look = ' class="num"' if column.numeric else ""
    label = f' data-label="{conditional_escape(str(column.label))}"' if heading else ""
    return f"<td{look}{label}>", f"<td{look}{label} data-none>" if heading else f"<td{look}>"


def _place(table: Table, part: str) -> int | None:
    return next((n for n, column in enumerate(table.columns) if column.part == part), None)


def _told(cells: Sequence[_Cell], row: Sequence[Any], link: int | None, narrow: int | None) -> Iterator[str]:
    door = 0 if narrow is None else 1
    for place, (n, write, opening, nothing) in enumerate(cells):
        value = row[n]
        text = conditional_escape(NOTHING if value is None or value == "" else write(value))
        if place == door and link is not None and row[link]:
            text = format_html('<a class="quiet-door" href="{}">{}</a>', row[link], text)
        elif place == 0 and narrow is not None and row[narrow]:
            text = format_html(_NARROWS, row[narrow], row[narrow], text)
        yield f"{nothing if text == NOTHING else opening}{text}</td>"
