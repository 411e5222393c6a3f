"""Each limit of the policy in code refuses what passes it, at every stage, and lets the rest through."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from b2shift.interact.api import judge, limits_of, load_policy, policy_text
from b2shift.interact.contracts import (
    Approval,
    Conceded,
    Contacted,
    Effect,
    GuardContext,
    Judgement,
    OwnerRole,
    Stage,
)
from b2shift.kernel.errors import PolicyError

POLICY = load_policy()
LIMITS = limits_of(POLICY)
NOW = datetime(2025, 3, 12, 15, 0, tzinfo=UTC)  # Wednesday, noon in Brasília
PLAIN: dict[str, Any] = {
    "customer_id": "C1", "person_id": "P1", "channel": "email", "kind": "relacionamento", "group": "mensagens",
    "unit": "totvs_gestao", "proposer": "robo",
}  # fmt: skip
GOOD: dict[str, Any] = {
    "units": ["totvs_gestao", "techfin"], "consents": ["email"], "state": "SP", "contract_band": "20_100k",
    "tenure_band": "3_10", "mrr": 1000, "overdue": 0, "unpaid_share": 0, "high_risk": False,
}  # fmt: skip


def asked(
    stage: Stage = Stage.ENVIO, now: datetime = NOW, standing: dict[str, Any] | None = None, **over: Any
) -> Judgement:
    effect = Effect.model_validate({**PLAIN, **over})
    return judge(effect, GuardContext.model_validate({**GOOD, **(standing or {})}), LIMITS, POLICY, stage, now)


def codes(told: Judgement) -> list[str]:
    return [one.code for one in told.refusals]


def contact(days: float, **over: Any) -> Contacted:
    return Contacted.model_validate(
        {"at": NOW - timedelta(days=days), "channel": "email", "group": "mensagens", **over}
    )


def approved(count: int, people: tuple[str, ...] = ("ana", "bia"), role: str = "gestor", **over: Any) -> dict[str, Any]:
    effect = Effect.model_validate({**PLAIN, **over})
    yes = [
        Approval(person=person, role=OwnerRole(role), at=NOW - timedelta(days=1), of=effect.fingerprint())
        for person in people[:count]
    ]
    return {**over, "approvals": yes}


@pytest.mark.parametrize("stage", list(Stage))
def test_what_keeps_every_limit_passes_every_stage(stage: Stage) -> None:
    assert asked(stage).allowed


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize(
    ("code", "standing", "over"),
    [
        ("parado", {"stopped": True}, {}),
        ("canal_parado", {"stopped_channels": ["email"]}, {}),
        ("oposicao", {"opposed": ["email"]}, {}),
        ("oposicao", {"opposed_to_all": True}, {}),
        ("sem_consentimento", {"consents": ["sms"]}, {}),
        ("grupo", {}, {"group": "inventado"}),
        ("outra_unidade", {"units": ["rd_station"]}, {}),
        ("em_dificuldade", {"distressed": True}, {"kind": "expansao"}),
        ("desconto_indevido", {}, {"discount_percent": 5, "discount_invoices": 1}),
        ("desconto_alem", {}, {"kind": "retencao", "discount_percent": 16, "discount_invoices": 1}),
        ("desconto_alem", {}, {"kind": "retencao", "discount_percent": 5, "discount_invoices": 4}),
        (
            "desconto_alem",
            {"contract_band": "zero"},
            {"kind": "retencao", "discount_percent": 1, "discount_invoices": 1},
        ),
        ("desconto_incompleto", {}, {"kind": "retencao", "discount_percent": 5}),
        ("credito_fora", {}, {"credit": 100}),
        ("credito_sem_historico", {"overdue": None}, {"credit": 100, "unit": "techfin"}),
        ("credito_a_devedor", {"overdue": 1}, {"credit": 100, "unit": "techfin"}),
        ("credito_a_devedor", {"unpaid_share": 0.1}, {"credit": 100, "unit": "techfin"}),
        ("credito_de_risco", {"high_risk": True}, {"credit": 100, "unit": "techfin"}),
        ("credito_alem", {}, {"credit": 3001, "unit": "techfin"}),
        ("em_dificuldade", {"distressed": True}, {"credit": 100, "unit": "techfin"}),
    ],
)
def test_what_passes_a_limit_is_refused_at_every_stage(
    stage: Stage, code: str, standing: dict[str, Any], over: dict[str, Any]
) -> None:
    told = asked(stage, standing=standing, **over)
    assert code in codes(told)
    assert all(one.why for one in told.refusals)


def test_caps_roll_over_days_not_calendars() -> None:
    three = [contact(days) for days in (1, 3, 6.9)]
    assert codes(asked(standing={"contacts": [one.model_copy(update={"person_id": "P1"}) for one in three]})) == [
        "pessoa_7d"
    ]
    others = [one.model_copy(update={"person_id": "P2"}) for one in three]
    assert asked(standing={"contacts": others}).allowed, "another person's"
    assert "pessoa_7d" in codes(asked(standing={"contacts": three})), "of the whole account: everybody's"
    old = [contact(days) for days in (1, 3, 7.1)]
    assert asked(standing={"contacts": old}).allowed
    assert "conta_30d" in codes(asked(standing={"contacts": [contact(8 + days) for days in range(6)]}))
    assert asked(standing={"contacts": [contact(31 + days) for days in range(9)]}).allowed
    assert "conta_7d" in codes(
        asked(person_id="P9", standing={"contacts": [contact(2, person_id=f"P{n}") for n in range(5)]})
    )


def test_a_contact_still_to_come_counts() -> None:
    coming = [contact(-days, person_id="P1") for days in (1, 2, 3)]
    assert "pessoa_7d" in codes(asked(standing={"contacts": coming}))


@pytest.mark.parametrize(
    ("now", "state", "until"),
    [
        ("2025-03-12T10:59+00:00", "SP", "2025-03-12T08:00-03:00"),
        ("2025-03-12T11:00+00:00", "SP", None),
        ("2025-03-12T22:59+00:00", "SP", None),
        ("2025-03-12T23:00+00:00", "SP", "2025-03-13T08:00-03:00"),
        ("2025-03-12T12:30+00:00", "AC", "2025-03-12T08:00-05:00"),
        ("2025-03-13T00:30+00:00", "AC", None),
        ("2025-03-14T23:30+00:00", "SP", "2025-03-17T08:00-03:00"),
        ("2025-03-03T15:00+00:00", "SP", "2025-03-06T08:00-03:00"),
        ("2025-07-09T15:00+00:00", "SP", "2025-07-10T08:00-03:00"),
        ("2025-07-09T15:00+00:00", "RJ", None),
    ],
)
def test_messages_wait_for_the_customers_business_hours(now: str, state: str, until: str | None) -> None:
    moment = datetime.fromisoformat(now)
    told = asked(now=moment, standing={"state": state})
    assert told.wait_until == (None if until is None else datetime.fromisoformat(until))
    assert told.allowed == (until is None)
    assert asked(Stage.FILA, moment, {"state": state}).allowed, "it may wait in the queue"
    assert asked(now=moment, standing={"state": state}, channel="in_app").allowed


def test_one_concession_in_twelve_months() -> None:
    offer = approved(1, kind="retencao", discount_percent=15, discount_invoices=3)
    assert asked(**offer).allowed
    made = {"percent": 5, "invoices": 1}
    recent = Conceded.model_validate({"at": NOW - timedelta(days=364), **made})
    old = Conceded.model_validate({"at": NOW - timedelta(days=366), **made})
    assert codes(asked(standing={"concessions": [recent]}, **offer)) == ["desconto_repetido"]
    assert asked(standing={"concessions": [old]}, **offer).allowed


@pytest.mark.parametrize(
    ("count", "standing", "over"),
    [
        (1, {}, {"stake": 10_001}),
        (1, {}, {"confidence": 0.59}),
        (1, {}, {"kind": "retencao", "discount_percent": 1, "discount_invoices": 1}),
        (1, {}, {"credit": 100, "unit": "techfin"}),
        (2, {"executive": True}, {}),
        (2, {}, {"recipients": 1001}),
    ],
)
def test_approvals_are_wanted_before_the_queue_and_at_sending(
    count: int, standing: dict[str, Any], over: dict[str, Any]
) -> None:
    assert asked(Stage.PROPOSTA, standing=standing, **over).allowed
    for stage in (Stage.FILA, Stage.ENVIO):
        assert asked(stage, standing=standing, **over).approvals_missing == count
        assert asked(stage, standing=standing, **approved(count, **over)).allowed


def test_an_approval_is_of_another_person_of_this_effect_and_fresh() -> None:
    yes = approved(1, stake=20_000)
    assert asked(**yes).allowed
    assert not asked(**{**yes, "content": "outra coisa"}).allowed, "what was approved has changed"
    assert not asked(**approved(1, ("robo",), stake=20_000)).allowed, "nobody approves their own proposal"
    assert not asked(**approved(1, role="executor", stake=20_000)).allowed
    assert not asked(standing={"executive": True}, **approved(2, ("ana", "ana"))).allowed, "two people, not two yeses"
    assert not asked(now=NOW + timedelta(days=8), **yes).allowed
    assert not asked(now=NOW - timedelta(days=2), **yes).allowed, "not before it was given"


def test_wrong_limits_are_refused(tmp_path: Path) -> None:
    text = policy_text(tmp_path)
    for before, after, why in (
        ("percent: 15, invoices: 2", "percent: 25, invoices: 2", "passa de most_percent"),
        ("first: 8, last: 20", "first: 20, last: 8", "precisa vir antes da de fechar"),
        ("{after_days: 1,", "{after_days: 9,", "na ordem dos dias"),
        ("account_7d: 5", "account_7d: 0", "abaixo do mínimo"),
    ):
        wrong = tmp_path / f"{after[:5]}.yaml"
        wrong.write_text(text.replace(before, after), encoding="utf-8")
        with pytest.raises(PolicyError, match=why):
            load_policy(wrong)
