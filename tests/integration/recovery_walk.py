"""A detractor is won back: proposal, approval by a Slack button, e-mail and task, two workers killed, reply, outcome.

    python -m tests.integration.recovery_walk

Pages are asked as browsers do; SMTP, IMAP and Slack are peers on loopback; workers are processes of their own.
"""

import hmac
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

HOME = Path(tempfile.mkdtemp(prefix="recovery-walk-"))
os.environ |= {"B2SHIFT_HOME": str(HOME), "DJANGO_SETTINGS_MODULE": "b2shift.web.config.settings"}
os.environ |= {
    "B2SHIFT_SLACK_NOTICES": "1",
    "B2SHIFT_SLACK_SIGNING_SECRET": "s",
    "B2SHIFT_SLACK_PEOPLE": "UG=g@e.example",
}

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from tests.hours import next_noon  # noqa: E402
from tests.unit.web.channels.mail_peers import imap_peer, smtp_peer  # noqa: E402
from tests.unit.web.channels.peers import HANG, http_peer  # noqa: E402
from tests.unit.web.factory import make_home  # noqa: E402

from b2shift.lake.api import open_lake  # noqa: E402
from b2shift.web.accounts.models import User  # noqa: E402
from b2shift.web.accounts.roles import Role  # noqa: E402
from b2shift.web.channels import serving  # noqa: E402
from b2shift.web.crm.models import Proposal  # noqa: E402
from b2shift.web.crm.publication import publish_lake  # noqa: E402
from b2shift.web.outbox import permissions  # noqa: E402
from b2shift.web.outbox.models import Message  # noqa: E402
from b2shift.web.outreach.models import Draft, Incoming, Outcome, Task  # noqa: E402

BEGAN = time.monotonic()
NOON = next_noon()
WITHIN = 180  # seconds
PROPOSAL, CUSTOMER, PERSON = "p_24", "10024", "k24"
settings.ALLOWED_HOSTS = ["testserver"]


def prepared() -> dict[str, Client]:
    """Records of a small lake, a detractor whose recovery is dear, an executor and a manager signed in."""
    make_home(HOME)
    call_command("migrate", verbosity=0)
    publish_lake(open_lake(HOME))
    told = {"rule_id": "setores.nps_critico", "kind": "recuperacao", "mrr_at_stake": 20_000}
    words = {"message": "Queremos entender o que mudou.", "reason": "De promotor a detrator: NPS 9, agora 3."}
    Proposal.objects.filter(pk=PROPOSAL).update(**told, **words, objective="Reconquistar.")
    permissions.allow(CUSTOMER, "email", "formulário", NOON, person_id=PERSON)
    roles = {"x": (Role.EXECUTOR, "U0002"), "g": (Role.MANAGER, "U0000")}
    browsers = {}
    for name, (role, code) in roles.items():
        user = User.objects.create_user(f"{name}@e.example", name=name, role=role, vendor_user_id=code)
        browsers[name] = Client()
        browsers[name].force_login(user)
    return browsers


@contextmanager
def worker(env: dict[str, str]) -> Iterator[int]:
    """A worker in a process of its own, at noon; killed without a word when the block ends."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            serving._now = lambda: NOON + timedelta(seconds=time.monotonic() - BEGAN)
            serving.serve(env, lambda _told: None)
        finally:
            os._exit(0)
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def until(true: Callable[[], object], what: str) -> None:
    """Wait for it."""
    limit = time.monotonic() + WITHIN
    while not true():
        if time.monotonic() > limit:
            raise SystemExit(f"never happened: {what}; {list(Message.objects.values('dedupe_key', 'state', 'reason'))}")
        time.sleep(0.05)


def lease_over() -> None:
    """The minute after which what a dead worker held is free again."""
    Message.objects.filter(state__in=["leased", "sending"]).update(leased_until=NOON - timedelta(seconds=1))


def press(draft: int) -> str:
    """The manager presses Aprovar in Slack."""
    told = {"user": {"id": "UG"}, "actions": [{"action_id": "approve", "value": str(draft)}]}
    body, stamp = urlencode({"payload": json.dumps(told)}), str(int(time.time()))
    made = hmac.new(b"s", f"v0:{stamp}:{body}".encode(), sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={made}"}
    kind = "application/x-www-form-urlencoded"
    answer = Client().post("/ganchos/slack/", body, content_type=kind, headers=headers)
    return str(answer.json()["text"])


def walk() -> dict[str, Any]:
    browsers = prepared()
    with http_peer((200, {}, {"ok": True, "ts": "1.1"})) as slack, smtp_peer(END=[HANG]) as smtp, imap_peer() as imap:
        env = {
            "B2SHIFT_SLACK_TOKEN": "t", "B2SHIFT_SLACK_CHANNEL": "C", "B2SHIFT_SLACK_URL": slack.url,
            "B2SHIFT_SMTP_HOST": "127.0.0.1", "B2SHIFT_SMTP_PORT": str(smtp.port), "B2SHIFT_SMTP_SECURITY": "none",
            "B2SHIFT_SMTP_FROM": "ola@e.example", "B2SHIFT_IMAP_HOST": "127.0.0.1",
            "B2SHIFT_IMAP_PORT": str(imap.port), "B2SHIFT_IMAP_SECURITY": "none", "B2SHIFT_IMAP_PASSWORD": "certa",
        }  # fmt: skip
        for channel in ("email", "telefone"):
            form = {"channel": channel, "person": PERSON, "send": "1"}
            browsers["x"].post(f"/contatos-devidos/{PROPOSAL}/contato/", form)
        waiting = list(Draft.objects.filter(state="waiting").order_by("id").values_list("pk", flat=True))
        with worker(env):
            until(lambda: len(slack.taken) == 2, "both alerts in Slack")
            said = [press(key) for key in waiting]
            until(lambda: smtp.mails, "the mail at its server, which does not answer")
        first = Message.objects.get(channel="email").state
        lease_over()
        with worker(env):
            until(lambda: Task.objects.exists(), "the task")
            until(lambda: Message.objects.get(channel="email").state == "in_doubt", "the doubt is told")
        mail = Message.objects.get(channel="email")
        browsers["g"].post(f"/envios/{mail.pk}/resposta/", {"answer": "sent"})
        theirs = message_from_bytes(smtp.mails[0][2])["Message-ID"]
        imap.mails.append(
            f"From: maria@cliente.example\r\nMessage-ID: <r1@cliente.example>\r\nIn-Reply-To: {theirs}\r\n\r\n"
            "Podem me ligar hoje.\r\n".encode()
        )
        lease_over()
        with worker(env):
            until(lambda: Incoming.objects.exists(), "the reply")
            until(lambda: Message.objects.get(channel="telefone").state == "sent", "the task is answered for")
        page = browsers["x"].get(f"/clientes/{CUSTOMER}/").content.decode()
        task = Task.objects.get()
        browsers["x"].post(f"/tarefas/{task.pk}/resultado/", {"outcome": "aceitou"})
        return {
            "pressed": said,
            "after_first_kill": first,
            "mails": len(smtp.mails),
            "alerts": len(slack.taken),
            "tasks": Task.objects.count(),
            "reply_on_page": "Podem me ligar hoje." in page,
            "outcomes": sorted(Outcome.objects.values_list("value", flat=True)),
            "states": sorted(Message.objects.exclude(channel="aviso").values_list("channel", "state")),
        }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(walk(), ensure_ascii=False) + "\n")
