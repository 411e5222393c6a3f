"""Several systems of one company: accounts of a CRM are customers of the ERP, lines of invoices are invoices."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.identify.resolution.population import CUSTOMERS, NEW
from tests.unit.identify.sources.test_grid import workbook
from tests.unit.identify.wizard.exports import cnpj, name
from tests.unit.identify.wizard.test_keys import csv, mapped

from b2shift.identify.api import build_customers, decide_link, ingest, propose_sources, resolve, write_sources
from b2shift.identify.cleansing.cnpj import check_digits
from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.identify.wizard.proposal import propose
from b2shift.lake.api import open_lake, writing

Rows = list[dict[str, object]]


def firms(folder: Path) -> Path:
    """The company file of an ERP: 30 customers."""
    rows: Rows = [{"Código": f"{1000 + 7 * i:06d}", "Razão Social": name(i), "CNPJ": cnpj(i)} for i in range(30)]
    return csv(folder / "clientes.csv", rows)


def lines(folder: Path) -> Path:
    """60 invoices of the ERP in 1 to 3 lines each."""
    rows: Rows = [
        {"Nota Fiscal": 500 + i, "Item": item + 1, "Cliente": f"{1000 + 7 * (i % 30):06d}",
         "Emissão": f"{1 + i % 28:02d}/03/2025", "Vencimento": f"{1 + i % 28:02d}/04/2025", "Valor": f"{10 + i},50",
         "Situação": "Paga"} for i in range(60) for item in range(1 + i % 3)
    ]  # fmt: skip
    return csv(folder / "invoices.csv", rows)


def accounts(folder: Path) -> Path:
    """Accounts of a CRM: 20 customers and 5 others."""
    rows: Rows = [
        {"Record ID": 9_000_000 + 13 * i, "Company name": f"{name(i)} SA", "CNPJ": cnpj(i if i < 20 else 100 + i)}
        for i in range(25)
    ]
    return csv(folder / "companies.csv", rows)


def deals(folder: Path) -> Path:
    rows: Rows = [
        {"Deal ID": i, "Deal Name": f"Negócio {i}", "Stage": "Closed Won", "Amount": f"{i}.50",
         "Create Date": "2025-02-17", "Associated Company IDs": 9_000_000 + 13 * (i % 25)} for i in range(50)
    ]  # fmt: skip
    return csv(folder / "deals.csv", rows)


def load(home: Path, drop: Path) -> Any:
    with writing(home) as session:
        ingest(session, drop)
        build_customers(session, date(2025, 3, 31))
        resolve(session)
        session.commit(date(2025, 3, 31))
    return open_lake(home)


def as_a_spreadsheet_saves_it(path: Path, cnpj_of: dict[str, str]) -> Path:
    """The same file where each CNPJ is another, and a number without marks and without zeros at its front."""
    text = path.read_text(encoding="utf-8")
    for before, after in cnpj_of.items():
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("later", [False, True])
def test_accounts_whose_cnpj_lost_its_zeros_are_customers_too(tmp_path: Path, *, later: bool) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    whole = {}
    for i in range(130):
        base = f"{(370_000 if i % 2 else 1_000_000) + 37 * i:08d}0001"
        whole[cnpj(i)] = base + check_digits(base)
    marked = {b: f"{n[:2]}.{n[2:5]}.{n[5:8]}/{n[8:12]}-{n[12:]}" for b, n in whole.items()}
    known = [as_a_spreadsheet_saves_it(firms(drop), marked), lines(drop)]
    if later:
        write_sources(propose_sources(known, home=home), home)
        load(home, drop)
    others = [as_a_spreadsheet_saves_it(accounts(drop), {b: str(int(n)) for b, n in whole.items()}), deals(drop)]
    proposal = propose_sources(others if later else [*others, *known], home=home)
    assert any("20 de 25 CNPJ são de clientes" in warning for warning in proposal[0].warnings)
    write_sources(proposal, home)
    lake = load(home, drop)
    assert lake.info("customers").rows == 30
    deals_of = "SELECT count(*) AS n FROM opportunities JOIN companies AS c USING (customer_id) WHERE c.name = ?"
    assert lake.query(deals_of, [name(3)]).to_pylist() == [{"n": 2}]


@pytest.mark.parametrize("later", [False, True])
def test_accounts_of_a_crm_are_the_customers_that_have_their_cnpj(tmp_path: Path, *, later: bool) -> None:
    """In the delivery of the ERP's company file, whichever file comes first, or of a home that knows it."""
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    known = [firms(drop), lines(drop)]
    if later:
        write_sources(propose_sources(known, home=home), home)
        load(home, drop)
    others = [accounts(drop), deals(drop)]
    proposal = propose_sources(others if later else [*others, *known], home=home)
    assert proposal[0].declaration.get("target") is None
    assert any("20 de 25 CNPJ são de clientes" in warning for warning in proposal[0].warnings)
    assert mapped(proposal[1])["customer_id"] == "Associated Company IDs"
    write_sources(proposal, home)
    lake = load(home, drop)
    assert lake.info("customers").rows == 30
    deals_of = "SELECT count(*) AS n FROM opportunities JOIN companies AS c USING (customer_id) WHERE c.name = ?"
    assert lake.query(deals_of, [name(3)]).to_pylist() == [{"n": 2}]
    assert lake.info("prospects").rows == 25
    theirs = lake.query("SELECT prospect_id FROM opportunities WHERE customer_id IS NULL ORDER BY 1").to_pylist()
    strangers = [f"companies_arquivo:{9_000_000 + 13 * i}" for i in range(20, 25)]
    assert [row["prospect_id"] for row in theirs[::2]] == strangers, "called like a customer, but with another CNPJ"
    assert not lake.query("FROM rejects WHERE source IN ('companies_arquivo', 'deals')").num_rows


