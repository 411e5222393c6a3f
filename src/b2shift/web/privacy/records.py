"""A person out of the records: messages, permissions, requests, and any text of any table but the audit trail.

The trail is a chain of hashes and is never changed; it names persons by their codes only.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction

from b2shift.identify.api import ErasurePlan, PersonEraser
from b2shift.web.accounts.models import User
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.outbox.models import Message, Permission

_KEPT = (User, AuditEvent, Session)
_BATCH = 2_000
State = Message.State


def erase(home: Path, plan: ErasurePlan) -> tuple[int, int]:
    """Take the person out of the records in one transaction; rows removed and rows changed."""
    eraser, codes = PersonEraser(home, plan), plan.ids.get("contacts", ())
    with transaction.atomic():
        _overwrite_what_goes()
        removed, _of_each = Permission.objects.filter(person_id__in=codes).delete()
        edited = _messages(codes, plan.erasure) + _words(codes, plan.erasure)
        for model in _searched():
            edited += _texts_of(model, eraser)
    return removed, edited


def left(home: Path, plan: ErasurePlan) -> int:
    """Rows of the records that still hold something of the person."""
    eraser = PersonEraser(home, plan)
    return sum(1 for model in _searched() for _key, _changes in _changed(model, eraser))


def scrub() -> None:
    """Have the database give up the space where deleted values lie; inside a transaction that must wait."""
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for model in _searched():
            cursor.execute(f"VACUUM {connection.ops.quote_name(model._meta.db_table)}")


def _overwrite_what_goes() -> None:
    """SQLite fills deleted values with zeros instead of leaving them in free pages."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _messages(codes: tuple[str, ...], erasure: str) -> int:
    """Messages to the person: what waits is not sent, what was sent keeps its place in the counts and nothing more."""
    theirs = Message.objects.filter(person_id__in=codes)
    waiting = theirs.filter(state__in=[State.PENDING, State.LEASED])
    waiting.update(state=State.SUPPRESSED, reason="A pessoa foi apagada a pedido", leased_until=None)
    changed = 0
    for message in theirs.iterator(chunk_size=_BATCH):
        nobody = f"apagada-{erasure[:12]}"
        effect = message.effect | {"person_id": nobody, "content": ""}
        Message.objects.filter(pk=message.pk).update(person_id=nobody, payload={}, effect=effect)
        changed += 1
    return changed


def addressed() -> list[type[models.Model]]:
    """Further tables whose rows are of one person at a customer: contacts in the making, tasks, notices, answers."""
    of_persons = [one for one in _searched() if any(field.name == "person_id" for field in one._meta.concrete_fields)]
    return [one for one in of_persons if one not in (Message, Permission)]


def _words(codes: tuple[str, ...], erasure: str) -> int:
    """Rows of those tables keep their place and lose the person and every word."""
    changed = 0
    for model in addressed():
        gone: dict[str, Any] = {"person_id": f"apagada-{erasure[:12]}"}
        for field in model._meta.concrete_fields:
            if isinstance(field, models.TextField):
                gone[field.attname] = ""
            elif isinstance(field, models.JSONField):
                gone[field.attname] = [] if field.default is list else {}
        changed += model._default_manager.filter(person_id__in=codes).update(**gone)
    return changed


def _texts_of(model: type[models.Model], eraser: PersonEraser) -> int:
    changed = 0
    for key, changes in _changed(model, eraser):
        changed += model._default_manager.filter(pk=key).update(**changes)
    return changed


def _changed(model: type[models.Model], eraser: PersonEraser) -> Iterator[tuple[Any, dict[str, Any]]]:
    """(key, changed fields) of each row that holds something of the person."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not field.primary_key
        and not field.choices
    ]
    if not fields:
        return
    names = [field.attname for field in fields]
    for key, *values in list(
        model._default_manager.order_by("pk").values_list("pk", *names).iterator(chunk_size=_BATCH)
    ):
        changes = {}
        for field, value in zip(fields, values, strict=True):
            after = eraser.redacted(value)
            if after != value:
                changes[field.attname] = after[: field.max_length] if isinstance(after, str) else after
        if changes:
            yield key, changes


def _searched() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if model._meta.managed and not issubclass(model, _KEPT) and model._meta.app_config.name.startswith("b2shift.")
    ]
