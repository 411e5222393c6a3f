"""How a journey runs: paused, resumed, drained, or those inside taken on to its version in force."""

from datetime import datetime
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from b2shift.kernel.errors import AccessError, InputError, UnknownNameError
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.journeys.advancing import write
from b2shift.web.journeys.models import Enrolment, Running
from b2shift.web.journeys.texts import journey_of
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record

MODES = {"pause": Running.Mode.PAUSED, "resume": Running.Mode.ACTIVE, "drain": Running.Mode.DRAINING}


def change(doer: Doer, journey_id: str, what: str, now: datetime) -> Running:
    """Pause (nobody enters or moves), resume, or drain (nobody enters, those inside go on); terms run on meanwhile."""
    _may(doer)
    if what not in MODES:
        raise UnknownNameError(_("mudança de jornada"), what[:40], MODES)
    with transaction.atomic():
        one = _running(journey_id)
        one.mode, one.by, one.at = MODES[what], doer.email, now
        if what == "resume":
            one.looked = ""
        one.save()
        _audit(doer, journey_id, what, now)
    return one


def migrate(doer: Doer, journey_id: str, now: datetime) -> int:
    """Take everybody inside on to the version in force, to the step of the same code and kind; how many.

    InputError, and nobody moves, when somebody stands at a step that the version has not, or has of another kind.
    """
    _may(doer)
    with transaction.atomic():
        one = _running(journey_id)
        after = journey_of(one.version)
        kinds = {step.id: step.kind for step in after.steps}
        inside = Enrolment.objects.select_for_update(of=("self",)).select_related("version")
        old = list(
            inside.filter(journey_id=journey_id).exclude(state=Enrolment.State.ENDED).exclude(version=one.version)
        )
        lost = sorted({at.step for at in old if kinds.get(at.step) != journey_of(at.version).step(at.step).kind})
        if lost:
            hint = _("Esvazie a jornada, ou publique uma versão que ainda tenha estes passos")
            raise InputError(_("Há clientes em passos que a nova versão não tem"), value=", ".join(lost), hint=hint)
        for stay in old:
            before = stay.version.number
            stay.version = one.version
            stay.save(update_fields=["version"])
            write(stay, "migrou", stay.step, {"de": before, "para": one.version.number}, now)
        _audit(doer, journey_id, "migrated", now, customers=len(old), version=one.version.number)
    return len(old)


def _running(journey_id: str) -> Running:
    one = Running.objects.select_for_update(of=("self",)).select_related("version").filter(pk=journey_id).first()
    if one is None:
        known = islice(Running.objects.values_list("journey_id", flat=True), 20)
        raise UnknownNameError(_("jornada em curso"), journey_id[:80], known)
    return one


def _may(doer: Doer) -> None:
    if doer.person is None:
        raise AccessError(_("Entre para tratar jornadas"))
    require(doer.person, Capability.RUN_JOURNEYS)


def _audit(doer: Doer, journey_id: str, what: str, now: datetime, **values: object) -> None:
    details = {"what": what, **values}
    record(AuditEvent.Action.JOURNEY, doer, object_kind="journey", object_id=journey_id[:80], details=details, at=now)
