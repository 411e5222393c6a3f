"""What comes back: replies, bounces, statuses, clicks, oppositions; each written once, and only when it is proven."""

import base64
import hmac
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha1, sha256
from typing import Any

import pytest
from django.test import Client
from tests.unit.web.channels.conftest import Sent
from tests.unit.web.channels.mail_peers import imap_peer

from b2shift.kernel.errors import StateError
from b2shift.web.channels.mailbox import ImapServer, own_words, read_mailbox
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.outbox import permissions
from b2shift.web.outbox.models import Message, Permission
from b2shift.web.outreach import inbound, links, suppression
from b2shift.web.outreach.models import Incoming, Outcome, Receipt

pytestmark = [pytest.mark.django_db, pytest.mark.records]
NOW = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)
OURS = "<0123abcd@empresa.example>"


def mail(body: str, **headers: str) -> bytes:
    told = {"From": "Ana <ana@cliente.example>", "Subject": "Re: Olá", "Message-ID": "<a1@cliente.example>"} | headers
    return "\r\n".join([*(f"{name.replace('_', '-')}: {value}" for name, value in told.items()), "", body]).encode()


def bounce(status: str, original: str = OURS) -> bytes:
    return (
        'From: mailer@c.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nnão deu\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; c.example\r\n\r\nFinal-Recipient: rfc822; outra@c.example\r\n"
        f"Action: {'failed' if status.startswith('5') else 'delayed'}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


def read(*mails: bytes) -> dict[str, int]:
    with imap_peer(*mails) as peer:
        server = ImapServer("127.0.0.1", peer.port, "u", "certa", "none")
        told = dict(read_mailbox(server, NOW))
        assert not read_mailbox(server, NOW), "what was read is not read again"
    return told


def test_a_reply_is_kept_once_without_what_it_quotes(sent: Sent) -> None:
    message = sent("k:1", "email", OURS, "ana@cliente.example")
    raw = mail("Sim, vamos.\r\n\r\nEm 2 de dezembro a Equipe escreveu:\r\n> Olá", In_Reply_To=OURS)
    away = mail("volto", In_Reply_To=OURS, Auto_Submitted="auto-replied")
    assert read(raw, raw, mail("oi", Message_ID="<x@c>"), away) == {"reply": 2, "unknown": 1, "automatic": 1}
    [told] = Incoming.objects.all()
    assert (told.text, told.sender, told.answers, told.customer_id) == (
        "Sim, vamos.",
        "ana@cliente.example",
        message,
        "C1",
    )
    assert list(Outcome.objects.values_list("value", "key")) == [("respondeu", "k:1")]


def test_a_reply_that_says_leave_is_an_opposition(sent: Sent) -> None:
    sent("k:1", "email", OURS, "ana@cliente.example")
    sent("k:2", "email", "", "ana@cliente.example", state=Message.State.PENDING, sent_at=None)
    read(mail("SAIR\r\n", References=OURS))
    [word] = Permission.objects.all()
    assert (word.given, word.channel, word.person_id, word.proof) == (False, "email", "k1", "<a1@cliente.example>")
    assert Message.objects.get(dedupe_key="k:2").state == Message.State.SUPPRESSED
    assert AuditEvent.objects.filter(action="consent").count() == 1
    assert [inbound.is_opt_out(text) for text in ("Parar!", "quero sair", "não vou sair de férias agora", "")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_permanent_bounce_blocks_the_address_we_wrote_to_and_no_other(sent: Sent) -> None:
    sent("k:1", "email", OURS, "ana@cliente.example")
    assert read(bounce("4.2.2"), bounce("5.1.1", "<nossa@nao.example>")) == {"automatic": 1, "unknown": 1}
    assert not suppression.is_suppressed("ana@cliente.example")
    assert read(bounce("5.1.1")) == {"bounce": 1}
    assert suppression.is_suppressed("ANA@cliente.example ")
    assert not suppression.is_suppressed("outra@c.example"), "a report may name anybody"
    assert Receipt.objects.get().kind == Receipt.Kind.FAILED


HOSTILE = (
    b"",
    b"\x00\xff\xfe",
    b"From: =?utf-8?q?=00?=\r\nDate: 99 Foo 9999\r\nIn-Reply-To: " + OURS.encode() + b"\r\n\r\nol\x00\xe1\r\n",
    b"Content-Type: text/plain; charset=nada\r\nSubject: =?x?b?!!?=\r\nReferences: " + OURS.encode() + b"\r\n\r\n\xff",
    b"Content-Type: multipart/report\r\n\r\nnada",
    b"Content-Type: multipart/mixed; boundary=\r\nIn-Reply-To: " + OURS.encode() + b"\r\n\r\n--\r\n",
    b"In-Reply-To: " + b"<a@b>" * 20_000 + b"\r\n\r\n",
)


def test_no_mail_stops_the_reader(sent: Sent) -> None:
    sent("k:1", "email", OURS, "ana@cliente.example")
    good = mail("Sim", In_Reply_To=OURS, Message_ID="<good@c>")
    assert sum(read(*HOSTILE, good).values()) == len(HOSTILE) + 1
    assert "Sim" in Incoming.objects.values_list("text", flat=True)


def test_leaving_holds_though_a_message_is_in_a_workers_hands(
    sent: Sent, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(permissions, "_WAIT_SECONDS", 0.05)
    sent("k:1", "email", OURS, "ana@cliente.example")
    sent("k:2", "email", "", "ana@cliente.example", state=Message.State.SENDING, sent_at=None)
    assert client.post(links.signed_link("leave", "", {"k": "k:1"})).status_code == 200
    assert Permission.objects.get().given is False


def test_a_mailbox_that_refuses_says_what_to_check() -> None:
    with imap_peer() as peer, pytest.raises(StateError, match="B2SHIFT_IMAP_HOST"):
        read_mailbox(ImapServer("127.0.0.1", peer.port, "u", "errada", "none"), NOW)


def test_own_words_end_where_quoting_begins() -> None:
    assert own_words("Oi\n\n> antes\nfim") == "Oi"
    assert own_words("Oi\r\nOn Mon, Ana wrote:\r\nx") == "Oi"


def test_leaving_takes_one_click_and_opening_the_link_changes_nothing(sent: Sent, client: Client) -> None:
    sent("k:1", "email", OURS, "ana@cliente.example")
    address = links.signed_link("leave", "", {"k": "k:1"})
    page = client.get(address)
    assert page.status_code == 200
    assert not Permission.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    for _twice in range(2):
        assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    [word] = Permission.objects.all()
    assert (word.given, word.origin, word.person_id) == (False, "descadastro em um clique", "k1")
    assert "k:1" in word.proof
    assert not (set(strict.cookies) | set(client.cookies)), "no sign-in, no trace on the person's machine"


@pytest.mark.parametrize("what", ["leave", "click", "open"])
def test_a_link_we_did_not_make_does_nothing(sent: Sent, client: Client, what: str) -> None:
    sent("k:1", "email", OURS, "ana@cliente.example")
    told = {"k": "k:1", "u": "https://b.example/"}
    other = "click" if what != "click" else "open"
    altered = links.signed_link(what, "", told).rstrip("/")[:-1] + "!/"
    of_another = links.signed_link(other, "", told).replace(f"/{links.PATHS[other]}/", f"/{links.PATHS[what]}/")
    for wrong in (altered, of_another, f"/{links.PATHS[what]}/{'a' * 5000}/"):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong).status_code in (404, 405)
    assert not Permission.objects.exists()
    assert not Receipt.objects.exists()


def test_clicks_and_opens_are_counted_once_each(sent: Sent, client: Client) -> None:
    sent("k:1", "email", OURS, "ana@cliente.example")
    address = links.signed_link("click", "", {"k": "k:1", "u": "https://b.example/x?a=1&b=2"})
    for _twice in range(2):
        assert client.get(address)["Location"] == "https://b.example/x?a=1&b=2"
        assert client.get(links.signed_link("open", "", {"k": "k:1"}))["Content-Type"] == "image/gif"
    assert sorted(Receipt.objects.values_list("kind", flat=True)) == ["clicked", "opened"]
    assert list(Outcome.objects.values_list("value", flat=True)) == ["clicou"], "an opening is an estimate, no outcome"


def meta(value: Mapping[str, Any]) -> bytes:
    return json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()


def from_meta(client: Client, body: bytes, secret: str = "s") -> int:
    made = hmac.new(secret.encode(), body, sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={made}"}
    return client.post("/ganchos/whatsapp/", body, content_type="application/json", headers=headers).status_code


def test_whatsapp_tells_statuses_twice_and_out_of_order(
    sent: Sent, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("B2SHIFT_WHATSAPP_APP_SECRET", "s")
    sent("k:1", "whatsapp", "", "5511999", state=Message.State.IN_DOUBT, sent_at=None)
    read_status = meta({"statuses": [{"id": "wamid.1", "status": "read", "biz_opaque_callback_data": "k:1"}]})
    assert from_meta(client, read_status, "outro") == 403
    assert Message.objects.get().state == Message.State.IN_DOUBT
    assert [from_meta(client, read_status) for _ in range(3)] == [200] * 3
    assert Message.objects.get().state == Message.State.SENT, "its provider had it: the doubt is over"
    assert list(Receipt.objects.values_list("kind", flat=True)) == ["read"]
    answer = {"from": "5511999", "id": "wamid.9", "timestamp": "1764000000", "text": {"body": "Quero conversar"}}
    assert [from_meta(client, meta({"messages": [answer]})) for _ in range(2)] == [200, 200]
    assert Incoming.objects.get().text == "Quero conversar"
    out = answer | {"id": "wamid.10", "text": {"body": "parar"}}
    from_meta(client, meta({"messages": [out]}))
    assert Permission.objects.get().channel == "whatsapp"


def test_whatsapps_check_of_the_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": "v"}
    assert client.get("/ganchos/whatsapp/", asked).status_code == 403, "not before it is configured"
    monkeypatch.setenv("B2SHIFT_WHATSAPP_VERIFY_TOKEN", "v")
    assert client.get("/ganchos/whatsapp/", asked).content == b"42"


def test_sms_statuses_and_answers_are_signed(sent: Sent, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("B2SHIFT_SMS_TOKEN", "t")
    monkeypatch.setenv("B2SHIFT_PUBLIC_URL", "https://b.example")
    sent("k:1", "sms", "SM1", "+5511999")

    def post(values: dict[str, str], token: str = "t") -> int:
        told = "https://b.example/ganchos/sms/" + "".join(f"{name}{values[name]}" for name in sorted(values))
        made = base64.b64encode(hmac.new(token.encode(), told.encode(), sha1).digest()).decode()
        return client.post("/ganchos/sms/", values, headers={"X-Twilio-Signature": made}).status_code

    status = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}
    assert post(status, "outro") == 403
    assert not Receipt.objects.exists()
    assert post(status) == 200
    assert Receipt.objects.get().kind == Receipt.Kind.FAILED
    assert post({"MessageSid": "SM9", "From": "+5511999", "Body": "Sair"}) == 200
    assert Permission.objects.get().given is False


def from_slack(client: Client, body: str, secret: str = "s", age: int = 0) -> Any:
    stamp = str(int(time.time()) - age)
    made = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={made}"}
    kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
    return client.post("/ganchos/slack/", body, content_type=kind, headers=headers)


def test_slack_is_believed_with_its_signature_only(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"})
    assert from_slack(client, body).status_code == 403, "not before it is configured"
    monkeypatch.setenv("B2SHIFT_SLACK_SIGNING_SECRET", "s")
    assert from_slack(client, body).json() == {"challenge": "abc"}
    assert from_slack(client, body, "outro").status_code == 403
    assert from_slack(client, body, age=400).status_code == 403, "an old request may be one that was overheard"
