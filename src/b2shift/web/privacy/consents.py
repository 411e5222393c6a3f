"""What the people of a customer allowed and refused, per channel and purpose, with the proof of each word."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from b2shift.identify.api import person_at, purposes
from b2shift.interact.contracts import Channel
from b2shift.kernel.errors import AccessError, InputError, UnknownNameError
from b2shift.web.accounts.permissions import Capability, may, require
from b2shift.web.crm.lake import lake
from b2shift.web.crm.reading import visible_customers
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.outbox import permissions
from b2shift.web.outbox.gate import EVERYTHING
from b2shift.web.outbox.models import Permission

CHANNELS = (Channel.EMAIL, Channel.WHATSAPP, Channel.SMS, Channel.TELEFONE)
MESSAGE_PURPOSES = ("atendimento", "renovacao", "venda", "campanha")


@dataclass(frozen=True)
class Said:
    """What somebody said of one channel for one purpose, and how that is known."""

    channel: str
    purpose: str
    given: bool
    origin: str
    text_version: str = ""
    proof: str = ""


def consents_of(customer_id: str, person_id: str) -> dict[tuple[str, str], Permission]:
    """(channel, purpose) → the word that holds for the person there; missing where nobody said anything."""
    found: dict[tuple[str, str], Permission] = {}
    for word in history_of(customer_id, person_id):
        for channel in [one.value for one in CHANNELS] if word.channel == EVERYTHING else [word.channel]:
            for purpose in MESSAGE_PURPOSES if word.purpose == EVERYTHING else [word.purpose]:
                found[channel, purpose] = word
    return found


def history_of(customer_id: str, person_id: str) -> list[Permission]:
    """Every word of the person, oldest first."""
    return list(Permission.objects.filter(customer_id=customer_id, person_id=person_id).order_by("at", "id"))


def say(doer: Doer, customer_id: str, person_id: str, said: Said, now: datetime) -> int:
    """Write down a consent or an opposition of somebody at a customer; how many messages an opposition took out.

    Effective before this returns. Raises AccessError for who may not, or for a customer or person they do not see;
    InputError for a consent without proof, or for what is no channel or purpose.
    """
    _allowed(doer, customer_id)
    _known(customer_id, person_id)
    _checked(said)
    proof = permissions.Proof(said.purpose, said.text_version.strip()[:80], said.proof.strip(), _who(doer))
    with transaction.atomic():
        record(
            AuditEvent.Action.CONSENT,
            doer,
            object_kind="contact",
            object_id=person_id,
            purpose=said.purpose,
            details={"customer": customer_id, "channel": said.channel, "given": said.given, "origin": said.origin},
        )
        if said.given:
            permissions.allow(customer_id, said.channel, said.origin, now, person_id=person_id, proof=proof)
    if said.given:
        return 0
    return permissions.oppose(customer_id, said.origin, now, channel=said.channel, person_id=person_id, proof=proof)


def _allowed(doer: Doer, customer_id: str) -> None:
    if doer.person is None:
        raise AccessError(_("Entre para registrar consentimentos"))
    if may(doer.person, Capability.PRIVACY):
        return
    require(doer.person, Capability.CONTACTS)
    if not visible_customers(doer.person).filter(customer_id=customer_id).exists():
        raise AccessError(_("Este cliente não está entre os que você acompanha"), value=customer_id)


def _known(customer_id: str, person_id: str) -> None:
    try:
        found = person_at(lake(), Path(settings.HOME), f"contacts/{person_id}")
    except UnknownNameError:
        found = None
    if found is None or found.customer_id != customer_id:
        raise AccessError(_("Esta pessoa não é deste cliente"), value=person_id[:20])


def _checked(said: Said) -> None:
    _one_of(said.channel, [EVERYTHING, *(one.value for one in CHANNELS)], _("Escolha o canal"))
    _one_of(said.purpose, [EVERYTHING, *MESSAGE_PURPOSES], _("Escolha a finalidade"))
    if not said.origin.strip():
        raise InputError(_("Diga como a pessoa falou"), hint=_("Por e-mail, telefone, formulário, pessoalmente"))
    if said.given and not said.proof.strip():
        hint = _("Cabe a nós provar o consentimento (LGPD, art. 8º, § 2º): cite a mensagem, a gravação ou o formulário")
        raise InputError(_("Um consentimento precisa de prova"), hint=hint)


def _one_of(value: str, known: Iterable[str], what: str) -> None:
    if value not in set(known):
        raise InputError(what, value=value[:40] or None)


def purpose_words() -> dict[str, str]:
    """Purpose → what people call it."""
    return {one.purpose: one.title for one in purposes()}


def _who(doer: Doer) -> str:
    return doer.email or (doer.person.email if doer.person else "")
