"""Aims of the segments: told with how far they would vary, and told too where there was no time to measure them."""

import numpy as np

from b2shift.differentiate.segments import evaluation


def test_aims_that_were_not_measured_are_told_without_a_figure() -> None:
    told = {aim.name: aim for aim in evaluation.shapely([])}
    assert list(told) == [
        "k22_silhouette", "k22_stability", "k22_null_excess", "k40_silhouette", "k40_stability",
        "rules30_silhouette", "rules30_stability",
    ]  # fmt: skip
    assert {(aim.value, aim.met, aim.rows) for aim in told.values()} == {(None, None, 0)}
    assert told["k40_stability"].aim == 0.90


def test_the_interval_of_what_is_explained_more_is_that_of_other_customers() -> None:
    """As wide as the spread of the difference over new customers, and around it."""
    rng = np.random.default_rng(6)
    reach, middles = [], []
    for _ in range(60):
        ours, theirs = rng.integers(0, 5, 800), rng.integers(0, 3, 800)
        left = (rng.random(800) < 0.05 + 0.05 * ours).astype(float)
        low, high = evaluation._ahead(left, ours, theirs)
        assert low is not None
        assert high is not None
        reach.append((high - low) / 2)
        middles.append((high + low) / 2)
    assert 0.8 < np.mean(reach) / (1.96 * np.std(middles)) < 1.25
    assert evaluation._ahead(np.ones(20), np.zeros(20, np.intp), np.zeros(20, np.intp)) == (None, None)
