"""Filters of the quality pages."""

from django import template
from django.utils.translation import gettext as _

from b2shift.web.console.quality import words

register = template.Library()


@register.filter
def defect(kind: str) -> str:
    """A kind of defect in words."""
    return words.defect(kind)


register.filter(words.change)
register.filter(words.moved_value)
register.filter(words.column_word)


@register.filter
def origin(name: str) -> str:
    """Where a row of revenue comes from in words."""
    return str(words.ORIGIN.get(name, name))


register.filter(words.settled_reason)


@register.filter
def visible(value: str | None) -> str:
    """A delivered value so that nothing of it is unseen: empty is said, outer and hard spaces are drawn."""
    if value is None or value == "":
        return _("vazio")
    inner = value.strip(" \t\u00a0")
    if not inner:
        return "␣" * len(value)
    start, end = len(value) - len(value.lstrip(" \t\u00a0")), len(value) - len(value.rstrip(" \t\u00a0"))
    return "␣" * start + inner.replace("\u00a0", "⍽") + "␣" * end
