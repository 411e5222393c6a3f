"""Consents and oppositions: with proof, by who may, at the guard before the next message; those delivered too."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client
from tests.unit.web.factory import make_home

from b2shift.interact.contracts import Channel, Effect, Stage
from b2shift.kernel.errors import AccessError, InputError
from b2shift.lake.api import Lake, load_specs, open_lake, writing
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox import gate, permissions
from b2shift.web.outbox.models import Permission
from b2shift.web.privacy import consents, delivered
from b2shift.web.privacy.consents import Said

pytestmark = pytest.mark.records
SignIn = Callable[[Role], Client]
People = dict[Role, User]
NOW = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
ASKED = {"channel": "email", "purpose": "campanha", "origin": "telefone", "given": "0"}


def doer(user: User) -> Doer:
    return Doer(user, user.email, None, "web")


def known(
    customer: str = "10006", person: str | None = "k6", kind: str = "educacao"
) -> tuple[set[Channel], set[Channel]]:
    """Channels the guard finds allowed and refused."""
    effect = Effect(
        customer_id=customer, person_id=person, channel=Channel.EMAIL, kind=kind, group="mensagens",
        unit="totvs_gestao", proposer="regua",
    )  # fmt: skip
    standing = gate.guard_contexts([effect], Stage.FILA, NOW)[0]
    return set(standing.consents), set(standing.opposed)


def test_a_word_on_the_page_reaches_the_guard_with_its_proof(signed_in: SignIn, people: People) -> None:
    browser = signed_in(Role.EXECUTOR)
    told = browser.post("/clientes/10006/pessoas/k6/consentimentos/", ASKED | {"given": "1", "proof": "protocolo 12"})
    assert "Consentimento registrado" in told.content.decode()
    kept = Permission.objects.get()
    assert (kept.given, kept.purpose, kept.proof, kept.by) == (
        True,
        "campanha",
        "protocolo 12",
        people[Role.EXECUTOR].email,
    )
    assert known() == ({Channel.EMAIL}, set())
    assert known(kind="expansao") == (set(), set()), "a consent to campaigns says nothing of sales"
    told = browser.post("/clientes/10006/pessoas/k6/consentimentos/", ASKED)
    assert "Oposição registrada" in told.content.decode()
    assert known() == (set(), {Channel.EMAIL})
    assert AuditEvent.objects.filter(action="consent").count() == 2


def test_enter_never_answers_for_the_person(signed_in: SignIn) -> None:
    """A form is sent by Enter with its first button: what the person said must have been chosen."""
    browser = signed_in(Role.EXECUTOR)
    page = browser.get("/clientes/10006/pessoas/k6/consentimentos/").text
    assert 'type="submit" name=' not in page
    told = browser.post("/clientes/10006/pessoas/k6/consentimentos/", ASKED | {"given": "", "proof": "ligou"})
    assert told.status_code == 422
    assert not Permission.objects.exists()


def test_a_consent_without_proof_is_none(signed_in: SignIn) -> None:
    told = signed_in(Role.EXECUTOR).post("/clientes/10006/pessoas/k6/consentimentos/", ASKED | {"given": "1"})
    assert told.status_code == 422
    assert "precisa de prova" in told.content.decode()
    assert not Permission.objects.exists()
    assert not AuditEvent.objects.filter(action="consent").exists()


@pytest.mark.parametrize(
    ("role", "customer", "person", "status"),
    [
        (Role.EXECUTOR, "10001", "k1", 404), (Role.EXECUTOR, "10006", "k1", 404), (Role.ANALYST, "10006", "k6", 403),
        (Role.EXECUTIVE, "10006", "k6", 403), (Role.ADMINISTRATOR, "10006", "k6", 403),
    ],
)  # fmt: skip
def test_who_may_not_says_nothing_for_anybody(
    signed_in: SignIn, role: Role, customer: str, person: str, status: int
) -> None:
    address = f"/clientes/{customer}/pessoas/{person}/consentimentos/"
    assert signed_in(role).post(address, ASKED).status_code == status
    assert not Permission.objects.exists()
    assert not AuditEvent.objects.filter(action="consent").exists()


def test_what_is_no_channel_or_purpose_is_refused(people: People) -> None:
    for said in (
        Said("pombo", "campanha", False, "x"),
        Said("email", "espionagem", False, "x"),
        Said("email", "*", False, ""),
    ):
        with pytest.raises(InputError):
            consents.say(doer(people[Role.EXECUTOR]), "10006", "k6", said, NOW)
    with pytest.raises(AccessError):
        consents.say(Doer(None), "10006", "k6", Said("email", "*", False, "x"), NOW)
    assert not Permission.objects.exists()


@pytest.fixture
def delivered_lake(tmp_path: Path) -> Callable[..., Lake]:
    """A lake where K1 and K2 are people of one customer, delivered as a test says."""
    specs = load_specs(Path(__file__).parents[3] / "src/b2shift/identify/tables.yaml")
    make_home(tmp_path / "home", 3)

    def deliver(k1: bool, k2: bool, left: str | None = None, since: str = "2025-02-01", day: int = 1) -> Lake:
        with writing(tmp_path / "home") as session:
            person = (
                "SELECT '{0}' AS contact_id, 'C1' AS customer_id, NULL AS prospect_id, NULL AS name, NULL AS "
                "job_title, 'a@b.example' AS email, NULL AS phone, NULL AS preferred_channel, NULL AS role, "
                "NULL AS sentiment, {1} AS consent_email, "
                f"false AS consent_whatsapp, NULL AS consent_sms, DATE '{since}' AS consented_on"
            )
            session.write(specs["contacts"], f"{person.format('K1', k1)} UNION ALL {person.format('K2', k2)}")
            event = (
                f"SELECT 'e1' AS event_id, TIMESTAMP '{left or '2020-01-01'}' AS \"at\", 'unsubscribe' AS kind, 'c' AS "
                "campaign_id, NULL AS product_family, 'email' AS channel, 'A' AS variant, 'C1' AS customer_id, NULL AS "
                f"prospect_id WHERE {left is not None}"
            )
            session.write(specs["campaign_events"], event)
            session.commit(date(2026, 11, day))
        return open_lake(tmp_path / "home")

    return deliver


@pytest.mark.usefixtures("db")
class TestDelivered:
    """What a delivery says of consents."""

    def test_a_consent_is_of_its_person_and_once(self, delivered_lake: Callable[..., Lake]) -> None:
        read = delivered_lake(True, False)
        assert delivered.import_consents(read) == 1
        assert delivered.import_consents(read) == 0, "the same delivery again writes nothing"
        assert known("C1", "K1") == ({Channel.EMAIL}, set())
        assert known("C1", "K2") == (set(), set())

    def test_one_taken_back_is_an_opposition(self, delivered_lake: Callable[..., Lake]) -> None:
        delivered.import_consents(delivered_lake(True, True))
        assert delivered.import_consents(delivered_lake(False, True, day=2)) == 1
        assert known("C1", "K1") == (set(), {Channel.EMAIL})
        assert known("C1", "K2") == ({Channel.EMAIL}, set())

    def test_who_unsubscribed_is_refused_until_somebody_consents_later(
        self, delivered_lake: Callable[..., Lake]
    ) -> None:
        delivered.import_consents(delivered_lake(True, False, left="2025-06-01"))
        assert known("C1", "K1")[1] == known("C1", None)[1] == {Channel.EMAIL}
        delivered.import_consents(delivered_lake(True, False, left="2025-06-01", since="2025-07-01", day=2))
        assert known("C1", "K1") == known("C1", None) == ({Channel.EMAIL}, set())
        assert known("C1", "K2")[1] == {Channel.EMAIL}

    def test_an_older_delivery_does_not_undo_what_the_person_said(self, delivered_lake: Callable[..., Lake]) -> None:
        permissions.oppose("C1", "telefone", NOW, channel="email", person_id="K1")
        delivered.import_consents(delivered_lake(True, True))
        assert known("C1", "K1") == (set(), {Channel.EMAIL})
