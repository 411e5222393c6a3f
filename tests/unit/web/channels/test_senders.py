"""One contract for every channel that leaves the house: taken once, told apart when not, never sent twice in doubt."""

import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from hashlib import sha256
from typing import Any

import pytest
from django.db import transaction
from tests.unit.web.channels.mail_peers import smtp_peer
from tests.unit.web.channels.peers import DROP, HANG, http_peer

from b2shift.interact.contracts import Effect
from b2shift.web.channels import email, http, sms
from b2shift.web.channels.email import EmailSender, SmtpServer
from b2shift.web.channels.slack import SlackSender
from b2shift.web.channels.sms import SmsSender
from b2shift.web.channels.teams import LARGEST_BYTES, TeamsSender
from b2shift.web.channels.webhook import WebhookSender
from b2shift.web.channels.whatsapp import WhatsAppSender
from b2shift.web.crm.models import Customer
from b2shift.web.outbox import permissions, worker
from b2shift.web.outbox.models import Message
from b2shift.web.outbox.queue import enqueue, notify
from b2shift.web.outbox.senders import NOTICE_CHANNELS, NotSentError, Pace, RefusedError, Sender

NOON = datetime(2025, 3, 12, 15, 0, tzinfo=UTC)
PAYLOAD = {
    "to": "5511999990000",
    "subject": "Olá",
    "text": "Olá, Ana.",
    "whatsapp_template": "oi",
    "whatsapp_values": ["Ana"],
}
BUSY, REFUSED, OURS, UNSURE = "busy", "refused", "ours", "unsure"


@dataclass
class Case:
    """A channel: its sender at a peer, what goes through it, and how the peer says each of the answers."""

    channel: str
    open: Callable[[Any], Any]
    payload: Mapping[str, Any]
    answers: Mapping[str, Any]

    @contextmanager
    def at(self, *answers: str) -> Iterator[tuple[Sender, Callable[[], int]]]:
        with self.open([self.answers.get(one, one) for one in answers]) as told:
            yield told


@contextmanager
def over_http(make: Callable[[str], Sender], usual: Any, answers: list[Any], once: bool = False) -> Iterator[Any]:
    with http_peer(usual, answers, once_per_key=once) as peer:
        yield make(peer.url), peer.delivered


@contextmanager
def over_smtp(answers: list[Any]) -> Iterator[Any]:
    refuse: dict[str, list[str]] = {}
    for command, line in answers:
        refuse.setdefault(command, []).append(line)
    with smtp_peer(**refuse) as peer:
        server = SmtpServer("127.0.0.1", peer.port, "ola@empresa.example", security="none")
        yield EmailSender(server, 0, lambda _to: False), lambda: len(peer.mails)


def _http_case(channel: str, make: Callable[[str], Sender], usual: Any, once: bool = False, **answers: Any) -> Case:
    told = {BUSY: (429, {"Retry-After": "7"}, {}), REFUSED: (400, {}, {}), OURS: (401, {}, {}), UNSURE: (503, {}, {})}
    return Case(channel, lambda wanted: over_http(make, usual, wanted, once), PAYLOAD, told | answers)


def _meta(code: int) -> dict[str, Any]:
    return {"error": {"code": code, "message": "…"}}


CASES = [
    Case(
        "email",
        over_smtp,
        PAYLOAD | {"to": "ana@cliente.example"},
        {
            BUSY: ("RCPT", "451 mais tarde"), REFUSED: ("RCPT", "550 não existe"), OURS: ("MAIL", "421 fora"),
            UNSURE: ("END", DROP), HANG: ("END", HANG), DROP: ("END", DROP),
        },
    ),
    _http_case("slack", lambda url: SlackSender(url, "xoxb", "C1"), (200, {}, {"ok": True, "ts": "1.2"}),
               **{REFUSED: (200, {}, {"ok": False, "error": "channel_not_found"}),
                  OURS: (200, {}, {"ok": False, "error": "invalid_auth"}),
                  UNSURE: (200, {}, {"ok": False, "error": "internal_error"})}),
    _http_case("whatsapp", lambda url: WhatsAppSender(f"{url}/1/messages", "t", 0, lambda _to: False),
               (200, {}, {"messages": [{"id": "wamid.1"}]}),
               **{REFUSED: (400, {}, _meta(131026)), OURS: (401, {}, _meta(190))}),
    _http_case("sms", lambda url: SmsSender(url, "AC1", "t", "+5511", 0, lambda _key, _why: None),
               (201, {}, {"sid": "SM1"}),
               **{REFUSED: (400, {}, {"code": 21211, "message": "invalid"}), OURS: (401, {}, {"code": 20003})}),
    _http_case("teams", lambda url: TeamsSender(f"{url}/fluxo?sig=s"), (202, {"x-ms-workflow-run-id": "08585"}, {})),
    _http_case("webhook", lambda url: WebhookSender(f"{url}/novo", "segredo", 0), (200, {}, {"id": "w1"}), once=True),
]  # fmt: skip
each = pytest.mark.parametrize("case", CASES, ids=[case.channel for case in CASES])


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT", 0.3)
    monkeypatch.setattr(email, "TIMEOUT", 0.3)


