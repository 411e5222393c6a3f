"""A plain table of declared columns, as HTML: built in one go, because a page may hold hundreds of rows."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.safestring import SafeString

from b2shift.web.console.charts import Column, Table
from b2shift.web.console.formats import NOTHING
from b2shift.web.console.markup import escaped, html
from b2shift.web.console.templatetags.formats import writer

NARROW = 3
_OPENS = '<a class="quiet-door" href="{0}">{1}</a>'
_NARROWS = (
    '<a class="quiet-door" href="{0}" hx-get="{0}" hx-target="#list" hx-swap="outerHTML" hx-push-url="true"'
    " data-narrow>{1}</a>"
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
    texts = [_texts(writer(column.format), [row[n] for row in table.rows]) for n, column in read]
    if narrow is not None:
        texts[0] = _doors(_NARROWS, table, narrow, texts[0])
    if link is not None:
        door = 0 if narrow is None else 1
        texts[door] = _doors(_OPENS, table, link, texts[door])
    cells = [
        _cells(column, column_texts, heading=cards and place > 0)
        for place, ((_n, column), column_texts) in enumerate(zip(read, texts, strict=True))
    ]
    return html(
        '<table class="grid-table{}"><caption class="sr-only">{}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table>",
        " as-cards" if cards else "",
        caption,
        SafeString("".join(f'<th scope="col"{_look(column)}>{escaped(str(column.label))}</th>' for _n, column in read)),
        SafeString("".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))),
    )


def _texts(write: Callable[[Any], str], values: Sequence[Any]) -> list[str]:
    return [NOTHING if value is None or value == "" else escaped(write(value)) for value in values]


def _doors(form: str, table: Table, place: int, texts: list[str]) -> list[str]:
    """Each text as the way to the address at this place of its row, where there is one."""
    ways = [row[place] for row in table.rows]
    return [form.format(escaped(str(way)), text) if way else text for way, text in zip(ways, texts, strict=True)]


def _cells(column: Column, texts: list[str], *, heading: bool) -> list[str]:
    label = f' data-label="{escaped(str(column.label))}"' if heading else ""
    opening = f"<td{_look(column)}{label}>"
    nothing = f"<td{_look(column)}{label} data-none>" if heading else opening
    return [f"{nothing if text == NOTHING else opening}{text}</td>" for text in texts]


def _look(column: Column) -> str:
    """Figures to the right; days of a month stay on one line."""
    return ' class="num"' if column.numeric else ' class="nowrap"' if column.format in {"day", "moment"} else ""


def _place(table: Table, part: str) -> int | None:
    return next((n for n, column in enumerate(table.columns) if column.part == part), None)
