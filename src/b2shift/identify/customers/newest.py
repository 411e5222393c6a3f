"""The newest day the data speaks of: the default as-of of a run."""

from datetime import date

from b2shift.kernel.errors import StateError
from b2shift.lake.api import Lake, Session

# Days on which something happened; months, due dates and forecasts lie ahead of what is known.
_HAPPENED = {
    "activities": '"at"',
    "campaign_events": '"at"',
    "contract_lines": "signed_on",
    "invoices": "issued_on",
    "nps_answers": "answered_on",
    "opportunities": "created_on",
    "quote_items": "quoted_on",
    "tickets": "created_on",
    "usage_daily": "day",
}


def newest_date(session: Lake | Session) -> date:
    """The newest day on which anything happened, in any ledger; raises StateError when there is none."""
    newest = " UNION ALL ".join(
        f"SELECT CAST(max({column}) AS DATE) AS day FROM {table}"
        for table, column in _HAPPENED.items()
        if session.has(table)
    )
    found = session.query(f"SELECT max(day) AS day FROM ({newest})").to_pylist() if newest else [{"day": None}]
    day: date | None = found[0]["day"]
    if day is None:
        raise StateError("Nada no lake tem data", hint="Rode com uma entrega que tenha ao menos um arquivo datado")
    return day
