"""The interval that holds at every look: it seldom errs on healthy scores, and finds those that are not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from b2shift.kernel.wilson import wilson
from b2shift.learn.accuracy.evidence import interval, is_fewer, is_more

ALPHA = 0.1
BATCHES = some.lists(
    some.tuples(some.integers(0, 300).map(float), some.floats(0.5, 300)), min_size=1, max_size=12
)  # fmt: skip


def _ever_wrong(rng: np.random.Generator, true: float, ratio: float) -> bool:
    """Whether a score of 12 dates is refused at any of them, its outcomes `true` times as often as it says."""
    batches = []
    for _ in range(12):
        said = rng.beta(0.6, 12, 400)
        batches.append((float((rng.random(400) < np.minimum(true * said, 1)).sum()), float(said.sum())))
        if is_more(batches, ratio, ALPHA) or is_fewer(batches, 1 / ratio, ALPHA):
            return True
    return False


def test_looking_at_every_date_it_errs_no_more_than_it_may() -> None:
    rng = np.random.default_rng(3)
    wrong = sum(_ever_wrong(rng, 1.0, 1.0) for _ in range(400))
    assert wilson(wrong, 400)[0] <= ALPHA


@pytest.mark.parametrize("true", [1.25, 0.8])
def test_at_the_edge_of_the_tolerance_it_errs_no_more_than_it_may(true: float) -> None:
    rng = np.random.default_rng(4)
    wrong = sum(_ever_wrong(rng, true, 1.25) for _ in range(400))
    assert wilson(wrong, 400)[0] <= ALPHA / 2


@pytest.mark.parametrize("true", [2.5, 0.4])
def test_what_is_far_beyond_the_tolerance_is_found(true: float) -> None:
    rng = np.random.default_rng(5)
    assert sum(_ever_wrong(rng, true, 1.25) for _ in range(100)) >= 95


def test_probabilities_that_move_together_within_the_tolerance_raise_nothing() -> None:
    rng, wrong = np.random.default_rng(6), 0
    for _ in range(300):
        batches = []
        for _ in range(12):
            said = rng.beta(0.6, 12, 2000)
            season = rng.uniform(0.8, 1.25)
            batches.append((float((rng.random(2000) < np.minimum(season * said, 1)).sum()), float(said.sum())))
        wrong += is_more(batches, 1.25, ALPHA) or is_fewer(batches, 0.8, ALPHA)
    assert wrong <= 300 * ALPHA


def test_a_score_that_drifts_after_years_of_health_is_found_by_the_dates_since() -> None:
    healthy, drifted = [(100.0, 100.0)] * 30, [(200.0, 100.0)] * 3
    assert not is_more(healthy, 1.25, 0.001)
    assert sum(o for o, _ in healthy + drifted) / sum(e for _, e in healthy + drifted) < 1.25
    assert is_more(healthy + drifted, 1.25, 0.001)


@given(BATCHES)
def test_the_interval_is_what_neither_side_refuses(batches: list[tuple[float, float]]) -> None:
    low, high = interval(batches, ALPHA)
    assert low >= 0
    if low > 0:
        assert is_more(batches, low * 0.99, ALPHA)
        assert not is_more(batches, low * 1.01, ALPHA)
    if high < np.inf:
        assert is_fewer(batches, high * 1.01, ALPHA)
        assert not is_fewer(batches, high * 0.99, ALPHA)


@given(BATCHES, some.floats(0.001, 0.2))
def test_more_certainty_asks_for_a_wider_interval(batches: list[tuple[float, float]], alpha: float) -> None:
    low, high = interval(batches, alpha)
    wider_low, wider_high = interval(batches, alpha / 2)
    assert wider_low <= low * 1.0001
    assert wider_high >= high * 0.9999


def test_of_nothing_nothing_is_said() -> None:
    assert interval([], ALPHA) == (0.0, float("inf"))
    assert interval([(0.0, 0.0)], ALPHA) == (0.0, float("inf"))
