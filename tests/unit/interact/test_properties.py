"""What no proposal may ever be, whatever the customers: the default policy on worlds made by chance."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.interact.world import AS_OF, Row, World, evaluated

from b2shift.interact.api import load_policy
from b2shift.interact.contracts import Kind, LifeStage, MarketSegment
from b2shift.interact.evaluation.contacts import NEED_CONSENT
from b2shift.interact.policy.vocabulary import metrics
from b2shift.kernel.calendar import is_business_day
from b2shift.kernel.ids import stable_id

POLICY = load_policy()
RULES = {rule.id: rule for rule in POLICY.rules}
CUSTOMERS = 120


def chance_world(seed: int) -> World:
    """Customers with anything in any column, unknown values among them."""
    rng, world = random.Random(seed), World()

    def maybe(value: Any) -> Any:
        return value if rng.random() > 0.15 else None

    def ago(days: int) -> date:
        return AS_OF - timedelta(days=rng.randrange(days))

    for i in range(CUSTOMERS):
        key = f"K{i:05d}"
        world.customer(
            key,
            segment=f"s{rng.randrange(6)}",
            stage=rng.choice(list(LifeStage)).value,
            market_segment=maybe(rng.choice(list(MarketSegment)).value),
            contract_band=rng.choice(["zero", "ate_5k", "5_20k", "20_100k", "100_500k", "500k_1m", "acima_1m"]),
            revenue_band=rng.choice(["ate_15m", "15_50m", "50_150m", "acima_150m", "sem_info"]),
            situation=rng.choice(["ativo"] * 6 + ["gratuito", "pendente", "cancelado", "outro"]),
            customer_since=maybe(ago(rng.choice([40, 300, 5000]))),
            business_units=rng.choice([["totvs_gestao"], ["techfin", "totvs_gestao"], ["rd_station"]]),
            nps_value=maybe(rng.uniform(-100, 100)),
            nps_answers_12m=rng.randrange(6),
            nps_days_since=maybe(rng.randrange(200)),
            has_telemetry=rng.random() < 0.6,
            usage_months_12m=maybe(rng.randrange(13)),
            usage_ratio=maybe(rng.expovariate(1)),
            usage_percentile=maybe(rng.uniform(0, 100)),
            days_disconnected=maybe(rng.randrange(30)),
            telemetry_modules=maybe(rng.randrange(8)),
            duration_growth=maybe(rng.uniform(-1, 2)),
            families_count=rng.randrange(5),
            overdue_count=rng.choice([0, 0, 1]),
            unpaid_share_6m=maybe(0.0),
            late_days_mean_6m=maybe(rng.uniform(0, 9)),
            has_revenue=rng.random() < 0.8,
            line_cloud=rng.random() < 0.5,
            churn_90d=maybe(rng.random() ** 9),
            churn_band=maybe(rng.choice(["alto", "médio", "baixo"])),
            health=maybe(rng.uniform(0, 100)),
            mrr=rng.choice([0, 50, 400, 3000]),
        )
        world.tables["features"][-1]["mrr"] = world.tables["customers"][-1]["mrr"]
        world.contact(key, email=rng.random() < 0.5, whatsapp=rng.random() < 0.4, sms=rng.random() < 0.2)
        told = {"customer_id": key, "kind": rng.choice(["ligacao", "email", "reuniao", "visita"]), "at": ago(400)}
        world.add("activities", {**told, "result": rng.choice(["conversa", "sem_resposta"])})
        if rng.random() < 0.1:
            told = {"customer_id": key, "kind": "unsubscribe", "at": ago(400)}
            world.add("campaign_events", {**told, "channel": rng.choice(["email", "whatsapp", "in_app"])})
        if rng.random() < 0.4:
            due = ago(60)
            world.add(
                "invoices", {"customer_id": key, "invoice_id": f"F{i}", "issued_on": due, "due_on": due, "amount": 9.9}
            )
        if rng.random() < 0.2:
            lost = {"kind": "renovacao", "result": "perdido", "created_on": ago(90), "closed_on": ago(90), "value": 10}
            world.add("opportunities", {"customer_id": key, "opportunity_id": f"O{i}", **lost})
    return world


@pytest.fixture(scope="module", params=[1, 2, 3])
def chance(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, list[Row]]:
    """A world and its proposals."""
    world = chance_world(request.param)
    with evaluated(tmp_path_factory.mktemp("chance"), world, POLICY) as session:
        return world, session.query("SELECT * FROM proposals ORDER BY customer_id, rule_id").to_pylist()


def test_there_is_something_of_every_kind(chance: tuple[World, list[Row]]) -> None:
    _, found = chance
    assert len(found) > CUSTOMERS
    assert {row["trigger"] for row in found} == {"cadence", "nps", "telemetry", "score", "event", "date"}
    assert {row["kind"] for row in found} >= set(Kind) - {Kind.ONBOARDING}


def test_no_channel_without_consent(chance: tuple[World, list[Row]]) -> None:
    world, found = chance
    agreed = {(row["customer_id"], channel) for row in world.tables["contacts"] for channel in NEED_CONSENT
              if row[NEED_CONSENT[channel]]}  # fmt: skip
    left = {(row["customer_id"], row["channel"]) for row in world.tables["campaign_events"]
            if row["at"] >= date(2024, 1, 1)}  # fmt: skip
    for row in found:
        wanted = [channel.value for channel in RULES[row["rule_id"]].channels]
        assert row["channels"] == [channel for channel in wanted if channel in row["channels"]]
        assert (row["blocked"] is None) == bool(row["channels"])
        for channel in row["channels"]:
            assert channel not in NEED_CONSENT or (row["customer_id"], channel) in agreed
            assert (row["customer_id"], channel) not in left


def test_one_open_proposal_per_theme_and_no_more_than_the_caps(chance: tuple[World, list[Row]]) -> None:
    _, found = chance
    themes = [(row["customer_id"], RULES[row["rule_id"]].theme) for row in found]
    assert len(set(themes)) == len(themes)
    for cap in POLICY.caps:
        groups = [row["customer_id"] for row in found if RULES[row["rule_id"]].cap_group == cap.group]
        assert max(map(groups.count, groups)) <= cap.open_per_customer


def _none_of(proof: Row) -> str:
    """What a reason says of a count of zero instead of the number."""
    metric = metrics().get(proof["metric"])
    zero = proof["value"].removeprefix("R$ ").replace(",00", "").split(" ")[0] == "0"
    return metric.none if metric is not None and metric.none and zero else proof["value"]


def test_every_reason_tells_the_values_of_its_evidence(chance: tuple[World, list[Row]]) -> None:
    _, found = chance
    for row in found:
        assert row["evidence"]
        assert row["reason"].endswith(".")
        assert "None" not in row["reason"]
        for proof in row["evidence"]:
            assert proof["value"] in row["reason"] or _none_of(proof) in row["reason"], row
            assert all(proof.values()), row


def test_offers_never_meet_a_rescue_and_the_cancelled_are_left_in_peace(chance: tuple[World, list[Row]]) -> None:
    world, found = chance
    situation = {row["customer_id"]: row["situation"] for row in world.tables["customers"]}
    rescued = {row["customer_id"] for row in found if row["kind"] in ("retencao", "recuperacao") and not row["blocked"]}
    assert not [row for row in found if row["kind"] == "expansao" and row["customer_id"] in rescued]
    assert {row["kind"] for row in found if situation[row["customer_id"]] == "cancelado"} <= {"recuperacao"}


def test_whoever_sends_no_telemetry_gets_no_telemetry_contact(chance: tuple[World, list[Row]]) -> None:
    world, found = chance
    sends = {row["customer_id"] for row in world.tables["features"] if row["has_telemetry"] or row["has_usage"]}
    assert {row["customer_id"] for row in found if row["trigger"] == "telemetry"} <= sends


def test_days_keys_and_priorities_are_what_they_must_be(chance: tuple[World, list[Row]]) -> None:
    _, found = chance
    assert len({row["proposal_id"] for row in found}) == len(found)
    for row in found:
        assert is_business_day(row["due_on"])
        assert AS_OF < row["due_on"] <= AS_OF + timedelta(days=POLICY.horizon_days)
        assert 0 <= row["priority"] <= 100
        assert row["objective"]
        assert row["message"]
    monthly = [row for row in found if row["rule_id"] == "servicos.boletim"]
    assert all(
        row["proposal_id"] == stable_id("p", row["customer_id"], row["rule_id"], "mensal/2025-03") for row in monthly
    )


def test_the_same_world_gives_the_same_proposals(tmp_path: Path, chance: tuple[World, list[Row]]) -> None:
    world, found = chance
    for rows in world.tables.values():
        rows.reverse()
    with evaluated(tmp_path, world, POLICY) as session:
        assert session.query("SELECT * FROM proposals ORDER BY customer_id, rule_id").to_pylist() == found
