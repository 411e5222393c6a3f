"""A promoter turned detractor goes through the recovery journey: approvals in Slack, e-mail, task, reply, outcome.

    python -m tests.integration.journey_walk

The peers and the killed workers are those of the recovery walk; here the journey decides what is asked for and when.
"""

import json
import sys
from datetime import timedelta
from email import message_from_bytes
from typing import Any

from tests.integration.recovery_walk import (
    CUSTOMER,
    HOME,
    NOON,
    lease_over,
    prepared,
    press,
    until,
    worker,
)
from tests.unit.web.channels.mail_peers import imap_peer, smtp_peer
from tests.unit.web.channels.peers import HANG, http_peer
from tests.unit.web.journeys.lake import fallen_promoter
from tests.unit.web.journeys.world import published

from b2shift.lake.api import open_lake
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.channels import serving
from b2shift.web.crm.publication import publish_lake
from b2shift.web.journeys.models import Enrolment, Passage
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox.models import Message
from b2shift.web.outreach.models import Draft, Incoming, Outcome, Task


def stay(**told: Any) -> bool:
    """Whether the stay is like this."""
    return Enrolment.objects.filter(**told).exists()


def walk() -> dict[str, Any]:
    browsers = prepared()
    fallen_promoter(HOME, CUSTOMER)
    publish_lake(open_lake(HOME))
    serving._MAIL_EVERY = timedelta(seconds=0.2)
    analyst = User.objects.create_user("a@e.example", name="a", role=Role.ANALYST)
    manager = User.objects.get(email="g@e.example")
    doers = [Doer(one, one.email, None, "web") for one in (analyst, manager)]
    published(doers[0], doers[1], "detrator", NOON)
    with http_peer((200, {}, {"ok": True, "ts": "1.1"})) as slack, smtp_peer(END=[HANG]) as smtp, imap_peer() as imap:
        env = {
            "B2SHIFT_SLACK_TOKEN": "t", "B2SHIFT_SLACK_CHANNEL": "C", "B2SHIFT_SLACK_URL": slack.url,
            "B2SHIFT_SMTP_HOST": "127.0.0.1", "B2SHIFT_SMTP_PORT": str(smtp.port), "B2SHIFT_SMTP_SECURITY": "none",
            "B2SHIFT_SMTP_FROM": "ola@e.example", "B2SHIFT_IMAP_HOST": "127.0.0.1",
            "B2SHIFT_IMAP_PORT": str(imap.port), "B2SHIFT_IMAP_SECURITY": "none", "B2SHIFT_IMAP_PASSWORD": "certa",
        }  # fmt: skip
        with worker(env):
            until(lambda: len(slack.taken) == 1, "the alert of the letter")
            letter = press(Draft.objects.get(state="waiting").pk)
            until(lambda: smtp.mails, "the mail at its server, which does not answer")
        lease_over()
        with worker(env):
            until(lambda: len(slack.taken) == 2, "the alert of the task")
            task_said = press(Draft.objects.get(state="waiting").pk)
            until(lambda: Task.objects.exists(), "the task")
            until(lambda: stay(step="ouvir"), "the journey waits for the answer")
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
            until(lambda: stay(step="esperar_pessoa"), "the journey waits for the person")
            until(lambda: Message.objects.get(channel="telefone").state == "sent", "the task is answered for")
        page = browsers["x"].get(f"/clientes/{CUSTOMER}/").content.decode()
        browsers["x"].post(f"/tarefas/{Task.objects.get().pk}/resultado/", {"outcome": "aceitou"})
        lease_over()
        with worker(env):
            until(lambda: stay(state="ended"), "the journey ends")
    one = Enrolment.objects.get()
    return {
        "pressed": [letter, task_said],
        "mails": len(smtp.mails),
        "alerts": len(slack.taken),
        "tasks": Task.objects.count(),
        "drafts": Draft.objects.count(),
        "reply_on_page": "Podem me ligar hoje." in page,
        "journey_on_page": "Recuperar detratores" in page,
        "outcomes": sorted(Outcome.objects.values_list("value", flat=True)),
        "states": sorted(Message.objects.exclude(channel="aviso").values_list("channel", "state")),
        "stay": [one.customer_id, one.type, one.outcome, one.goal, one.classes["class_now"], one.classes["class_6m"]],
        "story": [f"{kind} {step}" for kind, step in Passage.objects.values_list("kind", "step")],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(walk(), ensure_ascii=False) + "\n")
