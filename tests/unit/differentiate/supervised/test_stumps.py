"""What stumps add column by column is what a walk through their trees tells."""

import lightgbm
import numpy as np
import pytest

from b2shift.differentiate.supervised.stumps import Stumps


@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_steps_add_what_a_walk_through_the_trees_tells(gaps: float) -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(600, 4))
    rows[:, 2] = rng.integers(0, 3, 600)
    target = (rng.random(600) < 1 / (1 + np.exp(-rows[:, 0] - 0.5 * rows[:, 2]))).astype(float)
    rows[rng.random(rows.shape) < gaps] = np.nan
    settings = {"objective": "binary", "num_leaves": 2, "verbose": -1, "num_threads": 1, "min_data_in_leaf": 3}
    booster = lightgbm.train(settings, lightgbm.Dataset(rows, target), num_boost_round=60)
    new = np.vstack([rows, np.full((1, 4), np.nan), np.zeros((1, 4))])
    walked = booster.predict(new, pred_contrib=True, num_iteration=40)[:, :-1]
    counted = np.where(np.arange(60) < 40, 1.0, 0.0)
    told = Stumps(booster).contributions(new, counted, np.array([0, 1, 2, 2]), 3)
    summed = np.column_stack([walked[:, 0], walked[:, 1], walked[:, 2] + walked[:, 3]])
    np.testing.assert_allclose(told, summed, atol=1e-9)
