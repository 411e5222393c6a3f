"""Predicted against observed: by date, group and model, and the chance of a false alarm parted among them."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from b2shift.kernel.wilson import wilson
from b2shift.learn.accuracy.build import judgements
from b2shift.learn.accuracy.figures import figures
from b2shift.learn.accuracy.judgement import ALARM, shares
from b2shift.learn.contracts import FAMILIES, AccuracyGrouping, ScoreAccuracy

DAY = date(2025, 3, 31)


def _rows(score: str, predicted: float, events: int, customers: int = 200) -> list[dict[str, Any]]:
    """The first customers have the event; every other is of trade; one in ten of a group that is too small to tell."""
    return [
        {"as_of": DAY, "score": score, "model_version": "v1", "customer_id": f"T{n}", "predicted": predicted,
         "observed": int(n < events), "market_segment": "VAREJO" if n % 2 else "SAUDE",
         "revenue_band": "sem_info" if n % 10 else "ate_15m", "tenure_band": None, "life_stage": None}
        for n in range(customers)
    ]  # fmt: skip


def _of(rows: list[dict[str, Any]]) -> list[ScoreAccuracy]:
    return list(figures(pa.Table.from_pylist(rows)))


def test_a_date_is_told_of_everyone_and_of_groups_large_enough() -> None:
    found = {(one.grouping, one.group): one for one in _of(_rows("churn_90d", 0.1, 30))}
    assert set(found) == {
        (AccuracyGrouping.EVERYONE, ""), (AccuracyGrouping.MARKET_SEGMENT, "SAUDE"),
        (AccuracyGrouping.MARKET_SEGMENT, "VAREJO"), (AccuracyGrouping.REVENUE_BAND, "sem_info"),
    }  # fmt: skip
    whole = found[AccuracyGrouping.EVERYONE, ""]
    assert (whole.customers, whole.events, whole.ratio) == (200, 30, pytest.approx(1.5))
    assert (whole.observed_low, whole.observed_high) == wilson(30, 200)
    assert whole.auc == 0.5
    assert whole.brier == pytest.approx(0.15 * 0.81 + 0.85 * 0.01)
    assert whole.ece is not None
    assert whole.ece_floor is not None
    assert found[AccuracyGrouping.MARKET_SEGMENT, "SAUDE"].ece is not None


def test_families_are_told_together_too_as_they_are_one_model() -> None:
    rows = _rows("propensity_crm", 0.1, 30) + _rows("propensity_rh", 0.2, 40)
    whole = {one.score: one for one in _of(rows) if not one.grouping}
    assert set(whole) == {"propensity_crm", "propensity_rh", FAMILIES}
    assert (whole[FAMILIES].customers, whole[FAMILIES].events) == (400, 70)
    assert whole[FAMILIES].predicted == pytest.approx(0.15)


def test_what_one_customer_buys_together_counts_as_less_evidence() -> None:
    alone = judgements(_of(_rows("churn_90d", 0.1, 60, 600)))
    together = judgements(_of(_rows("propensity_crm", 0.1, 60, 600)))
    one, all_of_them = (
        alone["churn_90d", AccuracyGrouping.EVERYONE, ""],
        together[FAMILIES, AccuracyGrouping.EVERYONE, ""],
    )
    assert (one.observed, one.predicted) == (all_of_them.observed, pytest.approx(all_of_them.predicted))
    assert all_of_them.low < one.low < 1 < one.high < all_of_them.high


def test_the_chance_of_a_false_alarm_is_parted_among_all_that_is_told() -> None:
    keys = [(score, AccuracyGrouping.EVERYONE, "") for score in ("a", "b")]
    keys += [("a", AccuracyGrouping.MARKET_SEGMENT, group) for group in ("x", "y", "z")]
    parts = shares(keys)
    assert parts["a", AccuracyGrouping.EVERYONE, ""] == ALARM / 4
    assert parts["a", AccuracyGrouping.MARKET_SEGMENT, "x"] == pytest.approx(ALARM / 12)
    assert sum(parts.values()) <= ALARM