def respelled(i: int) -> str:
    """How a seller types the i-th customer of `population`: without its form, in capitals, a letter left out."""
    bare = CUSTOMERS[i]["name"].removesuffix(" Ltda")
    return (bare, bare.upper(), bare[:4] + bare[5:])[i % 3]


def without_cnpj(drop: Path) -> tuple[list[Path], list[Path]]:
    """The company file of an ERP with a file that bills it, and those of a CRM that knows no CNPJ: 100 accounts, 60 of
    them customers, with two deals each and a contact."""
    owned = {i: f"{1000 + 7 * i:06d}" for i in range(120)}
    firm: Rows = [
        {"Código": code, "Razão Social": CUSTOMERS[i]["name"], "CNPJ": cnpj(i), "Cidade": CUSTOMERS[i]["city"],
         "UF": "SP", "Site": f"www.firma{i}.com.br"} for i, code in owned.items()
    ]  # fmt: skip
    bills: Rows = [
        {"Nota Fiscal": 500 + i, "Cliente": code, "Emissão": "01/03/2025", "Vencimento": "01/04/2025", "Valor": "10,50",
         "Situação": "Paga"} for i, code in owned.items()
    ]  # fmt: skip
    proposal = [(i, respelled(i), CUSTOMERS[i]["city"], f"firma{i}.com.br" if i % 2 else "") for i in range(60)]
    proposal += [(i, NEW[i - 60]["name"], NEW[i - 60]["city"], f"outra{i}.com.br") for i in range(60, 100)]
    crm: Rows = [
        {"Record ID": 9_000_000 + i, "Company name": name, "Company Domain Name": domain, "City": city,
         "State/Region": "SP", "Number of Employees": 10 + i} for i, name, city, domain in proposal
    ]  # fmt: skip
    worth: Rows = [
        {"Deal ID": 2 * i + nth, "Deal Name": f"Negócio {i}", "Stage": "Closed Won", "Amount": f"{1 + i}.50",
         "Create Date": "2025-02-17", "Associated Company IDs": 9_000_000 + i} for i, *_ in proposal for nth in (0, 1)
    ]  # fmt: skip
    people: Rows = [
        {"Contact ID": 100 + i, "First Name": "Ana", "Last Name": f"Souza {i}", "Email": f"ana@firma{i}.com.br",
         "Job Title": "Compras", "Associated Company IDs": 9_000_000 + i} for i, *_ in proposal
    ]  # fmt: skip
    return (
        [csv(drop / "clientes.csv", firm), csv(drop / "invoices.csv", bills)],
        [csv(drop / "companies.csv", crm), csv(drop / "deals.csv", worth), csv(drop / "contacts.csv", people)],
    )


