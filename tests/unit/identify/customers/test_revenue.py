"""Recurring revenue as it is counted: what stands in for rows that were lost, and what does not."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.unit.identify.refined import SPECS, Rows, arrow, fill

from b2shift.identify.customers.revenue import build_revenue
from b2shift.lake.api import writing

AS_OF = date(2025, 3, 31)
MONTHS = [date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]
ORPHAN = {"source": "receita_mensal", "file": "receita_mensal.csv", "row": 1, "kind": "orphan_key"}
_BASE = [f"TB{n:04d}" for n in range(20)]


def paid(who: str, *amounts: float | None, family: str = "ERP", last: int = 3) -> list[dict[str, Any]]:
    """Rows of the months that end with the `last`; None: no row."""
    first = last + 1 - len(amounts)
    return [
        {"customer_id": who, "month": MONTHS[first + n], "product_family": family, "mrr": Decimal(str(amount)),
         "licensed_users": 5}
        for n, amount in enumerate(amounts) if amount is not None
    ]  # fmt: skip


def undated(who: str, amount: float, family: str = "ERP") -> dict[str, Any]:
    return {"customer_id": who, "month": None, "product_family": family, "mrr": Decimal(str(amount)),
            "licensed_users": 5}  # fmt: skip


def unread(who: str, month: date, family: str = "ERP") -> dict[str, Any]:
    return {"customer_id": who, "month": month, "product_family": family, "mrr": None, "licensed_users": 7}


def invoice(who: str, month: date, amount: float | None, status: str = "PAGA") -> dict[str, Any]:
    told = None if amount is None else Decimal(str(amount))
    return {"invoice_id": f"F{who}{month}", "customer_id": who, "issued_on": month.replace(day=5), "amount": told,
            "status": status}  # fmt: skip


def settled(
    tmp_path: Path, revenue: Rows, invoices: Rows = (), rejects: Sequence[dict[str, Any]] = (ORPHAN,), **more: Rows
) -> list[tuple[Any, ...]]:
    """Customer, family, month, amount and origin of what is not as delivered, beside twenty customers who pay."""
    base = [row for who in _BASE for row in paid(who, 50, 50, 50, 50)]
    bills = [invoice(who, month, 50) for who in _BASE for month in MONTHS]
    with writing(tmp_path / "home") as session:
        fill(session, revenue_monthly=[*base, *revenue], invoices=[*(bills if invoices else []), *invoices], **more)
        session.write(SPECS["rejects"], arrow(SPECS["rejects"], rejects) if rejects else _nothing())
        build_revenue(session, AS_OF)
        rows = session.query(
            "SELECT customer_id, product_family, month, mrr, origin, reason FROM recurring_revenue "
            "WHERE origin <> 'delivered' ORDER BY ALL"
        ).to_pylist()
        twice = session.query(
            "SELECT 1 FROM recurring_revenue GROUP BY customer_id, product_family, month HAVING count(*) > 1"
        )
        assert not twice.num_rows
        session.commit(AS_OF)
    assert all(row["reason"] for row in rows)
    return [tuple(row.values())[:5] for row in rows]


def _nothing() -> pa.Table:
    return arrow(SPECS["rejects"], [ORPHAN]).slice(0, 0)


def test_a_clean_ledger_is_as_delivered(tmp_path: Path) -> None:
    """Who left and was invoiced all the same is gone: no row of the file was lost."""
    gone = paid("TA0001", 10, 10, last=2)
    bills = [invoice("TA0001", month, 10) for month in MONTHS[1:]]
    assert settled(tmp_path, gone, bills, rejects=()) == []


def test_the_newest_month_lost_is_what_the_invoice_says(tmp_path: Path) -> None:
    told = [*paid("TA0001", 10, 10, last=2), *paid("TA0001", 30, 30, 31, family="CRM")]
    bills = [invoice("TA0001", MONTHS[2], 40), invoice("TA0001", MONTHS[3], 42)]
    assert settled(tmp_path, told, bills) == [("TA0001", "ERP", MONTHS[3], Decimal(11), "carried")]


def test_who_is_not_invoiced_any_more_is_gone(tmp_path: Path) -> None:
    """Cancelled, none, of the other family alone, or of a thing quite unlike."""
    told = [*paid("TA0001", 10, 10, last=2), *paid("TA0002", 10, 10, last=2), *paid("TA0003", 10, 10, last=2)]
    told += [*paid("TA0004", 10, 10, last=2), *paid("TA0004", 30, 30, 30, family="CRM")]
    bills = [invoice("TA0001", MONTHS[3], 10, "CANCELADA"), invoice("TA0003", MONTHS[3], 1)]
    bills += [invoice("TA0004", MONTHS[3], 30)]
    assert settled(tmp_path, told, bills) == []


def test_one_family_lost_and_one_ended_in_one_month(tmp_path: Path) -> None:
    told = [*paid("TA0001", 10, 10, last=2), *paid("TA0001", 80, 80, last=2, family="CRM")]
    bills = [invoice("TA0001", MONTHS[3], 10.5)]
    assert settled(tmp_path, told, bills) == [("TA0001", "ERP", MONTHS[3], Decimal("10.5"), "carried")]


def test_a_row_without_its_amount_is_there(tmp_path: Path) -> None:
    """The invoice tells the amount; without one to compare it is that of the month before."""
    told = [*paid("TA0001", 10, last=2), unread("TA0001", MONTHS[3]), *paid("TA0002", 20, last=2)]
    told += [unread("TA0002", MONTHS[3])]
    assert settled(tmp_path, told, [invoice("TA0001", MONTHS[3], 12)], rejects=()) == [
        ("TA0001", "ERP", MONTHS[3], Decimal(12), "carried"), ("TA0002", "ERP", MONTHS[3], Decimal(20), "carried"),
    ]  # fmt: skip


def test_a_row_without_its_month_goes_where_its_amount_is_invoiced(tmp_path: Path) -> None:
    told = [*paid("TA0001", 10, 10, last=2), undated("TA0001", 13)]
    bills = [invoice("TA0001", MONTHS[1], 10), invoice("TA0001", MONTHS[2], 10), invoice("TA0001", MONTHS[3], 13)]
    assert settled(tmp_path, told, bills, rejects=()) == [("TA0001", "ERP", MONTHS[3], Decimal(13), "dated")]


def test_without_invoices_a_row_without_its_month_fills_the_only_hole(tmp_path: Path) -> None:
    told = [*paid("TA0001", 10, None, 10, 10), undated("TA0001", 12), *paid("TA0002", 10, 10, last=2)]
    told += [undated("TA0002", 10), *paid("TA0003", 10, 10, 10, 10), undated("TA0003", 10)]
    assert settled(tmp_path, told) == [
        ("TA0001", "ERP", MONTHS[1], Decimal(12), "dated"), ("TA0002", "ERP", MONTHS[3], Decimal(10), "dated"),
    ]  # fmt: skip


def test_without_invoices_use_and_an_active_contract_keep_a_customer(tmp_path: Path) -> None:
    told = [row for who in ("TA0001", "TA0002", "TA0003") for row in paid(who, 10, 10, last=2)]
    used = [{"customer_id": who, "month": MONTHS[3], "hours": 3.0} for who in ("TA0001", "TA0002")]
    lines = [{"customer_id": who, "situation": word} for who, word in (("TA0001", "ATIVO"), ("TA0002", "CANCELADO"))]
    lines.append({"customer_id": "TA0003", "situation": "ATIVO"})
    kept = settled(tmp_path, told, usage_monthly=used, contract_lines=lines)
    assert kept == [("TA0001", "ERP", MONTHS[3], Decimal(10), "carried")]


def test_invoices_that_hold_more_than_revenue_show_who_is_there_only(tmp_path: Path) -> None:
    """They do not say what of a month lacks: who has another row there is not completed."""
    told = [*paid("TA0001", 10, 10, last=2), *paid("TA0002", 10, 10, last=2), *paid("TA0002", 30, 30, family="CRM")]
    bills = [invoice(who, month, 70) for who in (*_BASE, "TA0001", "TA0002") for month in MONTHS]
    kept = [row for row in bills if row["customer_id"] not in _BASE]
    with_tax = [{**row, "invoice_id": row["invoice_id"] + "B"} for row in bills if row["customer_id"] in _BASE]
    assert settled(tmp_path, told, [*kept, *with_tax]) == [("TA0001", "ERP", MONTHS[3], Decimal(10), "carried")]


def test_a_month_that_is_still_arriving_is_not_filled(tmp_path: Path) -> None:
    late = paid("TA0001", 10, 10, 10, 10)
    bills = [invoice(who, MONTHS[3], 50) for who in _BASE]
    with writing(tmp_path / "home") as session:
        ledger = [row for who in _BASE for row in paid(who, 50, 50, 50, last=2)]
        fill(session, revenue_monthly=[*ledger, *late], invoices=bills)
        session.write(SPECS["rejects"], arrow(SPECS["rejects"], [ORPHAN]))
        build_revenue(session, AS_OF)
        assert session.query("SELECT 1 FROM recurring_revenue WHERE origin <> 'delivered'").num_rows == 0
        session.commit(AS_OF)


def test_holes_between_months_are_bridged(tmp_path: Path) -> None:
    told = [
        *paid("TA0001", 10, None, 12, 12),
        *paid("TA0002", 10, None, None, 10.5),
        *paid("TA0003", 10, None, None, 15),
    ]
    assert settled(tmp_path, told, rejects=()) == [
        ("TA0001", "ERP", MONTHS[1], Decimal(10), "bridged"), ("TA0002", "ERP", MONTHS[1], Decimal(10), "bridged"),
        ("TA0002", "ERP", MONTHS[2], Decimal(10), "bridged"),
    ]  # fmt: skip
