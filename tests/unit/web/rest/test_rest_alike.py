"""Duplicates while one types: what is alike is told, what the caller does not follow only exists."""

from typing import Any

import pytest
from django.test import Client

from b2shift.identify.contracts import CompanyLink, LinkEvidence, TypedCompany
from b2shift.kernel.errors import LakeEmptyError
from b2shift.web.accounts.roles import Role
from b2shift.web.crm import similar_companies

ADDRESS = "/api/v1/companies/alike"
REASON = LinkEvidence(evidence="name", level="same", points=20.0)


def link(kind: str, code: str) -> CompanyLink:
    return CompanyLink(
        kind=kind, id=code, name=f"Nome de {code}", probability=0.987654, points=6.0, zone="same", evidence=(REASON,)
    )


class Prospects:
    """A lake whose prospects belong to U0002."""

    def query(self, sql: str, told: dict[str, Any]) -> Any:
        rows = [{"prospect_id": code} for code in told["codes"] if code == "P1" and "U0002" in told["followed"]]
        return type("Rows", (), {"to_pylist": lambda self: rows})()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[TypedCompany]:
    """What the search was asked; it finds a customer of U0002, one of another seller, and two prospects."""
    heard: list[TypedCompany] = []

    def near(lake: object, typed: TypedCompany, *, limit: int = 5) -> tuple[CompanyLink, ...]:
        heard.append(typed)
        return (link("customer", "10000"), link("customer", "10001"), link("prospect", "P1"), link("prospect", "P2"))

    monkeypatch.setattr(similar_companies, "possible_duplicates", near)
    monkeypatch.setattr(similar_companies, "lake", Prospects)
    return heard


def told(client: Client) -> list[tuple[bool, str | None]]:
    answer = client.get(ADDRESS, {"name": "padaria", "cnpj": "12.ABC.345/01DE-35", "city": "Santos"})
    assert answer.status_code == 200
    return [(one["visible"], one["id"]) for one in answer.json()["items"]]


def test_all_is_told_to_who_sees_all(program: Any, asked: list[TypedCompany]) -> None:
    codes = ["10000", "10001", "P1", "P2"]
    assert told(program(Role.ANALYST)) == [(True, code) for code in codes]
    assert asked == [TypedCompany(name="padaria", cnpj="12.ABC.345/01DE-35", city="Santos")]


def test_an_executor_learns_that_others_exist_and_nothing_more(program: Any, asked: list[TypedCompany]) -> None:
    client = program(Role.EXECUTOR)
    assert told(client) == [(True, "10000"), (False, None), (True, "P1"), (False, None)]
    text = client.get(ADDRESS, {"name": "padaria"}).content.decode()
    assert "10001" not in text
    assert "Nome de P2" not in text
    assert '"points":20.0' in text


def test_who_sees_no_customers_asks_nothing(program: Any, asked: list[TypedCompany]) -> None:
    assert program(Role.ADMINISTRATOR).get(ADDRESS, {"name": "padaria"}).status_code == 403
    assert asked == []


def test_a_misspelt_field_is_refused(program: Any, asked: list[TypedCompany]) -> None:
    assert program(Role.ANALYST).get(ADDRESS, {"nome": "padaria"}).status_code == 422
    assert asked == []


def test_what_it_reads_is_there_before_somebody_types(asked: list[TypedCompany]) -> None:
    similar_companies.prepare()
    assert len(asked) == 1


def test_before_the_first_run_there_is_nothing_to_prepare(
    asked: list[TypedCompany], monkeypatch: pytest.MonkeyPatch
) -> None:
    def empty() -> None:
        raise LakeEmptyError("Ainda não há dados")

    monkeypatch.setattr(similar_companies, "lake", empty)
    similar_companies.prepare()
    assert asked == []
