"""Runs due jobs: an attempt is recorded before its command starts, so that a crash is visible and retried."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from b2shift.cli.schedule.due import due_dates
from b2shift.cli.schedule.jobs import Job, Schedule
from b2shift.cli.schedule.state import JobState, Outcome, StateStore

_LONGEST_OUTPUT = 2_000


@dataclass(frozen=True)
class CommandResult:
    """The exit code of a command (None: timed out) and the end of its output."""

    code: int | None
    output: str


Launch = Callable[[list[str], timedelta], CommandResult]
Listener = Callable[[Job, JobState], None]


def run_due(
    schedule: Schedule,
    store: StateStore,
    values: Mapping[str, str],
    now: Callable[[], datetime],
    launch: Launch,
    listener: Listener,
) -> int:
    """Run every due job in order; how many commands ran. The caller holds the lock (`StateStore.alone`)."""
    ran, zone = 0, ZoneInfo(schedule.time_zone)
    for job in schedule.jobs:
        if job.missing_values(values):
            continue  # `missing` tells what to say where
        state = store.read().get(job.name) or JobState(since=now().astimezone(zone).date())
        for day in due_dates(job, state, now(), zone):
            if not _may_start(job, day, store.read()):
                break
            state = _attempt(job, day, state, store, values, now, launch)
            listener(job, state)
            ran += 1
            if state.outcome is not Outcome.DONE:
                break
    return ran


def missing_values(schedule: Schedule, values: Mapping[str, str]) -> dict[str, list[str]]:
    """Placeholders without a value, by job that cannot run without them."""
    return {job.name: gaps for job in schedule.jobs if (gaps := job.missing_values(values))}


def _may_start(job: Job, day: date, states: Mapping[str, JobState]) -> bool:
    if job.after is None:
        return True
    before = states.get(job.after)
    return before is not None and before.done is not None and before.done >= day


def _attempt(
    job: Job,
    day: date,
    state: JobState,
    store: StateStore,
    values: Mapping[str, str],
    now: Callable[[], datetime],
    launch: Launch,
) -> JobState:
    started = now()
    attempts = state.attempts + 1 if state.tried == day else 1
    running = state.model_copy(
        update={"tried": day, "outcome": Outcome.RUNNING, "attempts": attempts, "started_at": started}
    )
    store.write(job.name, running)
    ended = launch(job.arguments({**values, "date": day.isoformat()}), timedelta(minutes=job.timeout_minutes))
    update = {"seconds": round((now() - started).total_seconds(), 1), "told": ended.output[-_LONGEST_OUTPUT:]}
    if ended.code == 0:
        update |= {"outcome": Outcome.DONE, "through": day, "done": day, "attempts": 0, "failed_at": None, "told": ""}
    else:
        update |= {"outcome": Outcome.FAILED, "failed_at": now()}
        if attempts >= job.attempts:  # given up: the next date starts afresh
            update |= {"through": day, "attempts": 0, "failed_at": None}
    after = running.model_copy(update=update)
    store.write(job.name, after)
    return after
