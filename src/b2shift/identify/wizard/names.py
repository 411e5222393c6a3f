"""Names of columns compared across systems and languages: as sets of concepts, without accents, marks or order."""

import re
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from b2shift.kernel.text import as_code, fold
from b2shift.kernel.yaml import parse_yaml

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")
_MARKS = re.compile(r"[^a-z0-9]+")
_NUMBER = re.compile(r"\b[Nn]\.?[º°]")


@cache
def canonical() -> dict[str, Any]:
    """What other systems call things (`canonical.yaml`)."""
    text = (resources.files("b2shift.identify.wizard") / "canonical.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = parse_yaml(text)
    return found


@cache
def _concept() -> dict[str, str]:
    return {word: group[0] for group in canonical()["words"] for word in group}


@cache
def concepts(name: str) -> frozenset[str]:
    """`Data de criação`, `CreatedDate` → {date, created}; `Nº` is a number."""
    initials = _INITIALS.sub(r"\1", _NUMBER.sub("numero ", name))
    parts = [part for part in _MARKS.split(fold(_CAMEL.sub(" ", initials))) if part and not part.isdigit()]
    kept = [part for part in parts if part not in canonical()["ignored"]] or parts
    return frozenset(_concept().get(part, part) for part in kept)


class Said(NamedTuple):
    """A header taken apart: whose column it says it is, and the rest of its name."""

    table: str | None
    name: str


def taken_apart(header: str) -> Said:
    """`Deal - Value` → (opportunities, Value); a name without an object belongs to none."""
    for mark in (" - ", ": ", "."):
        head, found, rest = header.partition(mark)
        table = object_of(head) if found else None
        if table and rest.strip():
            return Said(table, rest.strip())
    return Said(None, header)


def object_of(text: str) -> str | None:
    """The table of the object a text names, or None."""
    folded = fold(text)
    return next((name for name, told in canonical()["tables"].items() if folded in told["objects"]), None)


def objects_in(text: str) -> set[str]:
    """The tables of the objects a title names: `Contas a receber` are invoices, not accounts."""
    words = as_code(text).split("_")
    found: set[str] = set()
    for length in (3, 2, 1):
        for at in range(len(words) - length, -1, -1):
            table = object_of(" ".join(words[at : at + length]))
            if table is not None:
                found.add(table)
                words[at : at + length] = [""]
    return found


def unprefixed(headers: list[str]) -> list[str]:
    """Headers without what all of them begin with, as the fields of an ERP do (`E1_NUM`, `E1_VALOR`)."""
    begins = {header.partition("_")[0] for header in headers}
    return [header.partition("_")[2] for header in headers] if len(begins) == 1 < len(headers) else headers


def likeness(name: str, known: list[str], table: str) -> float:
    """1 for the same concepts as a known name; 0.95 when only the table's own object is more; else the best overlap
    (Dice) of the rest, cut to what no guess should pass."""
    own = frozenset().union(*(concepts(word) for word in canonical()["tables"][table]["objects"]))
    told = concepts(name)
    if not told:
        return 0.0
    if told & set(canonical()["others"]) and not any(told == concepts(one) for one in known):
        return 0.0
    best = 0.0
    for one in known:
        wanted = concepts(one)
        if told == wanted:
            return 1.0
        if told - own and told - own == wanted - own:
            best = max(best, 0.95)
        rest, others = told - own or told, wanted - own or wanted
        best = max(best, 0.8 * 2 * len(rest & others) / (len(rest) + len(others)))
    return best
