"""What is decided for each customer: eligible, explained, recorded, and decided again bit by bit."""

import json
from datetime import date
from pathlib import Path

import pytest
from tests.unit.interact import world as worlds
from tests.unit.interact.world import AS_OF, World, policy, rule

from b2shift.interact.actions import record
from b2shift.interact.actions.catalogue import load, metrics_used
from b2shift.interact.actions.offers import build, eligibility_conditions
from b2shift.interact.api import allocate_actions, evaluate_policy, next_actions, replay_decisions
from b2shift.interact.contracts import Channel, Decision, Kind, NextActions, Option
from b2shift.interact.evaluation.evaluate import scratch
from b2shift.interact.evaluation.facts import write_metrics
from b2shift.kernel.errors import PolicyError
from b2shift.lake.api import open_lake, writing

CALL = rule({"kind": "nps", "below": -50}, "nps", kind="recuperacao", theme="b", cooldown_days=7)
NEEDED = ("tickets_open", "tickets_90d", "activity_days_since", "overdue_amount", "tenure_years", "nps_answers_12m")


@pytest.fixture(autouse=True)
def wide_features(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {name for action in load().actions for name in (action.value.metric, *(c.metric for c in action.where))}
    monkeypatch.setattr(worlds, "_FEATURES", {**worlds._FEATURES, **dict.fromkeys({*names, *NEEDED} - {"churn_90d"})})


def decided(folder: Path, world: World, **over: object) -> NextActions:
    told = policy(CALL, themes=["a", "b", "c", "retencao"], **over)
    with writing(folder / "home") as session:
        world.stage(session)
        evaluate_policy(session, told, AS_OF)
        return next_actions(session, told, AS_OF, seed=7, record=folder / "d.jsonl")


def debtor(key: str, amount: float, **told: object) -> dict[str, object]:
    return {"key": key, "overdue_count": 2, "overdue_amount": amount, **told}


def test_the_dearest_fitting_action_is_proposed_and_explained(tmp_path: Path) -> None:
    world = World().customer(**debtor("C00001", 900.0)).contact(email=True)
    [one] = decided(tmp_path, world).chosen
    assert (one.action, one.channel, one.runner_up) == ("acordo_de_pagamento", "telefone", "lembrete_de_fatura")
    assert one.reason == "O cliente tem 2 faturas vencidas (limite: a partir de 1 fatura vencida)."
    assert [(proof.metric, proof.value) for proof in one.evidence] == [("overdue_count", "2 faturas vencidas")]
    assert one.low < one.expected < one.high
    assert one.expected == pytest.approx(46 / 102 * 900 * 0.8 - 20, rel=1e-5)
    why = {left.action: left.why for left in one.left}
    assert why["oferta_digital"].startswith("não cumpre: ")
    assert len(why) == len(load().actions) - 1
    assert "Lembrete com a segunda via" in one.would_change


def test_people_are_not_asked_for_more_than_they_can(tmp_path: Path) -> None:
    world = World()
    for number in range(8):
        world.customer(**debtor(f"C{number:05d}", 1000.0 - 10 * number)).contact(f"C{number:05d}", email=True)
    told = decided(tmp_path, world, capacities=[{"role": "executor", "people": 1, "weekly": 1}])
    called = [one for one in told.chosen if one.action == "acordo_de_pagamento"]
    assert sorted(one.week for one in called) == [0, 1, 2, 3]
    assert {one.customer_id for one in called} == {f"C{number:05d}" for number in range(4)}
    assert all(one.price > 0 for one in told.limits if one.limit.startswith("executor"))


def test_what_the_rules_ask_of_people_is_theirs_already(tmp_path: Path) -> None:
    world = World()
    for number in range(4):
        key = f"C{number:05d}"
        world.customer(**debtor(key, 1000.0 - 10 * number)).contact(key, email=True)
    world.customer("C00009", nps_value=-80, nps_answers_12m=4, nps_days_since=3)
    call = {**CALL, "channels": ["telefone"], "due_days": 1}
    told = policy(call, themes=["a", "b", "c", "retencao"], capacities=[{"role": "executor", "people": 1, "weekly": 1}])
    with writing(tmp_path / "home") as session:
        world.stage(session)
        evaluate_policy(session, told, AS_OF)
        assert [row["customer_id"] for row in session.query("SELECT customer_id FROM proposals").to_pylist()] == [
            "C00009"
        ]
        found = next_actions(session, told, AS_OF, seed=7)
    weeks = {one.week for one in found.chosen if one.action == "acordo_de_pagamento"}
    assert weeks == {1, 2, 3}, "the first week's one call is the rule's"
    assert next(one.amount for one in found.limits if one.limit == "executor, semana 1") == 0


def test_the_run_writes_them_once_with_what_decides_them_again(tmp_path: Path) -> None:
    world = World()
    for number in range(3):
        key = f"C{number:05d}"
        world.customer(**debtor(key, 900.0 - number), mrr=100.0).contact(key, email=True)
    told = policy(CALL, themes=["a", "b", "c", "retencao"])
    with writing(tmp_path / "home") as session:
        world.stage(session)
        evaluate_policy(session, told, AS_OF)
        allocate_actions(session, told, AS_OF, seed=7)
        rows = session.query("SELECT * FROM next_actions").to_pylist()
        limits = session.query("SELECT * FROM action_limits").to_pylist()
        session.commit(AS_OF)
    assert {row["customer_id"] for row in rows} == {"C00000", "C00001", "C00002"}
    assert len({row["action_id"] for row in rows}) == len(rows)
    for row in rows:
        options = [Option(**one) for one in row["options"]]
        assert record.choose(options, record.draw(row["seed"], row["customer_id"], row["theme"])) == row["action"]
        chosen = {one["action"] for one in rows if one["customer_id"] == row["customer_id"]}
        assert not chosen & {left["action"] for left in row["left"]}, "what is chosen in another theme is not left out"
        assert row["runner_up"] not in chosen
    assert limits[0]["value"] == pytest.approx(sum(row["expected"] for row in rows), rel=1e-4)
    with writing(tmp_path / "home") as session:
        assert session.commit(AS_OF) == 1, "nothing is computed again"


def test_a_base_without_any_action_has_an_empty_plan(tmp_path: Path) -> None:
    told = policy(CALL, themes=["a", "b", "c", "retencao"])
    with writing(tmp_path / "home") as session:
        World().customer("C00001").stage(session)
        evaluate_policy(session, told, AS_OF)
        allocate_actions(session, told, AS_OF, seed=7)
        session.commit(AS_OF)
    lake = open_lake(tmp_path / "home")
    assert lake.info("next_actions").rows == 0
    assert lake.query("SELECT evidence, expected FROM next_actions").num_rows == 0


def test_without_consent_a_message_is_not_proposed_and_the_reason_says_so(tmp_path: Path) -> None:
    world = World().customer(**debtor("C00001", 900.0))
    [one] = decided(tmp_path, world).chosen
    why = {left.action: left.why for left in one.left}
    assert why["lembrete_de_fatura"] == "não se pode contatar o cliente por e-mail, por WhatsApp ou por SMS"


def test_a_theme_with_an_open_contact_waits(tmp_path: Path) -> None:
    world = World()
    world.customer(**debtor("C00001", 900.0))
    world.customer(**debtor("C00002", 900.0), nps_value=-80, nps_answers_12m=4, nps_days_since=3)
    told = policy({**CALL, "theme": "cobranca"}, themes=["cobranca"])
    with writing(tmp_path / "home") as session:
        world.stage(session)
        evaluate_policy(session, told, AS_OF)
        found = next_actions(session, told, AS_OF, seed=7)
    assert {one.customer_id for one in found.chosen if one.theme == "cobranca"} == {"C00001"}


SILENCE = {"drop": ["expansao"], "during": ["recuperacao"], "because": "Primeiro o caso, depois a oferta"}


def offered(folder: Path, silences: list[dict[str, object]], **told: object) -> tuple[set[str], dict[str, str]]:
    """The actions for a customer who uses much and is unhappy as told, and why it does not get the others."""
    world = World().customer("C00001", mrr=8000.0, usage_percentile=90.0, overdue_count=0, line_cloud=False, **told)
    found = decided(folder, world.contact(email=True), silences=silences).chosen
    return {one.action for one in found}, {left.action: left.why for one in found for left in one.left}


@pytest.mark.parametrize(
    "unhappy",
    [
        {"nps_value": -30, "nps_answers_12m": 4, "nps_days_since": 200},
        {"nps_value": -80, "nps_answers_12m": 4, "nps_days_since": 3},
    ],
    ids=["who should be listened to", "who is being called"],
)
def test_an_offer_waits_while_the_customer_is_won_back(tmp_path: Path, unhappy: dict[str, object]) -> None:
    heedless, _ = offered(tmp_path / "heedless", [], **unhappy)
    careful, why = offered(tmp_path / "careful", [SILENCE], **unhappy)
    assert "evolucao_para_cloud" in heedless
    assert not careful & {"evolucao_para_cloud", "modulo_adicional", "oferta_digital"}
    assert why.get("evolucao_para_cloud", SILENCE["because"]) == SILENCE["because"]


def test_who_needs_no_care_is_offered_as_before(tmp_path: Path) -> None:
    happy = {"nps_value": 40, "nps_answers_12m": 4, "nps_days_since": 3}
    assert offered(tmp_path / "careful", [SILENCE], **happy) == offered(tmp_path / "heedless", [], **happy)


def many(count: int) -> list[Decision]:
    """Decisions as they are taken, over three alternatives of which chance may take another."""
    made = []
    for number in range(count):
        key, actions = f"C{number:05d}", ["a", "b", "c"][: 1 + number % 3]
        preferred = actions[number % len(actions)]
        odds = record.propensities(actions, preferred, 0.1)
        options = tuple(Option(action=a, worth=number / 3, propensity=p) for a, p in zip(actions, odds, strict=True))
        chosen = record.choose(options, record.draw(7, key, "t"))
        told = {"customer_id": key, "theme": "t", "as_of": date(2025, 3, 12), "policy_version": "1", "seed": 7}
        made.append(
            Decision(
                **told, catalogue_version="1", explore=0.1, options=options, left=(), preferred=preferred,
                chosen=chosen, week=0, previous="", hash="",
            )
        )  # fmt: skip
    return made


def test_ten_thousand_decisions_are_taken_again_bit_by_bit(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    record.append(path, many(6_000))
    before = path.read_bytes()
    record.append(path, many(4_000))
    assert path.read_bytes().startswith(before), "what is written stays"
    assert replay_decisions(path) == (10_000, None)
    explored = sum(one.chosen != one.preferred for one in record.read(path))
    assert 600 < explored < 1400, "of 6,666 decisions with alternatives, 0.1 or 0.2 of them by chance"


@pytest.mark.parametrize("change", ["chosen", "propensity", "worth", "seed", "removed"])
def test_a_changed_record_is_found(tmp_path: Path, change: str) -> None:
    path = tmp_path / "decisions.jsonl"
    record.append(path, many(30))
    lines = path.read_text().splitlines()
    told = json.loads(lines[20])
    if change == "removed":
        del lines[20]
    elif change in {"propensity", "worth"}:
        told["options"][0][change] += 1e-12
        lines[20] = json.dumps(told)
    else:
        told[change] = {"chosen": "z", "seed": 8}[change]
        lines[20] = json.dumps(told)
    path.write_text("\n".join(lines) + "\n")
    assert replay_decisions(path) == (20, 21)


def test_a_wrong_catalogue_is_refused(tmp_path: Path) -> None:
    text = Path(load.__wrapped__.__globals__["_DEFAULT"]).read_text(encoding="utf-8")
    wrong = tmp_path / "acoes.yaml"
    wrong.write_text(text.replace("accepted: 9, offered: 30", "accepted: 31, offered: 30"), encoding="utf-8")
    with pytest.raises(PolicyError, match="resgate_executivo"):
        load(wrong)


def test_an_action_that_only_messages_keep_is_not_for_whom_messages_make_leave(tmp_path: Path) -> None:
    """Of actions of retention a person still calls; the channel is that of the person."""
    catalogue = load()
    keeping = [one for one in catalogue.actions if one.kind is Kind.RETENCAO]
    assert any(not one.channels[0].by_people or len(one.channels) > 1 for one in keeping)
    world = World().customer(**debtor("C00001", 900.0)).contact(email=True).deter("C00001")
    with writing(tmp_path / "home") as session:
        world.stage(session)
        told = policy(CALL, themes=["a", "b", "c", "retencao"])
        evaluate_policy(session, told, AS_OF)
        with scratch(session):
            write_metrics(session, metrics_used(catalogue), AS_OF)
            offers = build(session, catalogue)
    for number, action in enumerate(catalogue.actions):
        if action.kind is Kind.RETENCAO and offers.eligible[0, number]:
            assert offers.channel(0, action).by_people
    mailed = load().actions[0].model_copy(update={"kind": Kind.RETENCAO, "channels": (Channel.EMAIL,)})
    assert any(why.startswith("mensagens fazem sair") for _, why in eligibility_conditions(mailed))
