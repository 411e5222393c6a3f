"""Nothing from after the date: with the later rows gone, the features of that date are the same."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.unit.differentiate.features.invented import NEWEST, Ledgers, invent
from tests.unit.identify.refined import fill

from b2shift.differentiate.api import feature_declarations, features_at
from b2shift.kernel.calendar import last_closed_month
from b2shift.lake.api import writing

DATED_BY = {
    "contract_lines": "signed_on", "usage_daily": "day", "nps_answers": "answered_on", "quote_items": "quoted_on",
    "tickets": "created_on", "opportunities": "created_on", "customer_registry": "customer_since",
    "orders": "ordered_on",
}  # fmt: skip
CHANGES = {"invoices": "paid_on", "tickets": "updated_on", "opportunities": "closed_on"}
"""Columns that were still empty on an earlier date."""


def as_delivered_on(told: Ledgers, day: date) -> Ledgers:
    """The ledgers as a delivery of that day would have had them."""
    since = {row["customer_id"]: row["customer_since"] for row in told["customer_registry"]}
    cut = without_open_renewals({name: [dict(row) for row in rows] for name, rows in told.items()}, day)
    for name, column in DATED_BY.items():
        cut[name] = [row for row in cut[name] if row[column] is None or row[column] <= day]
    # A line without a date is as old as its customer.
    cut["contract_lines"] = [
        row for row in cut["contract_lines"] if row["signed_on"] or (since.get(row["customer_id"]) or day) <= day
    ]
    cut["invoices"] = [row for row in cut["invoices"] if (row["issued_on"] or row["due_on"] or day) <= day]
    for name in ("activities", "campaign_events"):
        cut[name] = [row for row in cut[name] if row["at"].date() <= day]
    for name in ("revenue_monthly", "usage_monthly"):
        cut[name] = [row for row in cut[name] if row["month"] <= last_closed_month(day)]
    for name, column in CHANGES.items():
        for row in cut[name]:
            if row[column] and row[column] > day:
                row |= {column: None} | ({"result": "aberto"} if name == "opportunities" else {})
    return cut


def without_open_renewals(cut: Ledgers, day: date) -> Ledgers:
    """The vendor delivers a renewal, with its activities, when it has closed."""
    hidden = {
        row["opportunity_id"]
        for row in cut["opportunities"]
        if row["kind"] == "renovacao" and not (row["closed_on"] and row["closed_on"] <= day)
    }
    for name in ("opportunities", "activities"):
        cut[name] = [row for row in cut[name] if row["opportunity_id"] not in hidden]
    return cut


def features(home: Path, told: Ledgers, day: date, columns: list[str]) -> list[dict[str, Any]]:
    with writing(home) as session:
        fill(session, **told)
        return features_at(session, day).select(columns).to_pylist()


@pytest.mark.parametrize(
    ("seed", "day"),
    [(21, date(2025, 3, 30)), (22, date(2025, 1, 31)), (23, date(2024, 11, 20)), (24, date(2024, 2, 29))],
)
def test_later_rows_change_nothing(tmp_path: Path, seed: int, day: date) -> None:
    told = invent(seed)
    lasting = ["customer_id", "as_of", *(f.name for f in feature_declarations() if not f.snapshot)]
    then = features(tmp_path / "then", as_delivered_on(told, day), day, lasting)
    later = features(tmp_path / "later", told, day, lasting)
    assert len(then) > 5
    assert [row["customer_id"] for row in later] == [row["customer_id"] for row in then]
    leaks = [
        (one["customer_id"], name, one[name], other[name])
        for one, other in zip(then, later, strict=True)
        for name in lasting
        if one[name] != other[name]
    ]
    assert not leaks


def test_snapshot_features_are_unknown_on_any_date_but_the_newest(tmp_path: Path) -> None:
    snapshot = [f.name for f in feature_declarations() if f.snapshot]
    assert {"situation", "usage_ratio", "telemetry_hours_day", "employees", "renewal_days"} <= set(snapshot)
    with writing(tmp_path) as session:
        fill(session, **invent(25))
        before = features_at(session, date(2025, 3, 30)).select(snapshot)
        newest = features_at(session, NEWEST).select(snapshot)
    assert [column.null_count for column in before.columns] == [before.num_rows] * len(snapshot)
    assert all(column.null_count < newest.num_rows for column in newest.columns)


def test_customers_that_came_later_are_absent(tmp_path: Path) -> None:
    told = invent(26)
    with writing(tmp_path) as session:
        fill(session, **told)
        counts = [features_at(session, date(year, 3, 31)).num_rows for year in (2016, 2020, 2023, 2025)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
