"""What was said to a customer and what came back, newest first: messages, answers, tasks done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from b2shift.web.accounts.models import User
from b2shift.web.console.wording import shipped, word
from b2shift.web.crm.models import Customer
from b2shift.web.journeys.models import Enrolment
from b2shift.web.outbox.models import Message
from b2shift.web.outreach.models import Incoming, Outcome
from b2shift.web.outreach.reading import exchanged

SHOWN = 30
_ICONS = {"email": "mail", "telefone": "phone", "reuniao": "team", "visita": "map"}


@dataclass(frozen=True)
class Turn:
    """One side of the conversation at a moment; `words` only of what a customer wrote."""

    at: datetime
    icon: str
    title: str
    detail: str = ""
    words: str = ""
    href: str = ""


def conversation(user: User, customer: Customer, stays: Iterable[Enrolment], tasks: list[Outcome]) -> list[Turn]:
    """The newest turns with a customer the person was found to see, `stays` in journeys and `tasks` among them."""
    sent, heard, done = exchanged(user, customer, tasks, SHOWN)
    gone = [turn for stay in stays for turn in _gone(stay)]
    turns = [*map(_sent, sent), *map(_heard, heard), *map(_done, done), *gone]
    return sorted(turns, key=lambda turn: turn.at, reverse=True)[:SHOWN]


def _sent(message: Message) -> Turn:
    channel = word("channel", message.channel)
    title = _("Contato enviado: %(channel)s") % {"channel": channel}
    icon = _ICONS.get(message.channel, "message")
    kind = word("kind", message.effect.get("kind"))
    return Turn(
        message.sent_at or message.due_at, icon, title, kind, href=reverse("console:delivery", args=[message.pk])
    )


def _gone(stay: Enrolment) -> Iterator[Turn]:
    """A journey's beginning and end."""
    name, href = {"name": shipped(stay.version.name)}, reverse("console:journey_stay", args=[stay.pk])
    yield Turn(stay.entered_at, "trend", _("Entrou na jornada: %(name)s") % name, href=href)
    if stay.ended_at is not None:
        detail = word("journey_outcome", stay.outcome)
        yield Turn(stay.ended_at, "trend", _("Encerrou a jornada: %(name)s") % name, detail, href=href)


def _heard(one: Incoming) -> Turn:
    title = _("Cliente respondeu: %(channel)s") % {"channel": word("channel", one.channel)}
    href = reverse("console:delivery", args=[one.answers_id]) if one.answers_id else ""
    return Turn(one.at, "message", title, one.sender, one.text[:600], href)


def _done(said: Outcome) -> Turn:
    title = _("Tarefa: %(outcome)s") % {"outcome": word("outcome", said.value).lower()}
    return Turn(said.at, _ICONS.get(said.channel, "target"), title, said.by)
