"""The local search: every gain is exact, no segment falls below the floor, the order of rows does not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, silhouette_score

from b2shift.differentiate.segments import exchange, local_search, measures, merge_split, minimum_size, rules
from b2shift.differentiate.segments.crossing import Crossing
from b2shift.differentiate.segments.distinct import Distinct, distinct
from b2shift.differentiate.segments.kmeans import k_means
from b2shift.differentiate.segments.minimum_size import partition_of
from b2shift.differentiate.segments.partitions import PairwiseDistances, Partition
from b2shift.differentiate.segments.refine import rule_partition
from b2shift.differentiate.segments.rules import Questions
from b2shift.differentiate.segments.space import reference_space
from b2shift.differentiate.segments.variables import group_one_hot, variables


def tables(seed: int, rows: int = 300) -> tuple[Distinct, Distinct, np.ndarray]:
    """Binary rows, their distinct ones, and these in their space."""
    matrix = (np.random.default_rng(seed).random((rows, 8)) < 0.35).astype(float)
    raw = distinct(matrix)
    return raw, raw.with_rows(reference_space(raw).project(raw.rows)), matrix


@given(st.integers(0, 10_000), st.integers(2, 6))
@settings(max_examples=8)
def test_the_silhouette_after_a_join_is_exact(seed: int, k: int) -> None:
    _, points, _ = tables(seed)
    pairs = PairwiseDistances(points, 0.0)
    partition = pairs.partition(k_means(points, k, seed=seed, starts=1)[0])
    joins = merge_split.silhouettes_after_merges(pairs, partition)
    assert len(joins) == partition.k * (partition.k - 1) // 2
    for silhouette, kept, gone in joins:
        assert silhouette == pytest.approx(pairs.merged(partition, kept, gone).silhouette, abs=1e-9)


@given(st.integers(0, 10_000), st.integers(2, 7))
@settings(max_examples=15)
def test_gains_of_moves_are_what_the_moves_bring(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    points = distinct(rng.normal(size=(400, 3)))
    pairs = PairwiseDistances(points, 0.0)
    partition = pairs.partition(k_means(points, k, seed=seed, starts=1)[0])
    goals, gains = local_search.best_moves(pairs, partition)
    found = []
    for row in rng.choice(400, 20, replace=False):
        labels = partition.labels.copy()
        labels[row] = goals[row]
        found.append(pairs.partition(labels).silhouette - partition.silhouette - gains[row])
    assert np.abs(found).max() < 5e-4


@given(st.integers(0, 10_000))
@settings(max_examples=10)
def test_a_climb_never_loses_and_keeps_the_floor(seed: int) -> None:
    _, points, matrix = tables(seed)
    pairs = PairwiseDistances(points, 0.05)
    start = merge_split.reshape_to_k(pairs, k_means(points, 8, seed=seed, starts=3)[0], 5)
    end = local_search.hill_climb(pairs, start)
    assert end.silhouette >= start.silhouette
    assert end.k == start.k
    assert end.sizes.min() >= 0.05 * len(matrix)
    everyone = end.labels[points.inverse]
    assert end.silhouette == pytest.approx(silhouette_score(points.rows[points.inverse], everyone), abs=1e-6)


def test_the_best_question_is_the_best_of_all() -> None:
    raw, points, _ = tables(4)
    pairs = PairwiseDistances(points, 0.03)
    partition = pairs.partition(k_means(points, 3, seed=0)[0])
    asked = Questions(pairs, raw)
    found = asked.best_split(partition)
    tried = []
    for segment in range(3):
        for flag in asked.flags.T:
            leaving = np.flatnonzero((partition.labels == segment) & (flag > 0))
            weight = points.weights[leaving].sum()
            if pairs.smallest <= weight <= partition.sizes[segment] - pairs.smallest:
                tried.append(pairs.cut(partition, segment, leaving).silhouette)
    assert found is not None
    assert found.silhouette == pytest.approx(max(tried), abs=1e-9)


def test_questions_grow_from_one_segment_to_k() -> None:
    raw, points, _ = tables(4)
    grown = list(Questions(PairwiseDistances(points, 0.02), raw).grow(6))
    assert [partition.k for partition in grown] == [1, 2, 3, 4, 5, 6]


def test_columns_of_numbers_are_asked_at_quantiles() -> None:
    flags = rules.questions(distinct(np.random.default_rng(0).normal(size=(100, 2))))
    assert flags.shape == (100, 18)
    assert 0 < flags.mean() < 1
    assert rules.questions(distinct(np.ones((5, 1)))).shape == (1, 0)


def test_merging_and_cutting_know_their_sums() -> None:
    _, points, _ = tables(9)
    pairs = PairwiseDistances(points, 0.0)
    partition = pairs.partition(k_means(points, 4, seed=0)[0])
    merged = pairs.merged(partition, 0, 2)
    again = pairs.partition(merged.labels)
    assert merged.k == 3
    assert np.allclose(merged.sums, again.sums)
    cut = merge_split.bisections(pairs, partition)[0]
    assert np.allclose(cut.sums, pairs.partition(cut.labels).sums)
    assert cut.silhouette == pytest.approx(pairs.partition(cut.labels).silhouette)


@pytest.mark.parametrize("algorithm", ["kmeans", "gaussian_mixture", "hdbscan"])
def test_every_algorithm_keeps_the_floor_and_the_order_of_rows_does_not_matter(algorithm: str) -> None:
    _, _, matrix = tables(11, rows=500)
    order = np.random.default_rng(0).permutation(len(matrix))

    def labels(rows: np.ndarray) -> np.ndarray:
        raw = distinct(rows)
        points = raw.with_rows(reference_space(raw).project(raw.rows))
        return partition_of(raw, points, 6, floor=0.04, algorithm=algorithm, seed=3)[raw.inverse]

    here, there = labels(matrix), labels(matrix[order])
    assert np.array_equal(here[order], there)
    sizes = np.bincount(here)
    assert sizes.min() >= 0.04 * len(matrix)
    assert sizes.tolist() == sorted(sizes, reverse=True)


def test_large_tables_are_searched_in_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    matrix = np.vstack([rng.normal(centre, 0.3, size=(200, 2)) for centre in ((0, 0), (6, 0), (0, 6), (6, 6))])
    raw = distinct(matrix)
    monkeypatch.setattr(minimum_size, "MATRIX_UP_TO", 500)
    monkeypatch.setattr(minimum_size, "SAMPLE_ROWS", 200)
    labels = partition_of(raw, raw, 4, floor=0.01, algorithm="kmeans", seed=0)[raw.inverse]
    assert adjusted_rand_score(labels, np.repeat(range(4), 200)) == 1.0


def test_the_search_beats_many_starts_of_k_means() -> None:
    raw, points, _ = tables(21, rows=600)
    labels = partition_of(raw, points, 8, floor=0.02, algorithm="kmeans", seed=0)
    starts = k_means(points, 8, seed=0, starts=100)[0]
    assert measures.silhouette(points, labels) > measures.silhouette(points, starts)


def crossed_table(seed: int, rows: int = 600) -> tuple[Distinct, Distinct, np.ndarray]:
    """Three one-hot variables, the first of them far more telling, and a flag."""
    rng = np.random.default_rng(seed)
    codes = [rng.choice(5, rows, p=[0.3, 0.3, 0.2, 0.15, 0.05]), rng.integers(0, 3, rows), rng.integers(0, 4, rows)]
    matrix = np.column_stack([*(np.eye(n)[c] for n, c in zip((5, 3, 4), codes, strict=True)), rng.random(rows) < 0.4])
    raw = distinct(matrix)
    return raw, raw.with_rows(reference_space(raw).project(raw.rows)), matrix


def test_one_hot_columns_are_one_variable_again() -> None:
    raw, _, matrix = crossed_table(1)
    found = variables(raw)
    assert [int(levels.max()) + 1 for levels in found] == [5, 3, 4, 2]
    assert np.array_equal(found[0][raw.inverse], matrix[:, :5].argmax(axis=1))
    numbers = variables(distinct(np.random.default_rng(0).normal(size=(200, 2))))
    assert [np.bincount(levels).tolist() for levels in numbers] == [[50, 50, 50, 50]] * 2
    constant = np.column_stack([matrix[:, :2], np.zeros(600), matrix[:, 2:5]])
    assert len(variables(distinct(constant))) == 1


def test_the_columns_of_a_variable_need_not_stand_side_by_side() -> None:
    raw, _, matrix = crossed_table(1)
    order = np.random.default_rng(3).permutation(13)
    here = {tuple(sorted(order[list(columns)].tolist())) for columns in group_one_hot(distinct(matrix[:, order]))}
    assert here == set(group_one_hot(raw)) == {(0, 1, 2, 3, 4), (5, 6, 7), (8, 9, 10, 11), (12,)}


def test_a_rare_flag_of_a_common_one_is_a_variable_of_its_own() -> None:
    common = np.ones(1_000)
    common[:4] = 0
    rare = np.zeros(1_000)
    rare[500:515] = 1
    assert group_one_hot(distinct(np.column_stack([rare, common]))) == ((0,), (1,))


def test_rows_without_a_level_have_one_of_their_own() -> None:
    codes = np.repeat([0, 1, 2], [500, 450, 50])
    (levels,) = variables(raw := distinct(np.eye(3)[codes][:, :2]))
    assert np.array_equal(levels[raw.inverse], codes)


def test_a_crossing_knows_its_sums_and_settles_uphill() -> None:
    raw, points, _ = crossed_table(2)
    pairs = PairwiseDistances(points, 0.02)
    levels = variables(raw)
    root = pairs.partition(levels[0])
    crossing = Crossing(pairs, levels, root, 9)
    state = tuple(min(1, len(cuts) - 1) for cuts in crossing.cuts)
    made = crossing.partition(state)
    assert np.allclose(made.sums, pairs.partition(made.labels).sums, rtol=1e-5)
    assert made.k == root.k + sum(len(crossing.cuts[i][choice].levels) for i, choice in enumerate(state))
    end = crossing.solve()
    assert end.k == 9
    assert end.sizes.min() >= 0.02 * 600


def test_segments_that_are_rules_come_back_on_other_rows() -> None:
    raw, points, matrix = crossed_table(3, rows=3_000)
    whole = rule_partition(Questions(PairwiseDistances(points, 0.01), raw), raw, 12).labels[raw.inverse]
    rows = np.sort(np.random.default_rng(0).choice(3_000, 2_400, replace=False))
    part = distinct(matrix[rows])
    there = PairwiseDistances(part.with_rows(reference_space(part).project(part.rows)), 0.01)
    again = rule_partition(Questions(there, part), part, 12).labels[part.inverse]
    assert adjusted_rand_score(whole[rows], again) > 0.85


@given(st.integers(0, 10_000), st.integers(3, 7))
@settings(max_examples=8)
def test_the_gains_of_cuts_are_what_the_cuts_bring(seed: int, k: int) -> None:
    raw, points, _ = tables(seed)
    pairs, levels = PairwiseDistances(points, 0.02), variables(raw)
    root = pairs.partition(levels[0])
    crossing = Crossing(pairs, levels, root, root.k + k)
    state = tuple(min(1, len(cuts) - 1) for cuts in crossing.cuts)
    before = crossing.partition(state).silhouette
    for segment, gains in enumerate(crossing.gains(state)):
        after = [crossing.partition((*state[:segment], c, *state[segment + 1 :])) for c in range(len(gains))]
        assert gains == pytest.approx([one.silhouette - before for one in after], abs=1e-9)


@given(st.integers(0, 10_000))
@settings(max_examples=8)
def test_exchanges_only_raise_the_silhouette_and_keep_the_floor(seed: int) -> None:
    raw, points, _ = tables(seed)
    pairs = PairwiseDistances(points, 0.05)
    asked = Questions(pairs, raw)
    start = rule_partition(asked, raw, 5)
    settled, best = exchange.converge(pairs, asked, start), exchange.exchange_segments(pairs, asked, start)
    blocks, topped = exchange.exchange_blocks(pairs, asked, start), exchange.converge_exactly(pairs, asked, start)
    assert start.silhouette <= settled.silhouette <= min(best.silhouette, topped.silhouette)
    assert start.silhouette <= blocks.silhouette
    for one in (settled, best, blocks, topped):
        again = pairs.partition(one.labels)
        assert again.silhouette == pytest.approx(one.silhouette, abs=1e-6)
        assert one.k == start.k
        assert again.sizes.min() >= pairs.smallest


@pytest.mark.parametrize("seed", [3, 11])
def test_the_silhouette_after_a_block_has_moved_is_exact(seed: int) -> None:
    raw, points, _ = crossed_table(seed)
    pairs = PairwiseDistances(points, 0.02)
    asked = Questions(pairs, raw)
    partition = rule_partition(asked, raw, 8)
    answers = np.hstack([asked.flags, 1 - asked.flags])
    valued = list(
        exchange._silhouettes_after(pairs, answers, partition, exchange._candidate_blocks(pairs, answers, partition))
    )
    assert len(valued) > 10
    for value, question, way in valued:
        rows = np.flatnonzero((partition.labels == way[0]) & (answers[:, question] > 0))
        assert value == pytest.approx(pairs.move_rows(partition, rows, *way).silhouette, abs=1e-6)


def _single_moves(pairs: PairwiseDistances, partition: Partition) -> list[tuple[int, int]]:
    """Every row that may leave its segment, with the segment nearest to it."""
    fit = partition.sizes[partition.labels] - pairs.weights >= max(pairs.smallest, 1e-9)
    return [(int(row), int(partition.others[0][row, 0])) for row in np.flatnonzero(fit)]


@pytest.mark.parametrize("seed", [3, 11])
@pytest.mark.parametrize("k", [2, 3, 9])
def test_the_silhouette_after_a_row_has_moved_is_exact(seed: int, k: int) -> None:
    _, points, _ = crossed_table(seed)
    pairs = PairwiseDistances(points, 0.01)
    partition = pairs.partition(k_means(points, k, seed=seed, starts=1)[0])
    rows, goals = np.array(_single_moves(pairs, partition)).T
    for row, goal, told in zip(
        rows, goals, local_search.silhouettes_after_moves(pairs, partition, rows, goals), strict=True
    ):
        after = pairs.move_rows(partition, np.array([row]), int(partition.labels[row]), int(goal))
        assert told == pytest.approx(after.silhouette, abs=1e-7)


@pytest.mark.parametrize("seed", [3, 11, 29])
def test_no_row_would_gain_by_going_to_the_segment_nearest_to_it(seed: int) -> None:
    raw, points, _ = tables(seed, 600)
    pairs = PairwiseDistances(points, 0.02)
    asked = Questions(pairs, raw)
    end = exchange.converge_exactly(pairs, asked, rule_partition(asked, raw, 9))
    for row, goal in _single_moves(pairs, end):
        after = pairs.move_rows(end, np.array([row]), int(end.labels[row]), goal)
        assert after.silhouette <= end.silhouette + 1e-6


def test_columns_of_one_category_are_found_though_a_level_is_rare() -> None:
    rng = np.random.default_rng(3)
    market = rng.choice(5, 2000, p=[0.5, 0.3, 0.197, 0.002, 0.001])
    band, flag = rng.choice(3, 2000), rng.random(2000) < 0.3
    raw = distinct(np.column_stack([flag, np.eye(5)[market], np.eye(3)[band]]).astype(float))
    assert group_one_hot(raw) == ((0,), (1, 2, 3, 4, 5), (6, 7, 8))
