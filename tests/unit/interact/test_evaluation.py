"""What is proposed of all that could be: consent, cool-down, themes, caps, silences, prudence, priorities, keys."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.unit.interact.world import AS_OF, Row, World, archetype, evaluated, policy, proposals, rule

from b2shift.interact.api import evaluate_policy
from b2shift.interact.contracts import Policy
from b2shift.lake.api import writing

CHURN = {"kind": "score", "any": [{"metric": "churn_90d", "at_least": 0.1}]}


def fired(folder: Path, world: World, told: Policy, as_of: date = AS_OF) -> list[tuple[str, str]]:
    return [(row["customer_id"], row["rule_id"]) for row in proposals(folder, world, told, as_of)]


def by_customer(found: list[Row], column: str) -> dict[str, Any]:
    return {row["customer_id"]: row[column] for row in found}


def test_channels_need_consent_and_an_address_and_keep_their_order(tmp_path: Path) -> None:
    world = World()
    for key in ("all", "email", "none", "address", "person"):
        world.customer(key, churn_90d=0.5)
    world.contact("all", email=True).contact("all", whatsapp=True, sms=True)
    world.contact("email", email=True, whatsapp=False)
    world.contact("none", email=False)
    world.add(
        "contacts",
        {"customer_id": "address", "contact_id": "P9", "consent_email": True, "consented_on": date(2024, 1, 1)},
    )
    told = policy(rule(CHURN, channels=["whatsapp", "email", "telefone", "sms"]))
    assert by_customer(proposals(tmp_path, world, told), "channels") == {
        "all": ["whatsapp", "email", "telefone", "sms"],
        "email": ["email", "telefone"],
        "none": ["telefone"],
        "address": ["telefone"],
        "person": ["telefone"],
    }


def test_whoever_unsubscribed_is_not_reached_until_somebody_consents_again(tmp_path: Path) -> None:
    world = World()
    for key, left in (("left", date(2025, 1, 1)), ("back", date(2023, 6, 1)), ("later", date(2025, 4, 1))):
        world.customer(key, churn_90d=0.5).contact(key, email=True)  # consented on 01/01/2024
        world.add("campaign_events", {"customer_id": key, "kind": "unsubscribe", "channel": "email", "at": left})
    world.customer("app", churn_90d=0.5)
    world.add(
        "campaign_events", {"customer_id": "app", "kind": "unsubscribe", "channel": "in_app", "at": date(2025, 1, 1)}
    )
    found = proposals(tmp_path, world, policy(rule(CHURN, channels=["email", "in_app"])))
    assert by_customer(found, "channels") == {
        "left": ["in_app"],
        "back": ["email", "in_app"],
        "later": ["email", "in_app"],
        "app": [],
    }
    assert by_customer(found, "blocked")["app"] == "O cliente se descadastrou de contatos por e-mail ou no aplicativo"


def test_a_contact_on_a_channel_of_the_rule_gives_rest(tmp_path: Path) -> None:
    world = World()
    for key, kind, day in (
        ("none", "visita", date(2025, 3, 11)),  # not a channel of the rule
        ("recent", "ligacao", date(2025, 3, 3)),
        ("old", "ligacao", date(2025, 3, 2)),
        ("later", "ligacao", date(2025, 3, 13)),
    ):
        world.customer(key, churn_90d=0.5)
        world.add("activities", {"customer_id": key, "kind": kind, "at": day, "result": "conversa"})
    world.customer("campaign", churn_90d=0.5)
    world.add(
        "campaign_events", {"customer_id": "campaign", "kind": "sent", "channel": "email", "at": date(2025, 3, 10)}
    )
    told = policy(rule(CHURN, channels=["telefone", "email"], cooldown_days=10))
    assert [key for key, _ in fired(tmp_path, world, told)] == ["later", "none", "old"]


def test_one_open_proposal_per_theme_the_most_important(tmp_path: Path) -> None:
    told = policy(
        rule(CHURN, name="low", priority=10),
        rule(CHURN, name="high", priority=60),
        rule(CHURN, name="other", priority=5, theme="b"),
    )
    assert fired(tmp_path, World().customer(churn_90d=0.5), told) == [("C00001", "high"), ("C00001", "other")]


def test_a_blocked_proposal_gives_way_to_one_that_can_be_made(tmp_path: Path) -> None:
    told = policy(rule(CHURN, name="blocked", priority=90, channels=["email"]), rule(CHURN, name="open", priority=10))
    assert fired(tmp_path, World().customer(churn_90d=0.5), told) == [("C00001", "open")]


def test_caps_hold_back_the_least_important(tmp_path: Path) -> None:
    told = policy(
        *(rule(CHURN, name=f"r{i}", theme=theme, priority=10 * i) for i, theme in enumerate("abc")),
        caps=[{"group": "pessoas", "open_per_customer": 2}],
    )
    assert fired(tmp_path, World().customer(churn_90d=0.5), told) == [("C00001", "r1"), ("C00001", "r2")]


def test_offers_wait_while_a_customer_is_being_kept(tmp_path: Path) -> None:
    told = policy(
        rule(CHURN, name="keep", kind="retencao"),
        rule({"kind": "score", "any": [{"metric": "health", "above": 50}]}, name="offer", kind="expansao", theme="b"),
        silences=[{"drop": ["expansao"], "during": ["retencao"], "because": "Primeiro se cuida."}],
    )
    world = World().customer("calm", churn_90d=0.0, health=90.0).customer("leaving", churn_90d=0.9, health=90.0)
    assert fired(tmp_path, world, told) == [("calm", "offer"), ("leaving", "keep")]


def test_cancelled_customers_get_only_what_is_written_for_them(tmp_path: Path) -> None:
    back = rule(CHURN, name="back", kind="recuperacao", audience={"archetypes": ["todos"], "situations": ["cancelado"]})
    world = World().customer("gone", situation="cancelado", churn_90d=0.5).customer("here", churn_90d=0.5)
    assert fired(tmp_path, world, policy(rule(CHURN), back)) == [("gone", "back"), ("here", "r1")]


def test_credit_is_offered_with_prudence(tmp_path: Path) -> None:
    pays = {"late_days_mean_6m": 0.0, "overdue_count": 0, "unpaid_share_6m": 0.0, "business_units": ["techfin"]}
    world = World().customer("pays", **pays)
    world.customer("owes", **{**pays, "overdue_count": 1})
    world.customer("unpaid", **{**pays, "unpaid_share_6m": 0.2})
    world.customer("unknown", **{**pays, "late_days_mean_6m": None})
    world.customer("leaving", **pays, churn_band="alto")
    world.customer("other_unit", **{**pays, "business_units": ["totvs_gestao"]})
    audience = {"archetypes": ["todos"], "business_units": ["techfin"]}
    told = rule({"kind": "cadence", "every": "mensal"}, audience=audience, kind="expansao", credit_offer=True)
    assert fired(tmp_path, world, policy(told)) == [("pays", "r1")]


def test_audiences_by_life_stage_and_validity(tmp_path: Path) -> None:
    loyal = {"archetypes": ["todos"], "life_stages": ["Fiéis"]}
    told = policy(
        rule(CHURN, name="loyal", audience=loyal),
        rule(CHURN, name="over", theme="b", valid_until="2025-03-11"),
        rule(CHURN, name="today", theme="b", valid_from="2025-03-12", valid_until="2025-03-12"),
        rule(CHURN, name="coming", theme="c", valid_from="2025-03-13"),
    )
    world = World().customer("old", churn_90d=0.5).customer("new", churn_90d=0.5, stage="Novos")
    assert fired(tmp_path, world, told) == [("new", "today"), ("old", "loyal"), ("old", "today")]


def test_money_and_risk_raise_the_priority(tmp_path: Path) -> None:
    world = World().customer("small", churn_90d=0.5, mrr=1.0).customer("middle", churn_90d=0.5, mrr=10.0)
    world.customer("large", churn_90d=0.5, mrr=100.0, churn_band="alto").customer("free", churn_90d=0.5, mrr=0)
    told = policy(rule(CHURN, kind="retencao", priority=50), rule(CHURN, name="r2", theme="b", priority=95))
    found = proposals(tmp_path, world, told)
    assert {r["customer_id"]: r["priority"] for r in found if r["rule_id"] == "r1"} == {
        "free": 50, "small": 50, "middle": 54, "large": 64,
    }  # fmt: skip
    assert max(row["priority"] for row in found) == 100


def test_each_segment_follows_the_archetype_its_customers_resemble(tmp_path: Path) -> None:
    shops = archetype("lojas", profile={"market_segments": ["VAREJO"], "contract_bands": ["ate_5k"]})
    schools = archetype("escolas", profile={"market_segments": ["EDUCACIONAL"]})
    anyone = archetype("gerais", profile={"contract_bands": ["5_20k", "20_100k"]})
    world = World()
    for i in range(8):
        world.customer(f"shop{i}", segment="s1", contract_band="ate_5k", churn_90d=0.5)
    for i in range(2):
        world.customer(f"school{i}", segment="s1", market_segment="EDUCACIONAL", contract_band="ate_5k", churn_90d=0.5)
    world.customer("strange", segment="s1", market_segment="ENERGIA", churn_90d=0.5)
    for i, market in enumerate(("SAUDE", "LOGISTICA", "VAREJO")):
        world.customer(f"mixed{i}", segment="s2", market_segment=market, churn_90d=0.5)
    told = policy(
        *(rule(CHURN, name=name, audience={"archetypes": [name]}) for name in ("lojas", "escolas", "gerais")),
        archetypes=[shops, schools, anyone],
    )
    with evaluated(tmp_path, world, told) as session:
        rows = session.query("SELECT * FROM segment_archetypes ORDER BY segment_id").to_pylist()
        found = session.query("SELECT customer_id, rule_id FROM proposals").to_pylist()
    assert [(row["segment_id"], row["archetype"], row["similarity"]) for row in rows] == [
        ("s1", "Lojas", round((3 * 8 / 11 + 2 * 10 / 11) / 5, 4)),
        ("s2", "Gerais", round((2 * 1 + 3 * 0.4) / 5, 4)),
    ]
    assert rows[0]["why"] == ("Semelhança de 80% com Lojas: 73% do segmento de varejo; 91% com contrato de até 5 mil.")
    followed = by_customer(found, "rule_id")
    assert {followed[f"shop{i}"] for i in range(8)} == {"lojas"}
    assert followed["school0"] == followed["school1"] == "escolas", "a school among shops follows the schools"
    assert followed["strange"] == followed["mixed2"] == "gerais"


def test_the_rules_say_whom_they_reach(tmp_path: Path) -> None:
    audience = {"archetypes": ["todos"], "where": [{"metric": "mrr", "at_least": 50}]}
    told = policy(rule(CHURN, audience=audience, channels=["email", "telefone"]), rule(CHURN, name="r2", priority=1))
    world = World().customer("a", churn_90d=0.5).customer("b", churn_90d=0.0).customer("c", situation="cancelado")
    for row in world.tables["features"]:
        row["mrr"] = 60
    with evaluated(tmp_path, world, told) as session:
        rows = session.query("SELECT * FROM contact_rules ORDER BY rule_id").to_pylist()
    assert [(row["rule_id"], row["customers"], row["due"]) for row in rows] == [("r1", 2, 1), ("r2", 2, 0)]
    assert rows[0]["archetype"] == "Todos"
    assert rows[0]["condition"] == (
        "Risco de cancelamento em 90 dias a partir de 10%; Receita recorrente mensal a partir de R$ 50,00"
    )


def test_cadences_spread_over_their_period_and_never_look_back(tmp_path: Path) -> None:
    world = World()
    for i in range(400):
        world.customer(f"C{i:05d}")
    told = policy(rule({"kind": "cadence", "every": "trimestral"}), horizon_days=120)
    with evaluated(tmp_path, world, told) as session:
        days = session.query("SELECT due_on, count(*) AS n FROM proposals GROUP BY due_on ORDER BY due_on").to_pylist()
    assert sum(day["n"] for day in days) == 400
    assert min(day["due_on"] for day in days) >= date(2025, 3, 13)
    assert max(day["due_on"] for day in days) <= date(2025, 4, 10), (
        "late ones come up again within twenty business days"
    )
    assert max(day["n"] for day in days) < 60
    assert all(day["due_on"].isoweekday() < 6 for day in days)


def test_a_late_cadence_keeps_its_day_as_time_goes_by(tmp_path: Path) -> None:
    told = policy(rule({"kind": "cadence", "every": "trimestral"}))
    world = World()
    for i in range(40):
        world.customer(f"C{i:05d}")
    first = by_customer(proposals(tmp_path / "a", world, told, date(2025, 3, 12)), "due_on")
    later = by_customer(proposals(tmp_path / "b", world, told, date(2025, 3, 14)), "due_on")
    assert {key: day for key, day in first.items() if day > date(2025, 3, 17)}.items() <= later.items()


def test_only_what_is_due_within_the_horizon_is_proposed(tmp_path: Path) -> None:
    world = World()
    for i in range(200):
        world.customer(f"C{i:05d}")
    told = rule({"kind": "cadence", "every": "anual"})
    near = proposals(tmp_path / "a", world, policy(told, horizon_days=30), date(2025, 1, 10))
    assert 0 < len(near) < 60
    assert max(row["due_on"] for row in near) <= date(2025, 2, 9)
    assert len(proposals(tmp_path / "b", world, policy(told, horizon_days=120), date(2025, 1, 10))) > len(near)


def test_the_same_inputs_are_not_evaluated_twice_and_give_the_same_rows(tmp_path: Path) -> None:
    told, world = policy(rule(CHURN)), World().customer(churn_90d=0.5)
    with writing(tmp_path) as session:
        world.stage(session)
        evaluate_policy(session, told, AS_OF)
        first, rows = session.info("proposals"), session.query("SELECT * FROM proposals").to_pylist()
        evaluate_policy(session, told, AS_OF)
        assert session.info("proposals") == first
        assert session.stages["proposals"].notes["proposals"] == 1
        evaluate_policy(session, policy(rule(CHURN), version="t2"), AS_OF)
        again = session.query("SELECT * FROM proposals").to_pylist()
        left = session.query("SELECT table_name FROM duckdb_tables() WHERE temporary").to_pylist()
    assert [{**row, "policy_version": "t1"} for row in again] == rows
    assert again[0]["policy_version"] == "t2"
    assert left == []


def test_progress_is_reported(tmp_path: Path) -> None:
    told: list[tuple[str, float, str]] = []

    def listen(stage: str, done: float, total: float, note: str = "") -> None:
        told.append((stage, done / total, note))

    with writing(tmp_path) as session:
        World().customer().stage(session)
        evaluate_policy(session, policy(rule(CHURN)), AS_OF, progress=listen)
    assert told[0] == ("Régua", 0, "clientes")
    assert told[-1] == ("Régua", 1, "pronto")


@pytest.mark.parametrize("quoted", ["d'água", 'diz "olá"', "100% {uso}"])
def test_words_of_a_policy_are_never_code(tmp_path: Path, quoted: str) -> None:
    told = policy(rule(CHURN, action=quoted, name="r1"), version=quoted)
    row = proposals(tmp_path, World().customer(churn_90d=0.5), told)[0]
    assert (row["action"], row["policy_version"]) == (quoted, quoted)


def test_no_message_of_retention_goes_to_whom_messages_make_leave_and_people_still_call(tmp_path: Path) -> None:
    world = World().deter("lost")
    for key in ("lost", "other"):
        world.customer(key, churn_90d=0.5).contact(key, email=True)
    message = rule(CHURN, name="message", kind="retencao", channels=["email", "in_app"])
    call = rule(CHURN, name="call", kind="retencao", theme="b", channels=["email", "telefone"])
    offer = rule(CHURN, name="offer", kind="relacionamento", theme="c", channels=["email"])
    found = {
        (row["customer_id"], row["rule_id"]): row for row in proposals(tmp_path, world, policy(message, call, offer))
    }
    assert {key: row["channels"] for key, row in found.items()} == {
        ("lost", "message"): [],
        ("lost", "call"): ["telefone"],
        ("lost", "offer"): ["email"],
        ("other", "message"): ["email", "in_app"],
        ("other", "call"): ["email", "telefone"],
        ("other", "offer"): ["email"],
    }
    assert found["lost", "message"]["blocked"] == (
        "Mensagens fazem sair clientes como este, mostraram as campanhas com sorteio"
    )
    assert all(row["blocked"] is None for key, row in found.items() if key != ("lost", "message"))
