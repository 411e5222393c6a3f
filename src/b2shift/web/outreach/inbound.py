"""Inbound events of messages: receipts, replies, opt-outs; idempotent."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from b2shift.kernel.errors import StateError
from b2shift.kernel.text import fold
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.outbox import permissions
from b2shift.web.outbox.models import Message, Permission
from b2shift.web.outreach.models import Incoming, Outcome, Receipt

WINDOW = timedelta(hours=24)
_OUT = {"sair", "parar", "pare", "stop", "cancelar", "descadastrar", "remover", "unsubscribe"}
_OUTCOMES = {Receipt.Kind.REPLIED: "respondeu", Receipt.Kind.CLICKED: "clicou", Receipt.Kind.LEFT: "pediu_para_sair"}


@dataclass(frozen=True)
class InboundMessage:
    """A message from a customer."""

    external_id: str
    sender: str
    text: str
    at: datetime
    subject: str = ""


def receipt(message: Message, kind: Receipt.Kind, detail: str, now: datetime) -> bool:
    """Record a receipt of a message; False when it was known already.

    A provider that tells of a message in doubt has had it: the doubt is over.
    """
    with transaction.atomic():
        _written, new = Receipt.objects.get_or_create(
            message=message, kind=kind, defaults={"detail": detail[:500], "at": now}
        )
        if new and kind in _OUTCOMES:
            outcome(message, _OUTCOMES[kind], detail[:40] or kind.value, now)
        doubtful = Message.objects.filter(pk=message.pk, state=Message.State.IN_DOUBT)
        if kind is not Receipt.Kind.FAILED:
            doubtful.update(state=Message.State.SENT, sent_at=now, reason="O provedor confirmou que a recebeu")
    return new


def outcome(message: Message, value: str, origin: str, now: datetime, by: str = "") -> None:
    """Add an outcome of a message."""
    about = {name: message.payload.get(name) or "" for name in ("proposal_id", "rule_id")}
    Outcome.objects.create(
        key=message.dedupe_key,
        customer_id=message.customer_id or message.payload.get("customer_id", ""),
        channel=message.channel,
        kind=message.effect.get("kind", ""),
        value=value,
        origin=origin,
        by=by,
        at=now,
        **about,
    )


def reply(message: Message, inbound: InboundMessage, now: datetime) -> bool:
    """A customer's answer, on their timeline; one that only asks to be left alone is an opposition.

    False when it was known already.
    """
    try:
        with transaction.atomic():
            Incoming.objects.create(
                external_id=_storable(inbound.external_id),
                customer_id=message.customer_id,
                person_id=message.person_id,
                channel=message.channel,
                sender=_storable(inbound.sender),
                subject=_storable(inbound.subject),
                text=_storable(inbound.text),
                answers=message,
                at=inbound.at,
            )
            receipt(message, Receipt.Kind.REPLIED, "", now)
    except IntegrityError:
        return False
    if is_opt_out(inbound.text):
        opt_out(message, f"resposta: {inbound.text[:40]}", inbound.external_id, now)
    return True


def _storable(text: str) -> str:
    """What both databases keep: no NUL, no half characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def is_opt_out(text: str) -> bool:
    """Whether a text is nothing but an opt-out: SAIR, PARAR, descadastrar…"""
    words = re.findall(r"\w+", fold(text))
    return 0 < len(words) <= 3 and bool(_OUT & set(words))


def opt_out(message: Message, origin: str, proof: str, now: datetime) -> int:
    """Record the opposition of a message's receiver to its channel, without sign-in; how many messages it cancelled."""
    about = {"customer_id": message.customer_id, "person_id": message.person_id, "channel": message.channel}
    known = Permission.objects.filter(**about).order_by("at", "id").last()
    if known is not None and not known.given and known.proof == proof:
        return 0
    doer = Doer(None, "", None, message.channel)
    record(
        AuditEvent.Action.CONSENT,
        doer,
        object_kind="contact",
        object_id=message.person_id or message.customer_id,
        details={"customer": message.customer_id, "channel": message.channel, "given": False, "origin": origin},
        at=now,
    )
    try:
        taken = permissions.oppose(
            message.customer_id,
            origin[:80],
            now,
            channel=message.channel,
            person_id=message.person_id,
            proof=permissions.Proof(proof=proof, by="a própria pessoa"),
        )
    except StateError:  # in force already; one message was being handed over and may still arrive
        taken = 0
    receipt(message, Receipt.Kind.LEFT, origin, now)
    return taken


def opted_out_at_provider(key: str, why: str) -> None:
    """A provider refused a message because its receiver had opted out there; the sending itself is still under way."""
    message = Message.objects.filter(dedupe_key=key).first()
    if message is None:
        return
    about = {"customer_id": message.customer_id, "person_id": message.person_id, "channel": message.channel}
    Permission.objects.create(
        **about, given=False, origin=why[:80], proof=key, by="provedor", purpose="*", at=timezone.now()
    )


def wrote_recently(sender: str) -> bool:
    """Whether somebody wrote to us by WhatsApp within 24 hours."""
    return Incoming.objects.filter(channel="whatsapp", sender=sender, at__gt=timezone.now() - WINDOW).exists()
