"""Who is persuaded and whom contacts drive away: found where it is so, told by group, and nobody where it is not."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.identify.refined import fill
from tests.unit.learn.world import AS_OF, LOT, Rows, event, lake_of

from b2shift.identify.api import build_customers
from b2shift.lake.api import Lake, open_lake, writing
from b2shift.learn.api import find_persuadable, measure_campaigns, persuasions
from b2shift.learn.contracts import Measure

SEGMENTS = ("SAUDE", "VAREJO", "AGRO", "JURIDICO", "EDUCACAO")


def _world(folder: Path, *, apart: bool, customers: int = 4_000) -> Lake:
    """One campaign, half left out. Apart: messages make half of VAREJO leave and a third of SAUDE buy."""
    rng = np.random.default_rng(11)
    events, revenue, lines, registry = [], [], [], []  # type: Rows, Rows, Rows, Rows
    for number in range(customers):
        key, segment = f"T{number:05d}", SEGMENTS[number % 5]
        treated = rng.random() < 0.5
        lot = LOT + timedelta(hours=number % 8)
        registry.append({"customer_id": key, "customer_since": date(2019, 1 + number % 12, 1)})
        lines.append(
            {"customer_id": key, "market_segment": segment, "situation": "ATIVO", "signed_on": date(2020, 1, 1)}
        )
        leaves = rng.random() < (0.5 if apart and treated and segment == "VAREJO" else 0.1)
        buys = rng.random() < (0.35 if apart and treated and segment == "SAUDE" else 0.08)
        events.append(event("c", key, "A" if treated else "control", "assigned", lot))
        if treated:
            events.append(event("c", key, "A", "sent", lot + timedelta(hours=1)))
        if buys:
            events.append(event("c", key, "A" if treated else "control", "purchase", lot + timedelta(days=20)))
        revenue += _revenue(key, lot, leaves)
    with writing(folder) as session:
        fill(session, customer_registry=registry, campaign_events=events, contract_lines=lines,
             revenue_monthly=revenue)  # fmt: skip
        build_customers(session, AS_OF)
        measure_campaigns(session, AS_OF)
        find_persuadable(session, AS_OF)
        session.commit(AS_OF)
    return open_lake(folder)


def _revenue(customer: str, lot: datetime, leaves: bool) -> Rows:
    before, later = date(lot.year, lot.month - 1, 1), date(lot.year, lot.month + 3, 1)
    months: list[tuple[date, int]] = [(before, 100), (later, 0 if leaves else 100)]
    return [_month(customer, month, mrr) for month, mrr in months]


def _month(customer: str, month: date, mrr: int) -> dict[str, Any]:
    return {"customer_id": customer, "month": month, "product_family": "CRM", "mrr": Decimal(mrr)}


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return _world(tmp_path_factory.mktemp("apart"), apart=True)


def test_groups_tell_what_contacts_brought_and_whom_they_drove_away(apart: Lake) -> None:
    bought, lost = persuasions(apart)
    assert (bought.measure, lost.measure) == (Measure.BOUGHT, Measure.LOST)
    assert bought.tells_apart
    assert lost.tells_apart
    assert bought.groups[0].effect.low > 0.1
    assert lost.groups[-1].harmed
    assert lost.groups[-1].effect.low > 0.2
    assert not any(one.harmed for one in lost.groups[:3])
    for one in (bought, lost):
        assert sum(group.assignments for group in one.groups) == one.assignments
        assert one.gain.low > 0


def test_customers_of_today_stand_in_the_groups_and_the_harmed_are_named(apart: Lake) -> None:
    rows = apart.query(
        "SELECT measure, market_segment, place, harmed, count(*) AS n FROM customer_persuasion JOIN customers "
        "USING (customer_id) GROUP BY ALL"
    ).to_pylist()
    harmed = {row["market_segment"]: row["n"] for row in rows if row["measure"] == "lost" and row["harmed"]}
    assert max(harmed, key=lambda one: harmed[one]) == "VAREJO"
    assert harmed["VAREJO"] / sum(harmed.values()) > 0.95
    first = {row["market_segment"]: row["n"] for row in rows if row["measure"] == "bought" and row["place"] == 1}
    assert first["SAUDE"] / sum(first.values()) > 0.95
    for one in persuasions(apart):
        assert sum(group.customers for group in one.groups) == 4_000


def test_where_contacts_do_the_same_to_all_nobody_is_named(tmp_path: Path) -> None:
    lake = _world(tmp_path, apart=False)
    told = persuasions(lake)
    assert [one.measure for one in told] == [Measure.BOUGHT, Measure.LOST]
    assert not any(one.tells_apart for one in told)
    assert lake.query("SELECT count(*) AS n FROM customer_persuasion").to_pylist() == [{"n": 0}]


def test_without_a_control_or_with_few_cases_nothing_is_told(tmp_path: Path) -> None:
    without = lake_of(tmp_path / "without", ["T00001"], campaign_events=[event("c", "T00001", "A", "assigned")])
    assert persuasions(without) == ()
    assert persuasions(_world(tmp_path / "few", apart=True, customers=120)) == ()
