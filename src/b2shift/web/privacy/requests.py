"""Requests of data subjects: written down with a protocol, worked by a person, answered; each step audited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.identify.api import person_at, prospect_of_person
from b2shift.kernel.errors import AccessError, InputError, LakeEmptyError, UnknownNameError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may, require
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer
from b2shift.web.crm.prospects import visible_prospect
from b2shift.web.crm.reading import visible_customers
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.outbox import permissions
from b2shift.web.privacy.models import RightsRequest

DAYS_TO_ANSWER = 15
"""LGPD, art. 19, II."""
_LOCK = 0x4C475044  # the advisory lock under which PostgreSQL writers take protocol numbers
State, Kind = RightsRequest.State, RightsRequest.Kind
_HOLDING = (Kind.REVIEW, Kind.OPPOSITION)


@dataclass(frozen=True)
class NewRequest:
    """What somebody asked for, as it was heard."""

    kind: str
    requester: str
    told: str
    customer_id: str = ""
    person_ref: str = ""


def open_request(doer: Doer, asked: NewRequest, now: datetime) -> RightsRequest:
    """Write a request down and give it its protocol; while a review or an opposition is open nothing automatic reaches
    the customer, or the person there who is named.

    Whoever may read a customer's people may write theirs down; only who looks after privacy, anybody's. Raises
    AccessError otherwise, InputError without a kind or a requester, or with the code of no customer.
    """
    person = _somebody(doer)
    if not may(person, Capability.PRIVACY):
        require(person, Capability.CONTACTS)
        if not asked.customer_id and asked.person_ref:
            if not _of_a_prospect_seen(person, asked.person_ref):
                raise AccessError(_("Esta pessoa não está entre as que você acompanha"), value=asked.person_ref[:40])
        elif not visible_customers(person).filter(customer_id=asked.customer_id).exists():
            raise AccessError(_("Este cliente não está entre os que você acompanha"), value=asked.customer_id)
    elif asked.customer_id and not Customer.objects.filter(customer_id=asked.customer_id).exists():
        raise InputError(
            _("Nenhum cliente tem este código"), value=asked.customer_id[:40],
            hint=_("Confira o código, ou deixe em branco se a empresa não está na base"),
        )  # fmt: skip
    if asked.kind not in Kind.values:
        raise InputError(_("Escolha o que a pessoa pediu"), value=asked.kind or None)
    if not asked.requester.strip():
        raise InputError(_("Diga quem pediu"), hint=_("O nome e como responder a ela"))
    with transaction.atomic():
        kept = RightsRequest.objects.create(
            protocol=_protocol(now),
            kind=asked.kind,
            customer_id=asked.customer_id,
            person_ref=asked.person_ref,
            requester=asked.requester.strip()[:160],
            told=asked.told.strip(),
            decision=_decision(asked) if asked.kind == Kind.REVIEW else {},
            created_at=now,
            created_by=person,
            due_on=timezone.localdate(now) + timedelta(days=DAYS_TO_ANSWER),
        )
        if asked.kind in _HOLDING and asked.customer_id:
            permissions.hold(asked.customer_id, kept.protocol, now, person_id=_person_id(kept))
        _audit(doer, kept, "opened")
    return kept


def take(doer: Doer, request: RightsRequest) -> None:
    """The person who acts works on it from now on; InputError when it was answered."""
    person = _keeper(doer)
    with transaction.atomic():
        changed = RightsRequest.objects.filter(pk=request.pk, state__in=[State.OPEN, State.WORKING])
        if not changed.update(state=State.WORKING, assignee=person):
            raise _answered(request)
        _audit(doer, request, "taken")


def answer(doer: Doer, request: RightsRequest, text: str, now: datetime, *, granted: bool) -> None:
    """Close it with what was answered, by a person, and let held contacts go on.

    An opposition that is granted holds from then on, on every channel and for every purpose; that of a prospect's
    person also once the prospect is a customer. InputError without an answer, when it has one, or for an erasure said
    to be done while the person is still there.
    """
    person = _keeper(doer)
    if len(text.strip()) < 10:
        raise InputError(_("Escreva a resposta dada à pessoa"), hint=_("O que foi feito, ou por que não"))
    if granted and request.is_open:
        _done(doer, request, now)
    with transaction.atomic():
        waiting = RightsRequest.objects.filter(pk=request.pk, state__in=[State.OPEN, State.WORKING])
        state = State.GRANTED if granted else State.REFUSED
        if not waiting.update(
            state=state, answer=text.strip(), answered_at=now, answered_by=person, assignee=request.assignee or person
        ):
            raise _answered(request)
        permissions.release(request.protocol)
        _audit(doer, request, state.value)


def visible_requests(user: User) -> QuerySet[RightsRequest]:
    """All for who looks after privacy; for others those they wrote down."""
    found = RightsRequest.objects.select_related("created_by", "assignee", "answered_by")
    if may(user, Capability.PRIVACY):
        return found
    return found.filter(created_by=user) if may(user, Capability.CONTACTS) else found.none()


def still_held(reference: str) -> bool:
    """Whether the current version knows the person of `table/code`."""
    try:
        person_at(lake(), Path(settings.HOME), reference)
    except (UnknownNameError, LakeEmptyError):
        return False
    return True


def _of_a_prospect_seen(person: User, reference: str) -> bool:
    """Whether somebody is a contact of a company that is no customer and that the person looks after."""
    prospect = _prospect_of(reference)
    return prospect is not None and visible_prospect(person, prospect) is not None


def _prospect_of(reference: str) -> str | None:
    """The prospect whose contact the person of `table/code` is; None for anybody else."""
    table, _slash, code = reference.partition("/")
    return prospect_of_person(lake(), code) if table == "contacts" else None


def _done(doer: Doer, request: RightsRequest, now: datetime) -> None:
    """What a request was granted for holds before anybody is told so."""
    if request.kind == Kind.ERASURE and request.person_ref and still_held(request.person_ref):
        hint = _("Apague a pessoa na página dela e espere o fim da eliminação")
        raise InputError(_("Os dados da pessoa ainda estão aqui"), value=request.person_ref, hint=hint)
    if request.kind == Kind.OPPOSITION and (account := request.customer_id or _prospect_of(request.person_ref)):
        proof = permissions.Proof(proof=request.protocol, by=doer.email or "")
        permissions.oppose(account, "pedido de titular", now, person_id=_person_id(request), proof=proof)


def _person_id(request: RightsRequest) -> str | None:
    """The code of the person at the customer; None: everybody there."""
    return request.person_ref.partition("/")[2] or None


def _decision(asked: NewRequest) -> Mapping[str, Any]:
    """What the automatic decisions about the customer were at that moment, with their reasons: what is reviewed."""
    customer = Customer.objects.filter(customer_id=asked.customer_id).first()
    if customer is None:
        raise InputError(_("Diga de que cliente é a decisão"), value=asked.customer_id or None)
    return {
        "as_of": customer.as_of.isoformat(),
        "segment": customer.segment_name,
        "churn_90d": customer.churn_90d,
        "churn_band": customer.churn_band,
        "health": customer.health,
        "reasons": customer.reasons,
        "due": [
            {"rule": one.rule_name, "action": one.action, "reason": one.reason}
            for one in customer.proposals.order_by("-priority", "proposal_id")
        ],
    }


def _protocol(now: datetime) -> str:
    """The year and the next number in it; writers take turns."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    year = f"{timezone.localtime(now).year}-"
    last = RightsRequest.objects.filter(protocol__startswith=year).order_by("-protocol").first()
    return f"{year}{int(last.protocol.removeprefix(year)) + 1 if last else 1:06d}"


def _somebody(doer: Doer) -> User:
    if doer.person is None:
        raise AccessError(_("Entre para registrar pedidos"))
    return doer.person


def _keeper(doer: Doer) -> User:
    person = _somebody(doer)
    require(person, Capability.PRIVACY)
    return person


def _answered(request: RightsRequest) -> InputError:
    return InputError(_("Este pedido já foi respondido"), value=request.protocol)


def _audit(doer: Doer, request: RightsRequest, what: str) -> None:
    record(
        AuditEvent.Action.RIGHTS_REQUEST,
        doer,
        object_kind="rights_request",
        object_id=request.protocol,
        purpose="direitos_do_titular",
        details={"what": what, "kind": request.kind, "customer": request.customer_id},
    )
