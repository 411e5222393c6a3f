"""Groups that tell their own number: found where planted, however uneven; none where columns only have odd margins."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from b2shift.differentiate.segments import latent_classes
from b2shift.differentiate.segments.candidates import Candidate
from b2shift.differentiate.segments.distinct import distinct
from b2shift.differentiate.segments.preset_declarations import PRESETS
from b2shift.differentiate.segments.presets import MIN_REDUNDANCY, beyond_chance, preferred
from b2shift.differentiate.segments.search_loop import MIN_GROUP_GAIN
from b2shift.differentiate.segments.search_space import KMEANS, LATENT, SearchSpace
from b2shift.differentiate.segments.view import View

ROWS = 600


def view(matrix: np.ndarray, variables: tuple[tuple[int, ...], ...]) -> View:
    return View("t", distinct(matrix), tuple(str(i) for i in range(matrix.shape[1])), variables)


def mixed(seed: int) -> tuple[View, np.ndarray]:
    """Four uneven groups in two numbers and two categories of three levels, beside two columns of noise."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(4, ROWS, p=[0.5, 0.3, 0.15, 0.05])
    numbers = np.array([[0, 0], [8, 0], [0, 8], [8, 8]])[truth] + rng.normal(size=(ROWS, 2))
    codes = np.where(rng.random((ROWS, 2)) < 0.9, np.array([[0, 1], [1, 2], [2, 0], [0, 0]])[truth], 1)
    matrix = np.hstack([numbers, rng.normal(size=(ROWS, 2)), np.eye(3)[codes[:, 0]], np.eye(3)[codes[:, 1]]])
    return view(matrix, ((0,), (1,), (2,), (3,), (4, 5, 6), (7, 8, 9))), truth


@pytest.mark.parametrize("seed", [1, 2])
def test_planted_groups_tell_their_number(seed: int) -> None:
    table, truth = mixed(seed)
    searched = SearchSpace(table, 0.01, seed=0)
    found = searched.group_evidence
    assert found.k == 4
    assert adjusted_rand_score(truth, searched.groupings[4].labels[table.distinct.inverse]) > 0.97
    by_chance = SearchSpace(table.shuffled(np.random.default_rng(0)), 0.01, seed=0).group_evidence
    assert found.minus_chance(by_chance).redundancy > MIN_REDUNDANCY


def test_independent_columns_tell_nothing_that_their_shuffled_ones_do_not() -> None:
    rng = np.random.default_rng(4)
    odd = np.where(rng.random((ROWS, 3)) < 0.5, 0, np.exp(rng.normal(size=(ROWS, 3))))
    table = view(np.hstack([odd, rng.normal(size=(ROWS, 2))]), tuple((i,) for i in range(5)))
    found, by_chance = (SearchSpace(one, 0.01, seed=0).group_evidence for one in (table, table.shuffled(rng)))
    assert found.minus_chance(by_chance).gain < MIN_GROUP_GAIN
    plain = view(rng.normal(size=(ROWS, 4)), tuple((i,) for i in range(4)))
    assert (
        SearchSpace(plain, 0.01, seed=0).group_evidence.k,
        SearchSpace(plain, 0.01, seed=0).group_evidence.gain,
    ) == (
        1,
        0.0,
    )


def test_no_group_lies_below_the_floor_and_rows_counted_twice_are_rows_there_twice() -> None:
    table, _ = mixed(3)
    for one in SearchSpace(table, 0.1, seed=0).groupings.values():
        assert (table.distinct.weights @ one.memberships / ROWS).min() >= 0.1
    raw = distinct(np.repeat(table.matrix(), 2, axis=0))
    rows, twice = (
        latent_classes.mixed_data(table.distinct, table.variables),
        latent_classes.mixed_data(raw, table.variables),
    )
    assert np.allclose(np.sort(rows.numbers, axis=0), np.sort(twice.numbers, axis=0))
    assert twice.total == 2 * rows.total
    assert rows.parameters(3) == 2 + 3 * (2 * 4 + 2 + 2)


def test_gaps_are_no_groups() -> None:
    rng = np.random.default_rng(9)
    truth = rng.integers(0, 2, ROWS)
    numbers = 8.0 * truth[:, None] + rng.normal(size=(ROWS, 2))
    gaps = rng.random((ROWS, 2)) < 0.05
    numbers[gaps] = 4.0
    table = view(np.column_stack([numbers[:, 0], gaps[:, 0], numbers[:, 1], gaps[:, 1]]), ((0,), (1,), (2,), (3,)))
    searched = SearchSpace(table, 0.01, seed=0)
    assert searched.group_evidence.k == 2
    assert adjusted_rand_score(truth, searched.groupings[2].labels[table.distinct.inverse]) > 0.97


def test_the_likelihood_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(6)
    table = view(np.vstack([rng.normal(size=(300, 2)), rng.normal(6, 1, size=(300, 2))]), ((0,), (1,)))
    one = SearchSpace(table, 0.01, seed=0).groupings[2]
    scaled = (table.matrix() - table.matrix().mean(0)) / table.matrix().std(0)
    theirs = GaussianMixture(2, covariance_type="diag", reg_covar=0, random_state=0).fit(scaled)
    cost = 0.5 * 9 * np.log(ROWS)
    assert one.icl == pytest.approx(theirs.score(scaled) * ROWS - cost, rel=1e-3)


def test_groups_that_one_column_alone_tells_are_not_repeated() -> None:
    rng = np.random.default_rng(8)
    branch = rng.integers(0, 6, ROWS)
    others = np.where(rng.random((ROWS, 4)) < 0.3, (branch % 3)[:, None], rng.integers(0, 3, (ROWS, 4)))
    matrix = np.hstack([np.eye(6)[branch], *(np.eye(3)[column] for column in others.T)])
    ends = (0, 6, 9, 12, 15, 18)
    table = view(matrix, tuple(tuple(range(a, b)) for a, b in pairwise(ends)))
    assert SearchSpace(table, 0.01, seed=0).group_evidence.redundancy < MIN_REDUNDANCY / 2


def test_groups_that_hold_are_the_default_and_only_these() -> None:
    def candidate(algorithm: str, k: int, silhouette: float, stability: float, over: float | None) -> Candidate:
        labels = np.arange(120) % k
        return Candidate(
            "v", "c", algorithm, labels, silhouette, 1, 1, 0.19, stability, 0.01, 0.9, None, None, 1.0, redundancy=over
        )

    tight = candidate(KMEANS, 20, 0.7, 0.95, None)
    groups = candidate(LATENT, 4, 0.15, 0.99, 1.5)
    assert preferred([tight, groups], PRESETS["balanced"]) is groups
    assert preferred([tight, groups], PRESETS["stable"]) is tight
    assert beyond_chance(groups)
    assert beyond_chance(candidate(LATENT, 4, 0.25, 0.99, 0.4))
    assert not beyond_chance(candidate(KMEANS, 4, 0.2, 0.99, None))
    said = [beyond_chance(candidate(KMEANS, 4, silhouette, 0.57, None)) for silhouette in (0.22, 0.25)]
    assert said == [False, True]
    for weak in (candidate(LATENT, 4, 0.15, 0.5, 1.5), candidate(LATENT, 4, 0.15, 1.0, 0.7)):
        assert preferred([tight, weak], PRESETS["balanced"]) is tight
