"""Running what is due: an attempt is noted before its command starts, so that a crash shows and is tried again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from b2shift.cli.schedule.declared import Job, Schedule
from b2shift.cli.schedule.due import due_dates
from b2shift.cli.schedule.kept import JobState, Kept, Outcome

_LONGEST_TOLD = 2_000


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code (None: it was stopped for taking too long) and its last words."""

    code: int | None
    told: str


Launch = Callable[[list[str], timedelta], Ended]
Heard = Callable[[Job, JobState], None]


def run_due(
    schedule: Schedule, kept: Kept, values: Mapping[str, str], now: Callable[[], datetime], launch: Launch, heard: Heard
) -> int:
    """Run every job that is due, in order; how many commands ran. The caller holds the schedule (`Kept.alone`)."""
    ran, zone = 0, ZoneInfo(schedule.time_zone)
    for job in schedule.jobs:
        if job.lacks(values):
            continue  # `missing` tells what to say where
        state = kept.read().get(job.name) or JobState(since=now().astimezone(zone).date())
        for day in due_dates(job, state, now(), zone):
            if not _may_start(job, day, kept.read()):
                break
            state = _attempt(job, day, state, kept, values, now, launch)
            heard(job, state)
            ran += 1
            if state.outcome is not Outcome.DONE:
                break
    return ran


def missing(schedule: Schedule, values: Mapping[str, str]) -> dict[str, list[str]]:
    """What nobody said, by job that cannot run without it."""
    return {job.name: gaps for job in schedule.jobs if (gaps := job.lacks(values))}


def _may_start(job: Job, day: date, states: Mapping[str, JobState]) -> bool:
    if job.after is None:
        return True
    before = states.get(job.after)
    return before is not None and before.done is not None and before.done >= day


def _attempt(
    job: Job,
    day: date,
    state: JobState,
    kept: Kept,
    values: Mapping[str, str],
    now: Callable[[], datetime],
    launch: Launch,
) -> JobState:
    started = now()
    attempts = state.attempts + 1 if state.tried == day else 1
    running = state.model_copy(
        update={"tried": day, "outcome": Outcome.RUNNING, "attempts": attempts, "started_at": started}
    )
    kept.write(job.name, running)
    ended = launch(job.arguments({**values, "date": day.isoformat()}), timedelta(minutes=job.timeout_minutes))
    told = {"seconds": round((now() - started).total_seconds(), 1), "told": ended.told[-_LONGEST_TOLD:]}
    if ended.code == 0:
        told |= {"outcome": Outcome.DONE, "through": day, "done": day, "attempts": 0, "failed_at": None, "told": ""}
    else:
        told |= {"outcome": Outcome.FAILED, "failed_at": now()}
        if attempts >= job.attempts:  # given up: the next date starts afresh
            told |= {"through": day, "attempts": 0, "failed_at": None}
    after = running.model_copy(update=told)
    kept.write(job.name, after)
    return after
