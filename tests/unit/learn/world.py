"""Small lakes with campaigns."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.unit.identify.refined import fill

from b2shift.identify.api import build_customers
from b2shift.lake.api import Lake, open_lake, writing
from b2shift.learn.api import find_persuadable, measure_campaigns

AS_OF, LOT = date(2025, 3, 31), datetime(2024, 9, 2, 9, tzinfo=UTC)
Rows = list[dict[str, Any]]


def event(campaign: str, customer: str, arm: str, kind: str, at: datetime = LOT, **more: Any) -> dict[str, Any]:
    """One event of a campaign."""
    return {
        "event_id": f"{campaign}{customer}{kind}{at:%d%H}", "at": at, "kind": kind, "campaign_id": campaign,
        "product_family": "CRM", "channel": "email", "variant": arm, "customer_id": customer,
    } | more  # fmt: skip


def lake_of(folder: Path, customers: list[str], **tables: Rows) -> Lake:
    """A version with these customers and tables, its campaigns measured."""
    registry = [{"customer_id": one, "customer_since": date(2020, 1, 1)} for one in customers]
    with writing(folder) as session:
        fill(session, customer_registry=registry, **tables)
        build_customers(session, AS_OF)
        measure_campaigns(session, AS_OF)
        find_persuadable(session, AS_OF)
        session.commit(AS_OF)
    return open_lake(folder)


def two_campaigns(folder: Path) -> Lake:
    """Two campaigns of 800 customers: of the treated 20 % buy, of the others 10 %; one segment buys twice as often."""
    customers = [f"T{number:05d}" for number in range(1600)]
    events: Rows = []
    for number, customer in enumerate(customers):
        arm = ("A", "B", "A", "control")[number % 4]
        campaign, nth = ("early", "late")[number // 800], number % 800 // 4
        at = LOT + timedelta(days=60 * (number // 800))
        events.append(event(campaign, customer, arm, "assigned", at))
        if nth % 10 < (1 if arm == "control" else 2):
            events.append(event(campaign, customer, arm, "purchase", at + timedelta(days=20)))
    lines = [
        {"customer_id": one, "market_segment": "SAUDE" if int(one[1:]) % 800 < 400 else "VAREJO", "situation": "ATIVO",
         "signed_on": date(2020, 1, 1)}
        for one in customers
    ]  # fmt: skip
    return lake_of(folder, customers, campaign_events=events, contract_lines=lines)
