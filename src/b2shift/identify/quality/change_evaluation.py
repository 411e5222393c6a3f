"""Evaluate change detection and the revenue bridge of a delivery against the changes the demo made to it."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from b2shift.identify.quality.truth import truth_rows
from b2shift.identify.sources.declarations import built_in
from b2shift.kernel.contract import Contract
from b2shift.lake.api import Lake

_DETECTED = """
    SELECT source, "column", key, customer_id FROM changes
    WHERE load = (SELECT max(load) FROM changes) AND kind IN ('changed', 'corrected')
"""


class ChangeEvaluation(Contract):
    """Detected changes between two deliveries, and the revenue bridge, against the truth of a demo drop."""

    true_moves: int = Field(description="values the demo changed in rows delivered before")
    told_right: int = Field(description="of these, detected as changed or corrected")
    told: int = Field(description="values detected as changed or corrected, in the columns the demo changes")
    bridge_months: int
    bridge_end_error: float | None = Field(description="largest relative error of a month's end, 0 to 1")
    bridge_churn_error: float | None = Field(description="relative error of the churn of all months, 0 to 1")


class _Change(NamedTuple):
    """A changed value of one row or customer."""

    source: str
    column: str
    key: str


def evaluate_changes(lake: Lake, drop: Path) -> ChangeEvaluation | None:
    """Evaluate the newest load, which loaded `drop`; None for a first delivery, whose truth has no changes."""
    true = Counter(_true_changes(drop))
    if not true:
        return None
    columns = {(change.source, change.column) for change in true}
    detected = [row for row in lake.query(_DETECTED).to_pylist() if (row["source"], row["column"]) in columns]
    unmatched, matched = Counter(true), 0
    for row in detected:
        names = (_Change(row["source"], row["column"], str(row[name])) for name in ("key", "customer_id"))
        match = next((change for change in names if unmatched[change]), None)
        if match is not None:
            unmatched[match] -= 1
            matched += 1
    months, end, churn = _bridge(lake, drop)
    return ChangeEvaluation(
        true_moves=true.total(), told_right=matched, told=len(detected), bridge_months=months, bridge_end_error=end,
        bridge_churn_error=churn,
    )  # fmt: skip


def _true_changes(drop: Path) -> Iterator[_Change]:
    changes = truth_rows(drop, "changes")
    number = max((row["drop"] for row in changes), default="")
    for row in changes:
        if row["drop"] != number or not row["column"]:
            continue
        source = next((s for s in built_in() if s.matches(row["file"])), None)
        column = next((c for c in source.columns if c.header == row["column"] and c.to), None) if source else None
        if source is not None and column is not None:
            yield _Change(source.source, column.name, row["key"])


def _bridge(lake: Lake, drop: Path) -> tuple[int, float | None, float | None]:
    if not lake.has("revenue_bridge"):
        return 0, None, None
    computed = {str(r["month"]): r for r in lake.query("SELECT * FROM revenue_bridge").to_pylist()}
    months = [(row, computed[row["mes"]]) for row in truth_rows(drop, "mrr_bridge") if row["mes"] in computed]
    if not months:
        return 0, None, None
    end = max(abs(row["end_mrr"] - Decimal(true["end"])) / Decimal(true["end"]) for true, row in months)
    churn = sum(Decimal(true["churn"]) for true, _ in months)
    error = abs(sum(row["churned_mrr"] for _, row in months) - churn) / churn if churn else None
    return len(months), float(end), float(error) if error is not None else None
