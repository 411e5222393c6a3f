"""A person out of all this home holds: never read in again, records, lake, then a look whether anything is left."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from b2shift.identify.api import (
    ErasurePlan,
    ErasureResult,
    begin_erasure,
    erase_from_lake,
    finish_erasure,
    pending_erasures,
    plan_erasure,
)
from b2shift.kernel.errors import InputError, LakeBusyError, StateError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.crm.turn import alone
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.privacy import orders, records
from b2shift.web.privacy.models import ErasureOrder

Step = ErasureOrder.Step


def preview(reference: str, now: datetime) -> ErasurePlan:
    """What an erasure would take out; nothing is written."""
    return plan_erasure(Path(settings.HOME), reference, erasure="previa", at=now, by="", reason="")


def erase_person(doer: Doer, reference: str, reason: str, now: datetime) -> ErasureResult:
    """Take a person out of every layer, version, record and index; doing it again after a kill finishes it.

    Raises AccessError for who does not look after privacy, InputError without a reason or for who uses B2Shift,
    UnknownNameError when no kept version knows them, LakeBusyError while a run writes (it is finished later).
    """
    require_reason(doer, reason)
    home = Path(settings.HOME)
    finish_pending(doer, now)
    with alone(home, orders.WORK):
        plan = _begun(home, reference, erasure=uuid4().hex, at=now, by=_who(doer), reason=reason.strip())
        return _carry_out(home, plan, doer, now)


def require_reason(doer: Doer, reason: str) -> None:
    """AccessError for who does not look after privacy, InputError for a reason that says nothing."""
    if doer.person is not None:
        require(doer.person, Capability.PRIVACY)
    if len(reason.strip()) < 5:
        raise InputError(_("Diga por que a pessoa é apagada"), hint=_("O número do pedido, ou a regra de guarda"))


def finish_pending(doer: Doer, now: datetime) -> list[ErasureResult]:
    """Begin what was ordered on pages and finish what a kill or a busy lake left half done; what each did.

    One process at a time: another waits for its turn. An order that cannot be carried out says why and is left.
    """
    home = Path(settings.HOME)
    with alone(home, orders.WORK):
        orders.tidy({plan.erasure for plan in pending_erasures(home)})
        for order in orders.to_begin():
            with orders.problems_kept_in(order, Step.SEARCH):
                _begun(home, order.person_ref, erasure=order.erasure, at=now, by=_who(orders.doer_of(order)),
                       reason=order.reason)  # fmt: skip
        return [_carry_out(home, plan, doer, now) for plan in pending_erasures(home)]


def _begun(home: Path, reference: str, **kwargs: Any) -> ErasurePlan:
    plan = plan_erasure(home, reference, **kwargs)
    _refuse_users(plan)
    begin_erasure(home, plan)
    return plan


def _carry_out(home: Path, plan: ErasurePlan, doer: Doer, now: datetime) -> ErasureResult:
    """Every step, told to the order if there is one; the person who ordered it is who the trail names."""
    order = orders.of(plan.erasure)
    with orders.problems_kept_in(order, Step.RECORDS):
        result = _done(home, plan, order, now)
        record(
            AuditEvent.Action.PERSON_ERASED,
            orders.doer_of(order) if order else doer,
            object_kind="erasure",
            object_id=plan.erasure,
            purpose="direitos_do_titular",
            details=result.model_dump(mode="json", exclude={"at"}) | {"reason": plan.reason},
            at=now,
        )
        if result.left:
            hint = _("A eliminação continua pendente: rode `b2shift person resume` e veja a auditoria")
            raise StateError(_("Ainda há lugares com dados da pessoa"), value=result.left, hint=hint)
        orders.end(order, result, now)
    finish_erasure(home, plan)
    return result


def _done(home: Path, plan: ErasurePlan, order: ErasureOrder | None, now: datetime) -> ErasureResult:
    begin_erasure(home, plan)  # a kill may have come between the plan and the suppression
    removed, edited = records.erase(home, plan)
    orders.step(order, Step.LAKE)
    try:
        lake = erase_from_lake(home, plan)
    except LakeBusyError as error:
        hint = _(
            "A eliminação ficou registrada e termina com a execução em curso, a próxima ou `b2shift person resume`"
        )
        raise LakeBusyError(error.what, value=error.value, hint=hint) from error
    orders.step(order, Step.LOOK)
    records.scrub()
    return ErasureResult(
        erasure=plan.erasure,
        persons=len(plan.persons),
        versions=lake.versions,
        files=lake.files,
        rows_removed=lake.rows_removed,
        rows_edited=lake.rows_edited,
        records_removed=removed,
        records_edited=edited,
        shared=len(plan.shared),
        left=lake.left + records.left(home, plan),
        at=now,
    )


def _refuse_users(plan: ErasurePlan) -> None:
    addresses = [one.email.lower() for one in plan.persons if one.email]
    if User.objects.filter(email__in=addresses).exists():
        hint = _("Desative o acesso dela em Pessoas; os dados de quem trabalha aqui seguem o contrato de trabalho")
        raise InputError(_("Esta pessoa usa o B2Shift"), hint=hint)


def _who(doer: Doer) -> str:
    return doer.email or (doer.person.email if doer.person else "")
