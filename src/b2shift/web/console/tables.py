"""A plain table of declared columns, as HTML: built in one go, because a page may hold hundreds of rows."""

from collections.abc import Iterator, Sequence
from typing import Any

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
    read = [(n, column, writer(column.format)) for n, column in enumerate(table.columns) if n not in hidden]
    heads = SafeString("".join(_head(column) for _n, column, _write in read))
    rows = SafeString("".join(f"<tr>{''.join(_cells(read, row, link, narrow))}</tr>" for row in table.rows))
    return format_html(
        '<table class="grid-table{}"><caption class="sr-only">{}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table>",
        " as-cards" if len(read) > NARROW else "",
        caption,
        heads,
        rows,
    )


def _head(column: Column) -> str:
    return format_html('<th scope="col"{}>{}</th>', SafeString(' class="num"' if column.numeric else ""), column.label)


def _place(table: Table, part: str) -> int | None:
    return next((n for n, column in enumerate(table.columns) if column.part == part), None)


def _cells(
    read: Sequence[tuple[int, Column, Any]], row: Sequence[Any], link: int | None, narrow: int | None
) -> Iterator[str]:
    door = 0 if narrow is None else 1
    for place, (n, column, write) in enumerate(read):
        value = row[n]
        text = conditional_escape(NOTHING if value is None or value == "" else write(value))
        if place == door and link is not None and row[link]:
            text = format_html('<a class="quiet-door" href="{}">{}</a>', row[link], text)
        elif place == 0 and narrow is not None and row[narrow]:
            text = format_html(_NARROWS, row[narrow], row[narrow], text)
        look = ' class="num"' if column.numeric else ""
        heading = f' data-label="{conditional_escape(str(column.label))}"' if place and len(read) > NARROW else ""
        none = " data-none" if heading and text == NOTHING else ""
        yield f"<td{look}{heading}{none}>{text}</td>"
