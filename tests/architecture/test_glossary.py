"""The glossary is complete: every Portuguese value a column may hold stands in it, in both languages."""

import re
from pathlib import Path

from b2shift.cli.table_declarations import declared_tables
from b2shift.cli.words import KINDS

GLOSSARY = Path(__file__).parents[2] / "docs" / "reference" / "glossary.md"
# A description that begins with, or holds after a colon, a list of values: `ativo, gratuito or outro`.
VALUES = re.compile(r"^((?:[\w&-]+(?: [\w&-]+){0,2}, )+[\w&-]+(?: [\w&-]+){0,2}) or ([\w&-]+(?: [\w&-]+)?)")
ENGLISH = {
    ("tickets", "type"), ("tickets", "priority"), ("campaign_events", "kind"), ("campaign_events", "variant"),
    ("loads", "status"),
    ("repairs", "kind"), ("spellings", "kind"), ("places", "kind"),
    ("segment_models", "algorithm"), ("proposals", "trigger"), ("loads", "date_order"),
    ("campaign_effects", "measure"), ("score_calibration", "level"),
    ("score_accuracy", "grouping"), ("score_calibration", "grouping"),
}  # fmt: skip


def lines() -> list[tuple[str, str, str]]:
    rows = [line.strip("|").split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    cells = [tuple(cell.strip() for cell in row) for row in rows]
    return [(a, b, c) for a, b, c in cells if a != "português" and not a.startswith("---")]


def declared_values() -> set[str]:
    values = set()
    for _, table in declared_tables():
        for column in table.columns:
            found = VALUES.match(column.description)
            if found and (table.name, column.name) not in ENGLISH:
                values |= {*found.group(1).split(", "), found.group(2)}
    return values - {"null"}


def test_the_declarations_do_list_values() -> None:
    assert {"ativo", "retencao", "ganho", "PAGA", "Em Expansão", "acima_1m", "ligacao"} <= declared_values()


def test_every_portuguese_value_is_in_the_glossary() -> None:
    known = {portuguese for portuguese, _, _ in lines()}
    assert declared_values() <= known, declared_values() - known
    assert set(KINDS) <= known


def test_every_line_has_both_languages_and_a_place() -> None:
    assert len(lines()) > 100
    assert not [line for line in lines() if not all(line)]


def test_no_term_stands_twice() -> None:
    terms = [portuguese for portuguese, _, _ in lines()]
    assert len(terms) == len(set(terms))
