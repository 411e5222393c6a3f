"""Erasing a person reaches the records, every byte of them; only who may does it, and nothing happens otherwise."""

import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as now_settings
from django.db import connection, transaction
from django.test import Client
from tests.unit.identify.privacy.small import found_in

from b2shift.interact.contracts import Effect
from b2shift.kernel.errors import AccessError, InputError, LakeBusyError, UnknownNameError
from b2shift.lake.api import open_lake, writing
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.turn import alone
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, verify
from b2shift.web.outbox import permissions as outbox_people
from b2shift.web.outbox.models import Message, Permission
from b2shift.web.outbox.queue import enqueue
from b2shift.web.outreach.models import Draft, Incoming, Task
from b2shift.web.outreach.reading import visible_drafts
from b2shift.web.privacy import erasure, orders
from b2shift.web.privacy.erasure import erase_person
from b2shift.web.privacy.models import ErasureOrder, RightsRequest

pytestmark = pytest.mark.records
SignIn = Callable[[Role], Client]
People = dict[Role, User]
NOW = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
WORDS = ("Maria Pessoa 6", "pessoa6@segredo.example")


@pytest.fixture
def own_home(tmp_path: Path, lake_home: Path, settings: Any) -> Path:
    """A copy of the factory's home, to be changed."""
    shutil.copytree(lake_home / "lake", tmp_path / "home" / "lake")
    settings.HOME = tmp_path / "home"
    return tmp_path / "home"


def doer(user: User) -> Doer:
    return Doer(user, user.email, None, "web")


def message(key: str, **over: Any) -> Message:
    told = {"customer_id": "10006", "person_id": "k6", "channel": "in_app", "kind": "educacao", "group": "mensagens",
            "unit": "totvs_gestao", "proposer": "regua", "content": "Oi, Maria Pessoa 6"}  # fmt: skip
    with transaction.atomic():
        return enqueue(
            Effect.model_validate(told | over), {"to": "pessoa6@segredo.example", "name": "Maria Pessoa 6"}, key, NOW
        )


def records_text() -> str:
    """Every value of every table of the product."""
    models = [one for one in apps.get_models() if one.__module__.startswith("b2shift.")]
    return str([list(one._default_manager.values_list()) for one in models])


def test_the_records_forget_the_person_and_the_trail_says_what_was_done(people: People, own_home: Path) -> None:
    kept = message("m1")
    outbox_people.allow("10006", "email", "formulário", NOW, person_id="k6")
    RightsRequest.objects.create(
        protocol="2026-000001", kind="eliminacao", requester="Maria Pessoa 6", told="apague pessoa6@segredo.example",
        created_at=NOW, created_by=people[Role.ADMINISTRATOR], due_on=NOW.date(), person_ref="contacts/k6",
    )  # fmt: skip
    assert all(word in records_text() for word in WORDS)
    done = erase_person(doer(people[Role.ADMINISTRATOR]), "contacts/k6", "pedido 2026-000001", NOW)
    assert (done.left, done.records_removed, done.versions) == (0, 1, 1)
    assert not [word for word in WORDS if word in records_text()]
    assert found_in(own_home, *WORDS) == []
    kept.refresh_from_db()
    assert (kept.state, kept.payload, kept.person_id) == ("suppressed", {}, f"apagada-{done.erasure[:12]}")
    assert not Permission.objects.exists()
    event = AuditEvent.objects.get(action="person_erased")
    assert (event.actor, event.details["reason"], event.details["left"]) == (
        people[Role.ADMINISTRATOR], "pedido 2026-000001", 0,
    )  # fmt: skip
    assert verify().intact


def test_contacts_in_the_making_tasks_and_answers_forget_the_person_too(people: People, own_home: Path) -> None:
    of_person = {"customer_id": "10006", "person_id": "k6", "channel": "email"}
    waiting = Draft.objects.create(
        **of_person, proposal_id="p1", rule_id="r1", kind="retencao", text="Olá, Maria.", standard="Olá, Maria.",
        effect={"person_id": "k6"}, payload={"to": WORDS[1]}, author=people[Role.EXECUTOR], created_at=NOW,
        expires_at=NOW,
    )  # fmt: skip
    Task.objects.create(**of_person, key="t", title="Ligar", text="Falar com a Maria", created_at=NOW)
    Incoming.objects.create(**of_person, external_id="<a>", sender=WORDS[1], text="Sou a Maria", at=NOW)
    erase_person(doer(people[Role.ADMINISTRATOR]), "contacts/k6", "pedido 8", NOW)
    assert "Maria" not in str([list(one.objects.values()) for one in (Draft, Task, Incoming)])
    assert not [word for word in WORDS if word in records_text()]
    assert Task.objects.get().title == "Ligar"
    assert not visible_drafts(people[Role.EXECUTOR]).filter(pk=waiting.pk).exists(), "nobody approves what was erased"


