"""Match column headers across systems and languages as sets of concepts, without accents, punctuation or order."""

import re
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from b2shift.identify.sources.grouped_header import BETWEEN
from b2shift.kernel.text import as_code, fold, repair_mojibake
from b2shift.kernel.yaml import parse_yaml

_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_NUMBER = re.compile(r"\b[Nn]\.?[º°]")
_CURRENCY = re.compile(r"\b(?:R|US|U)\$|\b(?:BRL|USD)\b")


@cache
def canonical_schema() -> dict[str, Any]:
    """The canonical schema and what other systems call its tables and columns (`canonical.yaml`)."""
    text = (resources.files("b2shift.identify.wizard") / "canonical.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = parse_yaml(text)
    return found


@cache
def _concept_of_word() -> dict[str, str]:
    return {word: group[0] for group in canonical_schema()["words"] for word in group}


@cache
def concepts(name: str) -> frozenset[str]:
    """`Data de criação`, `CreatedDate`, `Data de criaÃ§Ã£o` → {date, created}; `Nº` a number, `(R$)` nothing."""
    initials = _INITIALS.sub(r"\1", _NUMBER.sub("numero ", _CURRENCY.sub(" ", repair_mojibake(name))))
    parts = [part for part in _PUNCTUATION.split(fold(_CAMEL_CASE.sub(" ", initials))) if part and not part.isdigit()]
    significant = [part for part in parts if part not in canonical_schema()["ignored"]] or parts
    return frozenset(_concept_of_word().get(part, part) for part in significant)


class QualifiedHeader(NamedTuple):
    """A header split into the table its prefix names, or null, and the column name."""

    table: str | None
    name: str


def split_header(header: str) -> QualifiedHeader:
    """`Deal - Value`, `NegÃ³cio - Valor` → (opportunities, Value)."""
    header = repair_mojibake(header)
    for mark in (BETWEEN, ": ", "."):
        prefix, found, rest = header.partition(mark)
        table = table_of_object(prefix) if found else None
        if table and rest.strip():
            return QualifiedHeader(table, rest.strip())
    return QualifiedHeader(None, header)


def without_group(header: QualifiedHeader) -> QualifiedHeader:
    """The name of a header behind a group that is no table: `Endereço - Cidade` → `Cidade`."""
    return header if header.table else header._replace(name=header.name.rpartition(BETWEEN)[2])


def table_of_object(text: str) -> str | None:
    """The table whose object a text names, or None."""
    folded = fold(text)
    return next((name for name, table in canonical_schema()["tables"].items() if folded in table["objects"]), None)


def tables_in_title(text: str) -> set[str]:
    """The tables whose objects a title names, longest match first: `Contas a receber` are invoices, not accounts."""
    words = as_code(text).split("_")
    found: set[str] = set()
    for length in (3, 2, 1):
        for at in range(len(words) - length, -1, -1):
            table = table_of_object(" ".join(words[at : at + length]))
            if table is not None:
                found.add(table)
                words[at : at + length] = [""]
    return found


def without_shared_prefix(headers: list[str]) -> list[str]:
    """Headers without the prefix they share, as the fields of an ERP have (`E1_NUM`, `E1_VALOR`)."""
    prefixes = {header.partition("_")[0] for header in headers}
    return [header.partition("_")[2] for header in headers] if len(prefixes) == 1 < len(headers) else headers


@cache
def names_a_day(header: str) -> bool:
    """Whether a header is that of a day, whatever its group: it says so, or a canonical column of days is called so."""
    own = concepts(header.rpartition(BETWEEN)[2])
    if "date" in own:
        return True
    columns = (c for table in canonical_schema()["tables"].values() for c in table["columns"].values())
    known = (name for c in columns if {"date", "timestamp"} & set(c["kinds"]) for name in c["names"])
    return any(own == concepts(name) for name in known)


def name_similarity(name: str, known: list[str], table: str) -> float:
    """1 for the concepts of a known name; 0.95 when they differ by the object of the table only; else the best Dice
    coefficient of the rest, times 0.8."""
    objects = frozenset().union(*(concepts(word) for word in canonical_schema()["tables"][table]["objects"]))
    own = concepts(name)
    if not own:
        return 0.0
    if own & set(canonical_schema()["attributes"]) and not any(own == concepts(one) for one in known):
        return 0.0
    best = 0.0
    for one in known:
        known_concepts = concepts(one)
        if own == known_concepts:
            return 1.0
        if own - objects and own - objects == known_concepts - objects:
            best = max(best, 0.95)
        rest, others = own - objects or own, known_concepts - objects or known_concepts
        best = max(best, 0.8 * 2 * len(rest & others) / (len(rest) + len(others)))
    return best