OWNER = "SELECT o.*, c.name FROM opportunities AS o LEFT JOIN customers AS c USING (customer_id)"


@pytest.mark.parametrize("later", [False, True])
def test_accounts_without_cnpj_are_customers_by_evidence_and_the_others_prospects(
    tmp_path: Path, *, later: bool
) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    known, others = without_cnpj(drop)
    if later:
        for file in others:
            file.rename(file.with_suffix(".later"))
        write_sources(propose_sources(known, home=home), home)
        load(home, drop)
        for file in others:
            file.with_suffix(".later").rename(file)
    proposal = propose_sources(others if later else [*others, *known], home=home)
    assert any("nomes são de clientes" in warning for warning in proposal[0].warnings)
    write_sources(proposal, home)
    lake = load(home, drop)
    assert lake.info("customers").rows == 120
    rows = {int(row["opportunity_id"]): row for row in lake.query(OWNER).to_pylist()}
    assert [rows[2 * i]["name"] for i in range(60)] == [CUSTOMERS[i]["name"] for i in range(60)]
    assert {rows[2 * i]["customer_id"] for i in range(60, 100)} == {None}
    assert [rows[2 * i]["prospect_id"] for i in range(60, 100)] == [
        f"companies_arquivo:{9_000_000 + i}" for i in range(60, 100)
    ]
    whose = lake.query("SELECT customer_id IS NULL AS none, prospect_id FROM contacts ORDER BY contact_id").to_pylist()
    assert [row["prospect_id"] for row in whose if row["none"]] == [
        f"companies_arquivo:{9_000_000 + i}" for i in range(60, 100)
    ]
    assert [row["prospect_id"] for row in whose if not row["none"]] == [None] * 60
    staff = lake.query("SELECT domain, employees FROM customers WHERE name = ?", [CUSTOMERS[3]["name"]]).to_pylist()
    assert staff == [{"domain": "www.firma3.com.br", "employees": 13}], "the headcount, which only the CRM knows"
    assert lake.info("rejects").rows == 0


def test_companies_that_are_billed_are_customers_whatever_names_a_home_knows(tmp_path: Path) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    [clients, bills], [crm, worth, _people] = without_cnpj(drop)
    write_sources(propose_sources([crm, worth], home=home), home)
    load(home, drop)
    lines = [line.split(";") for line in clients.read_text(encoding="utf-8").splitlines()]
    clients.write_text("\n".join(";".join([*line[:2], *line[3:]]) for line in lines), encoding="utf-8")
    [proposal, _bills] = propose_sources([clients, bills], home=home)
    assert proposal.declaration["customers"] == "registry"
    assert not proposal.declaration.get("accounts")


def test_what_a_person_says_of_an_account_moves_its_deals(tmp_path: Path) -> None:
    """Told to be another company than the customer it was, it is a prospect; told to be the same again, a customer."""
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    known, others = without_cnpj(drop)
    write_sources(propose_sources([*others, *known], home=home), home)
    lake = load(home, drop)
    [before] = lake.query(f"{OWNER} WHERE opportunity_id = '6'").to_pylist()
    account = "companies_arquivo:9000003"
    for answer, customer in ((Answer.REJECTED, None), (Answer.ACCEPTED, before["customer_id"])):
        said = LinkDecision(prospect_id=account, same_as=before["customer_id"], answer=answer, by="ana@empresa.example",
                            at=datetime(2025, 4, 1, tzinfo=UTC))  # fmt: skip
        decide_link(lake, home, said)
        lake = load(home, drop)
        [after] = lake.query(f"{OWNER} WHERE opportunity_id = '6'").to_pylist()
        assert after["customer_id"] == customer
        assert (after["prospect_id"] is None) == (customer is not None)


