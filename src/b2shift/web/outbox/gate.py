"""The guard with the records' current context, for one effect or a batch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from b2shift.identify.api import is_suppressed
from b2shift.interact.api import judge
from b2shift.interact.contracts import (
    Channel,
    Conceded,
    Contacted,
    Effect,
    GuardContext,
    Judgement,
    Kind,
    Stage,
)
from b2shift.web.crm.models import Customer
from b2shift.web.outbox.in_force import limits_in_force, rules_in_force
from b2shift.web.outbox.models import Hold, Message, Permission, Switch

EVERYTHING = "*"
# What a message of each kind is for: the purpose a consent or an opposition speaks of.
PURPOSE_OF: Mapping[Kind, str] = {
    Kind.RETENCAO: "renovacao",
    Kind.RECUPERACAO: "renovacao",
    Kind.EXPANSAO: "venda",
    Kind.ONBOARDING: "atendimento",
    Kind.RELACIONAMENTO: "campanha",
    Kind.EDUCACAO: "campanha",
    Kind.ENCANTAMENTO: "campanha",
}
_UNDER_WAY = (Message.State.PENDING, Message.State.LEASED, Message.State.SENDING)
_MADE = (Message.State.SENT, Message.State.IN_DOUBT, Message.State.SENDING)
_MONTH, _YEAR = timedelta(days=30), timedelta(days=365)
_KNOWN = (
    "customer_id",
    "state",
    "contract_band",
    "tenure_band",
    "mrr",
    "business_units",
    "churn_band",
    "overdue_amount",
)
# Customers whose contacts two people approve.
_EXECUTIVE_BANDS = {"acima_1m"}
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def judge_now(effect: Effect, stage: Stage, now: datetime) -> Judgement:
    """The guard's judgement with a fresh context."""
    return judge_known(effect, guard_contexts([effect], stage, now)[0], stage, now)


def judge_known(effect: Effect, known: GuardContext, stage: Stage, now: datetime) -> Judgement:
    """The guard's judgement with a context read before."""
    return judge(effect, known, limits_in_force(), rules_in_force(), stage, now)


def guard_contexts(effects: Sequence[Effect], stage: Stage, now: datetime) -> list[GuardContext]:
    """The guard context of each effect, from the records.

    Before the queue, messages still in it count as contacts; at sending only those made, or perhaps made, do.
    """
    ids = {effect.customer_id for effect in effects}
    counted = _MADE if stage is Stage.ENVIO else (*_MADE, *_UNDER_WAY)
    switches = set(Switch.objects.filter(stopped=True).values_list("name", flat=True))
    customers = {one["customer_id"]: one for one in Customer.objects.filter(customer_id__in=ids).values(*_KNOWN)}
    permissions = _by_customer(Permission.objects.filter(customer_id__in=ids).order_by("at", "id").values())
    made = _by_customer(
        Message.objects.filter(customer_id__in=ids, state__in=counted, due_at__gt=now - _YEAR).values(
            "customer_id", "sent_at", "due_at", "channel", "group", "person_id", "effect"
        )
    )
    holds = _by_customer(Hold.objects.filter(customer_id__in=ids).order_by("id").values())
    return [
        _guard_context(one, customers.get(one.customer_id, {}), switches, permissions, made, now).model_copy(
            update={"under_review": _review_of(one, holds.get(one.customer_id, ()))}
        )
        for one in effects
    ]


def _review_of(effect: Effect, rows: Iterable[Mapping[str, Any]]) -> str:
    """The oldest open review of the account or of the person; one of a person holds what names nobody too."""
    of_effect = (row for row in rows if None in (row["person_id"], effect.person_id) or
                 row["person_id"] == effect.person_id)  # fmt: skip
    return next((str(row["cause"]) for row in of_effect), "")


def _guard_context(
    effect: Effect, customer: Mapping[str, Any], switches: set[str], permissions: Rows, made: Rows, now: datetime
) -> GuardContext:
    given, refused = _permissions(effect, permissions.get(effect.customer_id, ()))
    rows = made.get(effect.customer_id, ())
    overdue = customer.get("overdue_amount")
    return GuardContext(
        units=tuple(customer.get("business_units") or ()),
        consents=tuple(given),
        opposed=tuple(refused),
        opposed_to_all=is_suppressed(Path(settings.HOME), person_id=effect.person_id),
        state=_state(customer.get("state")),
        contract_band=customer.get("contract_band") or "zero",
        tenure_band=customer.get("tenure_band") or "ate_3",
        executive=customer.get("contract_band") in _EXECUTIVE_BANDS,
        mrr=max(0.0, float(customer.get("mrr") or 0)),
        overdue=None if overdue is None else int(overdue > 0),
        unpaid_share=None,
        high_risk=customer.get("churn_band") not in {"baixo", "médio"},
        contacts=tuple(_contacts(rows, now)),
        concessions=tuple(_conceded(rows)),
        stopped=EVERYTHING in switches,
        stopped_channels=tuple(one for one in Channel if one.value in switches),
    )


def _permissions(effect: Effect, rows: Iterable[Mapping[str, Any]]) -> tuple[list[Channel], list[Channel]]:
    """Channels allowed and refused: the newest word of the person, and of the account, on each; a refusal wins.

    A refusal of the account ends where somebody there consents later. Words about other purposes say nothing here.
    """
    newest: dict[str, dict[str | None, tuple[int, bool]]] = defaultdict(dict)
    for position, row in enumerate(rows):
        person, channel = row["person_id"], row["channel"]
        of_effect = row["purpose"] in (EVERYTHING, PURPOSE_OF[effect.kind])
        if of_effect and (person is None or effect.person_id is None or person == effect.person_id):
            for one in [channel] if channel != EVERYTHING else [*Channel]:
                newest[str(one)][person] = (position, row["given"])
    words = {one: _in_force(newest[one.value]) for one in Channel}
    given = [one for one, values in words.items() if any(values)]
    refused = [one for one, values in words.items() if not all(values)]
    return given, refused


def _in_force(permissions: Mapping[str | None, tuple[int, bool]]) -> list[bool]:
    """The decisions on one channel in force, each yes or no."""
    account = permissions.get(None)
    if (
        account is not None
        and not account[1]
        and any(ok and position > account[0] for position, ok in permissions.values())
    ):
        permissions = {person: values for person, values in permissions.items() if person is not None}
    return [ok for _place, ok in permissions.values()]


def _contacts(rows: Iterable[Mapping[str, Any]], now: datetime) -> list[Contacted]:
    return [
        Contacted(at=at, channel=Channel(row["channel"]), group=row["group"], person_id=row["person_id"])
        for row in rows
        if (at := row["sent_at"] or row["due_at"]) > now - _MONTH
    ]


def _conceded(rows: Iterable[Mapping[str, Any]]) -> list[Conceded]:
    return [
        Conceded(
            at=row["sent_at"] or row["due_at"],
            percent=conceded["discount_percent"],
            invoices=conceded["discount_invoices"],
        )
        for row in rows
        if (conceded := row["effect"])["discount_percent"] > 0
    ]


def _by_customer(rows: Iterable[Mapping[str, Any]]) -> Rows:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["customer_id"]].append(row)
    return found


def _state(written: str | None) -> str:
    return written if written and len(written) == 2 else ""
