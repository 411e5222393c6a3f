"""Journeys: what is wrong is told where it stands; what comes next follows from its arguments alone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.interact.journey_texts import LEARNING, changed, journey
from tests.unit.interact.world import AS_OF, World

from b2shift.interact.api import (
    advance_journey,
    begin_journey,
    check_journey,
    journey_day,
    journey_drawn_arm,
    journey_evidence_key,
    journey_learning_splits,
    journey_text,
    journey_transitions,
    load_policy,
    may_enter_journey,
    parse_journey,
    published_journey,
    ready_journeys,
    simulate_journey,
)
from b2shift.interact.contracts import Heard, Known, Position, SharesInForce
from b2shift.interact.journeys.state_machine import draw
from b2shift.kernel.errors import InputError, PolicyError
from b2shift.lake.api import reading, writing

POLICY = load_policy()
NOON = datetime(2025, 3, 13, 15, 0, tzinfo=UTC)
NPS = {"nps_value": 60, "nps_answers_12m": 4, "nps_days_since": 3}


@pytest.mark.parametrize("name", ready_journeys())
def test_every_ready_journey_is_sound_and_survives_being_written(name: str) -> None:
    text = ready_journeys()[name]
    assert check_journey(text, name, POLICY).findings == ()
    told = parse_journey(text, name, POLICY)
    assert told.id == name
    assert parse_journey(journey_text(told), name, POLICY) == told


def test_the_five_campaigns_and_the_four_moments_store_their_own_type() -> None:
    types = {parse_journey(text, name, POLICY).type.value for name, text in ready_journeys().items()}
    assert types == {
        "promotor", "satisfeito", "neutro", "detrator", "alto_valor", "onboarding", "renovacao", "baixo_uso",
        "reconquista",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "hint"),
    [
        ("next: esperar", "next: esprar", "next: esprar", "passo desconhecido", "Quis dizer esperar"),
        ("kind: wait", "kind: wiat", "kind: wiat", "tipo de passo desconhecido", "Quis dizer wait"),
        ("business_days: 5", "bussiness_days: 5", "bussiness", "campo desconhecido", "Quis dizer business_days"),
        ("    business_days: 5\n", "", "- id: esperar", "a espera precisa de um prazo", "Escreva days"),
        ("id: fim, name", "id: acabou, name", "otherwise: fim", "passo desconhecido", ""),
        ("otherwise: fim", "otherwise: carta", "- id: esperar", "o caminho volta a um passo", "Uma jornada não volta"),
        ("metric: mrr", "metric: mrrr", "mrrr", "fato desconhecido", "Quis dizer mrr"),
        ("share: 0.2", "share: 1.2", "1.2", "o valor precisa ser menor que o máximo", "Menor que 1"),
        ("theme: satisfacao", "theme: satisfação", "theme", "o código só pode ter letras", ""),
        ("reentry_days: null", "reentry_days: 0", "reentry", "o valor está abaixo do mínimo", "O mínimo é 1"),
        ("at_least: 50", "at_least: 500", "at_least", "limite fora do possível", "nps_value vai de -100 a 100"),
        (
            "message: Queremos",
            "text: Olá, {clinte}.\n    message: Queremos",
            "{clinte}",
            "não existe campo",
            "Quis dizer cliente",
        ),
    ],
)
def test_what_is_wrong_is_reported_where_it_stands(old: str, new: str, where: str, what: str, hint: str) -> None:
    text = changed(old, new)
    line = next(n for n, one in enumerate(text.split("\n"), 1) if where in one)
    found = check_journey(text, "j.yaml", POLICY).findings
    told = [one for one in found if one.what.startswith(what)]
    assert [(one.line, (one.hint or "").startswith(hint)) for one in told] == [(line, True)], found
    with pytest.raises(PolicyError):
        parse_journey(text, "j.yaml", POLICY)


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("    window_days: 30\n", "", "- id: carta", "falta window_days a um passo que aprende"),
        ("    learns: true\n", "", "window_days: 30", "window_days só vale com learns"),
        ("window_days: 30", "window_days: 0", "window_days: 0", "o valor está abaixo do mínimo"),
        ("floor: 0.05", "floor: 0.01", "floor: 0.01", "o valor está abaixo do mínimo"),
        ("floor: 0.05", "floor: 0.2", "arms: [", "parte inicial pequena demais"),
        ("share: 0.9", "share: 0.8", "arms: [", "as partes não somam 1"),
    ],
)
def test_what_is_wrong_with_a_split_that_learns_is_reported(old: str, new: str, where: str, what: str) -> None:
    assert not check_journey(LEARNING, "j.yaml", POLICY).findings
    text = LEARNING.replace(old, new, 1)
    line = next(n for n, one in enumerate(text.split("\n"), 1) if where in one)
    found = check_journey(text, "j.yaml", POLICY).findings
    assert (line, what) in [(one.line, one.what) for one in found], found


def test_a_floor_for_more_arms_than_it_fits_is_reported() -> None:
    text = LEARNING.replace("floor: 0.05", "floor: 0.4").replace(
        "{name: b", "{name: c, share: 0.0, next: fim}, {name: b"
    )
    text = text.replace("share: 0.9", "share: 0.5").replace("share: 0.0", "share: 0.4")
    found = check_journey(text, "j.yaml", POLICY).findings
    assert "a parte mínima não cabe em tantos braços" in [one.what for one in found]


def test_a_split_that_learns_draws_by_the_shares_in_force() -> None:
    told = parse_journey(LEARNING, "j.yaml", POLICY)
    at = begin_journey(told, NOON).model_copy(update={"step": "carta"})
    (split,) = journey_learning_splits(told)
    for shares in ({"a": 0.5, "b": 0.5}, {"a": 1.0, "b": 0.0}, {"a": 0.0, "b": 1.0}):
        known = Known(shares={"carta": SharesInForce(number=7, group="VAREJO", shares=shares)})
        drawn = [advance_journey(told, f"C{n}/x", at, known, NOON).happened[0] for n in range(400)]
        for n, one in enumerate(drawn):
            arm = journey_drawn_arm(told, split, f"C{n}/x", shares)
            assert one.detail == {"arm": arm, "propensity": shares[arm], "shares": 7, "group": "VAREJO"}
        assert sum(one.detail["arm"] == "a" for one in drawn) / 400 == pytest.approx(shares["a"], abs=0.08)
    begun = advance_journey(told, "C1/x", at, Known(), NOON).happened[0].detail
    assert set(begun) == {"arm", "propensity"}, "none set yet: the arms' own, as a split with fixed shares"


def test_evidence_is_of_the_split_what_follows_it_and_the_measure() -> None:
    def key(text: str) -> str:
        told = parse_journey(text, "j.yaml", POLICY)
        return journey_evidence_key(told, journey_learning_splits(told)[0])

    same = LEARNING.replace("name: Jornada de teste", "name: Outro nome").replace("share: 0.2", "share: 0.3")
    assert key(same) == key(LEARNING)
    for old, new in (
        ("business_days: 5", "business_days: 6"),
        ("above: 0", "above: 9"),
        ("window_days: 30", "window_days: 31"),
    ):
        assert key(LEARNING.replace(old, new)) != key(LEARNING)


def test_a_journey_written_before_splits_learnt_is_as_it_was() -> None:
    text = ready_journeys()["satisfeito"]
    told = published_journey(text)
    assert journey_learning_splits(told) == ()
    for word in ("learns", "window_days", "floor"):
        assert word not in journey_text(told)


def test_a_journey_asks_waits_hears_and_ends() -> None:
    told = journey()
    at = begin_journey(told, NOON)
    one = advance_journey(told, "C1/x", at, Known(), NOON)
    assert (one.ask, one.position and one.position.step) == ("carta", "carta")
    assert one.position is not None
    again = advance_journey(told, "C1/x", one.position, Known(), NOON)
    assert (again.ask, again.happened) == ("carta", ()), "asked once, told once"
    waits = advance_journey(told, "C1/x", one.position, Known(settled={"carta": "espera"}), NOON)
    assert (waits.ask, waits.position) == (None, one.position)
    sent = advance_journey(told, "C1/x", one.position, Known(settled={"carta": "feito"}), NOON)
    assert sent.position is not None
    assert sent.position.step == "esperar"
    assert sent.position.wakes_at == datetime(2025, 3, 20, 15, 0, tzinfo=UTC), "five business days"
    heard = Known(settled={"carta": "feito"}, answers=(Heard(number=4, value="aceitou"),))
    ended = advance_journey(told, "C1/x", sent.position, heard, NOON)
    assert (ended.outcome, ended.goal, ended.position) == ("aceitou", True, None)
    late = advance_journey(told, "C1/x", sent.position, Known(), NOON + timedelta(days=7))
    assert (late.outcome, late.goal) == ("recusou", False)
    out = Known(answers=(Heard(number=1, value="pediu_para_sair"),))
    assert advance_journey(told, "C1/x", one.position, out, NOON).outcome == "pediu_para_sair"


def test_a_branch_looks_at_facts_and_at_the_answer_taken_in() -> None:
    told = parse_journey(ready_journeys()["detrator"], "detrator", POLICY)
    at = Position(step="ouvir", since=NOON)
    said = Known(answers=(Heard(number=3, value="clicou"), Heard(number=5, value="respondeu")))
    one = advance_journey(told, "k", at, said, NOON)
    assert one.position is not None
    assert one.position.step == "esperar_pessoa", "a reply makes the journey wait for the person"
    then = Known(answers=(*said.answers, Heard(number=9, value="aceitou")))
    assert advance_journey(told, "k", one.position, then, NOON).outcome == "aceitou"
    promoter = parse_journey(ready_journeys()["promotor"], "promotor", POLICY)
    for was, step in (("promotor", "convite"), ("neutro", "agradecimento")):
        start = Position(step="ha_quanto_tempo", since=NOON)
        assert advance_journey(promoter, "k", start, Known(facts={"class_12m": was}), NOON).ask == step


def test_draws_follow_from_the_enrolment_alone_and_keep_their_shares() -> None:
    told = journey(holdout=True)
    held = 0
    for n in range(2000):
        at = begin_journey(told, NOON)
        one = advance_journey(told, f"C{n}/x", at, Known(), NOON)
        assert one == advance_journey(told, f"C{n}/x", at, Known(), NOON)
        held += one.held
        assert one.held == (draw(told.id, "controle", f"C{n}/x") < 0.2)
        assert one.happened[0].detail["propensity"] == (0.2 if one.held else 0.8)
    assert 0.17 < held / 2000 < 0.23
    kept = next(
        one
        for n in range(50)
        if (one := advance_journey(told, f"C{n}/x", begin_journey(told, NOON), Known(), NOON)).held
    )
    assert kept.ask is None
    assert kept.position is not None
    later = advance_journey(told, "any", kept.position, Known(), NOON + timedelta(days=90))
    assert (later.outcome, later.ask) == ("controle", None)


def test_reentry_is_what_the_journey_says() -> None:
    never, again = journey(), journey(reentry=30)
    day = date(2025, 3, 13)
    assert may_enter_journey(never, [], day)
    assert not may_enter_journey(never, [(day, day)], day + timedelta(days=900))
    assert not may_enter_journey(again, [(day, None)], day + timedelta(days=900)), "still inside"
    assert not may_enter_journey(again, [(day, day)], day + timedelta(days=29))
    assert may_enter_journey(again, [(day, day)], day + timedelta(days=30))


def _told(world: World, folder: Path) -> Path:
    with writing(folder / "home") as session:
        world.stage(session)
        session.commit(AS_OF)
    return folder / "home"


def _answers(key: str, *told: tuple[date, int]) -> list[dict[str, object]]:
    return [{"customer_id": key, "survey": "relacional", "answered_on": day, "score": score} for day, score in told]


def test_who_may_enter_and_what_is_known_of_them(tmp_path: Path) -> None:
    world = World()
    for key in ("C1", "C2", "C3"):
        world.customer(key, **({} if key == "C3" else NPS))
    world.add("nps_answers", *_answers("C1", (date(2024, 9, 1), 6), (date(2024, 12, 1), 7), (date(2025, 3, 9), 10)))
    world.add("nps_answers", *_answers("C2", (date(2025, 3, 9), 8)))
    promoter = parse_journey(changed("enter: {", "enter: {classes: {now: [promotor]}, "), "j", POLICY)
    with reading(_told(world, tmp_path)) as session:
        day = journey_day(session, POLICY, [promoter], AS_OF, ["C3"])
        everyone = journey_day(session, POLICY, [journey()], AS_OF, [])
    assert [(one.customer_id, one.journey) for one in day.entrants] == [("C1", "teste")]
    assert "NPS" in day.entrants[0].reason
    assert [one.customer_id for one in everyone.entrants] == ["C1", "C2"]
    classes = {name: day.facts["C1"][name] for name in ("class_now", "class_3m", "class_6m", "class_12m")}
    assert classes == {
        "class_now": "promotor", "class_3m": "neutro", "class_6m": "detrator", "class_12m": "sem_resposta",
    }  # fmt: skip
    assert day.facts["C3"]["class_now"] == "sem_resposta"


def test_the_past_is_told_step_by_step_with_the_load_on_people(demo_home: Path) -> None:
    told = parse_journey(ready_journeys()["renovacao"], "renovacao", POLICY)
    with reading(demo_home) as session:
        assert session.base is not None
        last = session.base.as_of
        first = last - timedelta(days=20)
        quiet = simulate_journey(session, POLICY, told, first, last)
        seen = simulate_journey(session, POLICY, told, first, last, answering=1.0)
        with pytest.raises(InputError, match="passa da data"):
            simulate_journey(session, POLICY, told, first, last + timedelta(days=40))
        assert not session.query("SELECT 1 FROM duckdb_tables() WHERE temporary").num_rows, "nothing is left behind"
    steps = {one.step: one for one in quiet.steps}
    assert quiet.entered == steps["risco"].entered > 0
    assert quiet.entered == steps["reuniao"].contacts + steps["resumo"].contacts
    assert quiet.entered == quiet.inside, "every wait is longer than these weeks"
    assert quiet.tasks == sum(one.tasks for one in quiet.weeks) == steps["reuniao"].contacts + steps["ligar"].contacts
    assert all(one.capacity == 60 * 40 for one in quiet.weeks)
    assert seen.entered == quiet.entered, "who enters does not depend on who answers"
    assert seen.outcomes == {"renovou": seen.entered - seen.inside}
    assert seen.outcomes["renovou"] == seen.entered, "everybody answers at once, and says yes"


def test_a_way_out_of_a_branch_says_its_condition() -> None:
    told = {}
    for name, text in ready_journeys().items():
        for step in parse_journey(text, name, POLICY).steps:
            if step.kind == "branch":
                told[name, step.id] = [words for words, _target in journey_transitions(step)]
    assert told["neutro", "vinha_de_onde"] == [
        "promotor há 3 meses", "promotor há 6 meses", "promotor há 12 meses", "senão",
    ]  # fmt: skip
    assert told["renovacao", "risco"][2] == "neutro hoje e promotor há 6 meses"
    assert told["baixo_uso", "voltou"][0] == "Uso ante a média do segmento a partir de 30%"
    assert told["neutro", "como_ficou"][0] == "não respondeu"
    assert not [words for ways in told.values() for words in ways if not words or "_" in words]
