"""How often the wizard is right, on systems it was developed on and on names it had not seen."""

from pathlib import Path

import pytest
from tests.unit.identify.wizard import held_apart, known_systems
from tests.unit.identify.wizard.scoring import score

from b2shift.identify.wizard.check import check


def test_known_systems_are_mapped_right(tmp_path: Path) -> None:
    found = score(tmp_path, known_systems.pipedrive(), known_systems.hubspot(), known_systems.salesforce())
    assert not found.tables
    assert not found.wrong
    assert found.recall >= 0.95, found.missed


def test_other_names_are_mapped_right_or_left_out(tmp_path: Path) -> None:
    found = score(tmp_path, held_apart.pipedrive_in_portuguese(), held_apart.salesforce_api(), held_apart.own_system())
    assert not found.tables
    assert found.precision >= 0.97, found.wrong
    assert found.recall >= 0.75, found.missed


DECLARED = """source: visitas
description: x
files: visitas.csv
grain: uma
freshness: x
owner: x
columns:
  id: {to: visit, kind: id}
  quando:
    to: day
    kind: %s
"""


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (DECLARED % "data", 11, "date"),
        (DECLARED % "date\n    obrigatoria: true\n    requird: true", 12, "desconhecido"),
        ((DECLARED % "date").replace("owner", "ownr"), 6, "Quis dizer owner"),
        ((DECLARED % "date").replace("columns:", "target: contatcs\ncolumns:"), 7, "Quis dizer contacts"),
        ((DECLARED % "date").replace("columns:", "target: contacts\ncolumns:"), 9, "não tem"),
        ((DECLARED % "date").replace("files: v", "files: [v"), 3, "YAML"),
        (DECLARED % "date", 0, ""),
    ],
)
def test_a_wrong_declaration_is_told_by_line_with_the_near_names(
    tmp_path: Path, text: str, line: int, told: str
) -> None:
    path = tmp_path / "visitas.yaml"
    path.write_text(text, encoding="utf-8")
    problems = check(path)
    assert bool(problems) == bool(line)
    if line:
        assert any(problem.line == line and told in problem.told for problem in problems), problems
