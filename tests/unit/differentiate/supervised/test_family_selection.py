"""Large tables: what is dropped after the first teacher, and regressions that keep their curvature."""

import numpy as np
import pytest

from b2shift.differentiate.supervised.families import PAIRS, RIDGE, TREES, full_grid
from b2shift.differentiate.supervised.family_selection import restrict_grid, select_strengths
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.penalty_path import logistic_path

ROWS = 4000


@pytest.mark.parametrize("binary", [True, False])
def test_what_may_still_count_stays_and_so_does_one_that_adds_up(binary: bool) -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(size=ROWS)
    target = (rng.random(ROWS) < 1 / (1 + np.exp(-truth))).astype(float) if binary else truth + rng.normal(0, 0.5, ROWS)
    plan = {RIDGE: (100.0, 1.0), PAIRS: (100.0, 1.0), TREES: ((8, 80), (8, 640))}
    said = [
        np.array([0.0 * truth, 0.0 * truth]),
        np.array([0.02 * truth, 0.05 * truth]),
        np.array([truth, 2.5 * truth + rng.normal(0, 2, ROWS)]),
    ]
    kept = select_strengths(plan, said, target, np.ones(ROWS), Objective(binary=binary))
    assert restrict_grid(plan, kept) == {PAIRS: (1.0,), TREES: ((8, 80),)}


@pytest.mark.parametrize(("rows", "largest"), [(300, 8), (5_000, 24), (10_000, 63), (60_000, 127)])
def test_larger_tables_are_offered_larger_trees(rows: int, largest: int) -> None:
    assert max(leaves for leaves, _ in full_grid(rows)[TREES]) == largest


def test_every_solution_of_the_path_is_one() -> None:
    rng = np.random.default_rng(2)
    matrix = np.hstack([rng.normal(size=(ROWS, 12)), (rng.random((ROWS, 8)) < 0.05).astype(float)])
    target = (rng.random(ROWS) < 1 / (1 + np.exp(2 - 1.5 * matrix[:, 0] + matrix[:, 1]))).astype(float)
    weight = rng.uniform(0.5, 2, ROWS)
    penalties = np.array([300.0, 30.0, 1.0])
    for penalty, found in zip(penalties, logistic_path(matrix, target, weight, penalties), strict=True):
        said = 1 / (1 + np.exp(-found[0] - matrix @ found[1:]))
        assert np.abs(matrix.T @ (weight * (said - target)) + penalty * found[1:]).max() < 0.2
        assert abs(float(weight @ (said - target))) < 0.2
