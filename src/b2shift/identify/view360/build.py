"""Write `customer_360`: each list aggregated on its own, then joined and laid down in key order."""

from datetime import date
from pathlib import Path

from b2shift.identify.view360 import pages
from b2shift.identify.view360.lists import LISTS
from b2shift.identify.view360.winsor import duration_cap_bin, newest_telemetry_day
from b2shift.kernel.calendar import last_closed_month
from b2shift.lake.api import Session, load_specs, quote

CODE_VERSION = 2
# DuckDB's vector: the smallest group it writes.
ROW_GROUP = 2_048
INPUTS = (
    "activities",
    "campaign_events",
    "contacts",
    "contract_lines",
    "customers",
    "invoices",
    "nps_answers",
    "opportunities",
    "quote_items",
    "revenue_monthly",
    "tickets",
    "usage_daily",
    "usage_monthly",
)
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")


def build(session: Session, as_of: date) -> None:
    """One row per customer of `customers`; a list nobody filled is empty, never null."""
    declared = tuple((part.name, part.rows, part.order, part.limit) for part in LISTS)
    with session.stage("customer_360", inputs=INPUTS, parameters=(CODE_VERSION, as_of, ROW_GROUP, declared)) as stage:
        if not stage.stale:
            return
        cap = duration_cap_bin(session, newest_telemetry_day(session, as_of))
        words = {"$as_of": f"DATE '{as_of}'", "$closed_month": f"DATE '{last_closed_month(as_of)}'", "$cap_bin": str(cap)}
        try:
            for part in LISTS:
                session.connection.execute(
                    f"CREATE OR REPLACE TEMP TABLE {_temporary(part.name)} AS {_filled(part.aggregate(), words)}"
                )
            written = session.write(
                _SPECS["customer_360"], _joined(), sort_by=["customer_id"], row_group_size=ROW_GROUP
            )
            pages.write(session, _SPECS[pages.TABLE])
        finally:
            for part in LISTS:
                session.connection.execute(f"DROP TABLE IF EXISTS {_temporary(part.name)}")
        stage.notes |= {"customers": written.rows, "duration_cap_seconds": 2**cap}


def _joined() -> str:
    columns = ", ".join(f"coalesce({_temporary(part.name)}.items, []) AS {quote(part.name)}" for part in LISTS)
    joins = " ".join(f"LEFT JOIN {_temporary(part.name)} USING (customer_id)" for part in LISTS)
    return f"SELECT customer_id, {columns} FROM customers {joins}"


def _temporary(name: str) -> str:
    return quote(f"nested_{name}")


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
