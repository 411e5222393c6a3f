"""Names of segments: a noun and the fragments after it, the second of two with the same preposition without it."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from b2shift.kernel.yaml import parse_yaml

_KNOWN = Path(__file__).with_name("english.yaml")
_AGAIN = (" e ", " nem ")
_NONE, _MOST, _MOST_ENGLISH = "sem", "na maioria sem", "mostly without"


class _Parts(NamedTuple):
    """The parts of names, the longest first."""

    nouns: Mapping[str, str]
    fragments: Mapping[str, str]
    groups: Mapping[str, str]


def read(text: str) -> str | None:
    """`Comércio de alta receita e uso intenso` → `Commerce with high revenue and heavy use`; None for other texts."""
    name, comma, group = text.rpartition(", ")
    if comma and group in _parts().groups:
        translated = read(name) or _parts().nouns.get(name)
        return f"{translated}, {_parts().groups[group]}" if translated else None
    for noun, english in _parts().nouns.items():
        if text.startswith(f"{noun} "):
            rest = _fragments(text[len(noun) :], "", "")
            if rest:
                return english + rest
    return None


def _fragments(text: str, before: str, said: str) -> str | None:
    """The English of ` fragment fragment…`; `before` and `said` are the prepositions just used, in both languages."""
    if not text:
        return ""
    for fragment, english in _parts().fragments.items():
        begins, preposition = _preposition(fragment, _MOST), _preposition(english, _MOST_ENGLISH)
        short = fragment.removeprefix(f"{begins} ")
        forms = [f" {fragment}"] + [f"{again}{short}" for again in _AGAIN if begins == before]
        forms += [f" e {fragment}"] if (before, begins) == (_NONE, _MOST) else []
        for form in forms:
            if text.startswith(form) and text[len(form) : len(form) + 1] in ("", " "):
                more = _fragments(text[len(form) :], begins, preposition)
                if more is not None:
                    if preposition == said:
                        return f" and {english.removeprefix(f'{preposition} ')}{more}"
                    return f" and {english}{more}" if form.startswith(" e ") else f" {english}{more}"
    return None


def _preposition(fragment: str, most: str) -> str:
    return most if fragment.startswith(f"{most} ") else fragment.split(" ")[0]


@lru_cache(maxsize=1)
def _parts() -> _Parts:
    templates: dict[str, dict[str, str]] = parse_yaml(_KNOWN.read_text(encoding="utf-8"))
    longest = {part: dict(sorted(templates[part].items(), key=lambda one: -len(one[0]))) for part in templates}
    return _Parts(longest["nouns"], longest["fragments"], longest["groups"])