@each
def test_a_message_is_taken_and_its_code_is_given_back(case: Case) -> None:
    with case.at() as (sender, delivered):
        assert sender.send("k:1", case.payload)
        assert delivered() == 1


@each
def test_one_that_was_surely_not_taken_may_be_tried_again(case: Case) -> None:
    with case.at(BUSY, OURS) as (sender, _delivered):
        with pytest.raises(NotSentError) as busy:
            sender.send("k:1", case.payload)
        if case.channel != "email":
            assert busy.value.after == timedelta(seconds=7), "the provider's own wait"
        with pytest.raises(NotSentError):
            sender.send("k:1", case.payload)
        assert sender.send("k:1", case.payload)


@each
def test_a_refusal_is_told_from_a_failure(case: Case) -> None:
    with case.at(REFUSED) as (sender, _delivered), pytest.raises(RefusedError):
        sender.send("k:1", case.payload)


@each
@pytest.mark.parametrize("answer", [UNSURE, DROP, HANG])
def test_one_that_may_have_been_taken_is_neither(case: Case, answer: str) -> None:
    with case.at(answer) as (sender, _delivered), pytest.raises(Exception) as told:  # noqa: PT011  # any but two
        sender.send("k:1", case.payload)
    assert not isinstance(told.value, NotSentError | RefusedError)


@each
def test_nobody_listening_is_surely_not_sent(case: Case) -> None:
    with case.at() as (sender, _delivered):
        pass
    with pytest.raises(NotSentError):
        sender.send("k:1", case.payload)


@pytest.mark.django_db(transaction=True)
@each
@pytest.mark.parametrize(
    ("answers", "state"),
    [((), "sent"), ((BUSY,), "sent"), ((REFUSED,), "dead"), ((UNSURE,), "in_doubt"), ((DROP,), "in_doubt")],
)
def test_through_the_outbox_nothing_is_lost_and_nothing_arrives_twice(
    case: Case, answers: tuple[str, ...], state: str
) -> None:
    told = {"customer_id": "C1", "name": "Empresa", "business_units": ["totvs_gestao"], "state": "SP", "row_hash": "0"}
    Customer.objects.create(**told, as_of=NOON.date())
    with transaction.atomic():
        if case.channel in NOTICE_CHANNELS:
            notify(case.channel, case.payload, "k:1", NOON)
        else:
            permissions.allow("C1", case.channel, "formulário", NOON)
            effect = {"customer_id": "C1", "channel": case.channel, "kind": "educacao", "group": "mensagens"}
            enqueue(Effect(**effect, unit="totvs_gestao", proposer="u1"), case.payload, "k:1", NOON)
    with case.at(*answers) as (sender, delivered):
        for hour in range(4):
            now = NOON + timedelta(hours=hour)
            worker.deliver({case.channel: sender}, "w", lambda now=now: now, Pace())
        arrived = delivered()
    surely = "sent" if sender.idempotent and state == "in_doubt" else state
    assert Message.objects.get().state == surely
    assert arrived == (state != "dead" or case.channel == "slack"), "Slack refuses with 200, as it does"
    Customer.objects.all().delete()


def test_a_mail_has_a_text_twin_a_thread_and_one_click_to_leave() -> None:
    with smtp_peer(password="segredo") as peer:
        server = SmtpServer("127.0.0.1", peer.port, "ola@empresa.example", "Équipe", "u", "segredo", "none")
        sender = EmailSender(server, 0, lambda to: to == "bloqueada@cliente.example")
        payload = {
            "to": "ana@cliente.example", "subject": "Ótima: notícia", "text": "Olá", "html": "<p>Olá</p>",
            "unsubscribe": f"https://b.example/descadastro/{'x' * 300}/", "thread": "k:0",
            "answers": "<theirs@c.example>",
        }  # fmt: skip
        first = sender.send("k:1", payload)
        sender.send("k:2", payload)
        assert peer.connections == 1, "the connection is kept"
        mail = message_from_bytes(peer.mails[0][2], policy=default)
        assert mail["Message-ID"] == first
        assert ":" not in first.partition("@")[0], "a colon would be cut from the header"
        assert mail["In-Reply-To"] == "<theirs@c.example>"
        assert mail["References"].split() == [email.message_id("k:0", "empresa.example"), "<theirs@c.example>"]
        leave = f"List-Unsubscribe: <https://b.example/descadastro/{'x' * 300}/>\r\n".encode()
        assert leave in peer.mails[0][2], "neither folded nor encoded: programs read it as it stands"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
        for wrong in ({"to": "bloqueada@cliente.example"}, {"to": "sem arroba"}, {"subject": "a\nBcc: x@y.example"}):
            with pytest.raises(RefusedError):
                sender.send("k:3", payload | wrong)
        assert len(peer.mails) == 2


