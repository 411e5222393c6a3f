"""The weighted algorithms on distinct rows say what scikit-learn says on all rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from b2shift.differentiate.segments import density, measures, minimum_size, mixture
from b2shift.differentiate.segments import distinct as distinct_module
from b2shift.differentiate.segments.distinct import Distinct, distinct
from b2shift.differentiate.segments.kmeans import inertia, k_means, kmeans_path, lloyd
from b2shift.differentiate.segments.mixture import expectation_maximisation, gaussian_mixture
from b2shift.differentiate.segments.space import reference_space


def repeated(seed: int = 0, rows: int = 400, columns: int = 8) -> np.ndarray:
    """Rows of zeros and ones, many of them equal."""
    return (np.random.default_rng(seed).random((rows, columns)) < 0.3).astype(float)


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_distinct_rows_give_the_table_back_whatever_its_order(seed: int) -> None:
    matrix = repeated(seed, rows=60, columns=4)
    order = np.random.default_rng(seed).permutation(len(matrix))
    one, other = distinct(matrix), distinct(matrix[order])
    assert np.array_equal(one.rows[one.inverse], matrix)
    assert np.array_equal(one.rows, other.rows)
    assert np.array_equal(one.weights, other.weights)
    assert np.array_equal(one.inverse[order], other.inverse)
    assert one.total == 60


def test_minus_zero_is_zero() -> None:
    assert len(distinct(np.array([[0.0], [-0.0]])).rows) == 1


def test_rows_with_one_hash_are_still_distinguished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distinct_module, "row_hashes", lambda matrix: np.zeros(len(matrix), np.uint64))
    found = distinct(np.array([[1.0], [2.0], [1.0]]))
    assert found.rows.tolist() == [[1.0], [2.0]]
    assert found.weights.tolist() == [2.0, 1.0]


def test_the_space_is_standard_scaler_and_pca() -> None:
    matrix = repeated(3)
    points = distinct(matrix)
    ours = reference_space(points).project(points.rows)[points.inverse]
    theirs = PCA(0.80, svd_solver="full").fit_transform(StandardScaler().fit_transform(matrix))
    assert ours.shape == theirs.shape
    assert np.allclose(np.abs(ours), np.abs(theirs), atol=1e-9)


def test_constant_columns_carry_nothing() -> None:
    matrix = np.column_stack([repeated(1), np.full(400, 7.0)])
    points = distinct(matrix)
    space = reference_space(points)
    assert np.isfinite(space.project(points.rows)).all()
    assert np.allclose(space.axes[-1], 0)


@pytest.mark.parametrize("k", [2, 5, 9])
def test_measures_are_those_of_all_rows(k: int) -> None:
    matrix = repeated(k) + 0.5
    points = distinct(matrix)
    labels, _ = k_means(points, k, seed=1)
    everyone = labels[points.inverse]
    assert measures.silhouette(points, labels) == pytest.approx(silhouette_score(matrix, everyone), abs=1e-6)
    assert measures.davies_bouldin(points, labels) == pytest.approx(davies_bouldin_score(matrix, everyone), rel=1e-9)
    assert measures.calinski_harabasz(points, labels) == pytest.approx(
        calinski_harabasz_score(matrix, everyone), rel=1e-9
    )


def test_silhouettes_in_blocks_and_for_many_labelings(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.random.default_rng(0).normal(size=(300, 3))
    points = distinct(matrix)
    labelings = [k_means(points, k, seed=0)[0] for k in (2, 3, 7)]
    monkeypatch.setattr(measures, "_BLOCK_ROWS", 17)
    monkeypatch.setattr(measures, "_BLOCK_COLUMNS", 31)
    found = measures.silhouettes(points, [*labelings, np.zeros(300, np.intp)])
    expected = [silhouette_score(points.rows, labels) for labels in labelings]
    assert found[:3] == pytest.approx(expected, abs=1e-6)
    assert found[3] == 0.0


def test_a_silhouette_against_drawn_rows_is_near_the_one_against_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    points = distinct(np.vstack([rng.normal(size=(4_000, 2)), np.repeat(rng.normal(size=(50, 2)), 20, axis=0)]))
    labels, _ = k_means(points, 4, seed=0)
    exact = measures.silhouette(points, labels)
    monkeypatch.setattr(measures, "EXACT_UP_TO", 1_000)
    monkeypatch.setattr(measures, "MAX_REFERENCE", 2_000)
    assert measures.silhouette(points, labels) == pytest.approx(exact, abs=2 * measures.half_width(points))


@pytest.mark.parametrize("apart", [0.0, 2.0, 9.0])
def test_rows_go_to_the_segment_nearest_on_average_as_all_distances_say(
    monkeypatch: pytest.MonkeyPatch, apart: float
) -> None:
    rng = np.random.default_rng(3)
    rows = apart * rng.normal(size=(5, 3))[rng.integers(0, 5, 900)] + rng.normal(size=(900, 3))
    points = distinct(np.repeat(rows[:300], rng.integers(1, 4, 300), axis=0))
    labels, _ = k_means(points, 5, seed=0)
    members = measures.one_hot(labels, 5) * points.weights[:, None]
    expected = (cdist(rows, points.rows) @ members / members.sum(0)).argmin(axis=1)
    monkeypatch.setattr(minimum_size, "_BLOCK_ROWS", 250)
    assert np.array_equal(minimum_size.nearest_by_mean_distance(rows, points, labels), expected)


def test_a_sampled_silhouette_keeps_to_its_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    points = distinct(np.random.default_rng(0).normal(size=(1_500, 2)))
    labels, _ = k_means(points, 4, seed=0)
    exact = measures.silhouette(points, labels)
    assert measures.half_width(points) == 0
    monkeypatch.setattr(measures, "EXACT_UP_TO", 1_000)
    assert measures.half_width(points) == pytest.approx(1.96 * 0.2 / 4_000**0.5)
    assert abs(measures.silhouette(points, labels) - exact) < 2 * measures.half_width(points)


def test_a_customer_alone_has_silhouette_zero() -> None:
    matrix = np.array([[0.0], [0.1], [5.0]])
    points = distinct(matrix)
    labels = (points.rows[:, 0] > 1).astype(np.intp)
    assert measures.silhouette(points, labels) == pytest.approx(silhouette_score(points.rows, labels), abs=1e-9)


@pytest.mark.parametrize("k", [1, 4, 60])
def test_the_agreement_is_scikit_learns_adjusted_rand_index(k: int) -> None:
    rng = np.random.default_rng(k)
    one = rng.integers(0, k, 500)
    other = np.where(rng.random(500) < 0.7, one, rng.integers(0, 5, 500))
    assert measures.adjusted_rand_index(one.astype(np.int8), other) == pytest.approx(
        adjusted_rand_score(one, other), abs=1e-12
    )
    assert measures.adjusted_rand_index(one, one) == 1.0


def test_explained_variance_by_hand() -> None:
    values, labels = np.array([1.0, 1.0, 3.0, 3.0, np.nan]), np.array([0, 0, 1, 1, 1])
    assert measures.variance_explained(values, labels) == 1.0
    assert measures.variance_explained(values, np.array([0, 1, 0, 1, 0])) == 0.0
    assert measures.variance_explained(np.full(5, 2.0), labels) is None


def test_weighted_k_means_is_k_means_of_all_rows() -> None:
    rng = np.random.default_rng(5)  # no ties: rows as far from two centres may go to either
    matrix = rng.normal(size=(60, 3))[rng.integers(0, 60, 400)]
    points = distinct(matrix)
    start = points.rows[[0, 5, 9]]
    labels, centres = lloyd(points, start)
    theirs = KMeans(3, init=start, n_init=1, max_iter=200).fit(matrix)
    assert np.allclose(centres, theirs.cluster_centers_, atol=1e-10)
    assert np.array_equal(labels[points.inverse], theirs.labels_)


def test_weighted_em_is_em_of_all_rows() -> None:
    matrix = np.round(np.random.default_rng(0).normal(size=(500, 3)), 0)
    points = distinct(matrix)
    labels, _ = k_means(points, 3, seed=0)
    ours = expectation_maximisation(points, measures.one_hot(labels, 3), floor=0.0, added=1e-6, steps=20, tolerance=0.0)
    everyone = measures.one_hot(labels[points.inverse], 3)
    sizes = everyone.sum(0) + 10 * np.finfo(float).eps
    means = everyone.T @ matrix / sizes[:, None]
    variances = everyone.T @ matrix**2 / sizes[:, None] - means**2 + 1e-6
    theirs = GaussianMixture(
        3,
        covariance_type="diag",
        weights_init=sizes / sizes.sum(),
        means_init=means,
        precisions_init=1 / variances,
        max_iter=20,
        tol=0.0,
        reg_covar=1e-6,
    )
    with pytest.warns(ConvergenceWarning, match="did not converge"):
        theirs.fit(matrix)
    assert np.allclose(ours.means, theirs.means_, atol=1e-10)
    assert np.allclose(ours.variances, theirs.covariances_, atol=1e-10)
    assert np.allclose(ours.shares, theirs.weights_, atol=1e-10)


def test_hdbscan_finds_what_scikit_learn_finds() -> None:
    rng = np.random.default_rng(0)
    matrix = np.vstack([rng.normal(centre, 0.4, size=(80, 2)) for centre in ((0, 0), (5, 0), (0, 5))])
    points = distinct(matrix)
    ours = density.clusters(density.linkage(points, min_samples=10), 20)
    theirs = HDBSCAN(min_cluster_size=20, min_samples=10, copy=True).fit(points.rows).labels_
    assert ours.max() == theirs.max() == 2
    assert adjusted_rand_score(ours, theirs) > 0.95


def test_in_hdbscan_a_row_twice_counts_twice() -> None:
    rng = np.random.default_rng(1)
    matrix = np.vstack([rng.normal(centre, 0.4, size=(40, 2)) for centre in ((0, 0), (5, 0))])
    once = distinct(matrix)
    twice = Distinct(once.rows, 2 * once.weights, once.inverse)
    one = density.clusters(density.linkage(once, min_samples=5), 10)
    two = density.clusters(density.linkage(twice, min_samples=10), 20)
    assert adjusted_rand_score(one, two) == 1.0


def test_a_path_needs_no_chance_and_is_nearly_as_good_as_many_starts() -> None:
    rng = np.random.default_rng(2)
    matrix = rng.normal(size=(90, 4))[rng.integers(0, 90, 800)]
    points = distinct(matrix)
    found = list(kmeans_path(points, 12))
    assert [len(centres) for _, centres in found] == list(range(1, 13))
    for labels, centres in found[1:]:
        theirs = KMeans(len(centres), n_init=10, random_state=0).fit(matrix)
        assert inertia(points, labels, centres) <= 1.1 * theirs.inertia_
    again = list(kmeans_path(distinct(matrix[rng.permutation(800)]), 12))
    assert all(np.array_equal(one[0], other[0]) for one, other in zip(found, again, strict=True))
    assert len(list(kmeans_path(distinct(np.array([[0.0], [1.0]])), 5))) == 2


def test_starts_on_a_part_of_the_rows_reach_what_starts_on_all_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(4)
    points = distinct(np.vstack([chance.normal(at, 0.5 + at / 8, (600, 3)) for at in (0.0, 2.0, 5.0)]))
    _, whole = gaussian_mixture(points, 3, seed=1)
    monkeypatch.setattr(mixture, "START_ROWS", 300)
    labels, part = gaussian_mixture(points, 3, seed=1)
    assert part.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-5)
    assert sorted(np.bincount(labels)) == pytest.approx([600, 600, 600], abs=20)
