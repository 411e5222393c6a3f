"""Headers of two rows, groups over names: proposed with joined names, loaded, and no row taken for a header."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.unit.identify.sources.test_grid import workbook
from tests.unit.identify.wizard.test_accounts import firms, load
from tests.unit.identify.wizard.test_keys import mapped

from b2shift.identify.api import propose_sources, write_sources
from b2shift.identify.sources.grouped_header import joined_names
from b2shift.identify.sources.text_lines import Accidents, read_lines, shape_of
from b2shift.kernel.errors import SourceError

GROUPS = ["Fatura", "", "", "Cliente", "", "Situação"]
NAMES = ["Número", "Emissão", "Valor", "Código", "Nome", ""]
JOINED = ["Fatura - Número", "Fatura - Emissão", "Fatura - Valor", "Cliente - Código", "Cliente - Nome", "Situação"]
AMOUNTS = "SELECT CAST(invoice_id AS INTEGER) AS n, amount FROM invoices ORDER BY 1"


def rows(end: int) -> list[list[str]]:
    return [[f"{500 + i}", "02/01/2025", f"{10 + i},50", f"{1000 + 7 * (i % 30):06d}", f"Pessoa {'ab'[i % 2]}", "Paga"]
            for i in range(end)]  # fmt: skip


def text(*lines: list[str]) -> str:
    return "".join(";".join(line) + "\n" for line in lines)


@pytest.mark.parametrize("above", [(), (["Contas a receber", "", "", "", "", ""], ["", "", "", "", "", ""])])
def test_a_header_of_groups_over_names_is_proposed_and_loaded(tmp_path: Path, above: tuple[list[str], ...]) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    file = drop / "faturas.csv"
    file.write_text(text(*above, GROUPS, NAMES, *rows(60)), encoding="utf-8")
    found = propose_sources([firms(drop), file])
    assert [one.header for one in found[1].seen] == JOINED
    assert mapped(found[1]) == {
        "invoice_id": "Fatura - Número", "customer_id": "Cliente - Código", "issued_on": "Fatura - Emissão",
        "amount": "Fatura - Valor", "status": "Situação",
    }  # fmt: skip
    assert any("O cabeçalho tem duas linhas" in one for one in found[1].warnings)
    write_sources(found, home)
    assert [(r["n"], r["amount"]) for r in load(home, drop).query(AMOUNTS).to_pylist()] == [
        (500 + i, 10.5 + i) for i in range(60)
    ]


def test_a_sheet_with_merged_groups_is_proposed_and_loaded(tmp_path: Path) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    cells: list[list[Any]] = [[int(row[0]), 45231, float(row[2].replace(",", ".")), *row[3:]] for row in rows(60)]
    file = workbook(drop / "faturas.xlsx", {"Faturas": [["Contas a receber"], [], GROUPS, NAMES, *cells]})
    found = propose_sources([firms(drop), file])
    assert [one.header for one in found[1].seen] == JOINED
    write_sources(found, home)
    lake = load(home, drop)
    assert [r["amount"] for r in lake.query(AMOUNTS).to_pylist()] == [10.5 + i for i in range(60)]
    assert lake.query("SELECT DISTINCT CAST(issued_on AS VARCHAR) AS day FROM invoices").to_pylist() == [
        {"day": "2023-11-01"}
    ]


def test_a_declaration_by_the_names_alone_still_reads_it(tmp_path: Path) -> None:
    """Groups that filled less than half of their row were lines above the header, and names had none."""
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    file = drop / "faturas.csv"
    named = [*NAMES[:5], "Situação"]
    file.write_text(text(named, *rows(60)), encoding="utf-8")
    write_sources(propose_sources([firms(drop), file]), home)
    file.write_text(text(["Fatura", "", "", "Cliente", "", ""], named, *rows(60)), encoding="utf-8")
    assert load(home, drop).query(AMOUNTS).num_rows == 60


@pytest.mark.parametrize(
    ("groups", "names"),
    [
        (["Relatório", "", "", ""], ["Nota", "Cliente", "Dia", "Valor"]),
        (["Empresa X", "", "", "31/03/2025"], ["Nota", "Cliente", "Dia", "Valor"]),
        (["Nome", "", "Cidade", "Valor"], ["Ana", "x", "Recife", ""]),
        (["Nome", "", "Cidade", "Valor"], ["Ana", "x", "Recife", "10"]),
        (["A", "", "B", ""], ["x", "y", "x", ""]),
    ],
)
def test_titles_and_rows_are_no_names_below_groups(groups: list[str], names: list[str]) -> None:
    assert (
        joined_names(
            groups, names, [["a1", "b2", "c3", "4"]] * 5 if groups[0] != "Nome" else [["a", "b", "c", "4"]] * 5
        )
        is None
    )


CELL = st.sampled_from(["", "", "Nome", "Valor", "Ana", "Rua", "Cidade", "10", "a@x.com", '"', "x;y"])


@given(st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=8))
def test_every_line_is_a_row_or_a_part_of_the_header_or_told(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("grouped")
    path = folder / "f.csv"
    path.write_text(text(*table, *[["1", "2", "a@x.com", "4", "5"][: len(table[-1])]] * 3), encoding="utf-8")
    try:
        shape, found = shape_of(path, "utf-8", ";", folder), Accidents()
    except SourceError:
        assume(condition=False)
    assume(shape.header)
    told = [one["_line"] for batch in read_lines(shape, found) for one in batch.to_pylist()]
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    header = range(len(shape.above) + 1, len(shape.above) + 2 + shape.header.count(b"\n"))
    seen = {*told, *header, *(line for _, _, line, _ in found.lines)}
    blank = {n for n, line in enumerate(lines, 1) if not line.strip(' \t\r;,|"')}
    repeated = {n for kind, _, n, _ in found.lines if kind == "repeated_header" for n in range(n, n + len(header))}
    assert set(range(1, len(lines) + 1)) - seen - blank - repeated == set()