def test_a_wrong_password_is_our_fault_and_a_closed_connection_is_opened_again() -> None:
    with smtp_peer(password="segredo", MAIL=[DROP]) as peer:
        server = SmtpServer("127.0.0.1", peer.port, "ola@empresa.example", "", "u", "errada", "none")
        with pytest.raises(NotSentError, match="usuário e senha"):
            EmailSender(server, 0, lambda _to: False).send("k", PAYLOAD | {"to": "a@b.example"})
        kept = EmailSender(SmtpServer("127.0.0.1", peer.port, "o@e.example", security="none"), 0, lambda _to: False)
        with pytest.raises(NotSentError, match="desligou"):
            kept.send("k", PAYLOAD | {"to": "a@b.example"})
        kept.send("k", PAYLOAD | {"to": "a@b.example"})
        peer.refuse["MAIL"] = [DROP]
        kept.send("k2", PAYLOAD | {"to": "a@b.example"})
        assert len(peer.mails) == 2


def test_whatsapp_says_free_text_within_a_day_and_templates_after() -> None:
    wrote = {"5511999990000"}
    with http_peer((200, {}, {"messages": [{"id": "wamid.9"}]})) as peer:
        sender = WhatsAppSender(f"{peer.url}/v1/9/messages", "t", 0, lambda to: to in wrote)
        assert sender.send("k:1", PAYLOAD) == "wamid.9"
        sender.send("k:2", PAYLOAD | {"to": "5511888880000"})
        sender.send("k:3", {"recipient": "BR.123", "text": "oi", "whatsapp_template": "oi"})
        with pytest.raises(RefusedError, match="24 horas"):
            sender.send("k:4", {"to": "5511888880000", "text": "oi"})
        free, template, scoped = (one.json() for one in peer.requests)
    assert free["text"]["body"] == "Olá, Ana."
    assert free["biz_opaque_callback_data"] == "k:1"
    assert template["template"] == {
        "name": "oi", "language": {"code": "pt_BR"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}],
    }  # fmt: skip
    assert scoped["recipient"] == "BR.123"
    assert "to" not in scoped


def test_an_opt_out_at_the_sms_provider_is_reported_and_lengths_follow_the_alphabet() -> None:
    left: list[tuple[str, str]] = []
    with http_peer((400, {}, {"code": 21610, "message": "unsubscribed"})) as peer:
        sender = SmsSender(peer.url, "AC1", "t", "+5511", 1, lambda key, why: left.append((key, why)))
        with pytest.raises(RefusedError, match="não receber"):
            sender.send("k:1", PAYLOAD)
    assert [key for key, _why in left] == ["k:1"]
    assert [sms.segments(text) for text in ("a" * 160, "a" * 161, "ã" * 70, "ã" * 71, "")] == [1, 2, 1, 2, 1]


def test_teams_is_shown_a_card_that_opens_the_page_and_reads_no_links() -> None:
    with http_peer((202, {"x-ms-workflow-run-id": "08585"}, {})) as peer:
        sender = TeamsSender(f"{peer.url}/fluxo?sig=s")
        told = {
            "text": "Espera aprovação",
            "reason": "[aqui](http://x.example)",
            "url": "https://b.example/aprovacoes/",
        }
        assert sender.send("k:1", told) == "08585"
        with pytest.raises(RefusedError, match="bytes"):
            sender.send("k:2", {"text": "á" * LARGEST_BYTES})
        [request] = peer.requests
    [attachment] = request.json()["attachments"]
    card = attachment["content"]
    assert (request.path, attachment["contentType"]) == ("/fluxo?sig=s", "application/vnd.microsoft.card.adaptive")
    assert [line["text"] for line in card["body"]] == ["Espera aprovação", r"\[aqui\](http://x.example)"]
    assert [one["url"] for one in card["actions"]] == ["https://b.example/aprovacoes/"]


def test_a_webhook_is_signed_with_its_moment_and_carries_its_key() -> None:
    with http_peer() as peer:
        WebhookSender(f"{peer.url}/novo?x=1", "segredo", 0).send("k:1", {"text": "é"})
        [request] = peer.requests
    stamp = request.headers["x-b2shift-timestamp"]
    made = hmac.new(b"segredo", stamp.encode() + b"." + request.body, sha256).hexdigest()
    assert request.headers["x-b2shift-signature"] == f"v1={made}"
    assert (request.path, request.headers["idempotency-key"]) == ("/novo?x=1", "k:1")