def test_a_line_that_sums_the_others_up_is_no_customer(tmp_path: Path) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    known = [firms(drop), lines(drop)]
    below = ["Total Geral", "Total de registros: 30", "TOTAL: 30", "Emitido em 01/04/2025 por Ana"]
    for file in known:
        text = file.read_text(encoding="utf-8")
        fields = text.splitlines()[0].count(";")
        file.write_text(text + "".join(f"{words}{';' * fields}\n" for words in below), encoding="utf-8")
    write_sources(propose_sources(known, home=home), home)
    lake = load(home, drop)
    assert (lake.info("customers").rows, lake.info("invoices").rows) == (30, 60)
    refused = lake.query("SELECT value, reason FROM rejects WHERE source = 'clientes' ORDER BY value").to_pylist()
    assert refused == [{"value": value, "reason": "nenhum cliente tem este código"} for value in sorted(below)]


def test_days_as_numbers_of_a_workbook_are_days(tmp_path: Path) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    rows = [["Código", "Razão Social", "CNPJ", "Data de cadastro", "Número"]]
    rows += [[f"{1000 + 7 * i:06d}", name(i), cnpj(i), 45_000 + i, 45_000 + i] for i in range(30)]
    proposal = propose_sources([workbook(drop / "clientes.xlsx", {"Dados": rows}), lines(drop)], home=home)
    kinds = {header: column.get("kind") for header, column in proposal[0].declaration["columns"].items()}
    assert kinds["Data de cadastro"] == "date"
    assert kinds.get("Número") != "date"
    write_sources(proposal, home)
    assert load(home, drop).info("customers").rows == 30


def test_lines_of_an_invoice_add_up_to_it(tmp_path: Path) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    proposal = propose_sources([firms(drop), lines(drop)], home=home)
    assert any("somam-se em uma fatura" in warning for warning in proposal[1].warnings)
    write_sources(proposal, home)
    lake = load(home, drop)
    [found] = lake.query("SELECT count(*) AS n, sum(amount) AS amount, min(invoice_id) AS id FROM invoices").to_pylist()
    assert (found["n"], found["id"]) == (60, "500")
    assert float(found["amount"]) == sum((1 + i % 3) * (10.5 + i) for i in range(60))
    assert lake.query("SELECT DISTINCT status, issued_on FROM invoices WHERE invoice_id = '502'").to_pylist() == [
        {"status": "PAGA", "issued_on": date(2025, 3, 3)}
    ]
    assert lake.info(proposal[1].source).rows == 120


def test_a_file_in_spanish_with_the_month_first_is_mapped(tmp_path: Path) -> None:
    rows: Rows = [
        {"Número de factura": f"F-{i:06d}", "CNPJ del cliente": cnpj(i % 30),
         "Fecha de emisión": f"03/{1 + i % 28:02d}/2025", "Fecha de vencimiento": f"04/{1 + i % 28:02d}/2025",
         "Fecha de pago": "", "Importe": f"1,{100 + i}.70", "Estado": ("Pagada", "Pendiente")[i % 2]} for i in range(60)
    ]  # fmt: skip
    proposal = propose([firms(tmp_path), csv(tmp_path / "facturas.csv", rows), lines(tmp_path)])[1]
    assert proposal.table == "invoices"
    assert {"invoice_id", "customer_id", "issued_on", "due_on", "paid_on", "amount", "status"} == set(mapped(proposal))
    assert (proposal.declaration["date_order"], proposal.declaration["decimal"]) == ("month_first", "point")
    assert proposal.declaration["columns"]["CNPJ del cliente"]["codes"] == "cnpj"
