"""The time machine does on each day what an evaluation of the evening before proposes for it, and remembers it."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.unit.interact.world import AS_OF, World, evaluated, policy, rule

from b2shift.interact.api import load_policy, replay_policy
from b2shift.interact.contracts import Policy, Replay
from b2shift.kernel.errors import InputError
from b2shift.lake.api import Session, writing

NEXT = date(2025, 3, 13)
NPS = {"nps_value": 5, "nps_answers_12m": 4, "nps_days_since": 3}


@contextmanager
def home_of(folder: Path, world: World) -> Iterator[Session]:
    with writing(folder / "home") as session:
        world.stage(session)
        yield session


def forecast(folder: Path, world: World, told: Policy, end: date, rows: Path | None = None) -> Replay:
    with home_of(folder, world) as session:
        return replay_policy(session, told, NEXT, end, rows=rows)


def crowd(count: int) -> World:
    world = World()
    for number in range(count):
        world.customer(f"C{number:05d}", **(NPS if number % 3 else {}))
        if number % 2:
            world.contact(f"C{number:05d}", email=True)
    return world


RULES = (
    rule({"kind": "cadence", "every": "mensal"}, "boletim", channels=["email"], cooldown_days=14),
    rule({"kind": "nps", "below": 30}, "nps", kind="recuperacao", theme="b", cooldown_days=7),
)


def test_the_first_day_is_what_an_evaluation_proposes_for_it(tmp_path: Path) -> None:
    with evaluated(tmp_path / "one", crowd(60), policy(*RULES)) as session:
        due = session.query(
            f"SELECT rule_id, count(*) AS n, count(*) FILTER (blocked IS NOT NULL) AS blocked FROM proposals "
            f"WHERE due_on = DATE '{NEXT}' GROUP BY rule_id"
        ).to_pylist()
    told = forecast(tmp_path / "two", crowd(60), policy(*RULES), NEXT)
    assert {one.rule: (one.contacts, one.blocked) for one in told.by_rule} == {
        row["rule_id"]: (row["n"] - row["blocked"], row["blocked"]) for row in due
    }
    assert told.contacts > 0
    assert any(one.blocked for one in told.by_rule), "somebody without consent"


def test_each_contact_is_written_where_asked(tmp_path: Path) -> None:
    told = forecast(tmp_path, crowd(30), policy(*RULES), date(2025, 4, 30), tmp_path / "rows.parquet")
    rows = pq.read_table(tmp_path / "rows.parquet").to_pylist()
    assert Counter(row["rule"] for row in rows) == {one.rule: one.contacts for one in told.by_rule if one.contacts}
    assert Counter(row["day"] for row in rows) == {one.day: one.contacts for one in told.by_day}
    assert {row["channel"] for row in rows} <= {"email", "telefone", "reuniao", "whatsapp"}


def test_a_cadence_comes_once_in_every_period(tmp_path: Path) -> None:
    world = World().customer().contact(email=True)
    told = forecast(tmp_path, world, policy(RULES[0]), date(2025, 6, 30))
    months = Counter(one.day.month for one in told.by_day for _ in range(one.contacts))
    assert set(months) - {3} == {4, 5, 6}
    assert max(months.values()) == 1


def test_an_answer_is_followed_up_once(tmp_path: Path) -> None:
    told = forecast(tmp_path, World().customer(**NPS), policy(RULES[1]), date(2025, 5, 30))
    assert told.contacts == 1


def test_rests_hold_between_rules_of_one_channel(tmp_path: Path) -> None:
    calls = [
        rule({"kind": "nps", "below": 30}, "nps", theme="a", priority=90, due_days=1),
        rule({"kind": "cadence", "every": "mensal"}, "ligar", theme="b", cooldown_days=20),
    ]
    world = World().customer(**{**NPS, "nps_days_since": 0})
    days = [one.day for one in forecast(tmp_path, world, policy(*calls), date(2025, 4, 30)).by_day]
    assert len(days) > 1
    assert (days[1] - days[0]).days >= 20


def test_whoever_is_contacted_twice_in_a_week_is_reported(tmp_path: Path) -> None:
    calls = [
        rule({"kind": "nps", "below": 30}, "nps", theme="a", due_days=1),
        rule({"kind": "score", "any": [{"metric": "churn_90d", "at_least": 0.1}]}, "risco", theme="b", due_days=1),
    ]
    world = World().customer(churn_90d=0.5, **{**NPS, "nps_days_since": 0})
    told = forecast(tmp_path, world, policy(*calls), date(2025, 3, 19))
    assert told.repeated == 1
    assert set(told.examples[0].rules) == {"nps", "risco"}


def test_load_is_counted_against_the_people_there_are(tmp_path: Path) -> None:
    told = policy(*RULES, capacities=[{"role": "executor", "people": 2, "weekly": 7}])
    report = forecast(tmp_path, crowd(60), told, date(2025, 4, 11))
    assert {one.capacity for one in report.by_week} == {14}
    assert sum(one.contacts for one in report.by_week) == report.contacts
    assert sum(one.spoken for one in report.by_week) == sum(one.contacts for one in report.by_rule if one.rule == "nps")


@pytest.mark.parametrize(("start", "end"), [(NEXT, date(2025, 3, 1)), (date(2025, 3, 15), date(2025, 3, 16))])
def test_an_impossible_period_is_refused(tmp_path: Path, start: date, end: date) -> None:
    with home_of(tmp_path, World().customer()) as session, pytest.raises(InputError, match=r"eríodo|dia útil"):
        replay_policy(session, policy(*RULES), start, end)


def test_a_period_that_leaves_the_data_is_refused(tmp_path: Path) -> None:
    with home_of(tmp_path, World().customer()) as session, pytest.raises(InputError, match=f"Os dados vão até {AS_OF}"):
        replay_policy(session, policy(*RULES), date(2025, 3, 3), date(2025, 3, 31))


@pytest.mark.slow
def test_the_past_is_read_from_the_ledgers_and_left_as_it_was(tmp_path: Path, demo_home: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo_home, home)
    with writing(home) as session:
        before = {name: session.info(name).fingerprint for name in ("customers", "features", "proposals")}
        last = session.query("SELECT max(as_of) AS day FROM features").to_pylist()[0]["day"]
        start = last.replace(day=1)
        told = replay_policy(session, load_policy(), start, last)
        again = replay_policy(session, load_policy(), start, last)
        counts = session.query("SELECT count(*) AS n FROM customers").to_pylist()[0]["n"]
        after = {name: session.info(name).fingerprint for name in ("customers", "features", "proposals")}
    assert told.contacts > 0
    assert told.model_dump(exclude={"seconds"}) == again.model_dump(exclude={"seconds"})
    assert (before, counts) == (after, session.info("customers").rows)
    assert {"churn_90d", "health"} <= set(told.unknown)
