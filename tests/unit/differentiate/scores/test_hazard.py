"""What happens next: survival by hand, the hazard of a known world learnt back, the value that follows."""

from datetime import date, timedelta

import numpy as np
import pytest

from b2shift.differentiate.scores.frame import Frame
from b2shift.differentiate.scores.hazard import fit_hazards, follow_up, median_days, survival
from b2shift.differentiate.scores.next_purchase import deviance
from b2shift.differentiate.scores.renewal_value import assumptions
from b2shift.differentiate.scores.stored_models.contract_models import Assumptions, lifetime_value

FORMATS = {"risk": "decimal"}
KNOWN_UNTIL = date(2025, 2, 28)
DATES = [date(2023, 11, 30), date(2024, 2, 29), date(2024, 5, 31), date(2024, 8, 31), date(2024, 11, 30)]


def _world(rows: int = 3000) -> list:
    """Customers that leave at 3 % a quarter, three times as often with the sign."""
    rng = np.random.default_rng(5)
    ids = np.array([f"T{k:05d}" for k in range(rows)], dtype=object)
    sign = (rng.random(rows) < 0.3).astype(np.float32)
    day = rng.exponential(90 / -np.log1p(-0.03 * np.where(sign > 0, 3.0, 1.0)))
    gone = [date(2023, 11, 30) + timedelta(days=int(one) + 1) if one < 3000 else None for one in day]
    events = {name: [when] for name, when in zip(ids, gone, strict=True) if when and when <= KNOWN_UNTIL}
    told = []
    for as_of in DATES:
        here = np.array([name not in events or events[name][0] > as_of for name in ids])
        told.append(follow_up(Frame(as_of, ids[here], {"risk": sign[here]}, {}), events))
    return told


def test_survival_is_the_product_of_quarters_the_last_one_in_part() -> None:
    chances = np.array([[0.1, 0.2, 0.3, 0.4]])
    days = [0.0, 90.0, 180.0, 360.0, 450.0, 135.0]
    found = [float(survival(chances, np.array([day]))[0]) for day in days]
    whole = 0.9 * 0.8 * 0.7 * 0.6
    assert found == pytest.approx([1.0, 0.9, 0.72, whole, whole * 0.6, 0.9 * 0.8**0.5])


def test_the_median_is_the_day_at_which_half_is_left() -> None:
    chances = np.array([[0.5] * 4, [0.3] * 4, [0.05] * 4])
    days = median_days(chances)
    assert survival(chances, days) == pytest.approx([0.5] * 3)
    assert days[0] == pytest.approx(90)
    assert days[2] > 360


def test_the_hazard_of_the_world_is_learnt_back() -> None:
    told = _world()
    model = fit_hazards(told, ["risk"], FORMATS, KNOWN_UNTIL, seed=1)
    assert model is not None
    now = Frame(KNOWN_UNTIL, np.array(["A", "B"], dtype=object), {"risk": np.array([0, 1], dtype=np.float32)}, {})
    assert model.hazards(now)[0] == pytest.approx(0.03, rel=0.35)
    assert model.hazards(now)[1] == pytest.approx(0.09, rel=0.35)
    assert model.contributions(now)[1, 0] > 0 > model.contributions(now)[0, 0]


def test_quarters_that_end_later_than_what_is_known_teach_nothing() -> None:
    told = _world()
    early = fit_hazards(told, ["risk"], FORMATS, date(2024, 8, 31), seed=1)
    assert early is not None
    quarters = [3, 2, 1, 0, 0]
    there = sum(int((one.days > 90 * q).sum()) for one, n in zip(told, quarters, strict=True) for q in range(n))
    assert early.rows == there


def test_too_few_events_are_not_learnt_from() -> None:
    assert fit_hazards(_world(60), ["risk"], FORMATS, KNOWN_UNTIL, seed=1) is None
    assert fit_hazards([], ["risk"], FORMATS, KNOWN_UNTIL, seed=1) is None


def test_value_is_margin_of_months_still_there_discounted() -> None:
    told = Assumptions(margin=0.5, discount_year=0.0, horizon_months=12)
    never, certain = np.zeros((1, 4)), np.full((1, 4), 0.5)
    assert lifetime_value(np.array([100.0]), never, told)[0] == pytest.approx(600.0)
    by_hand = 50 * sum(0.5 ** (month * 30.4375 / 90) for month in range(1, 13))
    assert lifetime_value(np.array([100.0]), certain, told)[0] == pytest.approx(by_hand)
    later = Assumptions(margin=0.5, discount_year=0.12, horizon_months=12)
    assert lifetime_value(np.array([100.0]), never, later)[0] < 600
    assert 0 < assumptions().margin <= 1


def test_the_deviance_is_zero_where_said_is_what_came_and_smallest_at_the_mean() -> None:
    target = np.array([0.0, 0.0, 0.0, 40.0])
    assert deviance(np.array([7.0]), np.array([7.0])) == pytest.approx([0.0])
    around = [deviance(target, np.full(4, said)).mean() for said in (8.0, 10.0, 12.0)]
    assert around[1] < around[0]
    assert around[1] < around[2]
