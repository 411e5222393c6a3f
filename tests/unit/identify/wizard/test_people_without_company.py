"""Contacts without a code of a customer: people of the company that its name or a work e-mail tells, else refused."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.unit.identify.wizard.exports import cnpj, name
from tests.unit.identify.wizard.test_accounts import Rows, firms, load
from tests.unit.identify.wizard.test_accounts import lines as invoices
from tests.unit.identify.wizard.test_keys import csv

from b2shift.identify.api import (
    companies_to_prospect,
    propose_sources,
    prospect_company,
    prospect_people,
    write_sources,
)
from b2shift.identify.cleansing.company_told import accepted_sql, company_name_sql, work_domain_sql
from b2shift.identify.sources.declaration import Source
from b2shift.lake.api import literal

PEOPLE = "SELECT contact_id, customer_id IS NOT NULL AS known, prospect_id FROM contacts ORDER BY 1"


def loaded(tmp_path: Path, header: str, lines: list[str]) -> Any:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    people = drop / "contatos.csv"
    people.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    write_sources(propose_sources([firms(drop), invoices(drop), people]), home)
    return load(home, drop)


def test_a_person_is_of_the_company_that_is_told_and_of_nobody_is_refused(tmp_path: Path) -> None:
    known = [f"K{i};Pessoa {i};k{i}@cliente.com.br;{1000 + 7 * i:06d};" for i in range(20)]
    lake = loaded(tmp_path, "Id;Nome;E-mail;Código do cliente;Empresa", [
        *known, "P1;Ana;ana@nova.com.br;;", "P2;Bia;bia@nova.com.br;;", "P3;Caio;caio@gmail.com;;Fábrica Nova Ltda",
        "P4;Davi;davi@gmail.com;;", "P5;Eva;;;N/A", "P6;Gil;gil@nova.com.br;999999;", "Total;;;;",
    ])  # fmt: skip
    rows = lake.query(PEOPLE).to_pylist()
    assert [row for row in rows if not row["known"]] == [
        {"contact_id": "P1", "known": False, "prospect_id": "contatos:nova.com.br"},
        {"contact_id": "P2", "known": False, "prospect_id": "contatos:nova.com.br"},
        {"contact_id": "P3", "known": False, "prospect_id": "contatos:fabrica nova ltda"},
    ]
    assert sum(row["known"] for row in rows) == 20
    refused = lake.query('SELECT line, kind, reason FROM rejects ORDER BY "row"').to_pylist()
    of_nobody = "nada diz de que empresa é a pessoa: nem um código, nem um nome, nem um e-mail de trabalho"
    assert [tuple(row.values()) for row in refused] == [
        (25, "invalid_key", of_nobody),
        (26, "invalid_key", of_nobody),
        (27, "orphan_key", "nenhum cliente tem este código"),
        (28, "invalid_key", of_nobody),
    ]


def test_the_company_of_a_person_is_a_prospect_with_its_people(tmp_path: Path) -> None:
    lake = loaded(tmp_path, "Nome;E-mail", [f"Pessoa {i};p{i}@nova{i % 2}.com.br" for i in range(10)])
    page = companies_to_prospect(lake, limit=10)
    assert sorted((one.name, one.records) for one in page.companies) == [("nova0.com.br", 1), ("nova1.com.br", 1)]
    company = prospect_company(lake, page.companies[0].entity)
    assert company is not None
    assert company.name == page.companies[0].name
    assert company.contacts == len(prospect_people(lake, [one.id for one in company.records])) == 5


def test_a_name_that_is_no_customers_is_the_company_of_a_prospect(tmp_path: Path) -> None:
    lines = [f"Pessoa {i};p{i}@gmail.com;{name(i)}" for i in range(20)]
    lake = loaded(tmp_path, "Nome;E-mail;Empresa", [*lines, "Zeca;z@gmail.com;Empresa Nova SA", "Ivo;i@gmail.com;-"])
    people = lake.query("SELECT name, prospect_id FROM contacts WHERE customer_id IS NULL").to_pylist()
    assert people == [{"name": "Zeca", "prospect_id": "contatos:empresa nova sa"}]
    assert lake.query("SELECT name FROM prospects").to_pylist() == [{"name": "Empresa Nova SA"}]
    assert lake.query("SELECT value FROM rejects").to_pylist() == [{"value": "-"}]


def test_a_person_is_of_the_customer_of_this_name_or_domain(tmp_path: Path) -> None:
    drop, home = tmp_path / "drop", tmp_path / "home"
    drop.mkdir()
    firm: Rows = [
        {"Código": f"{1000 + 7 * i:06d}", "Razão Social": name(i), "CNPJ": cnpj(i),
         "Site": "https://www.grupo.com.br/" if i > 27 else f"www.firma{i}.com.br"} for i in range(30)
    ]  # fmt: skip
    people = [f"K{i};Pessoa {i};k{i}@firma{i}.com.br;{1000 + 7 * i:06d};" for i in range(20)]
    people += ["P1;Ana;ana@firma3.com.br;;", f"P2;Bia;bia@gmail.com;;{name(4).upper()}", "P3;Caio;c@grupo.com.br;;"]
    (drop / "contatos.csv").write_text("\n".join(["Id;Nome;E-mail;Código do cliente;Empresa", *people, ""]))
    files = [csv(drop / "clientes.csv", firm), invoices(drop), drop / "contatos.csv"]
    write_sources(propose_sources(files), home)
    lake = load(home, drop)
    rows = lake.query(
        "SELECT contact_id, c.name, prospect_id FROM contacts LEFT JOIN customers AS c USING (customer_id) "
        "WHERE contact_id LIKE 'P%' ORDER BY 1"
    ).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("P1", name(3), None), ("P2", name(4), None), ("P3", None, "contatos:grupo.com.br")
    ]  # fmt: skip
    assert lake.query("SELECT prospect_id FROM prospects").to_pylist() == [{"prospect_id": "contatos:grupo.com.br"}]


def test_customers_are_looked_up_by_hash() -> None:
    """A loop over all companies for each person takes hours on a large base."""
    columns = {
        "Código": {"to": "customer_id", "kind": "customer", "codes": "crm"},
        "E-mail": {"to": "email"},
        "Empresa": {},
    }
    declared = dict.fromkeys(("description", "files", "grain", "freshness", "owner"), "x") | {"columns": columns}
    by = {"name": "Empresa", "email": "email"}
    source = Source.model_validate(declared | {"source": "people", "target": "contacts", "company_by": by})
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE companies AS SELECT 'C' AS customer_id, 'N' AS name, '' AS trade_name, 'x.com' AS domain"
    )
    connection.execute(
        "CREATE TABLE _clean AS SELECT 'f' AS _file, 0 AS _row, NULL::VARCHAR AS customer_id, 'a@x.com' AS email, "
        'NULL::VARCHAR AS customer_id_delivered, NULL::VARCHAR AS "Empresa"'
    )
    connection.execute("CREATE TABLE _refused AS SELECT _file, _row FROM _clean WHERE FALSE")
    sql = accepted_sql(source, companies=True)
    assert connection.execute(f"SELECT customer_told, company_told FROM ({sql})").fetchall() == [("C", None)]
    plan = connection.execute(f"EXPLAIN {sql}").fetchall()[0][1]
    assert "HASH_JOIN" in plan
    assert "NL_JOIN" not in plan


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("ana@acme.com.br", "acme.com.br"), ("ANA@ACME.COM", "acme.com"), ("a@b.com; c@d.com", "b.com"),
        ("ana@gmail.com", None), ("ana@yahoo.com.br", None), ("ana@uol.com.br", None), ("ana@terra.com.br", None),
        ("ana@terra.agr.br", "terra.agr.br"), ("ana", None), ("", None), ("ana@hotmail.com.evil.br", None),
    ],
)  # fmt: skip
def test_the_domain_of_a_work_email_is_that_of_its_company(email: str, domain: str | None) -> None:
    assert duckdb.sql(f"SELECT {work_domain_sql(literal(email))}").fetchall() == [(domain,)]


@pytest.mark.parametrize(
    ("text", "told"),
    [("Acme SA", True), ("3M", True), ("-", False), ("n/a", False), ("Não informado", False), ("Autônoma", False)],
)
def test_a_word_for_no_company_is_none(text: str, told: bool) -> None:
    assert duckdb.sql(f"SELECT {company_name_sql(literal(text))}").fetchall() == [(text if told else None,)]
