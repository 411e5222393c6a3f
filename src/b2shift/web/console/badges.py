"""Small marks in a row: a chip with its tone, icon and word, the same in templates, tables and lists."""

from functools import lru_cache

from django.utils.safestring import SafeString

from b2shift.web.console import wording
from b2shift.web.console.markup import html
from b2shift.web.console.templatetags.assets import icon as draw
from b2shift.web.console.templatetags.assets import sprite


def chip(label: object, tone: str = "", icon: str = "", title: str = "") -> SafeString:
    """A chip with its own words; `tone` is good, warn, bad, accent or nothing. Nothing for no words."""
    if not label:
        return SafeString("")
    if type(label) is str:
        label = wording.written(label)
    look = SafeString(f" tone-{tone}") if tone else ""
    hover = html(' title="{}"', title) if title else ""
    return html('<span class="chip{}"{}>{}{}</span>', look, hover, draw(icon) if icon else "", label)


def badge(kind: str, value: str | None, label: str = "") -> SafeString:
    """A stored code as a chip with its tone, icon and word; nothing for no code."""
    if not value:
        return chip(label)
    return _badge(kind, value, label or wording.word(kind, value), sprite())


@lru_cache(maxsize=2048)
def _badge(kind: str, value: str, label: str, _drawings: str) -> SafeString:
    tone = wording.tone(kind, value)
    return chip(label, tone.name, tone.icon)
