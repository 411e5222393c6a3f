"""What identifies a row and whose it is: decided by the values of the whole file, whatever the columns are called."""

import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.identify.sources.test_grid import workbook
from tests.unit.identify.wizard.exports import cnpj, name

from b2shift.identify.sources.codes import tidy, tidy_text
from b2shift.identify.wizard.proposal import SourceProposal, propose
from b2shift.lake.api import literal

ACCOUNTS = [f"0015g00000Ab{sign}dE" for sign in "cCxXyYzZ"]


def csv(path: Path, rows: list[dict[str, object]]) -> Path:
    """The rows as a file with a header."""
    lines = [";".join(rows[0]), *(";".join(map(str, row.values())) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def mapped(proposal: SourceProposal) -> dict[str, str]:
    """Column of the table → header."""
    return {one.to: one.header for one in proposal.mapped}


def test_the_code_of_a_customer_is_no_key_of_invoices(tmp_path: Path) -> None:
    header = ["Código", "Cliente", "Nº Título", "Emissão", "Vencimento", "Valor", "Situação"]
    rows = [[f"C{i % 60}", name(i % 60), f"NF-{i}", "2025-01-03", "2025-02-03", 10.5 + i, "Pago"] for i in range(300)]
    proposal = propose([workbook(tmp_path / "contas_a_receber.xlsx", {"Títulos": [["Contas"], [], header, *rows]})])[0]
    assert proposal.table == "invoices"
    assert mapped(proposal)["invoice_id"] == "Nº Título"
    assert proposal.declaration["key"] == ["invoice_id"]
    assert proposal.warnings == ()


def test_what_repeats_far_below_the_first_rows_is_no_key(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"Código": i % 6000, "Documento": f"D{i}", "Emissão": f"17/0{1 + i // 6000}/2025", "Valor": "10,50"}
        for i in range(12_000)
    ]
    assert mapped(propose([csv(tmp_path / "titulos.csv", rows)])[0])["invoice_id"] == "Documento"


def test_instalments_and_lines_are_identified_together(tmp_path: Path) -> None:
    invoices = csv(tmp_path / "notas.csv", [
        {"Filial": "01", "NF": i // 3, "Parcela": i % 3 + 1, "Cód. Cliente": i // 3 % 40, "Emissão": "17/02/2025",
         "Vencimento": "18/03/2025", "Valor": "10,50"} for i in range(120)
    ])  # fmt: skip
    usage = csv(tmp_path / "uso.csv", [
        {"cliente": i % 20, "mes": f"2025-{i // 20 % 3 + 1:02d}", "modulo": ("fin", "est")[i // 60 % 2],
         "horas de uso": 1.5 + i} for i in range(120)
    ])  # fmt: skip
    proposal, used = propose([invoices, usage])
    assert proposal.declaration["key"] == ["NF", "Parcela"]
    assert proposal.declaration["derived"]["invoice_id"] == """concat_ws('/', "NF", "Parcela")"""
    assert used.declaration["key"] == ["customer_id", "mes", "modulo"]
    assert "first_of_month" in used.declaration["derived"]["month"]


def test_rows_that_nothing_identifies_are_all_kept(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"cliente": i % 4, "mes": "2025-01", "mrr": f"{i}.5", "plano": "Pro"} for i in range(80)
    ]
    proposal = propose([csv(tmp_path / "mrr.csv", rows)])[0]
    assert "key" not in proposal.declaration
    assert any("nenhuma linha é recusada" in warning for warning in proposal.warnings)


def test_json_lines_are_proposed_too(tmp_path: Path) -> None:
    lines = [
        {"id": 900 + i, "organization_id": i % 9, "status": "open", "priority": "low", "group": "N1", "tags": ["a"],
         "created_at": "2025-01-03T10:00:00Z"} for i in range(40)
    ]  # fmt: skip
    (tmp_path / "tickets.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    proposal = propose([tmp_path / "tickets.jsonl"])[0]
    assert (proposal.table, proposal.declaration["reader"]) == ("tickets", "jsonl")
    assert mapped(proposal) | {"ticket_id": "id", "customer_id": "organization_id"} == mapped(proposal)


def deals(path: Path, codes: list[str]) -> Path:
    """An export of opportunities of these accounts."""
    return csv(path, [
        {"Opportunity ID": f"0065g000000{i:04d}", "Opportunity Name": f"Neg {i}", "Account ID": codes[i % len(codes)],
         "Account Name": name(i % len(codes)), "Stage": "Closed Won", "Amount": f"{i}.50", "Close Date": "2025-02-17"}
        for i in range(48)
    ])  # fmt: skip


def test_an_export_without_accounts_says_who_is_a_customer(tmp_path: Path) -> None:
    proposal = propose([deals(tmp_path / "report.csv", ACCOUNTS)])[0].declaration
    assert proposal["columns"]["Account ID"] == {"to": "customer_id", "kind": "customer", "codes": "crm"}
    assert proposal["customers"] == "evidence"
    assert set(proposal["also"]) == {"customer_registry", "companies"}


def test_a_name_that_is_customer_and_account_may_be_part_of_a_key(tmp_path: Path) -> None:
    """Its column is declared twice, once as the customer."""
    rows: list[dict[str, object]] = [
        {"Opportunity ID": f"0065g0000{i // 10}", "Account Name": name(i % 20), "Stage": "Proposta", "Amount": f"{i},5",
         "Close Date": "17/02/2025"} for i in range(80)
    ]  # fmt: skip
    proposal = propose([csv(tmp_path / "report.csv", rows)])[0]
    assert proposal.declaration["key"] == ["Opportunity ID", "customer_id"]
    assert any("Account Name juntas" in warning for warning in proposal.warnings)


def test_accounts_in_fifteen_signs_are_those_in_eighteen(tmp_path: Path) -> None:
    eighteen = [tidy_text(code) for code in ACCOUNTS]
    accounts = csv(tmp_path / "Account.csv", [{"Id": e, "Name": name(i)} for i, e in enumerate(eighteen)])
    registry, proposal = propose([accounts, deals(tmp_path / "report.csv", ACCOUNTS)])
    assert mapped(registry)["customer_id"] == "Id"
    assert mapped(proposal)["customer_id"] == "Account ID"


def test_a_registry_longer_than_the_sample_still_names_the_customers(tmp_path: Path) -> None:
    firms = csv(tmp_path / "empresas_crm.csv", [{"Id": f"E{i}", "Nome": f"Empresa {i}"} for i in range(20_000)])
    rows: list[dict[str, object]] = [
        {"ID": i, "Conta": f"E{19_999 - 40 * i}", "Valor": f"{i},5", "Etapa": "Proposta"} for i in range(300)
    ]
    assert mapped(propose([firms, csv(tmp_path / "negocios.csv", rows)])[1])["customer_id"] == "Conta"


@pytest.mark.parametrize(
    ("system", "header", "values"),
    [
        ("", "Cliente", [f"K00{i:03d}" for i in range(20)]),
        ("cnpj", "CNPJ do cliente", [cnpj(i) for i in range(20)]),
        ("nome", "Account Name", [name(i) for i in range(20)]),
    ],
)
def test_customers_of_the_home_are_found_by_key_cnpj_or_name(
    tmp_path: Path, system: str, header: str, values: list[str]
) -> None:
    known = {system: frozenset(map(tidy_text, values)), "crm": frozenset({"x"})}
    rows: list[dict[str, object]] = [
        {"ID": i, header: values[i % 20], "Valor": f"{i},5", "Etapa": "Proposta"} for i in range(60)
    ]
    proposal = propose([csv(tmp_path / "negocios.csv", rows)], customers=known)[0].declaration
    column = next(column for column in proposal["columns"].values() if column.get("to") == "customer_id")
    assert column.get("codes", "") == system
    assert "customers" not in proposal


codes = st.one_of(
    st.text(max_size=20),
    st.from_regex(r"\A001[0-9A-Za-z]{12}\Z"),
    st.from_regex(r"\A[0-9]{1,4}( ?; ?[0-9]{1,4}){0,3}\Z"),
    st.from_regex(r"\A[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-[0-9]{2}\Z"),
)


@given(codes.filter(lambda text: text.isascii() and text.isprintable()))
def test_codes_are_tidied_alike_in_both_languages(text: str) -> None:
    [(proposal,)] = duckdb.sql(f"SELECT {tidy(literal(text))}").fetchall()
    assert proposal == tidy_text(text)


def test_an_account_of_salesforce_tells_capitals_by_its_last_signs() -> None:
    assert tidy_text("0015g00000AbCdE") != tidy_text("0015g00000abcde")
    assert tidy_text("001D000000IqhSL") == "001D000000IqhSLIAZ".lower()
