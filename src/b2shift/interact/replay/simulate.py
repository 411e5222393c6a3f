"""Day-by-day simulation: what is due on the next business day is taken as done, and later days know it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from b2shift.interact.contracts import Policy, Replay
from b2shift.interact.evaluation import arbitration, candidates, facts
from b2shift.interact.evaluation.archetypes import assign_archetypes
from b2shift.interact.evaluation.clock import Clock
from b2shift.interact.evaluation.evaluate import scratch
from b2shift.interact.evaluation.event_sources import event_sources
from b2shift.interact.evaluation.events import event_dates, lookback_days
from b2shift.interact.replay import snapshots
from b2shift.interact.replay.report import report, write_rows
from b2shift.kernel.calendar import is_business_day, last_closed_month
from b2shift.kernel.errors import InputError
from b2shift.kernel.progress import Progress
from b2shift.lake.api import Session

LONGEST_DAYS = 400
_ONE = timedelta(days=1)
_USAGE = "SELECT * FROM rule_usage_before"
# What was not sent yet, of customers for whom anything is due at once: nothing happens to the others on this day.
_LEFT = """
    WITH unsent AS MATERIALIZED (
        SELECT * FROM rule_candidates ANTI JOIN rule_sent USING (customer_id, rule_no, occasion)
    )
    SELECT * FROM unsent SEMI JOIN (SELECT customer_id FROM unsent WHERE due_n = 1) USING (customer_id)
"""


def replay(
    session: Session, policy: Policy, start: date, end: date, progress: Progress, rows: Path | None = None
) -> Replay:
    """The contacts of every business day from `start` to `end`; into `rows`, as Parquet, each of them.

    Features are computed again on the first business day of each week and month; what has a date of its own (events,
    answers, renewals, invoices, consents) counts on its day. A proposal due on a day is taken for done on it, by its
    first channel; contacts that were really made from `start` on are not looked at.
    """
    began = time.perf_counter()
    days = business_days(start, end)
    lake_day = session.query("SELECT max(as_of) AS day FROM features").to_pylist()[0]["day"]
    forecast = start > lake_day
    if not forecast and end - _ONE > lake_day:
        raise InputError("O período passa da data dos dados", value=end, hint=f"Os dados vão até {lake_day}")
    taken = [lake_day] if forecast else refreshed(days)
    with past_names(session):
        unknown = (
            snapshots.current_snapshot(session, lake_day)
            if forecast
            else snapshots.snapshots(session, policy, taken, progress)
        )
        snapshots.shadow_ledgers(session, start, scored=forecast)
        _prepare(session, policy)
        snapshot: date | None = None
        for position, day in enumerate(days):
            progress("Dias", position, len(days), f"{day:%d/%m/%Y}")
            newest = max(one for one in taken if one < day)
            _day(session, policy, Clock(day - _ONE), newest, newest != snapshot)
            snapshot = newest
        seconds = time.perf_counter() - began
        if rows is not None:
            write_rows(session, policy, rows)
        return report(session, policy, days, taken, unknown, forecast=forecast, seconds=seconds)


def business_days(start: date, end: date) -> list[date]:
    """Those of a period; InputError when it has none or is too long."""
    if not 0 <= (end - start).days <= LONGEST_DAYS:
        hint = f"Dê de 1 a {LONGEST_DAYS + 1} dias, o primeiro antes do último"
        raise InputError("Período impossível", value=f"{start} a {end}", hint=hint)
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    business = [day for day in days if is_business_day(day)]
    if not business:
        raise InputError("Não há dia útil no período", value=f"{start} a {end}", hint="Dê um período maior")
    return business


def refreshed(days: list[date]) -> list[date]:
    """The days before the first business day of the period, of each week and of each month."""
    first = [now for before, now in zip([None, *days], days, strict=False) if before is None or _turned(before, now)]
    return [day - _ONE for day in first]


def _turned(before: date, now: date) -> bool:
    return before.isocalendar()[:2] != now.isocalendar()[:2] or before.month != now.month


def _prepare(session: Session, policy: Policy) -> None:
    candidates.terms(session, policy)
    columns = "day DATE, customer_id VARCHAR, rule_no INTEGER, occasion VARCHAR"
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE rule_sent ({columns}, channel VARCHAR)")
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE rule_blocked ({columns})")


def evaluate_day(session: Session, policy: Policy, clock: Clock, taken_on: date, fresh: bool) -> None:
    """Write `rule_facts`, `rule_events` and `rule_candidates` as of the evening before."""
    clock.tables(session)
    if fresh:
        snapshots.use_snapshot(session, taken_on)
        _of_month(session, policy, clock)
        facts.write_standing_facts(session, facts.metrics_used(policy), _USAGE)
        assign_archetypes(session, policy)
    facts.write_facts(session, clock.as_of, snapshots.CONTACTED)
    _events(session, policy, clock)
    candidates.build_bare(session, policy, clock)


def _day(session: Session, policy: Policy, clock: Clock, taken_on: date, fresh: bool) -> None:
    """One evaluation as of the evening before, and what it makes happen."""
    run, day = session.connection.execute, f"DATE '{clock.next_day}'"
    evaluate_day(session, policy, clock, taken_on, fresh)
    run(f"CREATE OR REPLACE TEMP TABLE rule_candidates AS {_LEFT}")
    arbitration.choose(session, policy)
    due = "FROM rule_chosen WHERE due_n = 1 AND"
    run(f"INSERT INTO rule_sent SELECT {day}, customer_id, rule_no, occasion, channels[1] {due} NOT blocked")
    run(f"INSERT INTO rule_blocked SELECT {day}, customer_id, rule_no, occasion {due} blocked")
    snapshots.record_contacts(session, clock.next_day)


def _of_month(session: Session, policy: Policy, clock: Clock) -> None:
    """What only changes when a month closes: earlier months of use, and events found in monthly ledgers."""
    run, month = session.connection.execute, last_closed_month(clock.as_of)
    known = run("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'rule_month'").fetchone()
    if known and known[0] and run("SELECT month FROM rule_month").fetchone() == (month,):
        return
    run(f"CREATE OR REPLACE TEMP TABLE rule_month AS SELECT DATE '{month}' AS month")
    run(f"CREATE OR REPLACE TEMP TABLE rule_usage_before AS {facts.usage_before(clock.as_of)}")
    monthly = [
        event_dates(event, days, clock) for event, days in lookback_days(policy).items() if _monthly(event.value)
    ]
    run(f"CREATE OR REPLACE TEMP TABLE rule_month_events AS {' UNION ALL '.join([_NO_EVENTS, *monthly])}")


_NO_EVENTS = "SELECT NULL AS customer_id, '' AS event, DATE '2000-01-01' AS on_day, '' AS key WHERE FALSE"


def _events(session: Session, policy: Policy, clock: Clock) -> None:
    daily = [
        event_dates(event, days, clock) for event, days in lookback_days(policy).items() if not _monthly(event.value)
    ]
    parts = [_NO_EVENTS, "SELECT * FROM rule_month_events", *daily]
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE rule_events AS {' UNION ALL '.join(parts)}")


def _monthly(event: str) -> bool:
    rows = next(source.rows for name, source in event_sources().items() if name.value == event)
    return "$closed_month" in rows and "$as_of" not in rows


@contextmanager
def past_names(session: Session) -> Iterator[None]:
    """Shadow the lake's tables inside the context."""
    try:
        with scratch(session):
            yield
    finally:
        snapshots.drop_snapshots(session)
