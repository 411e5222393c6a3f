"""A version from one person's hand to everybody's journey: proposed, approved by another, in force, taken back."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from b2shift.interact.api import parse_journey, policy_in_force
from b2shift.kernel.errors import AccessError, InputError, UnknownNameError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.accounts.units import house_units
from b2shift.web.journeys.models import Running, Version
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record


def propose(doer: Doer, text: str, note: str, now: datetime) -> Version:
    """Keep a sound text as the journey's next version, waiting for another person's yes.

    PolicyError tells where a text is wrong; InputError when it says nothing new.
    """
    person = _person(doer, Capability.DRAW_JOURNEYS)
    journey = parse_journey(text, "jornada", policy_in_force(settings.HOME), house_units())
    with transaction.atomic():
        running = Running.objects.select_related("version").filter(journey_id=journey.id).first()
        if running is not None and running.version.text == text:
            raise InputError(_("Nada mudou em relação à versão em vigor"), value=journey.id)
        last = Version.objects.filter(journey_id=journey.id).aggregate(last=Max("number"))["last"] or 0
        made = Version.objects.create(
            journey_id=journey.id,
            number=last + 1,
            name=journey.name,
            text=text,
            note=note.strip()[:300],
            author=person,
            created_at=now,
        )
        _audit(doer, made.journey_id, "proposed", now, version=made.number)
    return made


def approve(doer: Doer, key: int, now: datetime) -> Version:
    """Put a proposed version in force for those who enter from now on; whoever is inside stays in theirs."""
    with transaction.atomic():
        person, version = _waiting(doer, key)
        if version.author_id == person.pk:
            raise InputError(_("Quem propõe uma versão não a aprova"), hint=_("Peça a outra pessoa"))
        version.state, version.decided_by, version.decided_at = Version.State.APPROVED, person, now
        version.save(update_fields=["state", "decided_by", "decided_at"])
        _in_force(doer, version, now)
        _audit(doer, version.journey_id, "approved", now, version=version.number)
    return version


def refuse(doer: Doer, key: int, why: str, now: datetime) -> Version:
    """No, with the reason its author will read."""
    if len(why.strip()) < 3:
        raise InputError(_("Diga o motivo da recusa"), hint=_("O autor lê o motivo e propõe outra versão"))
    with transaction.atomic():
        person, version = _waiting(doer, key)
        version.state, version.decided_by, version.decided_at = Version.State.REFUSED, person, now
        version.why = why.strip()[:1000]
        version.save(update_fields=["state", "decided_by", "decided_at", "why"])
        _audit(doer, version.journey_id, "refused", now, version=version.number)
    return version


def roll_back(doer: Doer, journey_id: str, number: int, now: datetime) -> Version:
    """Put a version that was approved before in force again; nothing is deleted."""
    _person(doer, Capability.RUN_JOURNEYS)
    with transaction.atomic():
        approved = Version.objects.filter(journey_id=journey_id, state=Version.State.APPROVED)
        version = approved.filter(number=number).first()
        if version is None:
            known = map(str, approved.values_list("number", flat=True))
            raise UnknownNameError(_("versão aprovada"), str(number), known)
        _in_force(doer, version, now)
        _audit(doer, journey_id, "rolled_back", now, version=number)
    return version


def _in_force(doer: Doer, version: Version, now: datetime) -> None:
    values = {"version": version, "looked": "", "by": _email(doer), "at": now}
    Running.objects.update_or_create(journey_id=version.journey_id, defaults=values)


def _waiting(doer: Doer, key: int) -> tuple[User, Version]:
    person = _person(doer, Capability.RUN_JOURNEYS)
    found = Version.objects.select_for_update(of=("self",)).filter(pk=key, state=Version.State.PROPOSED).first()
    if found is None:
        raise InputError(_("Esta versão já não espera aprovação"), value=key, hint=_("Recarregue a página"))
    return person, found


def _person(doer: Doer, capability: Capability) -> User:
    if doer.person is None:
        raise AccessError(_("Entre para tratar jornadas"))
    require(doer.person, capability)
    return doer.person


def _email(doer: Doer) -> str:
    return doer.email or (doer.person.email if doer.person else "")


def _audit(doer: Doer, journey_id: str, what: str, now: datetime, **values: object) -> None:
    details = {"what": what, **values}
    record(AuditEvent.Action.JOURNEY, doer, object_kind="journey", object_id=journey_id[:80], details=details, at=now)
