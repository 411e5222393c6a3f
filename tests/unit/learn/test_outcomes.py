"""What customers of a campaign did: each counted once, within its time, and only by what came after the lot."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.unit.learn.world import AS_OF, LOT, event, lake_of, two_campaigns

from b2shift.identify.api import build_customers
from b2shift.lake.api import Lake, writing
from b2shift.learn.api import campaign_result, campaign_results, effects_of, measure_campaigns, pooled_effects
from b2shift.learn.contracts import CONTROL, TREATED, Assignment, Grouping, Measure, Verdict


def _row(lake: Lake, customer: str) -> dict[str, Any]:
    rows = lake.query("SELECT * FROM campaign_outcomes WHERE customer_id = $it", {"it": customer}).to_pylist()
    assert len(rows) == 1, rows
    return dict(rows[0])


def _deal(number: int, customer: str, closed: date, value: int, **more: Any) -> dict[str, Any]:
    deal = {"opportunity_id": f"O{number}", "customer_id": customer, "product_family": "CRM", "result": "ganho"}
    days = {"created_on": closed - timedelta(days=20), "closed_on": closed}
    return deal | days | {"value": Decimal(value)} | more


def test_what_a_customer_did_is_counted_once_and_only_after_the_lot(tmp_path: Path) -> None:
    day = LOT.date()
    events = [
        event("c", "T00001", "A", "assigned"),
        event("c", "T00001", "A", "sent"),
        event("c", "T00001", "A", "open", LOT + timedelta(days=1)),
        event("c", "T00001", "A", "open", LOT + timedelta(days=2)),
        event("c", "T00001", "A", "purchase", LOT + timedelta(days=30)),
        event("c", "T00001", "A", "purchase", LOT + timedelta(days=31)),
        event("c", "T00002", "control", "assigned"),
        event("c", "T00002", "control", "purchase", LOT + timedelta(days=91)),
        event("c", "T00003", "A", "assigned"),
        event("c", "T00003", "control", "assigned"),
        event("c", "P", "A", "assigned", customer_id=None, prospect_id="P00001"),
    ]
    deals = [
        _deal(1, "T00001", day + timedelta(days=40), 500),
        _deal(2, "T00001", day + timedelta(days=90), 70),
        _deal(3, "T00001", day + timedelta(days=91), 900),
        _deal(4, "T00001", day + timedelta(days=40), 800, product_family="RH"),
        _deal(5, "T00001", day + timedelta(days=40), 800, result="perdido"),
        _deal(6, "T00001", day, 30),
        _deal(7, "T00001", day - timedelta(days=400), 800),
    ]
    revenue = [
        {"customer_id": "T00001", "month": date(2024, month, 1), "product_family": "CRM", "mrr": Decimal(mrr)}
        for month, mrr in ((8, 100), (9, 100), (12, 140))
    ] + [{"customer_id": "T00002", "month": date(2024, 8, 1), "product_family": "RH", "mrr": Decimal(60)}]
    lake = lake_of(
        tmp_path, ["T00001", "T00002", "T00003"], campaign_events=events, opportunities=deals, revenue_monthly=revenue
    )
    one, other = _row(lake, "T00001"), _row(lake, "T00002")
    assert (one["arm"], one["opened"], one["clicked"], one["bought"], one["bought_after"]) == (
        "A",
        True,
        False,
        True,
        30,
    )
    assert (one["won"], one["won_before"], one["deals_before"]) == (Decimal(570), Decimal(30), 1)
    assert (one["mrr_before"], one["mrr_change"], one["lost"]) == (Decimal(100), Decimal(40), False)
    assert (other["arm"], other["bought"], other["won"]) == ("control", False, Decimal(0))
    assert (other["mrr_change"], other["lost"]) == (Decimal(-60), True)
    assert lake.query("SELECT count(*) AS n FROM campaign_outcomes").to_pylist() == [{"n": 2}]
    (found,) = campaign_results(lake)
    assert [(arm.variant, arm.customers, arm.bought) for arm in found.arms] == [("A", 1, 1), (CONTROL, 1, 0)]
    assert (found.prospects, found.runs, found.began_on, found.effects) == (1, False, day, ())


def test_what_is_not_known_yet_or_was_never_delivered_is_not_told_as_nothing(tmp_path: Path) -> None:
    lot = datetime(2025, 2, 3, 9, tzinfo=UTC)
    events = [event("c", "T00001", "A", "assigned", lot), event("c", "T00002", "control", "assigned", lot)]
    revenue = [{"customer_id": "T00001", "month": date(2025, 1, 1), "product_family": "CRM", "mrr": Decimal(10)}]
    lake = lake_of(tmp_path, ["T00001", "T00002"], campaign_events=events, revenue_monthly=revenue)
    one = _row(lake, "T00001")
    assert (one["bought"], one["won"], one["mrr_change"], one["lost"]) == (None, None, None, None)
    assert (one["days"], one["mrr_before"]) == (56, Decimal(10))
    found = campaign_result(lake, "c")
    assert found is not None
    assert found.runs
    assert campaign_result(lake, "d") is None


def test_that_nobody_of_a_campaign_bought_is_known_where_purchases_are_told_at_all(tmp_path: Path) -> None:
    events = [
        event("c", "T00001", "A", "assigned"),
        event("c", "T00001", "A", "purchase"),
        event("d", "T00002", "A", "assigned"),
    ]
    lake = lake_of(tmp_path, ["T00001", "T00002"], campaign_events=events)
    assert (_row(lake, "T00001")["bought"], _row(lake, "T00002")["bought"]) == (True, False)
    lot = [Assignment(campaign_id="own", customer_id="T00002", arm=CONTROL, assigned_on=LOT.date())]
    assert effects_of(lake, lot) == (), "of a campaign no source speaks of nobody knows"


def test_orders_stand_for_deals_where_a_house_has_none(tmp_path: Path) -> None:
    events = [event("c", "T00001", "A", "assigned", product_family=None)]
    orders = [
        {"order_id": "1", "ordered_on": date(2024, 9, 20), "amount": Decimal(80)},
        {"order_id": "2", "ordered_on": date(2024, 9, 21), "amount": Decimal(9), "status": "CANCELADO"},
    ]
    orders = [one | {"customer_id": "T00001"} for one in orders]
    assert _row(lake_of(tmp_path, ["T00001"], campaign_events=events, orders=orders), "T00001")["won"] == Decimal(80)


def test_a_house_without_campaigns_has_none(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, ["T00001"], contract_lines=[{"customer_id": "T00001", "signed_on": date(2020, 1, 1)}])
    assert (campaign_results(lake), pooled_effects(lake), effects_of(lake, [])) == ((), (), ())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return two_campaigns(tmp_path_factory.mktemp("told"))


def test_effects_tell_arms_pairs_groups_and_all_campaigns_together(told: Lake) -> None:
    early = campaign_result(told, "early")
    assert early is not None
    found = early.effect(Measure.BOUGHT)
    assert found is not None
    assert (found.customers, found.others) == (600, 200)
    assert (found.mean, found.mean_of_others) == (pytest.approx(0.2), pytest.approx(0.1))
    assert found.difference == pytest.approx(0.1, abs=0.01)
    assert 0 < found.low < found.high < 0.2
    assert found.verdict() is Verdict.HELPED
    assert early.main == found == early.effects[0]
    pairs = {(one.arm, one.against) for one in early.effects}
    assert pairs == {(TREATED, CONTROL), ("A", CONTROL), ("B", CONTROL), ("A", "B")}
    between = early.effect(Measure.BOUGHT, "A", "B")
    assert between is not None
    assert between.verdict() is Verdict.UNCLEAR
    groups = {one.group: one for one in early.effects if one.grouping is Grouping.MARKET_SEGMENT}
    assert set(groups) == {"SAUDE", "VAREJO"}
    assert groups["SAUDE"].high - groups["SAUDE"].low > found.high - found.low
    (together,) = pooled_effects(told)
    assert (together.customers, together.others) == (1200, 400)
    assert together.difference == pytest.approx(0.1, abs=0.01)
    assert together.high - together.low < found.high - found.low


def test_a_lot_that_fell_elsewhere_is_measured_by_later_deliveries(tmp_path: Path) -> None:
    """A campaign the product sent itself: nobody's purchase is read off the campaign, deals are."""
    customers = [f"T{number:05d}" for number in range(400)]
    day = LOT.date()
    deals = [_deal(n, one, day + timedelta(days=10), 100 + n) for n, one in enumerate(customers) if n % 4 != n % 8]
    lake = lake_of(tmp_path, customers, opportunities=deals)
    lot = [
        Assignment(campaign_id="campanha-1", customer_id=one, arm=CONTROL if n % 4 == 0 else TREATED, assigned_on=day)
        for n, one in enumerate(customers)
    ]
    (found,) = [one for one in effects_of(lake, lot) if one.grouping is Grouping.EVERYONE]
    assert (found.campaign_id, found.measure, found.customers, found.others) == ("campanha-1", Measure.WON, 300, 100)
    assert found.mean == pytest.approx(sum(100 + n for n in range(400) if n % 4 and n % 4 != n % 8) / 300)
    later = [one.model_copy(update={"assigned_on": AS_OF + timedelta(days=1)}) for one in lot]
    assert effects_of(lake, later) == ()


def test_the_same_data_are_not_measured_again(told: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    home = told.store.root.parent

    def refuse(*_: object) -> Callable[[], None]:
        raise AssertionError("measured again")

    monkeypatch.setattr("b2shift.learn.effects.build.effects", refuse)
    with writing(home) as session:
        build_customers(session, AS_OF)
        measure_campaigns(session, AS_OF)
