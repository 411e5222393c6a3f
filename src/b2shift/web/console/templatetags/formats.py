"""Filters that write numbers, money, dates and stored codes as people read them."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from b2shift.identify.api import in_portuguese
from b2shift.metrics.contracts import Metric
from b2shift.web.console import formats, mrr_formats, wording
from b2shift.web.console.answer_scope import scope_words
from b2shift.web.console.badges import badge
from b2shift.web.console.segments.persona import point

register = template.Library()

# The name of a format is the same in templates, tables and charts.
FORMATS: dict[str, Callable[..., str]] = {
    "number": formats.number,
    "figure": formats.figure,
    "signed": formats.signed,
    "money": formats.money,
    "money_signed": formats.money_signed,
    "money_short": formats.money_short,
    "count_short": formats.count_short,
    "percent": formats.percent,
    "points": formats.points,
    "day": formats.day,
    "month": formats.month,
    "quarter": formats.quarter,
    "year": formats.year,
    "moment": formats.moment,
    "years": formats.years,
    "mrr": mrr_formats.mrr,
    "mrr_short": mrr_formats.mrr_short,
}

_AMOUNT = re.compile(r"R\$ ?[−-]?[\d.,]+( (mil|mi|bi)\b)?|\d (mil|mi|h|p\.p\.)(?!\w)")
_CODES: dict[str, Callable[[str, str], str]] = {"word": wording.word, "badge": badge}

for _name, _format in FORMATS.items():
    register.filter(_name, _format)
register.filter(formats.against_mean)
register.filter(formats.cnpj)
register.filter(scope_words)


@register.filter
def stored(value: Any) -> Any:
    """A value kept as text as people read it: days, yes and no."""
    if not isinstance(value, str):
        return value
    return wording.shipped(value) if value in ("sim", "não") else formats.stored(value)


register.filter(wording.shipped)
register.filter(wording.figures_too)


@register.filter
def shown(value: Any, form: str = "") -> str:
    """A value in the named format; text as it is, nothing as a dash.

    `number:1` has one decimal; `word:survey` and `badge:survey` tell a stored code in words or as a chip.
    """
    return formats.NOTHING if value is None or value == "" else writer(form)(value)


@lru_cache(maxsize=128)
def writer(form: str) -> Callable[[Any], str]:
    """What writes the values of a column of this format; for many of them found once."""
    name, _colon, more = form.partition(":")
    if name in _CODES:
        return partial(_CODES[name], more)
    if name in FORMATS:
        return partial(_with_decimals, FORMATS[name], int(more)) if more else FORMATS[name]
    return _plain


def _with_decimals(write: Callable[..., str], decimals: int, value: Any) -> str:
    return write(value, decimals)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("sim") if value else _("não")
    if isinstance(value, date):
        return formats.moment(value) if isinstance(value, datetime) else formats.day(value)
    return wording.written(str(value))


@register.filter
def error_text(value: str) -> str:
    """What a check of a text says about it, in the language of the page."""
    return wording.error_text(value)


@register.filter
def word(value: str | None, kind: str) -> str:
    """A stored code in words: `{{ customer.situation|word:"situation" }}`."""
    return wording.word(kind, value)


@register.filter
def unbroken(text: str) -> str:
    """A sentence whose amounts and whose `e-mail` stay on one line: `R$ 4.494,20`, `R$ 1,2 mi`."""
    return _AMOUNT.sub(lambda found: found[0].replace(" ", "\u00a0"), str(text)).replace("e-mail", "e\u2011mail")


@register.filter
def survey_point(name: str) -> str:
    """A point that a survey asks about, in words."""
    return point(name)


@register.filter
def declared(text: str) -> str:
    """What a table, a column or a source means, in the language of the page."""
    return text if (get_language() or "").startswith("en") else in_portuguese(text)


@register.filter
def metric_text(metric: Metric, field: str) -> str:
    """The `label`, `definition` or `owner` of a metric in the language of the page; as a house wrote it without one."""
    english = (get_language() or "").startswith("en")
    return (getattr(metric, f"{field}_en") if english else "") or getattr(metric, field)


@register.filter
def place(customer: Any) -> str:
    """City and state of a customer: `São Paulo, SP`."""
    return wording.place(customer.city, customer.state) or formats.NOTHING


@register.filter
def joined(values: Any, kind: str) -> str:
    """A list of stored codes in words, with commas."""
    return ", ".join(wording.word(kind, value) for value in values)
