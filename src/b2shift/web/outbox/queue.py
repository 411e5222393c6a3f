"""Putting a message in the queue, in the transaction of the decision that asked for it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from b2shift.identify.api import is_suppressed
from b2shift.interact.contracts import Effect, Judgement, Stage
from b2shift.kernel.errors import InputError
from b2shift.web.outbox import customer_lock, gate
from b2shift.web.outbox.models import Message

_ERASED = "A pessoa foi apagada a pedido: nada é enviado a ela"


def enqueue(
    effect: Effect,
    payload: Mapping[str, Any],
    dedupe_key: str,
    now: datetime,
    *,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    switch: str = "",
) -> Message:
    """The message of this key: queued, or kept as suppressed with every reason, or the one there is already.

    Call it inside the transaction that writes the decision: both appear together or not at all. `switch`: what stops
    it beside its channel.
    """
    _inside_decision(dedupe_key)
    customer_lock.lock_customer(effect.customer_id)
    known = Message.objects.filter(dedupe_key=dedupe_key).first()
    if known is not None:
        return known
    judgement = gate.judge_now(effect, Stage.FILA, now)
    erased = is_suppressed(Path(settings.HOME), addresses=_addresses(payload))
    message, _new = Message.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "customer_id": effect.customer_id,
            "person_id": effect.person_id,
            "channel": effect.channel.value,
            "group": effect.group,
            "switch": switch,
            "effect": (effect.model_copy(update={"content": ""}) if erased else effect).model_dump(mode="json"),
            "payload": {} if erased else dict(payload),
            "state": Message.State.PENDING if judgement.allowed and not erased else Message.State.SUPPRESSED,
            "reason": _ERASED if erased else reasons(judgement),
            "due_at": due_at or now,
            "expires_at": expires_at,
            "created_at": now,
        },
    )
    return message


def notify(channel: str, payload: Mapping[str, Any], dedupe_key: str, now: datetime) -> Message:
    """A notice to our own people or programs: it reaches no customer, so only the switches may stop it.

    Call it inside the transaction that writes the decision it tells of.
    """
    _inside_decision(dedupe_key)
    fields = {"channel": channel, "payload": dict(payload), "effect": {}, "due_at": now, "created_at": now}
    message, _new = Message.objects.get_or_create(dedupe_key=dedupe_key, defaults=fields)
    return message


def _inside_decision(dedupe_key: str) -> None:
    if not transaction.get_connection().in_atomic_block:
        hint = "Chame enqueue e notify dentro da transação que grava a decisão"
        raise InputError("Uma mensagem só entra na fila com a sua decisão", value=dedupe_key, hint=hint)


def _addresses(value: Any) -> Iterator[str]:
    """Every e-mail a content holds, however deep."""
    if isinstance(value, str) and "@" in value:
        yield value
    elif isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _addresses(one)


def reasons(judgement: Judgement) -> str:
    """Why something may not go on, pt-BR; empty when it may."""
    found = [one.why for one in judgement.refusals]
    if judgement.approvals_missing:
        found.append(
            f"Faltam {judgement.approvals_missing} aprovações"
            if judgement.approvals_missing > 1
            else "Falta uma aprovação"
        )
    return "; ".join(found)
