"""Each measure by hand, and what must hold of any score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.differentiate.scores import measures

EVENTS = st.lists(st.tuples(st.integers(0, 1), st.floats(0.01, 0.99)), min_size=2, max_size=60)


def test_auc_counts_ties_at_half() -> None:
    assert measures.auc(np.array([0.0, 1, 1, 0]), np.array([0.1, 0.9, 0.4, 0.4])) == pytest.approx(0.875)


@pytest.mark.parametrize("target", [[0.0, 0.0], [1.0, 1.0]])
def test_auc_of_one_kind_of_outcome_is_unknown(target: list[float]) -> None:
    assert measures.auc(np.array(target), np.array([0.2, 0.3])) is None


@given(EVENTS)
def test_auc_of_the_opposite_score_is_the_complement(rows: list[tuple[int, float]]) -> None:
    target, score = np.array([float(r[0]) for r in rows]), np.array([r[1] for r in rows])
    one = measures.auc(target, score)
    if one is not None:
        assert one + (measures.auc(target, -score) or 0) == pytest.approx(1)


def test_log_loss_and_brier_by_hand() -> None:
    target, said = np.array([1.0, 0.0]), np.array([0.5, 0.25])
    assert measures.log_losses(target, said) == pytest.approx([np.log(2), -np.log(0.75)])
    assert measures.brier(target, said) == pytest.approx((0.25 + 0.0625) / 2)


def test_ece_is_the_mean_distance_of_equal_bins() -> None:
    said = np.repeat([0.1, 0.3], 50)
    target = np.r_[np.zeros(50), np.tile([1.0, 0.0], 25)]
    assert measures.ece(target, said) == pytest.approx(0.5 * 0.1 + 0.5 * 0.2)


@given(EVENTS)
def test_bins_hold_every_row_and_lie_in_order(rows: list[tuple[int, float]]) -> None:
    target, said = np.array([float(r[0]) for r in rows]), np.array([r[1] for r in rows])
    bins = measures.reliability(target, said)
    assert sum(one["customers"] for one in bins) == len(rows)
    assert [one["predicted"] for one in bins] == sorted(one["predicted"] for one in bins)


def test_the_floor_is_what_a_perfect_score_shows() -> None:
    rng = np.random.default_rng(3)
    said = rng.beta(1, 20, 5000)
    seen = [measures.ece((rng.random(5000) < said).astype(float), said) for _ in range(60)]
    assert measures.ece_floor(said, 1) == pytest.approx(np.mean(seen), rel=0.08)


def test_the_floor_shrinks_with_the_rows() -> None:
    said = np.full(400, 0.3)
    assert measures.ece_floor(said, 1) > 2 * measures.ece_floor(np.full(4000, 0.3), 1)


def test_lift_of_a_perfect_ranking_is_ten_and_without_events_unknown() -> None:
    target = np.r_[np.ones(5), np.zeros(95)]
    assert measures.lift_top_decile(target, np.arange(100)[::-1].astype(float)) == pytest.approx(10)
    assert measures.lift_top_decile(np.zeros(20), np.arange(20.0)) is None
