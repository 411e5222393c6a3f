"""What became of what scores said: the labels of training, for customers of a past date."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.identify.refined import fill

from b2shift.differentiate.api import score_ledger
from b2shift.identify.api import build_customers
from b2shift.kernel.calendar import add_months
from b2shift.lake.api import Session, writing

DAY, AS_OF = date(2024, 6, 30), date(2024, 12, 31)
STAYS, LEAVES, GONE, LATE = "T00001", "T00002", "T00003", "T00004"
CUSTOMERS = (STAYS, LEAVES, GONE, LATE)
LAST_MONTH = {LEAVES: date(2024, 8, 1), GONE: date(2024, 5, 1), LATE: date(2024, 10, 1)}
"""The last month each paid: within the 90 days, before the date, after them."""


def _deal(customer: str, days: int, family: str = "CRM") -> dict[str, Any]:
    on = DAY + timedelta(days=days)
    told = {"opportunity_id": f"O{customer}{days}{family}", "customer_id": customer, "product_family": family}
    return told | {"kind": "cross_sell", "result": "ganho", "created_on": on, "closed_on": on, "value": Decimal(10)}


def _answer(customer: str, days: int, score: int) -> dict[str, Any]:
    return {"customer_id": customer, "score": score, "answered_on": DAY + timedelta(days=days)}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    months = [add_months(date(2024, 1, 1), n) for n in range(12)]
    revenue = [
        {"customer_id": one, "month": month, "product_family": "ERP", "mrr": Decimal(100)}
        for one in CUSTOMERS for month in months if month <= LAST_MONTH.get(one, AS_OF)
    ]  # fmt: skip
    sold = {"event_id": "e1", "at": datetime(2024, 7, 20, tzinfo=UTC), "kind": "purchase", "campaign_id": "c",
            "product_family": "RH", "channel": "email", "variant": "A", "customer_id": LATE}  # fmt: skip
    with writing(tmp_path) as found:
        fill(
            found,
            customer_registry=[{"customer_id": one, "customer_since": date(2020, 1, 1)} for one in CUSTOMERS],
            revenue_monthly=revenue,
            opportunities=[_deal(STAYS, 10), _deal(LEAVES, 91), _deal(LATE, 0), _deal(GONE, 5)],
            nps_answers=[_answer(STAYS, 5, 10), _answer(STAYS, 6, 0), _answer(LEAVES, 90, 6), _answer(LATE, 91, 0)],
            campaign_events=[sold],
        )
        build_customers(found, AS_OF)
        yield found


@pytest.mark.parametrize(("score", "expected"), [
    ("churn_90d", [0, 1, np.nan, 0]),
    ("nps_detractor_risk", [0, 1, np.nan, np.nan]),
    ("purchase_90d", [1, 0, np.nan, 0]),
    ("propensity_crm", [1, 0, np.nan, 0]),
    ("propensity_rh", [0, 0, np.nan, 1]),
    ("renewal_probability", [0, 0, np.nan, 0]),
])  # fmt: skip
def test_each_score_is_read_by_its_label(session: Session, score: str, expected: list[float]) -> None:
    """Who had left before does not count; the first answer does; a campaign's sale is one of its family."""
    found = score_ledger(session, AS_OF).came_true(score, DAY, CUSTOMERS, np.full(4, 30))
    np.testing.assert_array_equal(found, expected)


def test_a_renewal_counts_who_left_by_its_day(session: Session) -> None:
    """The last month paid was August: it left on its 15th, 46 days after the date."""
    ledger = score_ledger(session, AS_OF)
    told = [ledger.came_true("renewal_probability", DAY, [LEAVES], np.array([days]))[0] for days in (45, 46, 80)]
    assert told == [0, 1, 1]


def test_a_date_is_settled_once_its_days_are_over_and_revenue_tells_of_them(session: Session) -> None:
    ledger = score_ledger(session, AS_OF)
    assert ledger.until == date(2024, 11, 30)
    assert ledger.has_settled(date(2024, 9, 1))
    assert not ledger.has_settled(date(2024, 9, 2))
    assert not ledger.has_settled(date(2023, 12, 31)), "nobody knows who left before the first month of revenue"


def test_without_revenue_nothing_settles(tmp_path: Path) -> None:
    with writing(tmp_path) as found:
        fill(found)
        assert not score_ledger(found, AS_OF).has_settled(DAY)
