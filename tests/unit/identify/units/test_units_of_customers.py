"""Customers have the units their house declares; other units make them again, another name does not."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from tests.unit.identify.customers.test_golden import AS_OF, C, customers, golden

from b2shift.identify.api import build_customers, keep_units, read_units
from b2shift.lake.api import writing


def test_units_are_those_the_house_declares(tmp_path: Path) -> None:
    ledger = [
        {"customer_id": key, "month": date(2025, 3, 1), "mrr": Decimal(9), "product_family": family}
        for key, family in ((C, "CRM"), (C, "D'ÁGUA"), ("TBBBBB", "RH"))
    ]
    registry = [{"customer_id": key, "customer_since": date(2020, 1, 1)} for key in (C, "TBBBBB", "TCCCCC")]
    told = {"customer_registry": registry, "revenue_monthly": ledger}
    declared = 'units: [{key: sul, name: Sul, default: true}, {key: agua, name: Água, families: ["D\'ÁGUA"]}]'

    def units(home: Path) -> list[list[str]]:
        return [row["business_units"] for row in customers(home, **told).values()]

    keep_units(tmp_path / "a", read_units(declared, "unidades.yaml"), datetime(2026, 1, 1, tzinfo=UTC))
    assert units(tmp_path / "a") == [["agua", "sul"], ["sul"], ["sul"]]
    one = "units: [{key: casa, name: A casa, default: true}]"
    keep_units(tmp_path / "b", read_units(one, "unidades.yaml"), datetime(2026, 1, 1, tzinfo=UTC))
    assert units(tmp_path / "b") == [["casa"]] * 3


def test_other_units_make_customers_again_and_another_name_does_not(tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    two = "units: [{key: sul, name: Sul, default: true}, {key: agua, name: Água}]"
    keep_units(tmp_path, read_units(two, "unidades.yaml"), now)
    with writing(tmp_path) as session:
        golden(session, AS_OF, customer_registry=[{"customer_id": C, "customer_since": date(2020, 1, 1)}])
        session.commit(AS_OF)
    for text, key, again in ((two.replace("Água", "Mar"), "sul", False), (two.replace("sul", "norte"), "norte", True)):
        keep_units(tmp_path, read_units(text, "unidades.yaml"), now)
        with writing(tmp_path) as session:
            before = session.info("customers")
            build_customers(session, AS_OF)
            assert (session.info("customers") != before) is again
            assert session.query("SELECT business_units FROM customers").column(0).to_pylist() == [[key]]
            if again:
                session.commit(AS_OF)
