"""Every declared text has its Portuguese, which keeps the codes it tells of; nothing is left over."""

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from b2shift.cli.table_declarations import declared_tables
from b2shift.identify.api import in_portuguese
from b2shift.identify.catalogue.portuguese import PARTS
from b2shift.identify.sources.declarations import all_sources, raw_spec, target_spec
from b2shift.kernel.yaml import parse_yaml

CODE = re.compile(r"\b\w*_\w+|\b[A-Z]{2,}\w*")
ENGLISH = re.compile(r"\b(the|is|are|was|of|from|with|without|when|which|their|every|each|row|by|null|unknown yet)\b")


def told() -> dict[str, str]:
    file = resources.files("b2shift.identify.catalogue") / "portuguese.yaml"
    found: dict[str, str] = parse_yaml(file.read_text("utf-8"))
    return found


def declared(home: Path) -> Iterator[str]:
    sources = all_sources(home)
    raw = [raw_spec(source) for source in sources]
    for spec in (*(table for _, table in declared_tables()), *map(target_spec, sources), *raw):
        yield from (spec.description, spec.grain, *(column.description for column in spec.columns))
    for source in sources:
        yield from (source.description, source.grain, source.freshness)
        yield from (column.description for column in source.columns)


def test_every_declared_text_has_its_portuguese_and_no_other_is_kept(tmp_path: Path) -> None:
    texts = {part for text in declared(tmp_path) for part in PARTS.split(text) if part and not part.startswith(", →")}
    kept = set(told())
    assert texts - kept == set(), "write them in catalogue/portuguese.yaml"
    assert kept - texts == set(), "nothing declares these any more: take them out of catalogue/portuguese.yaml"


def test_codes_stay_as_they_are_stored() -> None:
    for english, portuguese in told().items():
        lost = set(CODE.findall(english)) - set(CODE.findall(portuguese)) - {"BRL", "BR"}
        assert not lost, english


def test_the_portuguese_is_portuguese() -> None:
    assert ENGLISH.search("one row of the file")
    assert not [text for text in told().values() if ENGLISH.search(text)]


@pytest.mark.parametrize(
    ("english", "portuguese"),
    [
        ("due date", "vencimento"),
        ("Support tickets. As delivered.", "Chamados de suporte. Como entregue."),
        ("as delivered, → name", "como entregue, → name"),
        ("Clientes de outra empresa.", "Clientes de outra empresa."),
        ("", ""),
    ],
)
def test_a_text_that_nobody_told_stays_and_a_raw_one_is_shown_in_parts(english: str, portuguese: str) -> None:
    assert in_portuguese(english) == portuguese
