"""Filling a template: unknown fields are refused with their near names, and the HTML says what the text says."""

import re
from collections.abc import Mapping
from html import escape

from b2shift.interact.contracts import Written
from b2shift.interact.messages.fields import KNOWN, Value, shown
from b2shift.kernel.errors import InputError, UnknownNameError

_FIELD = re.compile(r"\{([^{}\n]{0,80})\}")
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
_PARAGRAPH = re.compile(r"\n\s*\n")


def fields_of(text: str) -> tuple[str, ...]:
    """The fields a text holds, in order; UnknownNameError for one there is not, InputError for a stray brace."""
    names = []
    for found in _FIELD.finditer(text):
        name = found[1].strip()
        if name not in KNOWN:
            raise UnknownNameError("campo", name, KNOWN)
        names.append(name)
    stray = _FIELD.sub("", text)
    at = next((position for position, letter in enumerate(stray) if letter in "{}"), None)
    if at is not None:
        hint = "Escreva um campo como {cliente}, sem chaves soltas"
        raise InputError("Há uma chave sem par", value=stray[max(0, at - 20) : at + 20], hint=hint)
    return tuple(names)


def filled(text: str, values: Mapping[str, Value]) -> str:
    """The text with its fields replaced; what a value holds is never read as a field."""
    fields_of(text)
    return _FIELD.sub(lambda found: shown(KNOWN[found[1].strip()], values.get(found[1].strip())), text)


def write(subject: str, text: str, values: Mapping[str, Value]) -> Written:
    """Subject, text and its HTML twin, for one person."""
    body = filled(text, values).strip()
    return Written(subject=" ".join(filled(subject, values).split()), text=body, html=as_html(body))


def as_html(text: str) -> str:
    """The same words as HTML: paragraphs, lines, addresses as links; nothing in the text is markup."""
    paragraphs = (_marked(one) for one in _PARAGRAPH.split(text) if one.strip())
    body = "".join(f'<p style="margin:0 0 16px">{one}</p>' for one in paragraphs)
    style = "font-family:Arial,sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a;max-width:600px"
    return f'<!DOCTYPE html><html lang="pt-BR"><body style="{style}">{body}</body></html>'


def _marked(paragraph: str) -> str:
    parts, at = [], 0
    for found in _LINK.finditer(paragraph):
        address = escape(found[0], quote=True)
        parts += [escape(paragraph[at : found.start()]), f'<a href="{address}">{address}</a>']
        at = found.end()
    parts.append(escape(paragraph[at:]))
    return "".join(parts).strip().replace("\n", "<br>")
