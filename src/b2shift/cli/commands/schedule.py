"""`b2shift schedule`: the nightly run and whatever else a home wants to happen by itself."""

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.schedule.due import next_moment
from b2shift.cli.schedule.jobs import Job, schedule_of
from b2shift.cli.schedule.runner import CommandResult, missing_values, run_due
from b2shift.cli.schedule.state import JobState, Outcome, StateStore
from b2shift.cli.words import examples

RUN = examples("b2shift schedule run --drop entregas/", "b2shift schedule run --drop entregas/ --once")
STATUS = examples("b2shift schedule status", "b2shift schedule status --json")
_LOOK_EVERY = 15.0
_WORDS = {Outcome.DONE: "feito", Outcome.FAILED: "falhou", Outcome.RUNNING: "em curso"}
_PATIENCE = timedelta(seconds=20)


def run(
    home: Home,
    drop: Annotated[
        str | None, typer.Option(help="Pasta das entregas (ou a variável B2SHIFT_DROP).", envvar="B2SHIFT_DROP")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Roda o que está devido agora e termina.")] = False,
    as_json: AsJson = False,
) -> None:
    """Roda cada tarefa da agenda na sua hora, uma vez por data, e recupera o que passou enquanto estava parado, até
    Ctrl-C. A agenda é schedule.yaml na pasta, ou a do produto."""
    schedule, store = schedule_of(home), StateStore(home)
    values = {"home": str(home)} | ({"drop": drop} if drop else {})
    with store.alone():
        for name, gaps in missing_values(schedule, values).items():
            screen.note(f"{name} não roda: falta dizer {', '.join(f'--{gap}' for gap in gaps)}")
        failed = False
        while True:
            now = datetime.now(UTC)
            run_due(schedule, store, values, lambda: datetime.now(UTC), _launch, _tell_json if as_json else _tell)
            if once:
                failed = any(
                    state.outcome is Outcome.FAILED and state.started_at and state.started_at >= now
                    for state in store.read().values()
                )
                break
            time.sleep(_LOOK_EVERY)
    if failed:
        raise typer.Exit(1)


def status(home: Home, as_json: AsJson = False) -> None:
    """O que cada tarefa fez por último e quando roda de novo."""
    schedule, states, now = schedule_of(home), StateStore(home).read(), datetime.now(UTC)
    zone = ZoneInfo(schedule.time_zone)
    upcoming = [(job, states.get(job.name), next_moment(job, now, zone)) for job in schedule.jobs]
    if as_json:
        rows = [{"job": job.name, "next": after, "state": state} for job, state, after in upcoming]
        screen.tell_json(rows)
        return
    screen.table(
        "Agenda",
        ["tarefa", "última data", "como terminou", "próxima"],
        [(job.name, *_last(state), f"{after:%d/%m/%Y %H:%M}") for job, state, after in upcoming],
        words=3,
    )


def _last(state: JobState | None) -> tuple[str, str]:
    if state is None or state.tried is None or state.outcome is None:
        return "–", "ainda não rodou"
    last_words = state.told.strip().splitlines()[-1:] or [""]
    text = f"{_WORDS[state.outcome]}{f': {last_words[0]}' if last_words[0] else ''}"
    return f"{state.tried:%d/%m/%Y}", text


def _tell(job: Job, state: JobState) -> None:
    day, text = _last(state)
    screen.note(f"{job.name} de {day}: {text}")


def _tell_json(job: Job, state: JobState) -> None:
    screen.tell_json_line({"job": job.name, "state": state})


def _launch(arguments: list[str], limit: timedelta) -> CommandResult:
    """Run a command of the product in a process of its own; stopped with us, or when it takes too long."""
    child = subprocess.Popen(  # noqa: S603 - our own command with declared arguments
        [sys.executable, "-m", "b2shift.cli", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    words: list[str] = []
    assert child.stderr is not None
    listener = threading.Thread(target=lambda: words.extend(child.stderr or ()), daemon=True)
    listener.start()
    try:
        code: int | None = child.wait(limit.total_seconds())
    except subprocess.TimeoutExpired:
        _end(child)
        words.append(f"Passou de {limit.total_seconds() / 60:.0f} minutos e foi interrompido")
        code = None
    except BaseException:
        _end(child)
        raise
    listener.join(_PATIENCE.total_seconds())
    return CommandResult(code, "".join(words[-50:]))


def _end(child: subprocess.Popen[str]) -> None:
    """Ask it to stop, and make sure: what it did not commit never existed."""
    child.terminate()
    try:
        child.wait(_PATIENCE.total_seconds())
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
