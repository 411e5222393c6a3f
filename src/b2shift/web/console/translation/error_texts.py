"""What errors say, in English: their texts are templates in `errors/`, one file for each part of the product."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from b2shift.kernel.yaml import parse_yaml
from b2shift.web.console.translation.engine_texts import translate_engine_text

_FOLDER = Path(__file__).with_name("errors")
_HOLE = re.compile(r"\{(\d)\}")
_SENTENCE = re.compile(r"(?<=[.?]) (?=[A-ZÀ-Ý“\d])")
_LIST = "; "
_HELD = r"(?P<h{}>(?:(?!\. [A-ZÀ-Ý]).)+?)"
"""A hole ends with its sentence."""


class _Template(NamedTuple):
    """A Portuguese text with holes, ready to be looked for, and its English."""

    portuguese: re.Pattern[str]
    english: str


def translate_error(text: str) -> str:
    """What an error says, in English: whole, or sentence by sentence; what is not known stays as it is written."""
    return _read(text) or " ".join(map(_sentence, _SENTENCE.split(text)))


def known_error_texts() -> Mapping[str, Mapping[str, str]]:
    """Every text of an error that has English, and it, part by part; holes are numbered, `{1}`."""
    return {path.stem: parse_yaml(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob("*.yaml"))}


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    return {portuguese: english for part in known_error_texts().values() for portuguese, english in part.items()}


@lru_cache(maxsize=1)
def _templates() -> tuple[_Template, ...]:
    """The texts with holes; the more one says, the earlier it is tried."""
    holed = [one for one in _texts().items() if _HOLE.search(one[0])]
    holed.sort(key=lambda one: -len(_HOLE.sub("", one[0])))
    return tuple(_Template(_pattern(portuguese), english) for portuguese, english in holed)


def _pattern(portuguese: str) -> re.Pattern[str]:
    pieces = _HOLE.split(portuguese)
    parts = (_HELD.format(one) if at % 2 else re.escape(one) for at, one in enumerate(pieces))
    return re.compile("".join(parts), re.DOTALL)


def _sentence(text: str) -> str:
    bare = text.removesuffix(".")
    return (_read(bare) or _listed(bare) or translate_engine_text(bare)) + text[len(bare) :]


@lru_cache(maxsize=4096)
def _read(text: str) -> str | None:
    """The English of one text, whose first letter may have been made small."""
    upper = text[:1].upper() + text[1:]
    if text in _texts():
        return _texts()[text]
    if upper in _texts():
        return _texts()[upper][:1].lower() + _texts()[upper][1:]
    for template in _templates():
        if found := template.portuguese.fullmatch(text):
            return _HOLE.sub(lambda hole: _held(found[f"h{hole[1]}"]), template.english)
    return None


def _listed(text: str) -> str | None:
    """Refusals of a document, each after its place; None where one of them is none."""
    found = [_read(one) or _valued(one) for one in text.split(_LIST)]
    return _LIST.join(filter(None, found)) if all(found) else None


def _held(text: str) -> str:
    """What stands in a hole: another refusal, a list of them, or any text that the engine or a person wrote."""
    return _LIST.join(_read(one) or _valued(one) or translate_engine_text(one) for one in text.split(_LIST))


def _valued(text: str) -> str | None:
    """A refusal and the value that it is about, or the place where it is."""
    what, colon, value = text.partition(": ")
    if translated := _read(what) if colon else None:
        return f"{translated}: {value}"
    refused = _read(value) or _valued(value) if colon else None
    return f"{what}: {refused}" if refused else None
