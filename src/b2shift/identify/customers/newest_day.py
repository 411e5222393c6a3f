"""The newest day of the data: the default as-of date of a run."""

from datetime import date, timedelta

from b2shift.kernel.calendar import add_months, first_of_month
from b2shift.kernel.errors import StateError
from b2shift.lake.api import Lake, Session

# Columns of events that happened; due dates and forecasts lie in the future.
_EVENT_DAYS = {
    "activities": '"at"',
    "campaign_events": '"at"',
    "contract_lines": "signed_on",
    "invoices": "issued_on",
    "nps_answers": "answered_on",
    "opportunities": "created_on",
    "orders": "ordered_on",
    "quote_items": "quoted_on",
    "tickets": "created_on",
    "usage_daily": "day",
}
# Months, which may lie in the future too: asked where no event is dated.
_MONTHS = {"revenue_monthly": "month", "usage_monthly": "month"}


def newest_date(session: Lake | Session) -> date:
    """The newest day of an event in any table, the end of the newest month where they tell months only (all are firsts
    of months, and several); StateError when there is none."""
    newest, by_months = _newest(session)
    return add_months(first_of_month(newest), 1) - timedelta(days=1) if by_months else newest


def dated_by_months(session: Lake | Session) -> bool:
    """Whether the data tell months only, so that the newest date is the end of one."""
    return _newest(session)[1]


def _newest(session: Lake | Session) -> tuple[date, bool]:
    for days in (_EVENT_DAYS, _MONTHS):
        there = {table: column for table, column in days.items() if session.has(table)}
        newest = " UNION ALL ".join(f"SELECT CAST(max({c}) AS DATE) AS day FROM {t}" for t, c in there.items())
        day: date | None = (
            session.query(f"SELECT max(day) AS day FROM ({newest})").to_pylist()[0]["day"] if newest else None
        )
        if day is not None:
            return day, days is _MONTHS or (day.day == 1 and _only_firsts(session, there))
    raise StateError("Nada no lake tem data", hint="Rode com uma entrega que tenha ao menos um arquivo datado")


def _only_firsts(session: Lake | Session, there: dict[str, str]) -> bool:
    """Whether all days are firsts of months, and of more than one."""
    days = " UNION ALL ".join(f"SELECT CAST({column} AS DATE) AS day FROM {table}" for table, column in there.items())
    [told] = session.query(
        f"SELECT bool_and(day(day) = 1) AS firsts, max(day) > min(day) AS several FROM ({days})"
    ).to_pylist()
    return bool(told["firsts"] and told["several"])
