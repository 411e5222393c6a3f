"""The worker: what it can send by, what it says, and that a channel nobody configured keeps its messages."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from tests.unit.web.channels.mail_peers import smtp_peer

from b2shift.kernel.errors import InputError
from b2shift.web.channels import serving
from b2shift.web.channels.configured import channels, mailbox
from b2shift.web.crm.models import Customer
from b2shift.web.outbox.models import Message, Permission
from b2shift.web.outreach.models import Notice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.records]
NOON = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)
SMTP = {"B2SHIFT_SMTP_HOST": "127.0.0.1", "B2SHIFT_SMTP_FROM": "ola@e.example", "B2SHIFT_SMTP_SECURITY": "none"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_now", lambda: NOON)


def put(key: str, channel: str, customer: str = "C1") -> None:
    effect = {
        "customer_id": customer, "person_id": "k1", "channel": channel, "kind": "educacao", "group": "mensagens",
        "unit": "totvs_gestao", "proposer": "u1",
    }  # fmt: skip
    told = {"to": "ana@c.example", "subject": "Oi", "text": "Oi", "customer_id": customer}
    if not Customer.objects.filter(customer_id=customer).exists():
        about = {"name": "Empresa", "business_units": ["totvs_gestao"], "state": "SP", "row_hash": "0"}
        Customer.objects.create(customer_id=customer, as_of=NOON.date(), **about)
    Message.objects.create(
        dedupe_key=key, customer_id=customer, person_id="k1", channel=channel, group="mensagens", effect=effect,
        payload=told, due_at=NOON, created_at=NOON,
    )  # fmt: skip


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("dedupe_key", "state"))


def test_a_channel_without_configuration_is_reported_and_holds_up_nobody() -> None:
    said: list[str] = []
    put("w", "whatsapp")
    put("a", "in_app")
    assert serving.serve({}, said.append, once=True) == 1
    assert states() == {"w": "pending", "a": "sent"}
    assert Notice.objects.get().text == "Oi"
    told = "\n".join(said)
    assert "Na fila: 1 por whatsapp esperam (falta B2SHIFT_WHATSAPP_TOKEN, B2SHIFT_WHATSAPP_NUMBER_ID)." in told
    assert "enviadas: 1 por in_app" in told
    assert told.count("Na fila:") == 1, "said when it changes, not every second"


def test_several_workers_send_each_message_once(on_postgres: bool) -> None:
    for number in range(12):
        put(f"k{number}", "in_app", f"C{number}")

    def run() -> None:
        serving.serve({}, lambda _told: None, once=True)
        connection.close()

    workers = [threading.Thread(target=run) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert set(states().values()) == {"sent"}
    assert Notice.objects.count() == 12


def test_a_mail_leaves_by_the_server_of_the_environment() -> None:
    with smtp_peer() as peer:
        found = channels(SMTP | {"B2SHIFT_SMTP_PORT": str(peer.port)})
        found.senders["email"].send("k", {"to": "ana@c.example", "subject": "Oi", "text": "Oi"})
        assert [to for _from, to, _raw in peer.mails] == ["ana@c.example"]
    assert set(found.missing) == {"whatsapp", "sms", "slack", "teams", "webhook", "push"}


def test_without_a_server_mails_may_go_to_a_folder_each_once(tmp_path: Path) -> None:
    put("k", "email")
    Permission.objects.create(customer_id="C1", person_id="k1", channel="email", given=True, origin="teste", at=NOON)
    env = {"B2SHIFT_MAIL_FOLDER": str(tmp_path / "caixa")}
    assert serving.serve(env, lambda _told: None, once=True) == 1
    sender = channels(env).senders["email"]
    sender.send("k", {"to": "ana@c.example", "subject": "Oi", "text": "Oi"})
    [written] = (tmp_path / "caixa").iterdir()
    assert b"ana@c.example" in written.read_bytes()
    assert "email" in channels({**env, "B2SHIFT_SMTP_HOST": "h"}).missing, "a server needs its sender"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"B2SHIFT_SMTP_PORT": "porta"}, "número inteiro"),
        ({"B2SHIFT_SMTP_SECURITY": "talvez"}, "starttls, tls, none"),
    ],
)
def test_a_variable_that_cannot_be_one_is_named(wrong: dict[str, str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        channels(SMTP | wrong)


def test_no_mailbox_without_a_host_and_a_wrong_one_does_not_stop_the_worker() -> None:
    assert mailbox({}) is None
    said: list[str] = []
    env = {"B2SHIFT_IMAP_HOST": "127.0.0.1", "B2SHIFT_IMAP_PORT": "1", "B2SHIFT_IMAP_SECURITY": "none"}
    put("a", "in_app")
    assert serving.serve(env, said.append, once=True) == 1
    assert any("caixa de respostas" in one for one in said)
