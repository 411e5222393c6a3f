"""A lake of five customers whose every number can be checked with a pencil."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

AS_OF = date(2026, 6, 15)
# customer: state, segment, revenue band, owner, MRR by month from 2025-05 to 2026-05 (None: does not pay)
CUSTOMERS: dict[str, tuple[str, str, str, str, list[int | None]]] = {
    "A00001": ("SP", "VAREJO", "acima_150m", "u1", [100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 120, 150]),
    "A00002": ("SP", "MANUFATURA", "ate_15m", "u1", [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    "A00003": ("RS", "VAREJO", "ate_15m", "u2", [300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300, None]),
    "A00004": ("BA", "SAUDE", "15_50m", "u2", [*[None] * 10, 50, 50, 50]),
    "A00005": ("BA", "VAREJO", "50_150m", "u2", [400, 400, 400, 400, 400, 400, 400, 400, 400, 200, 200, 200, 200]),
}
MONTHS = [date(2025 + (4 + n) // 12, (4 + n) % 12 + 1, 1) for n in range(13)]
TICKETS = {"A00001": 4, "A00002": 1, "A00003": 0, "A00004": 3}
"""Tickets of May 2026."""
ANSWERS = [("A00001", 10), ("A00001", 9), ("A00002", 3), ("A00002", 8), ("A00005", 0)]
"""NPS answers of May 2026."""


class Manifest:
    """What the answering code reads of a version."""

    as_of = AS_OF


class SmallLake:
    """Enough of a lake to be asked."""

    manifest = Manifest()
    version = 1

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.asked: list[str] = []
        run = self.connection.execute
        run("CREATE TABLE customers (customer_id VARCHAR, name VARCHAR, state VARCHAR, market_segment VARCHAR, "
            "revenue_band VARCHAR, owner_id VARCHAR, tenure_years DOUBLE, mrr DECIMAL(18,2))")  # fmt: skip
        run(
            "CREATE TABLE recurring_revenue (customer_id VARCHAR, month DATE, product_family VARCHAR, mrr DECIMAL(18,2))"
        )
        for code, (state, segment, band, owner, paid) in CUSTOMERS.items():
            run("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, 2, ?)",
                [code, f"Empresa {code}", state, segment, band, owner, paid[-1] or 0])  # fmt: skip
            for month, mrr in zip(MONTHS, paid, strict=True):
                if mrr:
                    # Two families each: what is counted by customer must not count rows.
                    run("INSERT INTO recurring_revenue VALUES (?, ?, 'ERP', ?), (?, ?, 'CRM', ?)",
                        [code, month, mrr - 10, code, month, 10])  # fmt: skip
        run("CREATE TABLE tickets (ticket_id VARCHAR, customer_id VARCHAR, created_on DATE)")
        for code, count in TICKETS.items():
            for n in range(count):
                run("INSERT INTO tickets VALUES (?, ?, '2026-05-10')", [f"{code}-{n}", code])
        run("CREATE TABLE nps_answers (customer_id VARCHAR, score TINYINT, class VARCHAR, answered_on DATE)")
        for code, score in ANSWERS:
            kind = "promotor" if score > 8 else "neutro" if score > 6 else "detrator"
            run("INSERT INTO nps_answers VALUES (?, ?, ?, '2026-05-20')", [code, score, kind])
        run(
            "CREATE TABLE scores AS SELECT customer_id, 0.5 AS churn_90d, 'alto' AS churn_band, 40.0 AS health FROM customers"
        )
        run("CREATE TABLE segments AS SELECT customer_id, 's01' AS segment_id FROM customers")
        run(
            "CREATE TABLE opportunities (customer_id VARCHAR, kind VARCHAR, result VARCHAR, value DOUBLE, expected_close_on DATE)"
        )
        run(
            'CREATE TABLE campaign_events (campaign_id VARCHAR, channel VARCHAR, variant VARCHAR, kind VARCHAR, customer_id VARCHAR, "at" TIMESTAMP)'
        )
        for campaign, channel, customer, bought in (
            ("c1", "email", "A00001", True),
            ("c1", "email", "A00002", False),
            ("c2", "whatsapp", "A00003", False),
        ):
            for kind in ("assigned", *(("purchase",) if bought else ())):
                run(
                    "INSERT INTO campaign_events VALUES (?, ?, 'a', ?, ?, '2026-05-05')",
                    [campaign, channel, kind, customer],
                )
        run("CREATE TABLE usage_monthly (customer_id VARCHAR, month DATE, hours DOUBLE)")
        for code, april, may in (("A00001", 10, 5), ("A00002", 10, 12)):
            run("INSERT INTO usage_monthly VALUES (?, '2026-04-01', ?), (?, '2026-05-01', ?)", [code, april, code, may])
        run(
            "CREATE TABLE invoices (customer_id VARCHAR, issued_on DATE, due_on DATE, paid_on DATE, amount DOUBLE, status VARCHAR)"
        )
        run("INSERT INTO invoices VALUES ('A00003', '2026-04-01', '2026-04-10', NULL, 300, 'VENCIDA'), "
            "('A00001', '2026-05-01', '2026-05-10', '2026-06-02', 100, 'PAGA'), "
            "('A00002', '2026-05-01', '2026-05-10', '2026-05-09', 100, 'PAGA'), "
            "('A00002', '2026-05-01', '2026-05-10', NULL, 999, 'CANCELADA')")  # fmt: skip

    def has(self, name: str) -> bool:
        """No rollups: every number is read from rows."""
        held = self.connection.execute("SELECT table_name FROM information_schema.tables").fetchall()
        return (name,) in held

    def past(self) -> list["SmallLake"]:
        """No earlier version."""
        return [self]

    def query(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> pa.Table:
        """Run a statement."""
        self.asked.append(sql)
        return self.connection.execute(sql, parameters).to_arrow_table()


def values(answer: Any, name: str, *dimensions: str) -> dict[Any, Any]:
    """A column of an answer by its dimensions (or its bucket)."""
    keys = dimensions or ("bucket",)
    return {tuple(row[k] for k in keys) if len(keys) > 1 else row[keys[0]]: row[name] for row in answer.rows}
