"""What campaigns brought over what they cost: sums over independent lots, by group."""

from datetime import date
from decimal import Decimal

import pytest

from b2shift.learn.api import returns_of
from b2shift.learn.contracts import Arm, CampaignResult, Effect, Measure, ReturnGrouping


def _effect(difference: float, half: float, customers: int) -> Effect:
    bounds = {"low": difference - half, "high": difference + half}
    return Effect(
        campaign_id="c", measure=Measure.WON, arm="treated", against="control", customers=customers, others=100,
        mean=difference, mean_of_others=0.0, difference=difference, always_low=-1e9, always_high=1e9, detectable=1.0,
        variance_cut=0.0, **bounds,
    )  # fmt: skip


def _campaign(name: str, channel: str, effect: Effect | None, *, sent: int = 100, runs: bool = False) -> CampaignResult:
    done = dict.fromkeys(("opened", "clicked", "replied", "accepted", "rejected", "unsubscribed", "bought"), 0)
    arm = Arm(variant="A", customers=100, sent=sent, cost=Decimal(sent), **done)
    return CampaignResult(
        campaign_id=name, product_family="CRM", channel=channel, began_on=date(2024, 9, 2), ended_on=date(2024, 9, 2),
        runs=runs, prospects=0, arms=(arm,), effects=(effect,) if effect else (),
    )  # fmt: skip


def test_deals_less_cost_and_errors_in_squares() -> None:
    campaigns = [
        _campaign("a", "email", _effect(10.0, 3.0, 100)),
        _campaign("b", "email", _effect(4.0, 4.0, 100)),
        _campaign("c", "telefone", _effect(50.0, 5.0, 10), sent=10),
        _campaign("runs", "email", _effect(99.0, 1.0, 100), runs=True),
        _campaign("few", "email", None),
    ]
    (every,) = returns_of(campaigns, ReturnGrouping.EVERYTHING)
    assert (every.campaigns, every.customers, every.cost) == (3, 210, Decimal(210))
    assert every.won.value == pytest.approx(1000 + 400 + 500)
    half = (300**2 + 400**2 + 50**2) ** 0.5
    assert every.net.value == pytest.approx(1900 - 210)
    assert (every.net.low, every.net.high) == pytest.approx((1690 - half, 1690 + half))
    mail, phone = returns_of(campaigns, ReturnGrouping.CHANNEL)
    assert (mail.group, mail.won.value, mail.hours, mail.per_hour) == ("email", pytest.approx(1400), 0, None)
    assert phone.group == "telefone"
    assert phone.per_hour is not None
    assert phone.per_hour.value == pytest.approx(490 / phone.hours)
    assert phone.per_hour.low == pytest.approx((490 - 50) / phone.hours)


def test_without_a_campaign_that_can_be_told_there_is_no_return() -> None:
    assert returns_of([_campaign("few", "email", None)], ReturnGrouping.EVERYTHING) == ()
    assert returns_of([], ReturnGrouping.CHANNEL) == ()
