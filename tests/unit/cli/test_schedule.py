"""A job runs once for each logical date at its hour, and what was missed or broke off is caught up with."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.cli.conftest import Run

from b2shift.cli.schedule.due import next_moment, on_day
from b2shift.cli.schedule.jobs import Job, Schedule, schedule_of
from b2shift.cli.schedule.runner import CommandResult, run_due
from b2shift.cli.schedule.state import JobState, Outcome, StateStore
from b2shift.kernel.errors import InputError, StateError

HOME = {"home": "aqui", "drop": "entregas"}


class World:
    """A clock one can set, and commands that end as one says."""

    def __init__(self, home: Path, *jobs: dict[str, Any]) -> None:
        self.schedule = Schedule.model_validate(
            {"jobs": [{"name": "ciclo", "run": ["run"], "at": "02:30"} | one for one in jobs or ({},)]}
        )
        self.kept, self.now = StateStore(home), datetime(2026, 11, 25, 12, tzinfo=UTC)
        self.kept.folder.mkdir(parents=True, exist_ok=True)
        self.ran: list[list[str]] = []
        self.codes: list[int | None] = []

    def launch(self, arguments: list[str], limit: timedelta) -> CommandResult:
        assert self.kept.read()["ciclo"].outcome is not None, "noted before it starts"
        self.ran.append(arguments)
        code = self.codes.pop(0) if self.codes else 0
        return CommandResult(code, "" if code == 0 else "o disco está cheio\n")

    def look(self) -> int:
        return run_due(self.schedule, self.kept, HOME, lambda: self.now, self.launch, lambda _job, _state: None)

    @property
    def state(self) -> JobState:
        return self.kept.read()["ciclo"]


def test_a_date_runs_once_however_often_one_looks(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert [world.look() for _ in range(3)] == [1, 0, 0]
    world.now += timedelta(days=1)
    assert [world.look(), world.look()] == [1, 0]
    assert world.state.done == date(2026, 11, 26)


def test_nothing_runs_before_its_hour_in_the_business_time_zone(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.now = datetime(2026, 11, 25, 5, 29, tzinfo=UTC)  # 02:29 in São Paulo
    assert world.look() == 0
    world.now += timedelta(minutes=1)
    assert world.look() == 1


@pytest.mark.parametrize(
    ("catch_up", "dates"), [("newest", ["2026-11-30"]), ("each", [f"2026-11-{n}" for n in range(26, 31)])]
)
def test_what_passed_while_it_was_down_is_caught_up_with(tmp_path: Path, catch_up: str, dates: list[str]) -> None:
    world = World(tmp_path, {"catch_up": catch_up, "run": ["run", "--as-of", "{date}"]})
    world.look()
    world.ran.clear()
    world.now += timedelta(days=5)
    world.look()
    assert [one[-1] for one in world.ran] == dates
    assert world.look() == 0


def test_a_failure_is_tried_again_after_its_wait_then_given_up(tmp_path: Path) -> None:
    world = World(tmp_path, {"attempts": 2, "wait_minutes": 10})
    world.codes = [3, None]
    assert [world.look(), world.look()] == [1, 0]
    assert (world.state.outcome, world.state.attempts, world.state.through) == (Outcome.FAILED, 1, None)
    world.now += timedelta(minutes=10)
    assert [world.look(), world.look()] == [1, 0]
    assert (world.state.through, world.state.done, world.state.told) == (
        date(2026, 11, 25),
        None,
        "o disco está cheio\n",
    )
    world.now += timedelta(days=1)
    assert world.look() == 1
    assert (world.state.done, world.state.told) == (date(2026, 11, 26), "")


def test_a_run_that_broke_off_is_run_again(tmp_path: Path) -> None:
    world = World(tmp_path)

    def dies(arguments: list[str], limit: timedelta) -> CommandResult:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_due(world.schedule, world.kept, HOME, lambda: world.now, dies, lambda _job, _state: None)
    assert world.state.outcome is Outcome.RUNNING
    assert [world.look(), world.look()] == [1, 0]


def test_a_job_waits_for_the_one_before_it(tmp_path: Path) -> None:
    world = World(tmp_path, {}, {"name": "depois", "run": ["tables"], "after": "ciclo"})
    world.codes = [2]
    world.look()
    assert world.ran == [["run"]]
    world.now += timedelta(minutes=10)
    world.look()
    assert world.ran == [["run"], ["run"], ["tables"]]


def test_days() -> None:
    def job(days: str) -> Job:
        return Job.model_validate({"name": "a", "run": ["run"], "at": "02:30", "days": days})

    carnival = date(2026, 2, 17)
    assert [on_day(job(days), carnival) for days in ("todos", "uteis", "primeiro_do_mes", "segunda")] == [
        True,
        False,
        False,
        False,
    ]
    zone = Schedule(jobs=(job("todos"),)).time_zone
    from zoneinfo import ZoneInfo

    after = next_moment(job("primeiro_do_mes"), datetime(2026, 11, 25, 12, tzinfo=UTC), ZoneInfo(zone))
    assert after.isoformat() == "2026-12-01T02:30:00-03:00"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jobs: [{name: a, run: [run], at: '25:00'}]", "jobs.0.at"),
        ("jobs: [{name: a, run: [run, '{folder}'], at: '02:00'}]", "folder"),
        ("jobs: [{name: a, run: [run], at: '02:00', after: b}]", "vem depois de b"),
        ("jobs: [{name: a, run: [run], at: '02:00'}, {name: a, run: [run], at: '03:00'}]", "duas vezes"),
        ("time_zone: Marte/Olimpo\njobs: [{name: a, run: [run], at: '02:00'}]", "Marte/Olimpo"),
        ("jobs: [", "YAML"),
        ("", "agenda"),
    ],
)  # fmt: skip
def test_a_wrong_schedule_is_refused_with_the_field(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "schedule.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        schedule_of(tmp_path)
    assert said in str(refused.value)


def test_one_scheduler_a_home(tmp_path: Path) -> None:
    with StateStore(tmp_path).alone(), pytest.raises(StateError, match="Outro agendador"), StateStore(tmp_path).alone():
        pass


def test_status_shows_what_ran_and_when_next(tmp_path: Path, run: Run) -> None:
    code, told, _err = run("schedule", "status", "--home", tmp_path)
    assert (code, "ciclo" in told, "ainda não rodou" in told) == (0, True, True)
    code, told, _err = run("schedule", "status", "--home", tmp_path, "--json")
    assert [one["job"] for one in json.loads(told)] == ["ciclo", "guarda", "relatorios"]


def declared(home: Path, *command: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "schedule.yaml").write_text(
        json.dumps({"jobs": [{"name": "ciclo", "run": command, "at": "00:00", "wait_minutes": 0}]}), encoding="utf-8"
    )


def test_a_command_runs_and_its_failure_is_reported(tmp_path: Path, run: Run) -> None:
    declared(tmp_path, "tables", "--home", "{home}")
    code, _out, err = run("schedule", "run", "--once", "--home", tmp_path)
    state = StateStore(tmp_path).read()["ciclo"]
    assert (code, state.outcome, "falhou" in err) == (1, Outcome.FAILED, True)
    assert "Erro" in state.told
    declared(tmp_path, "doctor", "--json")
    code, out, _err = run("schedule", "run", "--once", "--home", tmp_path, "--json")
    assert (code, json.loads(out)["state"]["outcome"]) == (0, "done")
    assert StateStore(tmp_path).read()["ciclo"].outcome is Outcome.DONE


def test_what_nobody_said_is_asked_for_and_nothing_runs(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("B2SHIFT_DROP", raising=False)
    declared(tmp_path, "run", "{drop}")
    code, _out, err = run("schedule", "run", "--once", "--home", tmp_path)
    assert (code, "ciclo não roda: falta dizer --drop" in err, StateStore(tmp_path).read()) == (0, True, {})


@pytest.mark.slow
def test_asked_to_end_it_stops_its_command_and_runs_it_next_time(tmp_path: Path) -> None:
    declared(tmp_path, "schedule", "run", "--home", "{home}/dentro")  # a command that never ends by itself
    running = [sys.executable, "-m", "b2shift.cli", "schedule", "run", "--home", str(tmp_path)]
    process = subprocess.Popen(running, stderr=subprocess.DEVNULL, env=os.environ | {"B2SHIFT_DROP": ""})
    inner = tmp_path / "dentro" / "schedule" / "lock"
    deadline = time.monotonic() + 300
    while not inner.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(300) == 130
    assert StateStore(tmp_path).read()["ciclo"].outcome is Outcome.RUNNING
    with StateStore(tmp_path / "dentro").alone():
        pass  # the command it had started is gone too
