"""What the documents promise is so: ADRs, reference pages, the Makefile, the changelog."""

import re
from pathlib import Path

import pytest
from tools.reference import REFERENCE, commands, pages

import b2shift
from b2shift.cli.table_declarations import declared_tables

ROOT = Path(__file__).parents[2]
ADRS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))


def test_adrs_are_numbered_once() -> None:
    assert ADRS
    numbers = [path.name[:4] for path in ADRS]
    assert len(numbers) == len(set(numbers)), "two decisions with one number"


def test_the_index_by_subject_names_every_adr_once() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\]\(([^)]+)\)", index)) == [path.name for path in ADRS]


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_an_adr_has_its_sections(path: Path) -> None:
    assert re.fullmatch(r"\d{4}-[a-z0-9]+(-[a-z0-9]+)+", path.stem)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    headings = [line.strip("# ").lower() for line in text.splitlines() if line.startswith("## ")]
    assert [h for h in headings if h in {"context", "decision", "consequences"}] == [
        "context",
        "decision",
        "consequences",
    ]


def test_adrs_named_in_the_code_exist() -> None:
    known = {path.name[:4] for path in ADRS}
    named = {
        (number, str(path.relative_to(ROOT)))
        for path in [ROOT / "pyproject.toml", *(ROOT / "src").rglob("*.py"), *(ROOT / "docs").rglob("*.md")]
        for number in re.findall(r"ADR (\d{4})", path.read_text(encoding="utf-8"))
    }
    assert not [found for found in named if found[0] not in known]


@pytest.mark.parametrize("file", sorted(pages()))
def test_reference_pages_are_those_of_the_code(file: str) -> None:
    assert (REFERENCE / file).read_text(encoding="utf-8") == pages()[file], "run `make docs`"


def test_every_command_has_help_and_an_example() -> None:
    found = dict(commands())
    assert {"b2shift run", "b2shift export", "b2shift segment fit", "b2shift quality report"} <= set(found)
    for name, command in found.items():
        assert command.help, name
        assert f"$ {name}" in command.epilog, name
        assert all(parameter.help for parameter in command.params if parameter.name != "help"), name
    page = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    assert not [name for name in found if f"## {name}\n" not in page]


def test_commands_with_a_result_speak_json() -> None:
    silent = {name for name, command in commands() if not any("--json" in p.opts for p in command.params)}
    assert silent == {"b2shift serve"}


def test_every_table_and_column_is_documented() -> None:
    page = (REFERENCE / "tables.md").read_text(encoding="utf-8")
    tables = [table for _, table in declared_tables()]
    assert len({table.name for table in tables}) == len(tables)
    for table in tables:
        assert f"## {table.name}\n" in page
        assert all(column.description.strip() for column in table.columns), table.name


def test_make_commands_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        text = path.read_text(encoding="utf-8")
        told = re.findall(r"(?:^\s{4}|^\$ |`)make ([a-z]+)", text, re.MULTILINE)
        assert set(told) <= targets, path


def test_links_between_documents_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{path.relative_to(ROOT)} → {target}"
        for path in pages
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert not broken


def test_the_changelog_tells_the_version() -> None:
    assert f"## [{b2shift.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
