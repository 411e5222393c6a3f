"""The revenue bridge: from one month's recurring revenue to the next, by what customers did."""

from datetime import date
from pathlib import Path

from b2shift.kernel.calendar import last_closed_month
from b2shift.lake.api import Session, load_specs

CODE_VERSION = 4
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_SQL = Path(__file__).with_name("bridge.sql")


def build_bridge(session: Session, as_of: date) -> None:
    """Write `revenue_bridge`: one row for each closed month but the first; start + new + reactivated + expansion -
    contraction - churned = end. NRR and GRR follow the customers of 12 months before."""
    text = _SQL.read_text(encoding="utf-8").replace("$closed_month", f"DATE '{last_closed_month(as_of)}'")
    with session.stage("revenue_bridge", inputs=["recurring_revenue"], parameters=(CODE_VERSION, text)) as stage:
        if stage.stale:
            session.write(_SPECS["revenue_bridge"], text, sort_by=["month"])
