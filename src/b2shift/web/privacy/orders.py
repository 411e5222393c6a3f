"""Erasures ordered on a page: kept first, carried out by a process of its own, which tells how far it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from b2shift.identify.api import ErasureResult, person_at
from b2shift.kernel.errors import B2ShiftError, InputError, LakeBusyError
from b2shift.web.accounts.models import User
from b2shift.web.crm.background_command import start as start_command
from b2shift.web.crm.lake import lake
from b2shift.web.ledger.trail import Doer
from b2shift.web.privacy.models import ErasureOrder

WORK = "erasing"
"""The name of the turn that one process holds while it erases."""
State, Step = ErasureOrder.State, ErasureOrder.Step
_OPEN = (State.WAITING, State.RUNNING)


def place(doer: Doer, reference: str, reason: str, now: datetime) -> ErasureOrder:
    """Keep an order; nothing is taken out yet. A person already ordered is not ordered twice.

    Raises UnknownNameError for nobody of the current version, InputError for who uses B2Shift.
    """
    assert doer.person is not None
    person = person_at(lake(), Path(settings.HOME), reference)
    if person.email and User.objects.filter(email=person.email.lower()).exists():
        hint = _("Desative o acesso dela em Pessoas; os dados de quem trabalha aqui seguem o contrato de trabalho")
        raise InputError(_("Esta pessoa usa o B2Shift"), hint=hint)
    there = ErasureOrder.objects.filter(person_ref=reference, state__in=_OPEN).first()
    return there or ErasureOrder.objects.create(
        erasure=uuid4().hex, person_ref=reference, reason=reason.strip(), ordered_by=doer.person, ordered_at=now,
        address=doer.address,
    )  # fmt: skip


def start() -> None:
    """Start a process that carries out what was ordered and outlives this request; several take turns."""
    start_command("person", "resume", "--wait", "--by", "pedido na página")


def of(erasure: str) -> ErasureOrder | None:
    """The order behind an erasure; the command line's have none."""
    return ErasureOrder.objects.filter(erasure=erasure).first()


def to_begin() -> QuerySet[ErasureOrder]:
    """Orders whose person was not looked for yet, the oldest first."""
    return ErasureOrder.objects.filter(state__in=_OPEN, step__in=[Step.NONE, Step.SEARCH]).order_by("pk")


def tidy(pending: set[str]) -> None:
    """What a kill left between two writings: an order whose plan is kept has been looked for."""
    ErasureOrder.objects.filter(state__in=_OPEN, erasure__in=pending, step__in=[Step.NONE, Step.SEARCH]).update(
        step=Step.RECORDS, person_ref=""
    )


def doer_of(order: ErasureOrder) -> Doer:
    """Who ordered it, as the trail names them."""
    return Doer(order.ordered_by, order.ordered_by.email, order.address, "web")


def step(order: ErasureOrder | None, now_at: str) -> None:
    """Tell how far an erasure is; from the second step on its plan says who the person is, and the order no more."""
    if order is not None:
        known = {} if now_at == Step.SEARCH else {"person_ref": ""}
        ErasureOrder.objects.filter(pk=order.pk).update(state=State.RUNNING, step=now_at, problem="", **known)


@contextmanager
def problems_kept_in(order: ErasureOrder | None, first: str) -> Iterator[None]:
    """Keep what goes wrong in an order. A busy lake leaves it waiting; an order that cannot be begun goes no further,
    and the others go on."""
    step(order, first)
    try:
        yield
    except B2ShiftError as error:
        if order is not None:
            busy = isinstance(error, LakeBusyError)
            state = State.WAITING if busy else State.FAILED
            ErasureOrder.objects.filter(pk=order.pk).update(state=state, problem=str(error))
        if first != Step.SEARCH:
            raise


def end(order: ErasureOrder | None, result: ErasureResult, now: datetime) -> None:
    """It is done: what it took out stays, by counts."""
    if order is not None:
        ErasureOrder.objects.filter(pk=order.pk).update(
            state=State.DONE, problem="", ended_at=now, result=result.model_dump(mode="json", exclude={"at", "erasure"})
        )
