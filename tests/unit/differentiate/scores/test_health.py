"""Health by hand: straight lines, weights shared again, and points that add up."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.differentiate.api import feature_declarations
from b2shift.differentiate.scores.frame import Frame
from b2shift.differentiate.scores.health import rules
from b2shift.differentiate.scores.stored_models.health_rules import Group, Indicator, Rules, fit_health
from b2shift.differentiate.scores.stored_models.protocol import Prediction

SMALL = Rules(
    least_weight=40,
    groups=(
        Group(
            key="use",
            weight=60,
            needs="has",
            indicators=(
                Indicator(feature="a", weight=1, points=((0, 0), (10, 100))),
                Indicator(feature="b", weight=3, points=((0, 100), (1, 0))),
            ),
        ),
        Group(key="money", weight=20, indicators=(Indicator(feature="c", weight=1, points=((-1, 0), (1, 100))),)),
    ),
)


def _frame(**numbers: list[float]) -> Frame:
    size = len(next(iter(numbers.values())))
    ids = np.array([f"T{k}" for k in range(size)], dtype=object)
    return Frame(date(2025, 3, 31), ids, {k: np.array(v, dtype=np.float32) for k, v in numbers.items()}, {})


def _said(frame: Frame) -> Prediction:
    return fit_health(frame, SMALL).predict(frame)


def test_health_by_hand() -> None:
    nan = float("nan")
    frame = _frame(has=[1, 1, 0, 1], a=[5, nan, 5, 20], b=[0.5, 0.25, 0.5, 0], c=[0, nan, 1, -9])
    columns = _said(frame).columns
    assert columns["health_use"] == pytest.approx([50, 75, nan, 100], nan_ok=True)
    assert columns["health_money"] == pytest.approx([50, nan, 100, 0], nan_ok=True)
    assert columns["health"] == pytest.approx([50, 75, nan, 75], nan_ok=True)


def test_orders_tell_of_who_sends_no_usage_and_of_nobody_else() -> None:
    nan = float("nan")
    instead = Indicator(feature="d", weight=1, points=((1, 100), (3, 0)), instead=True)
    group = SMALL.groups[0].model_copy(update={"indicators": (*SMALL.groups[0].indicators, instead)})
    rules_of_both = SMALL.model_copy(update={"groups": (group, SMALL.groups[1])})
    frame = _frame(has=[1, 0, 0, 0], a=[5, 5, nan, nan], b=[0.5, 0.5, nan, nan], d=[2, 2, 1, nan], c=[0, 0, 0, 0])
    columns = fit_health(frame, rules_of_both).predict(frame).columns
    assert columns["health_use"] == pytest.approx([50, 50, 100, nan], nan_ok=True)
    assert columns["health"] == pytest.approx([50, 50, 87.5, nan], nan_ok=True)


def test_the_products_rules_are_the_documented_groups_on_known_features() -> None:
    names = {one.name: one for one in feature_declarations()}
    documented = {"use": 35, "relationship": 20, "support": 15, "financial": 15, "result": 15}
    assert {group.key: group.weight for group in rules().groups} == documented
    for group in rules().groups:
        assert group.needs is None or names[group.needs].format == "boolean"
        for one in group.indicators:
            assert names[one.feature].format in {"decimal", "percent", "integer", "days"}
            places, scores = zip(*one.points, strict=True)
            assert list(places) == sorted(places)
            assert list(scores) in (sorted(scores), sorted(scores, reverse=True))
            assert 0 <= min(scores) <= max(scores) <= 100


VALUE = st.one_of(st.floats(-5, 15), st.just(float("nan")))


@given(st.lists(st.tuples(st.integers(0, 1), VALUE, VALUE, VALUE), min_size=1, max_size=12))
def test_health_lies_between_its_groups(rows: list[tuple[float, ...]]) -> None:
    has, a, b, c = (list(map(float, column)) for column in zip(*rows, strict=True))
    told = _said(_frame(has=has, a=a, b=b, c=c))
    columns, features, parts = told.columns, told.features, told.points
    assert features == ("a", "b", "c")
    assert np.isfinite(parts).all()
    for total, *groups in zip(columns["health"], columns["health_use"], columns["health_money"], strict=True):
        known = [value for value in groups if np.isfinite(value)]
        if np.isfinite(total):
            assert min(known) - 1e-6 <= total <= max(known) + 1e-6


def test_points_are_the_weighted_distance_to_the_median() -> None:
    told = _said(_frame(has=[1, 1, 1], a=[0, 5, 10], b=[0, 0, 0], c=[0, 0, 1]))
    columns, parts = told.columns, told.points
    # The group weighs 60 of 80 and the indicator a quarter of it: 0.75 x 0.25 x 50.
    assert parts[:, 0] == pytest.approx([-9.375, 0, 9.375])
    assert parts[:, 2] == pytest.approx([0, 0, 12.5])
    assert columns["health"][2] - columns["health"][1] == pytest.approx(9.375 + 12.5)
