"""The two statements that run for every message, written out: building them anew costs more than running them."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, transaction

from b2shift.web.outbox.gate import EVERYTHING
from b2shift.web.outbox.models import Message, Switch

State = Message.State


def mark(message: Message, worker: str, now: datetime, until: datetime) -> bool:
    """The intent to send a message that is still this worker's, unless something that stops it is stopped.

    Whoever took the message out of the lease meanwhile has changed its state: then nothing is marked.
    """
    with connection.cursor() as cursor:
        cursor.execute(_mark_text(), _mark_values(message, worker, now, until))
        return bool(cursor.rowcount == 1)


def answer_and_mark(
    key: int, changes: Mapping[str, Any], message: Message, worker: str, now: datetime, until: datetime
) -> bool:
    """What became of a message and the intent to send another, at once: on PostgreSQL one statement, one round trip."""
    if connection.vendor != "postgresql":
        with transaction.atomic():
            answer(key, worker, changes)
            return mark(message, worker, now, until)
    text = f"WITH answered AS ({_answer_text(tuple(changes))}) {_mark_text()}"
    values = [*_answer_values(key, worker, changes), *_mark_values(message, worker, now, until)]
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return bool(cursor.rowcount == 1)


def _mark_values(message: Message, worker: str, now: datetime, until: datetime) -> list[Any]:
    return [
        State.SENDING.value,
        *_moments(until),
        message.pk,
        State.LEASED.value,
        worker,
        *_moments(now),
        message.channel,
        message.switch,
        EVERYTHING,
    ]


def answer(key: int, worker: str, changes: Mapping[str, Any]) -> None:
    """What became of a message this worker handed over, even if others took it for doubtful meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_answer_text(tuple(changes)), _answer_values(key, worker, changes))


def _answer_values(key: int, worker: str, changes: Mapping[str, Any]) -> list[Any]:
    values = [_stored(value) for value in changes.values()]
    return [*values, key, worker, State.SENDING.value, State.IN_DOUBT.value]


@cache
def _mark_text() -> str:
    message, switch = (connection.ops.quote_name(one._meta.db_table) for one in (Message, Switch))
    return (
        f"UPDATE {message} SET state = %s, attempts = attempts + 1, leased_until = %s "
        "WHERE id = %s AND state = %s AND leased_by = %s AND leased_until > %s "
        f"AND NOT EXISTS (SELECT 1 FROM {switch} WHERE stopped AND name IN (%s, %s, %s))"
    )


@cache
def _answer_text(columns: tuple[str, ...]) -> str:
    assignments = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in columns)
    table = connection.ops.quote_name(Message._meta.db_table)
    return (
        f"UPDATE {table} SET leased_until = NULL, {assignments} WHERE id = %s AND leased_by = %s AND state IN (%s, %s)"
    )


def _moments(*moments: datetime) -> list[Any]:
    return [_stored(moment) for moment in moments]


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.value if isinstance(value, State) else value
