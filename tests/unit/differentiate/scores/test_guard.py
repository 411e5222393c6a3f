"""Declared leaks name real features; measured ones are found, and honest features are kept."""

from datetime import date

import numpy as np
import pytest

from b2shift.differentiate.api import feature_declarations
from b2shift.differentiate.scores.frame import Floats, Frame
from b2shift.differentiate.scores.guard import allowed, declared_leaks, measured_leaks

SCORES = ("churn_90d", "nps_detractor_risk", "propensity")


def test_every_declared_leak_names_known_features_and_says_why() -> None:
    names = {one.name for one in feature_declarations()}
    families = {one.family for one in feature_declarations()}
    assert set(declared_leaks()) == set(SCORES)
    for entries in declared_leaks().values():
        for entry in entries:
            assert entry["reason"]
            assert set(entry.get("features", ())) <= names
            assert set(entry.get("families", ())) <= families


@pytest.mark.parametrize("score", SCORES)
def test_no_score_learns_from_features_that_only_today_knows(score: str) -> None:
    today = {one.name for one in feature_declarations() if one.snapshot}
    assert today
    assert not today & set(allowed(score, feature_declarations()))


def test_the_ledger_of_the_label_is_not_a_feature_of_churn() -> None:
    kept = set(allowed("churn_90d", feature_declarations()))
    assert not kept & {one.name for one in feature_declarations() if one.family == "comercial"}
    assert {"usage_trend_3m", "late_share_6m", "mrr_trend_3m"} <= kept


def _frame(day: int, values: Floats) -> Frame:
    ids = np.array([f"T{k:05d}" for k in range(len(values))], dtype=object)
    return Frame(date(2024, 1, day), ids, {"x": np.asarray(values, dtype=np.float32)}, {})


def _reason(past: Floats, target: Floats, now: Floats) -> str | None:
    frames = [_frame(1, past), _frame(2, past)]
    return measured_leaks(frames, [target, target], _frame(3, now), ["x"]).get("x")


RNG = np.random.default_rng(6)
NOISE, OTHER = RNG.normal(size=2000), RNG.normal(size=2000)
RARE = (RNG.random(2000) < 0.05).astype(float)


def test_an_honest_feature_is_kept() -> None:
    assert _reason(NOISE, RARE, OTHER) is None


def test_a_feature_known_for_another_share_of_customers_is_left_out() -> None:
    half = np.where(RNG.random(2000) < 0.5, np.nan, NOISE)
    assert _reason(half, RARE, NOISE) == "uneven coverage"
    assert _reason(NOISE, RARE, half) == "uneven coverage"


def test_a_feature_that_tells_the_dates_apart_is_left_out() -> None:
    assert _reason(NOISE, RARE, NOISE + 1.5) == "drift"


def test_a_file_that_keeps_only_survivors_is_left_out() -> None:
    listed = np.where(RARE > 0, 0.0, (RNG.random(2000) < 0.4).astype(float))
    assert _reason(listed, RARE, listed) == "survivors"


def test_a_feature_that_knows_the_outcome_is_left_out() -> None:
    knowing = RARE * 4 + NOISE
    assert _reason(knowing, RARE, knowing) == "knows the outcome"
    assert _reason(-knowing, RARE, -knowing) == "knows the outcome"


def test_a_feature_that_was_never_known_is_left_out() -> None:
    nothing = np.full(2000, np.nan)
    assert _reason(nothing, RARE, nothing) == "never known"


def test_coverage_is_that_of_everyone_when_only_some_have_an_outcome() -> None:
    everyone = _frame(1, np.r_[NOISE, np.full(2000, np.nan)])
    now = _frame(3, np.r_[NOISE, np.full(2000, np.nan)])
    assert measured_leaks([_frame(1, NOISE)], [RARE], now, ["x"], [everyone]) == {}
    assert measured_leaks([_frame(1, NOISE)], [RARE], now, ["x"]) == {"x": "uneven coverage"}
