"""Due logical dates of a job: a pure function of declaration, state and time."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from b2shift.cli.schedule.jobs import CatchUp, Days, Job
from b2shift.cli.schedule.state import JobState
from b2shift.kernel.calendar import is_business_day

_WEEKDAYS = {Days.SEGUNDA: 0, Days.SEXTA: 4}


def due_dates(job: Job, state: JobState, now: datetime, zone: ZoneInfo) -> list[date]:
    """Dates to run now, oldest first; `now` has a time zone. A failed attempt waits for its retry delay."""
    if state.failed_at is not None and now < state.failed_at + timedelta(minutes=job.wait_minutes):
        return []
    found = list(_dates(job, state, now.astimezone(zone), zone))
    return found[-1:] if job.catch_up is CatchUp.NEWEST else found


def next_moment(job: Job, now: datetime, zone: ZoneInfo) -> datetime:
    """The next due time after `now`."""
    day = now.astimezone(zone).date()
    while not (on_day(job, day) and _moment(job, day, zone) > now):
        day += timedelta(days=1)
    return _moment(job, day, zone)


def on_day(job: Job, day: date) -> bool:
    """Whether the job has this logical date."""
    match job.days:
        case Days.TODOS:
            return True
        case Days.UTEIS:
            return is_business_day(day, job.state)
        case Days.PRIMEIRO_DO_MES:
            return day.day == 1
        case _:
            return day.weekday() == _WEEKDAYS[job.days]


def _dates(job: Job, state: JobState, local: datetime, zone: ZoneInfo) -> Iterator[date]:
    day = state.since if state.through is None else state.through + timedelta(days=1)
    while day <= local.date():
        if on_day(job, day) and _moment(job, day, zone) <= local:
            yield day
        day += timedelta(days=1)


def _moment(job: Job, day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, job.at, zone)
