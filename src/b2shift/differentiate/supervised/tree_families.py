"""The three tree families by LightGBM: boosted stumps, boosted trees, random forest."""

from collections.abc import Callable, Sequence
from typing import Any

import lightgbm
import numpy as np

from b2shift.differentiate.supervised.fitted_family import Design, FittedFamily, sum_by_source
from b2shift.differentiate.supervised.objective import Objective, log_odds, probability
from b2shift.differentiate.supervised.shapes import Floats, Integers
from b2shift.differentiate.supervised.stumps import Stumps

MANY_ROWS = 20_000
"""Training rows from which the learning rate is doubled."""
_IN_MEMORY_ROWS = 5_000
"""Training rows up to which a booster keeps its data."""
_FOREST_TREES = 200
_NEAR_MEAN = 1e-3
_MIN_EXPLAINED_WEIGHT = 0.25
BoostingSetting = tuple[int, int]
"""Leaves of a tree, boosting rounds."""


class BinnedRows:
    """Rows binned once for all trees."""

    def __init__(self, design: Design, target: Floats, weight: Floats, offset: Floats | None = None) -> None:
        self.rows = len(target)
        self._data = lightgbm.Dataset(
            design.trees, target, weight=weight, init_score=offset,
            params={"max_bin": 127, "feature_pre_filter": False, "verbose": -1, "num_threads": 1},
        )  # fmt: skip

    def train(self, settings: dict[str, Any], seed: int, rounds: int) -> Any:
        """A booster, deterministic for rows and seed."""
        repeatable = {
            "seed": seed, "deterministic": True, "force_row_wise": True, "num_threads": 1, "max_bin": 127,
            "feature_pre_filter": False, "verbose": -1,
        }  # fmt: skip
        # What it gives back otherwise is a copy written to text and read again, to let go of the rows.
        in_memory = self.rows <= _IN_MEMORY_ROWS
        return lightgbm.train(
            {**settings, **repeatable}, self._data, num_boost_round=rounds, keep_training_booster=in_memory
        )


def fit_boosting(
    family: str, binned: BinnedRows, objective: Objective, seed: int, grid: Sequence[BoostingSetting]
) -> FittedFamily:
    """Boosted trees of each size, scored at each number of rounds."""
    rows = binned.rows
    settings = {
        "objective": "binary" if objective.binary else "regression",
        "learning_rate": 0.04 if rows < MANY_ROWS else 0.08, "min_data_in_leaf": int(np.clip(rows // 25, 3, 20)),
        "feature_fraction": 0.6, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0,
    }  # fmt: skip
    most_rounds = {size: max(rounds for leaves, rounds in grid if leaves == size) for size, _ in grid}
    boosters = {
        size: binned.train({**settings, "num_leaves": size}, seed, rounds) for size, rounds in most_rounds.items()
    }

    def scores(design: Design, indices: Integers) -> Floats:
        all_scores = np.empty((len(indices), len(design.trees)))
        for size, booster in boosters.items():
            wanted = sorted((grid[index][1], row) for row, index in enumerate(indices) if grid[index][0] == size)
            boosted, done = np.zeros(len(design.trees)), 0
            for rounds, row in wanted:
                if rounds > done:
                    boosted = boosted + _raw_scores(booster, design.trees, done, rounds - done)
                all_scores[row], done = design.offset + boosted, rounds
        return all_scores

    if list(boosters) == [2]:
        contributions = _stump_contributions(Stumps(boosters[2]), np.array([rounds for _, rounds in grid]))
    else:
        contributions = _tree_contributions([(boosters[size], rounds) for size, rounds in grid])
    return FittedFamily(family, np.arange(len(grid)), len(grid), scores, contributions)


def fit_forest(family: str, binned: BinnedRows, target: Floats, weight: Floats, seed: int, objective: Objective,
           min_leaf_rows: Sequence[int]) -> FittedFamily:  # fmt: skip
    """Random forest; fitted as regression on 0 and 1, so that leaves hold shares."""
    settings = {
        "objective": "regression", "boosting": "rf", "num_leaves": 255, "bagging_fraction": 0.63, "bagging_freq": 1,
        "feature_fraction_bynode": 0.33, "lambda_l2": 0.0,
    }  # fmt: skip
    forests = [binned.train({**settings, "min_data_in_leaf": size}, seed, _FOREST_TREES) for size in min_leaf_rows]
    mean = np.average(target, weights=weight)

    def scores(design: Design, indices: Integers) -> Floats:
        predicted = np.array([forests[index].predict(design.trees, num_threads=1) for index in indices])
        return log_odds(predicted) if objective.binary else predicted

    def contributions(design: Design, strengths: Floats, width: int) -> Floats:
        # LightGBM adds the trees of a forest up in contributions, and takes their mean in predictions.
        total = (
            _tree_contributions([(booster, _FOREST_TREES) for booster in forests])(design, strengths, width)
            / _FOREST_TREES
        )
        if not objective.binary:
            return total
        predicted = probability(strengths @ scores(design, np.arange(len(forests))))
        deviation = predicted - mean
        slope = np.where(
            np.abs(deviation) > _NEAR_MEAN,
            (log_odds(predicted) - log_odds(mean)) / np.where(deviation, deviation, 1),
            1 / (mean * (1 - mean)),
        )
        return np.asarray(total * slope[:, None])

    return FittedFamily(family, np.arange(len(min_leaf_rows)), len(min_leaf_rows), scores, contributions)


def _raw_scores(booster: Any, rows: Floats, first: int, rounds: int) -> Floats:
    return np.asarray(booster.predict(rows, raw_score=True, start_iteration=first, num_iteration=rounds, num_threads=1))


def _stump_contributions(stumps: Stumps, rounds: Integers) -> Callable[[Design, Floats, int], Floats]:
    def contributions(design: Design, strengths: Floats, width: int) -> Floats:
        tree_weights = np.array([strengths[rounds > tree].sum() for tree in range(int(rounds.max()))])
        return stumps.contributions(design.trees, tree_weights, design.trees_source, width)

    return contributions


def _tree_contributions(boosters: list[tuple[Any, int]]) -> Callable[[Design, Floats, int], Floats]:
    def contributions(design: Design, strengths: Floats, width: int) -> Floats:
        weights = np.where(strengths >= min(_MIN_EXPLAINED_WEIGHT, strengths.max()), strengths, 0)
        total = np.zeros((len(design.trees), width))
        for share, (booster, rounds) in zip(weights / weights.sum(), boosters, strict=True):
            if share:
                terms = booster.predict(design.trees, pred_contrib=True, num_iteration=rounds, num_threads=1)
                total += share * sum_by_source(terms[:, :-1], design.trees_source, width)
        return total

    return contributions
