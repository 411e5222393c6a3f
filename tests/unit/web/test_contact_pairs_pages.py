"""Contacts that repeat, as pages: whose names appear to whom, the answers kept, and that merges come apart again."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.unit.identify.refined import SPECS, arrow
from tests.unit.web.factory import AS_OF

from b2shift.identify.api import decide_link
from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.lake.api import Lake, open_lake, writing
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.resolution import contacts
from b2shift.web.crm.rejects import HIDDEN
from b2shift.web.ledger.models import AuditEvent

SignIn = Callable[[Role], Client]
PAGE = "/contatos-repetidos/"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ENTER = {Role.ANALYST, Role.MARKETING, Role.MANAGER, Role.EXECUTOR}
MARIA = {"name": "Maria Colibri", "email": "maria@segredo.example", "phone": "(11) 98888-0000"}
EVIDENCE = [
    {"evidence": "name", "level": "same", "points": 4.0},
    {"evidence": "email", "level": "other", "points": -2.5},
]


def contact(code: str, customer: int, **told: Any) -> dict[str, Any]:
    return {"contact_id": code, "customer_id": str(customer), "name": f"Pessoa {code}", "email": None} | told


def link(one: str, other: str, zone: str) -> dict[str, Any]:
    chance = {"same": 0.99, "doubt": 0.4}[zone]
    return {"contact_id": one, "same_as": other, "probability": chance, "points": 1.5, "zone": zone,
            "evidence": EVIDENCE}  # fmt: skip


# 10000 and 10006 are followed by the executor's own vendor code, 10001 by somebody else's.
CONTACTS = [
    contact("K1", 10000, **MARIA), contact("K2", 10006, **MARIA), contact("K3", 10000), contact("K4", 10001),
    contact("K5", 10000, **MARIA), contact("K6", 10000), contact("K7", 10001, customer_id=None, prospect_id="P1"),
]  # fmt: skip
PROSPECTS = [{"prospect_id": "P1", "name": "Prospect Um"}]
LINKS = [link("K1", "K2", "doubt"), link("K3", "K4", "doubt"), link("K1", "K5", "same"), link("K6", "K7", "same")]
ENTITIES = {"K1": ("K1", 2), "K5": ("K1", 2), "K6": ("K6", 2), "K7": ("K6", 2)}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("persons")
    codes = [one["contact_id"] for one in CONTACTS]
    entities = [
        dict(zip(("contact_id", "entity_id", "records"), (c, *ENTITIES.get(c, (c, 1))), strict=True)) for c in codes
    ]
    customers = [{"customer_id": str(code), "name": f"Empresa {code}"} for code in (10000, 10001, 10006)]
    with writing(home) as session:
        for table, rows in (("customers", customers), ("prospects", PROSPECTS), ("contacts", CONTACTS),
                            ("contact_links", LINKS), ("contact_entities", entities)):  # fmt: skip
            session.write(SPECS[table], arrow(SPECS[table], rows))
        session.commit(AS_OF)
    return home


@pytest.fixture
def home(base: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Answers go to a home of their own; the lake is read where it is."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    lake: Lake = open_lake(base)
    monkeypatch.setattr(contacts, "lake", lambda: lake)
    return tmp_path


def journal(home: Path) -> str:
    path = home / "decisions" / "contacts.jsonl"
    return path.read_text() if path.exists() else ""


def reads() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=AuditEvent.Action.PERSONAL_READ).order_by("sequence"))


def test_only_who_resolves_or_reads_contacts_enters_and_answers(signed_in: SignIn, home: Path) -> None:
    told = {"prospect_id": "K1", "same_as": "K2", "answer": "accepted"}
    for role in set(Role) - ENTER:
        browser = signed_in(role)
        assert browser.get(PAGE).status_code == 403, role
        assert browser.post(f"{PAGE}resposta/", told).status_code == 403, role
        assert browser.post(f"{PAGE}separar/", {"entity": "K1", "contact": "K5"}).status_code == 403, role
    for role in set(Role) - ENTER | {Role.ANALYST}:
        assert signed_in(role).post(f"{PAGE}nomes/", {"purpose": "venda"}).status_code == 403, role
    assert Client().get(PAGE).status_code == 302
    assert journal(home) == ""
    assert reads() == []
    for role in ENTER:
        assert signed_in(role).get(PAGE).status_code == 200, role


def test_who_may_not_read_contacts_sees_codes_and_reasons_only(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    page = browser.get(PAGE)
    assert page.context["total"] == 2
    for view in ("", "?ver=unidas"):
        text = browser.get(PAGE + view).text
        assert "K1" in text
        assert "Empresa 10000" in text
        for secret in MARIA.values():
            assert secret not in text
    assert "E-mail" in page.text
    assert reads() == []


def test_names_appear_for_a_purpose_of_the_customers_one_follows_and_are_audited(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.EXECUTOR)
    assert "Maria Colibri" not in browser.get(PAGE).text
    assert browser.post(f"{PAGE}nomes/", {"purpose": "curiosidade"}).status_code == 400
    assert reads() == []
    assert browser.post(f"{PAGE}nomes/", {"purpose": "venda"}).status_code == 302
    page = browser.get(PAGE)
    assert "Maria Colibri" in page.text
    assert "Empresa 10001" not in page.text
    [event] = reads()
    assert (event.purpose, event.details) == ("venda", {"contacts": ["K1", "K2"]})
    assert "maria@segredo.example" in browser.get(f"{PAGE}?ver=unidas").text
    assert browser.post(f"{PAGE}nomes/", {"purpose": ""}).status_code == 302
    assert "Maria Colibri" not in browser.get(PAGE).text
    assert len(reads()) == 2


def test_answers_are_kept_taken_back_and_only_of_what_one_sees(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.EXECUTOR)
    for other in (
        {"prospect_id": "K3", "same_as": "K4"},
        {"prospect_id": "K1", "same_as": "K3"},
        {"prospect_id": "K1"},
    ):
        assert browser.post(f"{PAGE}resposta/", other | {"answer": "accepted"}).status_code == 400
    assert browser.post(f"{PAGE}separar/", {"entity": "K6", "contact": "K6"}).status_code == 400
    assert journal(home) == ""
    told = {"prospect_id": "K1", "same_as": "K2"}
    assert browser.post(f"{PAGE}resposta/", told | {"answer": "accepted"}).status_code == 302
    assert browser.get(PAGE).context["total"] == 0
    page = browser.get(f"{PAGE}?ver=decididas").text
    assert "São a mesma pessoa" in page
    assert "a próxima execução aplica" in page
    assert browser.post(f"{PAGE}resposta/", told | {"answer": "open"}).status_code == 302
    assert browser.get(PAGE).context["total"] == 1
    assert browser.post(f"{PAGE}separar/", {"entity": "K1", "contact": "K5"}).status_code == 302
    assert '"K5","answer":"rejected"' in journal(home)


@pytest.mark.parametrize("query", ["?ver=nada", "?cursor=0", "?cursor=x"])
def test_a_list_that_does_not_exist_is_refused(signed_in: SignIn, home: Path, query: str) -> None:
    assert signed_in(Role.ANALYST).get(PAGE + query).status_code == 400


def test_who_decided_is_told_by_name_and_never_by_an_address(
    signed_in: SignIn, people: dict[Role, User], home: Path
) -> None:
    browser = signed_in(Role.ANALYST)
    browser.post("/contatos-repetidos/resposta/", {"prospect_id": "K1", "same_as": "K2", "answer": "rejected"})
    decided = LinkDecision(prospect_id="K3", same_as="K4", answer=Answer.REJECTED, by="saiu@outra.example", at=NOW)
    decide_link(contacts.lake(), home, decided)
    page = browser.get(f"{PAGE}?ver=decididas").text
    assert f"{people[Role.ANALYST].name}, em" in page
    assert f"{HIDDEN}, em" in page
    for address in (people[Role.ANALYST].email, "saiu@outra.example", "outra.example"):
        assert address not in page.split('id="list"')[1]
