"""Purchases to learn from: those by campaign weigh more, and no family weighs more for having had the campaigns."""

from datetime import date

import numpy as np
import pytest

from b2shift.differentiate.scores.frame import Frame
from b2shift.differentiate.scores.propensity import LabelledDate
from b2shift.differentiate.scores.training import Period, best_of

FRAME = Frame(date(2025, 1, 31), np.array(["A", "B", "C", "D"], dtype=object), {}, {})


def _labels(bought: list[list[float]], by_campaign: list[list[float]]) -> LabelledDate:
    return LabelledDate(FRAME, np.array(bought), np.array(by_campaign), {})


def test_a_family_weighs_what_sellers_sold_of_it() -> None:
    one = _labels([[1, 1], [1, 1], [1, 0], [0, 0]], [[0, 0], [0, 0], [1, 0], [0, 0]])
    assert one.by_sellers.tolist() == [[1, 1], [1, 1], [0, 0], [0, 0]]
    assert (one.event_weight * one.bought).sum(axis=0) == pytest.approx([2, 2])
    assert one.event_weight[2, 0] == pytest.approx(3 * one.event_weight[0, 0])
    assert one.event_weight[:, 1].tolist() == [1, 1, 1, 1]


def test_a_family_that_only_campaigns_sold_weighs_one_purchase() -> None:
    one = _labels([[1, 0], [1, 0], [0, 0], [0, 0]], [[1, 0], [1, 0], [0, 0], [0, 0]])
    assert (one.event_weight * one.bought).sum(axis=0) == pytest.approx([1, 0])


@pytest.mark.parametrize("quiet_per_event", [1.0, 100.0], ids=["drawn", "all kept"])
def test_thinned_rows_keep_the_worth_of_events_and_stand_for_the_others(quiet_per_event: float) -> None:
    target = np.r_[np.ones(4), np.zeros(36)]
    worth = np.r_[3.0, 1.0, 1.0, 0.5, np.full(36, 9.0)]
    period = Period.sampled(FRAME.as_of, np.zeros((40, 1), dtype=np.float32), target, quiet_per_event, 7, worth)
    _, events, weight = period.training_data()
    assert weight[events > 0].tolist() == [3.0, 1.0, 1.0, 0.5]
    assert weight[events == 0].sum() == pytest.approx(36)


def test_the_blend_wins_unless_another_is_better_by_a_standard_error() -> None:
    rng = np.random.default_rng(5)
    losses = {"blend": rng.random(4000), "boosting": rng.random(4000) + 0.5}
    near = losses | {"logistic": losses["blend"] + rng.normal(-0.002, 1, 4000)}
    far = losses | {"logistic": losses["blend"] + rng.normal(-0.2, 1, 4000)}
    assert best_of(near) == "blend"
    assert best_of(far) == "logistic"
