"""Companies that are no customers, as pages: who sees which, their people on purpose, and what these people ask for."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.unit.identify.refined import SPECS, arrow
from tests.unit.web.factory import AS_OF

from b2shift.lake.api import Lake, open_lake, writing
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.resolution import prospects
from b2shift.web.crm import prospects as seen
from b2shift.web.ledger import personal
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox.models import Permission
from b2shift.web.privacy import requests
from b2shift.web.privacy.delivered import import_consents
from b2shift.web.privacy.models import RightsRequest

SignIn = Callable[[Role], Client]
PAGE = "/prospects/"
MINE, OTHERS, SAME = "contas:padaria s/a", "contas:2", "contas:3"
PROSPECTS = [
    {"prospect_id": MINE, "name": "Padaria Colibri", "city": "RECIFE", "state": "PE", "employees": 9},
    {
        "prospect_id": OTHERS,
        "name": "Oficina Azul",
        "owner_id": "U0005",
        "cnpj": "11.222.333/0001-81",
        "market_segment": "VAREJO",
        "employees": 40,
    },
    {"prospect_id": SAME, "name": "Empresa dez mil"},
]
ENTITIES = [
    {"prospect_id": MINE, "entity_id": MINE, "records": 1},
    {"prospect_id": OTHERS, "entity_id": OTHERS, "records": 1},
    {"prospect_id": SAME, "entity_id": "10000", "customer_id": "10000", "records": 2},
]
CONTACTS = [
    {"contact_id": "7/1", "prospect_id": MINE, "name": "Maria Segredo", "email": "maria@segredo.example"},
    {"contact_id": "8", "prospect_id": OTHERS, "name": "Bruno Alheio"},
    {"contact_id": "9", "customer_id": "10000", "name": "Carla Cliente"},
]


def lake_of(home: Path, contacts: list[dict[str, Any]], talks: list[dict[str, Any]] | None = None) -> Lake:
    deals = talks or [
        {"opportunity_id": "N1", "prospect_id": MINE, "owner_id": "U0002", "stage": "Proposta", "value": 1234}
    ]
    customers = [{"customer_id": "10000", "name": "Empresa 10000"}]
    with writing(home) as session:
        for table, rows in (("customers", customers), ("prospects", PROSPECTS), ("prospect_entities", ENTITIES),
                            ("contacts", contacts), ("opportunities", deals)):  # fmt: skip
            session.write(SPECS[table], arrow(SPECS[table], rows))
        session.commit(AS_OF)
    return open_lake(home)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    """U0002 has a deal with the first prospect; the second is of somebody else."""
    told = lake_of(tmp_path / "home", CONTACTS)
    for reader in (prospects, seen, personal, requests):
        monkeypatch.setattr(reader, "lake", lambda: told)
    return told


@pytest.fixture
def seller(signed_in: SignIn) -> Client:
    browser = signed_in(Role.EXECUTOR)
    User.objects.filter(pk=browser.session["_auth_user_id"]).update(vendor_user_id="U0002")
    return browser


def reads() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=AuditEvent.Action.PERSONAL_READ))


def test_each_sees_the_prospects_they_look_after(signed_in: SignIn, seller: Client, lake: Lake) -> None:
    assert seller.get(PAGE).context["total"] == 1
    assert "Padaria Colibri" in seller.get(PAGE).text
    page = seller.get(f"{PAGE}{MINE}/")
    assert "1.234" in page.text
    assert "Proposta" in page.text
    assert seller.get(f"{PAGE}{OTHERS}/").status_code == 404
    assert seller.get(f"{PAGE}nada/").status_code == 404
    analyst = signed_in(Role.ANALYST)
    assert analyst.get(PAGE).context["total"] == 2
    assert analyst.get(f"{PAGE}{OTHERS}/").status_code == 200
    assert signed_in(Role.ADMINISTRATOR).get(PAGE).status_code == 403
    assert Client().get(f"{PAGE}{MINE}/").status_code == 302


TALKS = [
    {"opportunity_id": "N1", "prospect_id": MINE, "owner_id": "U0002", "result": "aberto", "value": 1234},
    {"opportunity_id": "N2", "prospect_id": MINE, "owner_id": "U0002", "result": "aberto", "value": 100},
    {"opportunity_id": "N3", "prospect_id": MINE, "owner_id": "U0002", "result": "perdido", "value": 5000},
    {"opportunity_id": "N4", "prospect_id": OTHERS, "owner_id": "U0005", "result": "ganho", "value": 70},
]


@pytest.fixture
def talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    told = lake_of(tmp_path / "talks", CONTACTS, TALKS)
    monkeypatch.setattr(prospects, "lake", lambda: told)
    return told


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [OTHERS, MINE]),
        ("?q=colibrí+PADARIA", [MINE]),
        ("?q=recife", [MINE]),
        ("?q=11.222", [OTHERS]),
        ("?q=11222333", [OTHERS]),
        ("?q=padaria+azul", []),
        ("?deal=open", [MINE]),
        ("?deal=none", [OTHERS]),
        ("?market_segment=VAREJO", [OTHERS]),
        ("?state=PE", [MINE]),
        ("?owner=U0005", [OTHERS]),
        ("?owner=U0002", [MINE]),
        ("?sort=name", [OTHERS, MINE]),
        ("?sort=-name", [MINE, OTHERS]),
        ("?sort=-open_value", [MINE, OTHERS]),
        ("?sort=-employees", [OTHERS, MINE]),
        ("?sort=nada", [OTHERS, MINE]),
    ],
)
def test_prospects_are_searched_narrowed_and_put_in_order(
    signed_in: SignIn, talks: Lake, query: str, found: list[str]
) -> None:
    page = signed_in(Role.ANALYST).get(PAGE + query)
    assert [one.entity for one, _owner in page.context["rows"]] == found
    assert page.context["total"] == len(found)


def test_companies_under_negotiation_are_counted_with_their_deals(
    signed_in: SignIn, seller: Client, talks: Lake
) -> None:
    page = signed_in(Role.ANALYST).get(PAGE)
    assert "2 empresas a conquistar; 1 em negociação" in page.context["sentence"]
    assert "1.334,00" in page.text
    assert "5.000" not in page.text
    assert "Nenhum prospect com estes filtros" in seller.get(f"{PAGE}?owner=U0005").text
    part = seller.get(f"{PAGE}?q=padaria", headers={"hx-request": "true"}).text
    assert "Padaria Colibri" in part
    assert "<html" not in part


def test_its_people_are_read_for_a_purpose_and_written_down(signed_in: SignIn, seller: Client, lake: Lake) -> None:
    address = f"{PAGE}{MINE}/pessoas/"
    assert "Maria Segredo" not in seller.get(f"{PAGE}{MINE}/").text
    assert "finalidade" in seller.post(address).text
    assert reads() == []
    page = seller.post(address, {"purpose": "venda"})
    assert "Maria Segredo" in page.text
    assert "maria@segredo.example" in page.text
    [event] = reads()
    assert (event.object_kind, event.object_id, event.details) == ("prospect", MINE, {"contacts": ["7/1"]})
    assert seller.post(f"{PAGE}{OTHERS}/pessoas/", {"purpose": "venda"}).status_code == 404
    analyst = signed_in(Role.ANALYST)
    assert analyst.post(address, {"purpose": "venda"}).status_code == 403
    assert "1 pessoa conhecida" in analyst.get(f"{PAGE}{MINE}/").text
    assert len(reads()) == 1


def test_a_prospect_that_is_a_customer_leads_to_it(signed_in: SignIn, lake: Lake, published: None) -> None:
    page = signed_in(Role.ANALYST).get(f"{PAGE}{SAME}/").text
    assert "Já é cliente" in page
    assert "/clientes/10000/" in page


def test_a_person_of_a_prospect_asks_and_opposes(seller: Client, lake: Lake, tmp_path: Path, published: None) -> None:
    """Written down by who looks after the prospect; what is granted holds when the prospect becomes a customer."""
    told = {"kind": "oposicao", "requester": "Maria, por telefone", "person": "contacts/7/1"}
    assert seller.post("/lgpd/pedidos/novo/", told | {"person": "contacts/8"}).status_code == 403
    assert seller.post("/lgpd/pedidos/novo/", told).status_code == 302
    [request] = RightsRequest.objects.all()
    assert request.person_ref == "contacts/7/1"
    keeper = User.objects.create(email="dpo@empresa.example", role=Role.ADMINISTRATOR)
    requests.answer(Doer(keeper, keeper.email, None, "teste"), request, "Não falaremos mais.", timezone.now(),
                    granted=True)  # fmt: skip
    [word] = Permission.objects.all()
    assert (word.customer_id, word.person_id, word.given) == (MINE, "7/1", False)
    import_consents(lake)
    assert Permission.objects.get().customer_id == MINE
    won = CONTACTS[0] | {"customer_id": "10000", "prospect_id": None}
    import_consents(lake_of(tmp_path / "later", [won, *CONTACTS[1:]]))
    assert Permission.objects.get().customer_id == "10000"
