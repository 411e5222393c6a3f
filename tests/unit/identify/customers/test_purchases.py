"""What customers bought: signed lines and orders, each on its day."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.identify.refined import fill

from b2shift.lake.api import writing

LINES = [
    {"customer_id": "TAAAAA", "product": "ERP", "value": Decimal(100), "signed_on": date(2024, 1, 2)},
    {"customer_id": "TAAAAA", "product": "RH", "value": None, "signed_on": date(2024, 1, 3)},
    {"customer_id": "TBBBBB", "product": "ERP", "value": Decimal(7), "signed_on": None},
]


def _order(
    number: int, day: date | None, status: str | None = "FATURADO", customer: str | None = "TCCCCC"
) -> dict[str, object]:
    return {
        "order_id": f"P{number}", "customer_id": customer, "ordered_on": day, "amount": Decimal("10.50"),
        "product_family": "Bebidas", "status": status,
    }  # fmt: skip


ORDERS = [
    _order(1, date(2025, 5, 1)),
    _order(2, date(2025, 6, 1), status=None),
    _order(3, date(2025, 7, 1), status="CANCELADO"),
    _order(4, None),
    _order(5, date(2025, 8, 1), customer=None),
]


@pytest.mark.parametrize(("orders", "ordered"), [([], []), (ORDERS, [date(2025, 5, 1), date(2025, 6, 1)])])
def test_lines_with_a_day_and_orders_that_stand(
    tmp_path: Path, orders: list[dict[str, object]], ordered: list[date]
) -> None:
    with writing(tmp_path, threads=1, memory_limit_mb=256) as session:
        fill(session, contract_lines=LINES, orders=orders)
        rows = session.query("SELECT * FROM purchases ORDER BY bought_on").to_pylist()
    signed = [
        (r["customer_id"], r["bought_on"], r["amount"], r["product_family"]) for r in rows if r["origin"] == "contract"
    ]
    assert signed == [("TAAAAA", date(2024, 1, 2), Decimal(100), "ERP"), ("TAAAAA", date(2024, 1, 3), None, "RH")]
    assert [r["bought_on"] for r in rows if r["origin"] == "order"] == ordered
    assert {(r["customer_id"], r["amount"]) for r in rows if r["origin"] == "order"} <= {("TCCCCC", Decimal("10.5"))}
