"""How often the wizard is right, on systems it was developed on and on names it had not seen."""

from pathlib import Path
from typing import Any

import pytest
from tests.unit.identify.wizard import held_apart, known_systems, other_tables
from tests.unit.identify.wizard.scoring import score

from b2shift.identify.wizard.correction import Correction
from b2shift.identify.wizard.proposal import SourceProposal, propose
from b2shift.identify.wizard.validation import validate
from b2shift.kernel.errors import InputError, SourceError


def test_known_systems_are_mapped_right(tmp_path: Path) -> None:
    found = score(tmp_path, known_systems.pipedrive(), known_systems.hubspot(), known_systems.salesforce())
    assert not found.tables
    assert not found.wrong
    assert found.recall >= 0.95, found.missed


def test_a_portuguese_account_of_hubspot_is_mapped_whole(tmp_path: Path) -> None:
    found = score(tmp_path, known_systems.hubspot_in_portuguese())
    assert (found.tables, found.wrong, found.missed) == ([], [], [])


def test_other_names_are_mapped_right_or_left_out(tmp_path: Path) -> None:
    found = score(tmp_path, held_apart.pipedrive_in_portuguese(), held_apart.salesforce_api(), held_apart.own_system())
    assert not found.tables
    assert found.precision >= 0.97, found.wrong
    assert found.recall >= 0.75, found.missed


def test_headers_read_in_the_wrong_encoding_are_mapped_like_whole_ones(tmp_path: Path) -> None:
    """`NegÃ³cio - Valor`, as a copy through a spreadsheet leaves it."""
    exports = held_apart.pipedrive_in_portuguese()
    spoilt = [
        one._replace(columns={h.encode().decode("latin-1"): to for h, to in one.columns.items()}, encoding="utf-8")
        for one in exports
    ]
    whole, found = score(tmp_path / "whole", exports), score(tmp_path / "spoilt", spoilt)
    assert (found.tables, found.wrong, found.right) == ([], [], whole.right)


def test_the_name_of_a_deal_is_no_customer(tmp_path: Path) -> None:
    """Nothing is a customer's key for want of a better one; in Spanish the associated company is."""
    head = "ID de registro;Nombre del negocio;Etapa del negocio;Importe;Fecha de cierre"
    rows = [f"{700 + i};Renovación {i};Contrato;{i},5;17/02/2025" for i in range(40)]
    (tmp_path / "negocios.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    proposal = propose([tmp_path / "negocios.csv"])[0]
    assert proposal.table == "opportunities"
    assert "customer_id" not in {column.to for column in proposal.mapped}
    assert any("Nombre del negocio" in warning and "escolha a coluna" in warning for warning in proposal.warnings)
    told = [f"{row};{cities}" for row, cities in zip(rows, ["Aurora", "Boa Vista"] * 20, strict=True)]
    (tmp_path / "negocios.csv").write_text("\n".join([f"{head};Empresa asociada", *told]) + "\n", encoding="utf-8")
    found = {column.to: column.header for column in propose([tmp_path / "negocios.csv"])[0].mapped}
    assert found["customer_id"] == "Empresa asociada"


def test_a_field_with_a_whole_file_inside_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "longa.csv").write_text(f"nome;valor\nx;{'A' * 200_000}\n")
    with pytest.raises(SourceError, match=r"não se deixam separar.*longa\.csv"):
        propose([tmp_path / "longa.csv"])


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
    ("text", "line", "message"),
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
def test_a_wrong_declaration_is_shown_by_line_with_the_near_names(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    path = tmp_path / "visitas.yaml"
    path.write_text(text, encoding="utf-8")
    problems = validate(path)
    assert bool(problems) == bool(line)
    if line:
        assert any(problem.line == line and message in problem.message for problem in problems), problems


def test_an_unknown_column_is_found_by_its_name_even_with_a_colon_in_it(tmp_path: Path) -> None:
    path = tmp_path / "visitas.yaml"
    text = (DECLARED % "date").replace("columns:", "target: contacts\ncolumns:")
    path.write_text(text.replace("to: visit,", 'to: "visita: dia",'), encoding="utf-8")
    (problem,) = validate(path)
    assert (problem.line, problem.where) == (9, "visita: dia")


def test_billing_help_desk_surveys_and_use_are_mapped(tmp_path: Path) -> None:
    known = score(tmp_path / "known", other_tables.billing_and_help_desk())
    assert (known.tables, known.wrong, known.missed) == ([], [], [])
    unseen = score(tmp_path / "unseen", other_tables.erp_in_portuguese())
    assert not unseen.tables
    assert unseen.precision >= 0.97, unseen.wrong
    assert unseen.recall >= 0.75, unseen.missed


def proposed(tmp_path: Path, **corrections: Any) -> SourceProposal:
    accounts, *_, invoices, _usage, _nps, _tickets = other_tables.billing_and_help_desk()
    for one in (accounts, invoices):
        (tmp_path / one.file).write_bytes(one.content())
    files = [tmp_path / one.file for one in (accounts, invoices)]
    return propose(files, {"invoices": Correction(**corrections)})[1]


def test_a_persons_columns_hold_and_the_rest_stays_out(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, columns={"Invoice Number": "invoice_id", "Payment Date": "due_on"}, customer="")
    assert {column.header: column.to for column in proposal.mapped} == {
        "Invoice Number": "invoice_id",
        "Payment Date": "due_on",
    }
    assert proposal.declaration["columns"]["Payment Date"] == {"to": "due_on", "kind": "date"}
    assert "Amount" in proposal.unmapped
    assert any("de que cliente" in warning for warning in proposal.warnings)


def test_a_persons_forms_and_names_stand_in_the_declaration(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, files="fat-*.csv", owner="Ana", decimal="comma", date_order="month_first").declaration
    assert (proposal["files"], proposal["owner"], proposal["decimal"], proposal["date_order"]) == (
        "fat-*.csv", "Ana", "comma", "month_first",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "customer"),
    [
        ({"Nada": "amount"}, None),
        ({"Amount": "nada"}, None),
        ({"Amount": "amount", "Status": "amount"}, None),
        ({}, "Nada"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(tmp_path: Path, columns: dict[str, str], customer: str | None) -> None:
    with pytest.raises(InputError):
        proposed(tmp_path, columns=columns, customer=customer)
