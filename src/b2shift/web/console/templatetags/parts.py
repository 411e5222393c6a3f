"""The parts pages are made of, drawn the same everywhere."""

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from b2shift.web.console.badges import badge, chip
from b2shift.web.console.charts import Chart, Table
from b2shift.web.console.formats import number
from b2shift.web.console.markup import html
from b2shift.web.console.tables import table_html
from b2shift.web.console.templatetags.assets import icon as draw
from b2shift.web.console.templatetags.formats import shown

register = template.Library()
_CARDS = 6
"""Rows of a folded table on a phone; the style that hides the others counts the same."""


register.simple_tag(badge)
register.simple_tag(chip)


@register.simple_tag
def delta(value: Any, against: str = "", form: str = "percent", good: str = "up") -> SafeString:
    """A change that says against what; `good` is up, down or neither."""
    if value is None:
        return SafeString("")
    direction = "flat" if value == 0 else "up" if value > 0 else "down"
    tone = "" if direction == "flat" or good not in {"up", "down"} else "good" if direction == good else "bad"
    size = shown(abs(value), form)
    sign = "" if size.startswith("<") else {"up": "+", "down": "−", "flat": ""}[direction]
    spoken = {"up": _("subiu"), "down": _("caiu"), "flat": _("não mudou")}[direction]
    return html(
        '<span class="delta{}">{}{}{}{}</span>',
        SafeString(f" text-{tone}") if tone else "",
        draw(direction, spoken),
        sign,
        size,
        html(' <span class="muted">{}</span>', against) if against else "",
    )


@register.inclusion_tag("parts/tile.html")
def tile(label: str, value: str, **options: Any) -> dict[str, object]:
    """A figure that links to its rows: `href` them, `note` its period, `meaning` its definition, `icon`, `tone`."""
    return {"label": label, "value": value, **options}


@register.inclusion_tag("parts/chart.html")
def chart(figure: Chart, title_level: int = 2) -> dict[str, object]:
    """A figure: title, drawing, reading, table twin, exports."""
    return {"figure": figure, "table": figure.accessible_table, "data_id": f"{figure.name}-data", "level": title_level}


@register.simple_tag
def data_table(table: Table, caption: str, look: str = "", *, fold: bool = False) -> SafeString:
    """A plain table of declared columns, in the frame of that name; a long one may be folded on a phone."""
    return table_frame(table_html(table, caption), label=caption, look=look, rows=len(table.rows) if fold else 0)


@register.simple_block_tag
def table_frame(content: str, label: str = "", by: str = "", look: str = "", rows: int = 0) -> SafeString:
    """What a table scrolls in, by keyboard too: named by `label`, or by the heading whose id is `by`.

    Of more than a few `rows` a phone shows the first, as cards, and a button for the others.
    """
    name = html('aria-labelledby="{}"', by) if by else html('aria-label="{}"', label)
    return html(
        '<div class="table-wrap{}{}" tabindex="0" role="group" {}>{}</div>{}',
        f" {look}" if look else "",
        " folded" if beyond_cards(rows) else "",
        name,
        content,
        unfold(rows),
    )


@register.filter
def beyond_cards(rows: int) -> int:
    """How many of a table's rows a phone hides at first; none where they are hardly more than it shows."""
    return rows - _CARDS if rows > _CARDS + 2 else 0


@register.simple_tag
def unfold(rows: int) -> SafeString:
    """Right after a folded table of so many rows: what shows the hidden ones."""
    hidden = beyond_cards(rows)
    more = _("Mostrar mais %(count)s") % {"count": number(hidden)}
    return html('<button class="button fold-more" type="button" data-unfold>{}</button>', more) if hidden else html("")


@register.simple_block_tag
def note(content: str, tone: str = "", icon: str = "info", role: str = "") -> SafeString:
    """What stands apart from the text around it: good, warn, bad or neither; the `role` alert speaks it at once."""
    return html(
        '<div class="note{}"{}>{}<div>{}</div></div>',
        f" note-{tone}" if tone else "",
        html(' role="{}"', role) if role else "",
        draw(icon),
        content,
    )


@register.inclusion_tag("parts/empty.html")
def empty(title: str, why: str = "", **options: Any) -> dict[str, object]:
    """Nothing here: what it would be, why there is none, one way on (`href`, `action`); `icon`."""
    return {"title": title, "why": why, **options}


@register.inclusion_tag("parts/failure.html")
def failure(title: str, what_to_do: str, **options: Any) -> dict[str, object]:
    """Something went wrong: what, what to do, the code to quote."""
    return {"title": title, "what_to_do": what_to_do, **options}


@register.inclusion_tag("parts/pager.html", takes_context=True)
def pager(context: Any, page: Any, total: int | None = None, target: str = "#list") -> dict[str, object]:
    """The way to the pages beside this one, by cursor."""
    return {"request": context["request"], "page": page, "total": total, "target": target}


@register.inclusion_tag("parts/sort_head.html", takes_context=True)
def sort_head(context: Any, name: str, label: str, **options: Any) -> dict[str, object]:
    """A column heading that sorts: by `name`, then reversed; `first="-"` begins with the largest."""
    request = context["request"]
    current = context.get("sort") or request.GET.get("sort", "")
    first = options.pop("first", "")
    reverse = "" if first else "-"
    at_first, at_reverse = current == f"{first}{name}", current == f"{reverse}{name}"
    ascending = current == name
    return {
        "request": request,
        "label": label,
        "next": f"{reverse}{name}" if at_first else f"{first}{name}",
        "aria": ("ascending" if ascending else "descending") if at_first or at_reverse else "",
        **options,
    }


@register.filter
def unbroken_words(text: object) -> SafeString:
    """A command whose words stay whole where a line ends: `--home` is not parted after its hyphens."""
    words = [html('<span class="whole-word">{}</span>', word) for word in str(text).split(" ")]
    return SafeString(" ".join(words))  # each word escaped


@register.simple_tag
def truth(value: bool | None) -> SafeString:
    """Yes, no or unknown, as an icon with its word."""
    if value is None:
        return draw("minus", _("Não se sabe"))
    return draw("check", _("Sim")) if value else draw("reject", _("Não"))
