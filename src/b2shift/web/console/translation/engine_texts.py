"""A small reader of the engine's Portuguese: known texts, numbers with units, sentences with places, enumerations.

The engine writes reasons, names and verdicts as Portuguese sentences (`english.yaml` lists what they are made of).
A text this does not know, such as a name that a person gave, stays as it is written.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext

from b2shift.kernel.money import english_number
from b2shift.kernel.yaml import parse_yaml
from b2shift.metrics.api import load_dictionary
from b2shift.web.console import formats
from b2shift.web.console.translation import segment_names

_KNOWN = Path(__file__).with_name("english.yaml")
_PLACE = re.compile(r"\{(\w+[*%!]?)\}")
_SENTENCE = re.compile(r"(?<=\.) (?=[A-ZÀ-Ý“\d])")
_NUMBER = r"[-−+]?\d[\d.]*(?:,\d+)?"
_FIGURE = re.compile(rf"(?:{_NUMBER})%?")
_MONEY = re.compile(rf"([-−]?)R\$[ \u00a0]({_NUMBER})")
_DAY = re.compile(r"\d{2}/\d{2}/\d{4}")
_MONTH = re.compile(r"(\w+) de (\d{4})")
_COUNTED = re.compile(rf"({_NUMBER}) (.+)")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9 _./&-]*")
_JOINS = ((" e ", " and "), (" ou ", " or "), (" nem ", " nor "))


class _Template(NamedTuple):
    """A Portuguese text as pieces of text and the names of the places between them, and its English."""

    pieces: tuple[str, ...]
    places: tuple[str, ...]
    english: str


class _Known(NamedTuple):
    """`english.yaml` and the dictionary's own English, ready to be asked."""

    words: Mapping[str, str]
    units: Mapping[str, str]
    sentences: tuple[_Template, ...]


def translate_engine_text(text: str) -> str:
    """The text in English, as far as it is known: whole or sentence by sentence, an unknown one as it is written."""
    if not text:
        return text
    return _known().words.get(text) or " ".join(_read(one) or one for one in _SENTENCE.split(text))


@lru_cache(maxsize=1)
def _known() -> _Known:
    templates: dict[str, dict[str, str]] = parse_yaml(_KNOWN.read_text(encoding="utf-8"))
    sentences = [
        _Template(tuple(_PLACE.split(portuguese)[::2]), tuple(_PLACE.findall(portuguese)), english)
        for portuguese, english in templates["sentences"].items()
        if "{" in portuguese
    ]
    # The more a template says, the earlier it is tried.
    sentences.sort(key=lambda one: -sum(map(len, one.pieces)))
    whole = {portuguese: english for portuguese, english in templates["sentences"].items() if "{" not in portuguese}
    dictionary = load_dictionary()
    words = {one.label: one.label_en for one in dictionary.metrics.values() if one.label_en}
    words |= {one.label: one.words.en[0].capitalize() for one in dictionary.dimensions.values() if one.words.en}
    return _Known(
        words | templates["nouns"] | templates["words"] | templates["traits"] | whole,
        templates["units"],
        tuple(sentences),
    )


@lru_cache(maxsize=16_384)
def _read(text: str) -> str | None:
    """The English of one text, None for one that is not known."""
    return _single(text) or _enumerated(text)


@lru_cache(maxsize=16_384)
def _single(text: str) -> str | None:
    return _figure(text) or _word(text) or _counted(text) or segment_names.read(text) or _sentence(text)


def _word(text: str) -> str | None:
    words = _known().words
    if text in words:
        return words[text]
    upper = text[:1].upper() + text[1:]
    if upper != text and upper in words:
        english = words[upper]
        return english if english[:2].isupper() else english[:1].lower() + english[1:]
    return text if _CODE.fullmatch(text) else None


def _figure(text: str) -> str | None:
    """A number, an amount of money, a day or a month, as English writes it."""
    if _FIGURE.fullmatch(text):
        return english_number(text)
    if money := _MONEY.fullmatch(text):
        return f"{money[1]}R$\u00a0{english_number(money[2])}"
    if _DAY.fullmatch(text):
        return formats.day(datetime.strptime(text, "%d/%m/%Y").date())  # noqa: DTZ007 - a day has no time zone
    month = _MONTH.fullmatch(text)
    return f"{_known().words[month[1]]} {month[2]}" if month and month[1] in _known().words else None


def _counted(text: str) -> str | None:
    match = _COUNTED.fullmatch(text)
    unit = match and _known().units.get(match[2])
    return f"{english_number(match[1])} {unit}" if match and unit else None


def _sentence(text: str) -> str | None:
    for template in _known().sentences:
        if text.startswith(template.pieces[0]) and all(piece in text for piece in template.pieces[1:]):
            found = next(_fitted(template, 0, text), None)
            if found is not None:
                return "".join(found.get(part, part) for part in _PLACE.split(template.english))
    return None


def _fitted(template: _Template, number: int, text: str) -> Iterator[dict[str, str]]:
    """Every way to read the text from this piece of the template on, the place after it first."""
    piece = template.pieces[number]
    if not text.startswith(piece):
        return
    rest = text[len(piece) :]
    if number == len(template.places):
        if not rest:
            yield {}
        return
    place, following = template.places[number], template.pieces[number + 1]
    read = _READERS.get(place[-1], _read)
    for end in _ends(rest, following, last=number + 1 == len(template.places)):
        english = read(rest[:end])
        if english is not None:
            for more in _fitted(template, number + 1, rest[end:]):
                yield {place: english} | more


def _free(text: str) -> str:
    """Any text: a name that came with the product in English, any other as it is."""
    return _known().words.get(text) or gettext(text)


def _ends(text: str, following: str, *, last: bool) -> Iterator[int]:
    """Where a place may end: before each time the next piece stands in the text; the last one, before its end."""
    if last:
        if len(text) > len(following) and text.endswith(following):
            yield len(text) - len(following)
        return
    at = text.find(following, 1)
    while at > 0:
        yield at
        at = text.find(following, at + 1)


def _enumerated(text: str) -> str | None:
    """`a, b e c`, where every part is known by itself."""
    for portuguese, english in _JOINS:
        at = text.rfind(portuguese)
        while at > 0:
            last, head = _single(text[at + len(portuguese) :]), _listed(text[:at])
            if last and head:
                return f"{head}{english}{last}"
            at = text.rfind(portuguese, 0, at)
    return _listed(text) if ", " in text else None


def _listed(text: str) -> str | None:
    if found := _single(text):
        return found
    at = text.find(", ")
    while at > 0:
        first, rest = _single(text[:at]), _listed(text[at + 2 :])
        if first and rest:
            return f"{first}, {rest}"
        at = text.find(", ", at + 2)
    return None


_READERS: Mapping[str, Callable[[str], str | None]] = {"*": _free, "%": _figure, "!": _word}
"""How a place is read, by the mark at its end."""
