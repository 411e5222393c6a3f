"""What the lake tells of a delivery against the one before, held against what the demo changed between the two."""

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

_TOLD = """
    SELECT source, "column", key, customer_id FROM changes
    WHERE load = (SELECT max(load) FROM changes) AND kind IN ('changed', 'corrected')
"""


class MovesEvaluation(Contract):
    """Values that moved between two deliveries, and the revenue bridge, against the truth of a demo drop."""

    true_moves: int = Field(description="values the demo changed in rows delivered before")
    told_right: int = Field(description="of these, told as changed or corrected")
    told: int = Field(description="values told as changed or corrected, in the columns the demo changes")
    bridge_months: int
    bridge_end_error: float | None = Field(description="largest relative error of a month's end, 0 to 1")
    bridge_churn_error: float | None = Field(description="relative error of the churn of all months, 0 to 1")


class _Move(NamedTuple):
    """One value of one row or customer."""

    source: str
    column: str
    key: str


def evaluate_moves(lake: Lake, drop: Path) -> MovesEvaluation | None:
    """Of the newest load, which brought `drop`; None for a first delivery, whose truth has no changes."""
    true = Counter(_true_moves(drop))
    if not true:
        return None
    columns = {(move.source, move.column) for move in true}
    told = [row for row in lake.query(_TOLD).to_pylist() if (row["source"], row["column"]) in columns]
    left, right = Counter(true), 0
    for row in told:
        names = (_Move(row["source"], row["column"], str(row[name])) for name in ("key", "customer_id"))
        found = next((move for move in names if left[move]), None)
        if found is not None:
            left[found] -= 1
            right += 1
    months, end, churn = _bridge(lake, drop)
    return MovesEvaluation(
        true_moves=true.total(), told_right=right, told=len(told), bridge_months=months, bridge_end_error=end,
        bridge_churn_error=churn,
    )  # fmt: skip


def _true_moves(drop: Path) -> Iterator[_Move]:
    changes = truth_rows(drop, "changes")
    number = max((row["drop"] for row in changes), default="")
    for row in changes:
        if row["drop"] != number or not row["column"]:
            continue
        source = next((s for s in built_in() if s.matches(row["file"])), None)
        column = next((c for c in source.columns if c.header == row["column"] and c.to), None) if source else None
        if source is not None and column is not None:
            yield _Move(source.source, column.name, row["key"])


def _bridge(lake: Lake, drop: Path) -> tuple[int, float | None, float | None]:
    if not lake.has("revenue_bridge"):
        return 0, None, None
    found = {str(r["month"]): r for r in lake.query("SELECT * FROM revenue_bridge").to_pylist()}
    both = [(row, found[row["mes"]]) for row in truth_rows(drop, "mrr_bridge") if row["mes"] in found]
    if not both:
        return 0, None, None
    end = max(abs(mine["end_mrr"] - Decimal(true["end"])) / Decimal(true["end"]) for true, mine in both)
    churn = sum(Decimal(true["churn"]) for true, _ in both)
    error = abs(sum(mine["churned_mrr"] for _, mine in both) - churn) / churn if churn else None
    return len(both), float(end), float(error) if error is not None else None
