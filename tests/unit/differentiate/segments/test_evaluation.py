"""Aims of the segments: told with how far they would vary, and told too where there was no time to measure them."""

import time

import numpy as np
import pytest

from b2shift.differentiate.segments import evaluation, exchange
from b2shift.differentiate.segments.partitions import PairwiseDistances, Partition
from b2shift.differentiate.segments.rules import Questions
from b2shift.differentiate.segments.view import build_view
from b2shift.kernel.progress import silent


def test_aims_that_were_not_measured_are_told_without_a_figure() -> None:
    told = {aim.name: aim for aim in evaluation.shape_aims([])}
    assert list(told) == [
        "k22_silhouette", "k22_stability", "k22_null_excess", "k40_silhouette", "k40_stability",
        "rules30_silhouette", "rules30_stability",
    ]  # fmt: skip
    assert {(aim.value, aim.met, aim.rows) for aim in told.values()} == {(None, None, 0)}
    assert told["k40_stability"].aim == 0.90


def test_a_slow_kind_does_not_keep_the_quick_ones_from_being_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moving rows outlasts the time here: what the rules alone reach is told."""
    rng = np.random.default_rng(2)
    kind = rng.integers(0, 30, 900)
    words = np.column_stack(
        [np.where(rng.random(900) < 0.9, kind % many, rng.integers(0, many, 900)) for many in (5, 6)]
    )
    parts = [(tuple(f"{at}{level}" for level in range(6)), np.eye(6)[words[:, at]]) for at in (0, 1)]
    monkeypatch.setattr(evaluation, "SIZES", (22,))
    for slow in ("exchange_segments", "converge_exactly", "exchange_blocks"):
        monkeypatch.setattr(exchange, slow, slowly)
    found = evaluation.search_predecessor(build_view("t", parts), refits=2, seconds=3, seed=1, progress=silent)
    assert [one.algorithm for one in found] == ["regras"]
    told = {aim.name: aim for aim in evaluation.shape_aims(found)}
    assert told["rules30_stability"].value is not None


def slowly(pairs: PairwiseDistances, asked: Questions, rules: Partition) -> Partition:
    time.sleep(3)
    pairs.check_deadline()
    return rules


def test_the_interval_of_what_is_explained_more_is_that_of_other_customers() -> None:
    """As wide as the spread of the difference over new customers, and around it."""
    rng = np.random.default_rng(6)
    reach, middles = [], []
    for _ in range(60):
        ours, theirs = rng.integers(0, 5, 800), rng.integers(0, 3, 800)
        left = (rng.random(800) < 0.05 + 0.05 * ours).astype(float)
        low, high = evaluation._lead_interval(left, ours, theirs)
        assert low is not None
        assert high is not None
        reach.append((high - low) / 2)
        middles.append((high + low) / 2)
    assert 0.8 < np.mean(reach) / (1.96 * np.std(middles)) < 1.25
    assert evaluation._lead_interval(np.ones(20), np.zeros(20, np.intp), np.zeros(20, np.intp)) == (None, None)