def test_the_person_gets_no_message_afterwards(people: People, own_home: Path) -> None:
    erase_person(doer(people[Role.ADMINISTRATOR]), "contacts/k6", "pedido 7", NOW)
    by_code = message("m2")
    by_address = message("m3", person_id=None)
    assert {by_code.state, by_address.state} == {"suppressed"}
    assert by_address.payload == {}
    assert "apagada a pedido" in by_address.reason
    assert message("m4", customer_id="10000", person_id="k0").payload == {}, "the address is hers whoever it is for"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_who_does_not_look_after_privacy_erases_nobody(people: People, own_home: Path, role: Role) -> None:
    with pytest.raises(AccessError):
        erase_person(doer(people[role]), "contacts/k6", "porque sim", NOW)
    assert "k6" in open_lake(own_home).query("FROM contacts")["contact_id"].to_pylist()
    assert not (own_home / "privacy").exists()
    assert not AuditEvent.objects.exists()


def test_without_a_reason_or_of_nobody_or_of_a_user_nothing_happens(people: People, own_home: Path) -> None:
    administrator = doer(people[Role.ADMINISTRATOR])
    with pytest.raises(InputError, match="por que"):
        erase_person(administrator, "contacts/k6", " ", NOW)
    with pytest.raises(UnknownNameError):
        erase_person(administrator, "contacts/k999", "pedido 8", NOW)
    User.objects.create_user("pessoa6@segredo.example", "uma frase longa", name="Maria", role=Role.EXECUTOR)
    with pytest.raises(InputError, match="usa o B2Shift"):
        erase_person(administrator, "contacts/k6", "pedido 9", NOW)
    assert not (own_home / "privacy").exists()
    assert "k6" in open_lake(own_home).query("FROM contacts")["contact_id"].to_pylist()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Processes that a page would start."""
    found: list[str] = []
    monkeypatch.setattr(orders, "start", lambda: found.append("resume"))
    return found


def order(browser: Client, **told: str) -> Any:
    return browser.post("/lgpd/titulares/contacts/k6/apagar/", {"confirm": "k6", "reason": "pedido 10"} | told)


def test_the_page_keeps_an_order_that_a_process_of_its_own_carries_out(
    signed_in: SignIn, people: People, own_home: Path, started: list[str]
) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert all(word in browser.get("/lgpd/titulares/contacts/k6/").text for word in WORDS)
    again = order(browser, confirm="k7")
    assert (again.status_code, order(browser, reason=" ").status_code) == (422, 422)
    assert "O código digitado não é o da pessoa: k7. Digite k6 para confirmar." in again.text
    assert 'value="pedido 10"' in again.text, "what was written is not lost"
    assert (started, ErasureOrder.objects.count()) == ([], 0)
    assert order(browser).headers["Location"] == "/lgpd/eliminacoes/"
    order(browser)
    assert ErasureOrder.objects.count() == 1, "asked twice it is one order"
    assert len(started) == 2
    page = browser.get("/lgpd/eliminacoes/").text
    assert "Na fila" in page
    assert "every 3s" in page
    assert "k6" in open_lake(own_home).query("FROM contacts")["contact_id"].to_pylist(), (
        "nothing is done in the request"
    )
    [done] = erasure.finish_pending(Doer(None, "agenda", None, "cli"), NOW)
    page = browser.get("/lgpd/eliminacoes/").text
    assert "Nada restou" in page
    assert "every 3s" not in page
    assert found_in(own_home, *WORDS) == []
    kept = ErasureOrder.objects.get()
    assert (kept.state, kept.person_ref, kept.result["left"]) == ("feita", "", 0)
    event = AuditEvent.objects.get(action="person_erased")
    assert (event.actor, event.channel, event.object_id) == (people[Role.ADMINISTRATOR], "web", done.erasure)
    for gone in (browser.get("/lgpd/titulares/contacts/k6/"), browser.get("/lgpd/titulares/contacts/k6/previa/"),
                 browser.post("/lgpd/titulares/contacts/k6/exportar/"), order(browser)):  # fmt: skip
        assert (gone.status_code, "Esta pessoa foi apagada dos dados" in gone.text) == (404, True)
    assert "Procure pelo nome" in browser.get("/lgpd/titulares/contacts/k999/").text
    assert browser.post("/lgpd/eliminacoes/retomar/").status_code == 302
    assert len(started) == 3


def test_who_may_not_neither_orders_nor_goes_on_nor_sees(signed_in: SignIn, own_home: Path, started: list[str]) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        browser = signed_in(role)
        assert order(browser).status_code == 403, role
        assert browser.post("/lgpd/eliminacoes/retomar/").status_code == 403, role
        assert browser.get("/lgpd/eliminacoes/").status_code == 403, role
    assert (started, ErasureOrder.objects.count()) == ([], 0)


def test_an_order_tells_how_far_it_is_and_a_killed_one_is_gone_on_with(
    signed_in: SignIn, own_home: Path, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    order(browser)
    by = Doer(None, "agenda", None, "cli")
    with writing(own_home), pytest.raises(LakeBusyError):
        erasure.finish_pending(by, NOW)
    waiting = ErasureOrder.objects.get()
    assert (waiting.state, waiting.step, waiting.person_ref) == ("a_fazer", "lake", "")
    assert "Outra execução está escrevendo" in browser.get("/lgpd/eliminacoes/").text
    with monkeypatch.context() as killed:
        killed.setattr(erasure, "erase_from_lake", lambda *_told: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erasure.finish_pending(by, NOW)
    assert ErasureOrder.objects.get().state == "em_curso"
    page = browser.get("/lgpd/eliminacoes/").text
    assert "Interrompida" in page
    assert "Retomar o que parou" in page
    with alone(own_home, orders.WORK):
        assert "Um processo trabalha agora" in browser.get("/lgpd/eliminacoes/").text
    erasure.finish_pending(by, NOW)
    assert ErasureOrder.objects.get().state == "feita"
    assert found_in(own_home, *WORDS) == []


def test_an_order_that_cannot_be_begun_says_why_and_the_others_go_on(
    signed_in: SignIn, people: People, own_home: Path, started: list[str]
) -> None:
    ErasureOrder.objects.create(
        erasure="0" * 32, person_ref="contacts/k999", reason="pedido 9", ordered_at=NOW,
        ordered_by=people[Role.ADMINISTRATOR],
    )  # fmt: skip
    order(signed_in(Role.ADMINISTRATOR))
    [done] = erasure.finish_pending(Doer(None, "agenda", None, "cli"), NOW)
    assert done.left == 0
    assert {one.state for one in ErasureOrder.objects.all()} == {"falhou", "feita"}
    assert "k999" in ErasureOrder.objects.get(state="falhou").problem


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_the_database_file_keeps_what_was_deleted(tmp_path: Path, lake_home: Path, settings: Any) -> None:
    """On SQLite deleted values would lie in free pages and in the write-ahead log."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its files to itself")
    shutil.copytree(lake_home / "lake", tmp_path / "home" / "lake")
    settings.HOME = tmp_path / "home"
    file = Path(connection.settings_dict["NAME"])
    for number in range(50):
        message(f"m{number}", kind="educacao")
    Message.objects.filter(dedupe_key__in=["m1", "m2"]).delete()
    with sqlite3.connect(file) as other:
        other.execute("PRAGMA wal_checkpoint(PASSIVE)")
    assert b"pessoa6@segredo" in _bytes(file)
    erase_person(Doer(None, "dpo@empresa.example", None, "cli"), "contacts/k6", "pedido 11", NOW)
    assert b"pessoa6@segredo" not in _bytes(file)
    assert b"Maria Pessoa 6" not in _bytes(file)
    assert tmp_path / "home" == now_settings.HOME


def _bytes(file: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))


def test_what_a_kill_or_a_busy_lake_leaves_is_finished_later(
    people: People, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator = doer(people[Role.ADMINISTRATOR])
    message("m5")
    with monkeypatch.context() as killed:
        killed.setattr(erasure, "erase_from_lake", lambda *_told: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase_person(administrator, "contacts/k6", "pedido 12", NOW)
    assert "k6" in open_lake(own_home).query("FROM contacts")["contact_id"].to_pylist(), "the lake reads as before"
    assert not [word for word in WORDS if word in records_text()]
    with writing(own_home), pytest.raises(LakeBusyError, match="person resume"):
        erasure.finish_pending(administrator, NOW)
    (done,) = erasure.finish_pending(administrator, NOW)
    assert (done.left, erasure.finish_pending(administrator, NOW)) == (0, [])
    assert found_in(own_home, *WORDS) == []
    assert message("m6").state == "suppressed"
