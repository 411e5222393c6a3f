"""The newest day of the data: the default as-of date of a run."""

from datetime import date

from b2shift.kernel.errors import StateError
from b2shift.lake.api import Lake, Session

# Columns of events that happened; months, due dates and forecasts lie in the future.
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


def newest_date(session: Lake | Session) -> date:
    """The newest day of an event in any table; StateError when there is none."""
    newest = " UNION ALL ".join(
        f"SELECT CAST(max({column}) AS DATE) AS day FROM {table}"
        for table, column in _EVENT_DAYS.items()
        if session.has(table)
    )
    found = session.query(f"SELECT max(day) AS day FROM ({newest})").to_pylist() if newest else [{"day": None}]
    day: date | None = found[0]["day"]
    if day is None:
        raise StateError("Nada no lake tem data", hint="Rode com uma entrega que tenha ao menos um arquivo datado")
    return day
