"""Contacts, tasks and deliveries as programs read and write them; no words and no addresses of anybody."""

from datetime import date, datetime

from ninja import Schema
from pydantic import Field

from b2shift.interact.contracts import Channel
from b2shift.kernel.contract import Contract
from b2shift.web.outbox.models import Message as Record
from b2shift.web.outreach.models import Draft, Task
from b2shift.web.rest.contracts.base import Page, Text


class Message(Contract):
    """A message on its way or delivered."""

    message_id: int = Field(description="number of the message")
    customer_id: Text = Field(description="customer it reaches; null for a notice to our own people")
    proposal_id: Text = Field(description="due contact it came from")
    rule_id: Text = Field(description="rule that proposed it")
    kind: Text = Field(description="kind of contact", examples=["retencao"])
    channel: str = Field(description="channel", examples=["email"])
    state: str = Field(description="where it is", json_schema_extra={"enum": list(Record.State.values)})
    reason: Text = Field(description="why it is not sent, in Portuguese")
    attempts: int = Field(description="times it was handed over")
    due_at: datetime = Field(description="not before")
    sent_at: datetime | None = Field(description="when its provider took it")
    came_back: tuple[str, ...] = Field(description="what its provider and links told", examples=[["replied"]])


class MessagePage(Page[Message]):
    """Some messages, newest first."""


class TaskItem(Contract):
    """Something to do with a customer."""

    task_id: int = Field(description="number of the task")
    customer_id: str = Field(description="customer")
    proposal_id: Text = Field(description="due contact it came from")
    rule_id: Text = Field(description="rule that proposed it")
    kind: Text = Field(description="kind of contact")
    channel: str = Field(description="telefone, reuniao or visita")
    title: str = Field(description="what to do, in Portuguese")
    owner_id: Text = Field(description="vendor's code of who follows the customer")
    due_on: date | None = Field(description="by when")
    outcome: Text = Field(description="what came of it; null while it is open")


class TaskPage(Page[TaskItem]):
    """Some tasks, newest first."""


class NewContact(Schema):
    """A contact to make of a due contact; words are those of the template unless told."""

    channel: Channel = Field(description="one of the due contact's channels")
    person_id: str = Field("", max_length=80, description="person at the customer, for e-mail, WhatsApp and SMS")
    subject: str | None = Field(None, min_length=3, max_length=300, description="with fields as `{cliente}`")
    text: str | None = Field(None, min_length=3, max_length=8000, description="with fields as `{pessoa}`")


class MadeContact(Contract):
    """What became of it: waiting for people's yes, or in the queue."""

    contact_id: int = Field(description="number of the contact")
    state: str = Field(description="where it is", json_schema_extra={"enum": list(Draft.State.values)})
    message_id: int | None = Field(description="its message, once it is in the queue")
    expires_at: datetime = Field(description="when it ends unless people have said yes")


class TaskOutcome(Schema):
    """What came of a task."""

    outcome: Task.Outcome = Field(description="feito, sem_resposta, recusou or aceitou")
