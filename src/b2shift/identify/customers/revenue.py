"""The recurring revenue that everything counts: the delivered rows, and what stands in for those that were lost."""

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
# Rows set aside that no other row of the file stands for.
_LOST = "kind NOT IN ('duplicate_row', 'repeated_header', 'above_header', 'repeated_id')"


def build_revenue(session: Session, as_of: date) -> None:
    """Write `recurring_revenue`: one row per customer, family and month, `origin` and `reason` told for each that was
    not delivered as it stands.

    A row without a month is put where it belongs; one without an amount, and one that is not there though its family
    was in the months before and the customer was invoiced, is carried; a hole between two months is bridged. A row
    that merely is not there is sought only if the files of revenue had rows refused. All to the last closed month.
    """
    refused = str(_lost_rows(session)).upper()
    text = _SQL.read_text(encoding="utf-8").replace("$closed_month", f"DATE '{last_closed_month(as_of)}'")
    text = text.replace("$refused", refused)
    with session.stage(TABLE, inputs=_INPUTS, parameters=(CODE_VERSION, text)) as stage:
        if stage.stale:
            session.write(_SPECS[TABLE], text, sort_by=["month", "customer_id", "product_family"])
            told = session.query(f"SELECT origin, count(*) AS rows FROM {TABLE} GROUP BY ALL ORDER BY ALL").to_pylist()
            stage.notes["rows"] = {row["origin"]: row["rows"] for row in told}


def _lost_rows(session: Session) -> bool:
    """Whether the files that bring `revenue_monthly` had rows set aside that may be of a month."""
    if not session.has("rejects"):
        return False
    sources = [s.source for s in all_sources(session.store.root.parent) if s.target == "revenue_monthly"]
    named = ", ".join(map(literal, sources))
    return bool(session.query(f"SELECT 1 FROM rejects WHERE source IN ({named}) AND {_LOST} LIMIT 1").num_rows)
