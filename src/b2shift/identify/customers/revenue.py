"""Recurring revenue for all metrics: delivered rows, and imputed ones for rows that were lost."""

from datetime import date
from pathlib import Path

from b2shift.identify.sources.declarations import all_sources
from b2shift.kernel.calendar import last_closed_month
from b2shift.lake.api import Session, literal, load_specs

CODE_VERSION = 1
TABLE = "recurring_revenue"
_INPUTS = ("contract_lines", "invoices", "revenue_monthly", "usage_monthly")
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_SQL = Path(__file__).with_name("revenue.sql")
# Rejected rows that are no copy of another row of the file.
_LOST = "kind NOT IN ('duplicate_row', 'repeated_header', 'above_header', 'repeated_id')"


def build_revenue(session: Session, as_of: date) -> None:
    """Write `recurring_revenue`: one row per customer, family and month, with `origin` and `reason` for imputed ones.

    A row without a month is assigned the missing month. A row without an amount is carried forward, and so is a missing
    row whose family had revenue in the months before and whose customer was invoiced; a gap between two months is
    interpolated. Missing rows are imputed only if the files of revenue had rejected rows. Up to the last closed month.
    """
    rejected = str(_has_lost_rows(session)).upper()
    text = _SQL.read_text(encoding="utf-8").replace("$closed_month", f"DATE '{last_closed_month(as_of)}'")
    text = text.replace("$refused", rejected)
    with session.stage(TABLE, inputs=_INPUTS, parameters=(CODE_VERSION, text)) as stage:
        if stage.stale:
            session.write(_SPECS[TABLE], text, sort_by=["month", "customer_id", "product_family"])
            origins = session.query(
                f"SELECT origin, count(*) AS rows FROM {TABLE} GROUP BY ALL ORDER BY ALL"
            ).to_pylist()
            stage.notes["rows"] = {row["origin"]: row["rows"] for row in origins}


def _has_lost_rows(session: Session) -> bool:
    """Whether the files of `revenue_monthly` had rejected rows that may be of a month."""
    if not session.has("rejects"):
        return False
    sources = [s.source for s in all_sources(session.store.root.parent) if s.target == "revenue_monthly"]
    named = ", ".join(map(literal, sources))
    return bool(session.query(f"SELECT 1 FROM rejects WHERE source IN ({named}) AND {_LOST} LIMIT 1").num_rows)
