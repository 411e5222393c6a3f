"""When revenue ended, who answered, who bought: each rule on rows written by hand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.identify.refined import fill

from b2shift.differentiate.scores import outcomes
from b2shift.differentiate.scores.evidence import labelled_dates
from b2shift.lake.api import Session, writing

AS_OF, NEWEST = date(2025, 3, 31), date(2025, 3, 1)
Row = dict[str, Any]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with writing(tmp_path / "home") as opened:
        yield opened


def _paid(customer: str, *months: int, family: str = "RH") -> list[Row]:
    told: Row = {"customer_id": customer, "product_family": family, "mrr": 10}
    return [told | {"month": date(2025, month, 1)} for month in months]


def _renewal(customer: str, closed_on: date, result: str) -> Row:
    told: Row = {"opportunity_id": f"{customer}{closed_on}", "customer_id": customer, "kind": "renovacao"}
    return told | {"closed_on": closed_on, "result": result}


def test_ends_are_the_lost_renewal_of_the_last_month_or_its_middle(session: Session) -> None:
    fill(
        session,
        revenue_monthly=[
            *_paid("STAYS", 1, 2, 3),
            *_paid("LOST", 1, 2),
            *_paid("SILENT", 1),
            *_paid("LATELY", 1, 2, 3),
            *_paid("OTHER", 1, 2, 3),
            *_paid("REGAINED", 1),
        ],
        opportunities=[
            _renewal("LOST", date(2025, 2, 20), "perdido"),
            _renewal("LATELY", date(2025, 3, 9), "perdido"),
            _renewal("OTHER", date(2025, 1, 5), "perdido"),
            _renewal("REGAINED", date(2025, 1, 8), "perdido"),
            _renewal("REGAINED", date(2025, 1, 20), "ganho"),
        ],
    )
    assert outcomes.ends(session, AS_OF, NEWEST) == {
        "LOST": date(2025, 2, 20),
        "SILENT": date(2025, 1, 15),
        "LATELY": date(2025, 3, 9),
        "REGAINED": date(2025, 1, 15),
    }


def test_what_is_known_later_than_the_date_is_not_used(session: Session) -> None:
    lost = _renewal("LATELY", date(2025, 3, 20), "perdido")
    fill(session, revenue_monthly=_paid("LATELY", 1, 2, 3), opportunities=[lost])
    assert outcomes.ends(session, date(2025, 3, 10), date(2025, 2, 1)) == {}


def test_a_month_that_is_still_arriving_is_not_the_newest(session: Session) -> None:
    rows = [row for k in range(10) for row in _paid(f"T{k}", 1, 2)]
    fill(session, revenue_monthly=[*rows, *_paid("T0", 3)])
    assert outcomes.revenue_span(session, AS_OF) == (date(2025, 1, 1), date(2025, 2, 1))


def test_no_revenue_has_no_span(session: Session) -> None:
    fill(session)
    assert outcomes.revenue_span(session, AS_OF) is None


def test_the_next_answer_counts_and_the_worst_of_its_day(session: Session) -> None:
    def answer(customer: str | None, day: int, score: int | None) -> Row:
        return {"customer_id": customer, "survey": "produto", "answered_on": date(2025, 1, day), "score": score}

    fill(
        session,
        nps_answers=[
            answer("GOOD", 10, 9), answer("GOOD", 12, 0),
            answer("BAD", 10, 10), answer("BAD", 10, 6),
            answer("BEFORE", 5, 1), answer(None, 10, 1), answer("BLANK", 10, None),
        ],
    )  # fmt: skip
    assert outcomes.answers(session, date(2025, 1, 5), date(2025, 1, 31)) == {"GOOD": 0.0, "BAD": 1.0}


def test_purchases_are_won_sales_and_families_new_to_the_revenue(session: Session) -> None:
    def sale(customer: str, kind: str, result: str, day: date) -> Row:
        told: Row = {"opportunity_id": f"{customer}{kind}", "customer_id": customer, "kind": kind}
        return told | {"product_family": "CRM", "result": result, "closed_on": day}

    fill(
        session,
        revenue_monthly=[*_paid("OLD", 1, 2), *_paid("OLD", 2, family="CLOUD"), *_paid("NEW", 2)],
        opportunities=[
            sale("UP", "upsell", "ganho", date(2025, 2, 10)),
            sale("LOST", "cross_sell", "perdido", date(2025, 2, 10)),
            sale("RENEWED", "renovacao", "ganho", date(2025, 2, 10)),
            sale("LATER", "upsell", "ganho", date(2025, 5, 10)),
        ],
    )
    assert outcomes.purchases(session, date(2025, 1, 31), date(2025, 4, 30)) == {("UP", "CRM"), ("OLD", "CLOUD")}


def test_at_risk_have_revenue_and_have_not_ended() -> None:
    ids = np.array(["A", "B", "C", "D"], dtype=object)
    ended = {"B": date(2025, 1, 10), "C": date(2025, 2, 10)}
    mrr = np.array([1.0, 1.0, 1.0, np.nan])
    day = date(2025, 1, 31)
    assert outcomes.at_risk(ids, mrr, ended, day).tolist() == [True, False, True, False]
    assert outcomes.ended_between(ids, ended, day, date(2025, 4, 30)).tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2025, 3, 31), [date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31)]),
        (date(2025, 4, 30), [date(2024, 7, 31), date(2024, 10, 31), date(2025, 1, 31)]),
        (date(2025, 4, 10), [date(2024, 7, 10), date(2024, 10, 10), date(2025, 1, 10)]),
    ],
)
def test_labelled_dates_go_back_by_quarters_with_six_months_before(as_of: date, expected: list[date]) -> None:
    assert labelled_dates(as_of, (date(2023, 12, 1), as_of), 5) == expected


def test_labelled_dates_need_a_history() -> None:
    assert labelled_dates(AS_OF, None, 5) == []
    assert labelled_dates(AS_OF, (date(2024, 12, 1), NEWEST), 5) == []


def test_days_of_purchase_are_won_sales_and_new_families_but_not_the_first_one(session: Session) -> None:
    fill(
        session,
        revenue_monthly=[*_paid("A", 1, 2, 3), *_paid("A", 3, family="CRM"), *_paid("B", 2, 3)],
        opportunities=[
            {"opportunity_id": "1", "customer_id": "A", "kind": "upsell", "product_family": "RH", "result": "ganho"}
            | {"closed_on": date(2025, 2, 3)},
            {"opportunity_id": "2", "customer_id": "A", "kind": "upsell", "product_family": "RH", "result": "perdido"}
            | {"closed_on": date(2025, 2, 9)},
            {
                "opportunity_id": "3",
                "customer_id": "A",
                "kind": "cross_sell",
                "product_family": "CRM",
                "result": "ganho",
            }
            | {"closed_on": date(2025, 5, 1)},
        ],
    )
    assert outcomes.purchase_days(session, AS_OF) == {"A": [date(2025, 2, 3), date(2025, 3, 15)]}


def test_expansion_is_new_families_and_more_users_never_a_higher_price(session: Session) -> None:
    def row(customer: str, family: str, month: int, mrr: int, users: int) -> Row:
        told: Row = {"customer_id": customer, "product_family": family, "month": date(2025, month, 1)}
        return told | {"mrr": mrr, "licensed_users": users}

    fill(
        session,
        revenue_monthly=[
            row("MORE", "RH", 1, 100, 5), row("MORE", "RH", 3, 130, 6),
            row("PRICE", "RH", 1, 100, 5), row("PRICE", "RH", 3, 110, 5),
            row("FAMILY", "RH", 1, 100, 5), row("FAMILY", "RH", 3, 90, 5), row("FAMILY", "CRM", 3, 40, 2),
            row("NEW", "RH", 3, 70, 2),
        ],
    )  # fmt: skip
    assert outcomes.expansions(session, date(2025, 1, 1), date(2025, 3, 1)) == {"MORE": 30.0, "FAMILY": 40.0}


def test_what_a_campaign_sold_is_a_purchase_of_its_day(session: Session) -> None:
    def event(key: str, kind: str, customer: str | None, day: date) -> Row:
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        return {"event_id": key, "customer_id": customer, "kind": kind, "product_family": "CRM", "at": at}

    fill(
        session,
        campaign_events=[
            event("1", "purchase", "IN", date(2025, 2, 10)), event("2", "purchase", "IN", date(2025, 2, 11)),
            event("3", "click", "CLICKED", date(2025, 2, 10)), event("4", "purchase", "LATE", date(2025, 5, 1)),
            event("5", "purchase", "EARLY", date(2025, 1, 31)), event("6", "purchase", None, date(2025, 2, 10)),
        ],
    )  # fmt: skip
    assert outcomes.campaign_purchases(session, date(2025, 1, 31), date(2025, 4, 30)) == {("IN", "CRM")}
