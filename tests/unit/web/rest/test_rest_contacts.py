"""Contacts by programs: with a key only, under the same guard, and nothing of anybody's words or addresses."""

from typing import Any

import pytest
from django.test import Client
from tests.unit.web.outreach.world import CUSTOMER, NOW, PERSON, PROPOSAL

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.scopes import TokenScope
from b2shift.web.crm.models import Proposal
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.outbox import permissions as permissions
from b2shift.web.outbox.models import Message
from b2shift.web.outreach.models import Draft, Outcome, Task

pytestmark = pytest.mark.records
X, M, A, E = Role.EXECUTOR, Role.MARKETING, Role.ANALYST, Role.EXECUTIVE
CONTACT = f"/api/v1/proposals/{PROPOSAL}/contact"
ASKED = {"channel": "email", "person_id": PERSON}


@pytest.fixture(autouse=True)
def due(people: dict[Role, User]) -> None:
    told = {"rule_id": "retencao.risco_alto", "kind": "retencao", "message": "Queremos ouvir vocês."}
    Proposal.objects.filter(pk=PROPOSAL).update(**told)
    permissions.allow(CUSTOMER, "email", "formulário", NOW, person_id=PERSON)


def post(client: Client, path: str, told: dict[str, str]) -> Any:
    return client.post(path, told, content_type="application/json")


def test_a_key_makes_a_contact_and_follows_it(program: Any) -> None:
    client = program(X)
    made = post(client, CONTACT, ASKED)
    assert (made.status_code, made.json()["state"]) == (200, "queued"), made.content
    again = post(client, CONTACT, ASKED)
    assert again.status_code == 422
    assert "já foi preparado" in again.json()["detail"]
    listed = client.get("/api/v1/messages?state=pending").json()
    assert [one["message_id"] for one in listed["items"]] == [made.json()["message_id"]]
    one = client.get(f"/api/v1/messages/{made.json()['message_id']}")
    assert one.json()["rule_id"] == "retencao.risco_alto"
    assert "segredo.example" not in one.content.decode()
    assert "Queremos ouvir" not in one.content.decode()
    assert client.get("/api/v1/messages?state=sent").json()["total"] == 0
    assert AuditEvent.objects.filter(action="personal_read", channel="rest").count() == 2
    other = program(M).get(f"/api/v1/messages/{made.json()['message_id']}")
    assert other.status_code == 404


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"channel": "whatsapp", "person_id": PERSON}, 422),
        ({"channel": "pombo"}, 422),
        ({"channel": "email"}, 422),
        ({"channel": "email", "person_id": "k1"}, 422),
        ({**ASKED, "text": "Olá {pesoa}"}, 422),
    ],
)
def test_what_cannot_be_made_is_not(program: Any, told: dict[str, str], status: int) -> None:
    assert post(program(X), CONTACT, told).status_code == status
    assert not Draft.objects.exists()
    assert not Message.objects.exists()


def test_a_session_another_role_or_a_narrow_key_writes_nothing(signed_in: Any, program: Any) -> None:
    task = Task.objects.create(key="t", customer_id=CUSTOMER, channel="telefone", title="Ligar", created_at=NOW)
    outcome = f"/api/v1/tasks/{task.pk}/outcome"
    narrow = [one for one in TokenScope.values if one != "outreach:write"]
    without_contacts = ["outreach:write", "proposals:read"]
    for client in (signed_in(X), program(A), program(E), program(X, narrow), Client()):
        for path, told in ((CONTACT, ASKED), (outcome, {"outcome": "aceitou"})):
            assert post(client, path, told).status_code in (401, 403), path
    assert post(program(X, without_contacts), CONTACT, ASKED).status_code == 403
    assert post(program(M), CONTACT, ASKED).status_code == 404
    assert post(program(M), outcome, {"outcome": "aceitou"}).status_code == 404
    assert not Draft.objects.exists()
    assert not Outcome.objects.exists()
    assert not AuditEvent.objects.exclude(action__in=["token_issued", "consent"]).exists()
    done = post(program(X), outcome, {"outcome": "aceitou"})
    assert (done.status_code, done.json()["outcome"]) == (200, "aceitou")
    assert post(program(X), outcome, {"outcome": "aceitou"}).status_code == 422
    assert program(X).get("/api/v1/tasks").json()["total"] == 0
    assert program(X).get("/api/v1/tasks?open=false").json()["total"] == 1
