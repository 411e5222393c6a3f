"""Contacts without a code of a customer: people of the company that its name or a work e-mail tells, else refused."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.unit.identify.wizard.exports import name
from tests.unit.identify.wizard.test_accounts import firms, load
from tests.unit.identify.wizard.test_accounts import lines as invoices

from b2shift.identify.api import (
    companies_to_prospect,
    propose_sources,
    prospect_company,
    prospect_people,
    write_sources,
)
from b2shift.identify.cleansing.company_told import company_name_sql, work_domain_sql
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
