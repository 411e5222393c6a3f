"""Contacts: prepare one out of a due contact, do tasks, follow deliveries. Writing takes a key: a browser's session is
for pages, which prove where a form comes from."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from ninja import Query, Router
from pydantic import Field

from b2shift.kernel.errors import AccessError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.crm.reading import visible_proposals
from b2shift.web.outbox.models import Message as Record
from b2shift.web.outreach import compose, content, tasks
from b2shift.web.outreach.models import Task
from b2shift.web.outreach.reading import visible_messages, visible_tasks
from b2shift.web.rest.authentication import caller_of, secured
from b2shift.web.rest.contracts.contacts import (
    MadeContact,
    Message,
    MessagePage,
    NewContact,
    TaskItem,
    TaskOutcome,
    TaskPage,
)
from b2shift.web.rest.pagination import page_by_number, reject_unknown_parameters
from b2shift.web.rest.problems import ApiError, invalid, not_found
from b2shift.web.rest.queries import ListQuery, Number, ProposalCode, Value

messages = Router(tags=["contacts"])
to_do = Router(tags=["contacts"])
due = Router(tags=["contacts"])


class MessageQuery(ListQuery):
    """Filters of messages; several must all agree."""

    state: Record.State | None = Field(None, description="where the message is")
    channel: Value | None = Field(None, description="channel")
    kind: Value | None = Field(None, description="kind of contact")
    rule: Value | None = Field(None, description="rule that proposed it")
    customer: Value | None = Field(None, description="code of the customer")


class TaskQuery(ListQuery):
    """Filters of tasks."""

    open: bool = Field(True, description="those still to do, or those done")


_ASKS = {"state": "state", "channel": "channel", "kind": "effect__kind", "rule": "payload__rule_id"}


@messages.get("", response=MessagePage, summary="Messages to customers you see", **secured(Capability.DELIVERY))
def list_messages(request: HttpRequest, query: Query[MessageQuery]) -> Any:
    """Where each message is and why, newest first; never what it says nor whom it is addressed to."""
    reject_unknown_parameters(request, MessageQuery)
    rows = visible_messages(caller_of(request).person).prefetch_related("receipts")
    for name, lookup in (_ASKS | {"customer": "customer_id"}).items():
        if (value := getattr(query, name)) is not None:
            rows = rows.filter(**{lookup: value})
    return page_by_number(MessagePage, rows, query, _message)


@messages.get("/{message_id}", response=Message, summary="One message", **secured(Capability.DELIVERY))
def get_message(request: HttpRequest, message_id: Number) -> Message:
    """Where it is and what came back."""
    found = visible_messages(caller_of(request).person).filter(pk=message_id).first()
    if found is None:
        raise not_found()
    return _message(found)


@to_do.get("", response=TaskPage, summary="Tasks with customers you see", **secured(Capability.OUTREACH))
def list_tasks(request: HttpRequest, query: Query[TaskQuery]) -> Any:
    """What people are to do with customers, newest first."""
    reject_unknown_parameters(request, TaskQuery)
    rows = visible_tasks(caller_of(request).person)
    rows = rows.filter(outcome="") if query.open else rows.exclude(outcome="")
    return page_by_number(TaskPage, rows, query, _task)


@to_do.post("/{task_id}/outcome", response=TaskItem, summary="Say what came of a task", **secured(Capability.OUTREACH))
def finish_task(request: HttpRequest, task_id: Number, said: TaskOutcome) -> TaskItem:
    """Kept as an outcome; 422 when somebody has said it already."""
    _by_key(request)
    try:
        return _task(tasks.finish(caller_of(request).doer(request), task_id, said.outcome.value, timezone.now()))
    except AccessError as error:
        raise not_found() from error


@due.post(
    "/{proposal_id}/contact",
    response=MadeContact,
    summary="Make a contact of a due contact",
    **secured(Capability.OUTREACH),
)
def make_contact(request: HttpRequest, proposal_id: ProposalCode, asked: NewContact) -> MadeContact:
    """Queued at once, or kept until people have said yes; 422 with every reason when the guard refuses.

    Needs `contacts:read` too when it is to a person: reading them is written into the audit trail.
    """
    _by_key(request)
    caller = caller_of(request)
    rows = visible_proposals(caller.person)
    proposal = None if "\x00" in proposal_id else rows.filter(proposal_id=proposal_id).first()
    if proposal is None:
        raise not_found()
    doer, person = caller.doer(request), None
    if asked.person_id:
        caller.require(Capability.CONTACTS)
        people = compose.recipients(doer, proposal)
        person = next((one for one in people if one.contact_id == asked.person_id), None)
        if person is None:
            raise invalid("person_id", gettext("Esta pessoa não é deste cliente"))
    subject, text = content.standard(proposal, asked.channel)
    wanted = content.Wanted(asked.channel, person, asked.subject or subject, asked.text or text)
    draft = compose.propose(doer, proposal, wanted, timezone.now())
    return MadeContact(contact_id=draft.pk, state=draft.state, message_id=draft.message_id, expires_at=draft.expires_at)


def _by_key(request: HttpRequest) -> None:
    if caller_of(request).token is None:
        raise ApiError(403, gettext("Para escrever pela API, mostre uma chave em Authorization: Bearer"))


def _message(row: Record) -> Message:
    payload = row.payload
    return Message(
        message_id=row.pk,
        customer_id=row.customer_id,
        proposal_id=payload.get("proposal_id"),
        rule_id=payload.get("rule_id"),
        kind=row.effect.get("kind"),
        channel=row.channel,
        state=row.state,
        reason=row.reason,
        attempts=row.attempts,
        due_at=row.due_at,
        sent_at=row.sent_at,
        came_back=tuple(one.kind for one in row.receipts.all()),
    )


def _task(row: Task) -> TaskItem:
    fields = {name: getattr(row, name) for name in TaskItem.model_fields if name != "task_id"}
    return TaskItem(task_id=row.pk, **fields)
