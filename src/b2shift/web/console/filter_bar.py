"""The filters of a list: the fields of its bar, and those in force as chips one can take away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.http import QueryDict
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError
from b2shift.web.console.wording import written
from b2shift.web.crm.rejects import MOST_PAGES


@dataclass(frozen=True)
class Field:
    """One filter of the bar: a select of `options` (value, word), or an input of a type when there are none."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    type: str = "number"

    @property
    def options_html(self) -> SafeString:
        """The options as HTML, the value's own selected; hundreds of owners are too many for a template's loop."""
        choices = tuple((value, written(str(label))) for value, label in self.options)
        text, value = _options_html(choices), f'value="{conditional_escape(self.value)}"'
        return SafeString(text.replace(f"<option {value}>", f"<option {value} selected>", 1))


@dataclass(frozen=True)
class Chip:
    """A filter in force and the address without it."""

    label: str
    value: str
    without: str


def without(params: QueryDict, name: str) -> str:
    """The address that no longer asks for one filter, from its first page."""
    rest = params.copy()
    for gone in (name, "cursor"):
        rest.pop(gone, None)
    return f"?{rest.urlencode()}"


def chips_of(fields: list[Field], params: QueryDict, search_label: str = "") -> list[Chip]:
    """The fields of a bar that hold a value, in words, and the words searched for."""
    found = []
    if search_label and (words := params.get("q", "").strip()):
        found.append(Chip(search_label, words, without(params, "q")))
    found += [
        Chip(field.label, written(str(dict(field.options).get(field.value, field.value))), without(params, field.name))
        for field in fields
        if field.value
    ]
    return found


def asked_fields(
    params: QueryDict, options: Mapping[str, tuple[str, Sequence[tuple[str, object]]]], hint: str
) -> list[Field]:
    """A select for each name of `options` (label, choices) that has any choices; InputError, with the hint, for a value
    that is none of them."""
    fields = [
        Field(name, label, params.get(name, "")[:120], tuple((value, str(words)) for value, words in choices))
        for name, (label, choices) in options.items()
        if choices
    ]
    for field in fields:
        if field.value and field.value not in dict(field.options):
            raise InputError(_("Este recorte não existe"), value=f"{field.label}: {field.value}", hint=hint)
    return fields


def page_number(params: QueryDict) -> int:
    """The page an address asks for, from 1; InputError for one there is none of."""
    text = params.get("cursor") or "1"
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PAGES:
        raise InputError(_("Esta página não existe"), value=text[:20], hint=_("Comece pela primeira página"))
    return int(text)


@lru_cache(maxsize=256)
def _options_html(options: tuple[tuple[str, str], ...]) -> str:
    return "".join(
        f'<option value="{conditional_escape(value)}">{conditional_escape(label)}</option>' for value, label in options
    )
