"""Naming us in Slack: answered once, in the thread, with counts of what waits for that person and no names."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.unit.web.channels.peers import http_peer
from tests.unit.web.channels.test_inbound import from_slack
from tests.unit.web.outreach.conftest import due, executor  # noqa: F401 - fixtures
from tests.unit.web.outreach.test_outreach import dear, propose
from tests.unit.web.outreach.world import CUSTOMER, NOW

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.channels.slack import SlackSender
from b2shift.web.crm.models import Proposal
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox.models import Message
from b2shift.web.outreach.models import Task

pytestmark = pytest.mark.records


def named(client: Client, user: str, event: str = "E1", **over: Any) -> Any:
    told = {"type": "app_mention", "user": user, "channel": "C9", "ts": "17.1", "text": "<@B> e aí?"} | over
    return from_slack(client, json.dumps({"type": "event_callback", "event_id": event, "event": told}))


def test_who_names_us_is_told_what_waits_for_them(
    client: Client,
    people: dict[Role, User],
    due: Proposal,  # noqa: F811
    executor: Doer,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("B2SHIFT_SLACK_SIGNING_SECRET", "s")
    monkeypatch.setenv("B2SHIFT_SLACK_PEOPLE", f"UG={people[Role.MANAGER].email}, UX={people[Role.EXECUTOR].email}")
    propose(executor, dear(due))
    Task.objects.create(key="t", customer_id=CUSTOMER, channel="telefone", title="Ligar", created_at=NOW)
    for _again in range(3):
        assert named(client, "UG").status_code == 200
    message = Message.objects.get(dedupe_key="slack:E1")
    assert message.payload["text"].startswith("Aprovações à espera: 1. Tarefas a fazer: 1.")
    assert CUSTOMER not in message.payload["text"]
    with http_peer((200, {}, {"ok": True, "ts": "18.1"})) as peer:
        SlackSender(peer.url, "t", "C0").send(message.dedupe_key, message.payload)
    assert (peer.taken[0].json()["channel"], peer.taken[0].json()["thread_ts"]) == ("C9", "17.1")
    named(client, "UX", "E2")
    assert Message.objects.get(dedupe_key="slack:E2").payload["text"].startswith("Aprovações à espera: 0.")
    named(client, "U?", "E3")
    assert "não está ligado" in Message.objects.get(dedupe_key="slack:E3").payload["text"]


def test_what_is_no_naming_by_a_person_is_not_answered(
    client: Client, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("B2SHIFT_SLACK_SIGNING_SECRET", "s")
    named(client, "UG", bot_id="B1")
    named(client, "UG", type="message")
    named(client, "UG", event="", channel="")
    body = json.dumps({"type": "event_callback", "event_id": "E9", "event": {"type": "app_mention", "channel": "C"}})
    assert from_slack(client, body, "outro").status_code == 403
    assert not Message.objects.filter(channel="slack").exists()
