"""Refined tables made of a few rows, as the ingestion would leave them: what is not given is empty or null."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

import b2shift.identify
from b2shift.identify.customers.purchases import build_purchases
from b2shift.lake.api import Session, load_specs
from b2shift.lake.contracts import ColumnSpec, TableSpec

SPECS = load_specs(Path(b2shift.identify.__file__).parent / "tables.yaml")
LEDGERS = (
    "activities", "campaign_events", "companies", "contacts", "contract_lines", "customer_registry", "invoices",
    "mrr_vendor", "nps_answers", "opportunities", "orders", "purchases_12m", "quote_items", "revenue_monthly",
    "tickets", "usage_daily", "usage_monthly",
)  # fmt: skip
Rows = Sequence[dict[str, Any]]


def fill(session: Session, **tables: Rows) -> None:
    """Stage every refined table the core reads, with these rows; revenue is settled as it is delivered."""
    unknown = set(tables) - set(LEDGERS)
    assert not unknown, unknown
    for name in LEDGERS:
        session.write(SPECS[name], arrow(SPECS[name], tables.get(name, [])))
    paid = [row for row in tables.get("revenue_monthly", []) if row.get("customer_id") and row.get("month")]
    settled = [{**row, "origin": "delivered"} for row in paid]
    session.write(SPECS["recurring_revenue"], arrow(SPECS["recurring_revenue"], settled))
    build_purchases(session)


def arrow(spec: TableSpec, rows: Rows) -> pa.Table:
    """Rows as a table with every declared column."""
    names = [column.name for column in spec.columns]
    for row in rows:
        assert set(row) <= set(names), (spec.name, set(row) - set(names))
    return pa.table({column.name: _column(column, [row.get(column.name) for row in rows]) for column in spec.columns})


def _column(column: ColumnSpec, values: list[Any]) -> pa.Array:
    if column.type.startswith("MAP"):
        return pa.array([None if v is None else list(v.items()) for v in values], pa.map_(pa.string(), pa.int8()))
    return pa.array(values)
