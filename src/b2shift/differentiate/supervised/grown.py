"""The three families of trees by LightGBM: additive boosting, boosting, a forest."""

from collections.abc import Callable, Sequence
from typing import Any

import lightgbm
import numpy as np

from b2shift.differentiate.supervised.fitted import Fitted, Seen, by_source
from b2shift.differentiate.supervised.objective import Objective, log_odds, probability
from b2shift.differentiate.supervised.shapes import Floats, Integers
from b2shift.differentiate.supervised.stumps import Stumps

MANY_ROWS = 20_000
"""Teaching rows from which steps are twice as long."""
_FEW_ROWS = 5_000
"""Teaching rows up to which a booster may hold on to them."""
_FOREST_TREES = 200
_NEAR = 1e-3
_HEAVY = 0.25
Way = tuple[int, int]
"""Leaves of a tree, rounds of boosting."""


class Binned:
    """Rows whose values are binned once for all trees."""

    def __init__(self, seen: Seen, came: Floats, weight: Floats, start: Floats | None = None) -> None:
        self.rows = len(came)
        self._data = lightgbm.Dataset(
            seen.trees, came, weight=weight, init_score=start,
            params={"max_bin": 127, "feature_pre_filter": False, "verbose": -1, "num_threads": 1},
        )  # fmt: skip

    def train(self, settings: dict[str, Any], seed: int, rounds: int) -> Any:
        """A booster, the same for the same rows and seed."""
        repeatable = {
            "seed": seed, "deterministic": True, "force_row_wise": True, "num_threads": 1, "max_bin": 127,
            "feature_pre_filter": False, "verbose": -1,
        }  # fmt: skip
        # What it gives back otherwise is a copy written to text and read again, to let go of the rows.
        kept = self.rows <= _FEW_ROWS
        return lightgbm.train(
            {**settings, **repeatable}, self._data, num_boost_round=rounds, keep_training_booster=kept
        )


def boosting(family: str, binned: Binned, objective: Objective, seed: int, ways: Sequence[Way]) -> Fitted:
    """Boosted trees of each size, told after each of the numbers of rounds."""
    rows = binned.rows
    settings = {
        "objective": "binary" if objective.binary else "regression",
        "learning_rate": 0.04 if rows < MANY_ROWS else 0.08, "min_data_in_leaf": int(np.clip(rows // 25, 3, 20)),
        "feature_fraction": 0.6, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0,
    }  # fmt: skip
    last = {size: max(rounds for leaves, rounds in ways if leaves == size) for size, _ in ways}
    grown = {size: binned.train({**settings, "num_leaves": size}, seed, rounds) for size, rounds in last.items()}

    def scores(one: Seen, places: Integers) -> Floats:
        told = np.empty((len(places), len(one.trees)))
        for size, booster in grown.items():
            mine = sorted((ways[place][1], row) for row, place in enumerate(places) if ways[place][0] == size)
            said, done = np.zeros(len(one.trees)), 0
            for rounds, row in mine:
                if rounds > done:
                    said = said + _raw(booster, one.trees, done, rounds - done)
                told[row], done = one.start + said, rounds
        return told

    if list(grown) == [2]:
        parts = _steps(Stumps(grown[2]), np.array([rounds for _, rounds in ways]))
    else:
        parts = _parts([(grown[size], rounds) for size, rounds in ways])
    return Fitted(family, np.arange(len(ways)), len(ways), scores, parts)


def forest(family: str, binned: Binned, came: Floats, weight: Floats, seed: int, objective: Objective,
           least: Sequence[int]) -> Fitted:  # fmt: skip
    """Trees on random rows and columns, their shares averaged; as regression on 0 and 1, so that leaves hold shares."""
    settings = {
        "objective": "regression", "boosting": "rf", "num_leaves": 255, "bagging_fraction": 0.63, "bagging_freq": 1,
        "feature_fraction_bynode": 0.33, "lambda_l2": 0.0,
    }  # fmt: skip
    forests = [binned.train({**settings, "min_data_in_leaf": size}, seed, _FOREST_TREES) for size in least]
    middle = np.average(came, weights=weight)

    def scores(rows: Seen, places: Integers) -> Floats:
        said = np.array([forests[place].predict(rows.trees, num_threads=1) for place in places])
        return log_odds(said) if objective.binary else said

    def parts(rows: Seen, strengths: Floats, width: int) -> Floats:
        # LightGBM adds the trees of a forest up in contributions, and takes their mean in predictions.
        told = _parts([(forest, _FOREST_TREES) for forest in forests])(rows, strengths, width) / _FOREST_TREES
        if not objective.binary:
            return told
        said = probability(strengths @ scores(rows, np.arange(len(forests))))
        away = said - middle
        slope = np.where(
            np.abs(away) > _NEAR,
            (log_odds(said) - log_odds(middle)) / np.where(away, away, 1),
            1 / (middle * (1 - middle)),
        )
        return np.asarray(told * slope[:, None])

    return Fitted(family, np.arange(len(least)), len(least), scores, parts)


def _raw(booster: Any, rows: Floats, start: int, rounds: int) -> Floats:
    return np.asarray(booster.predict(rows, raw_score=True, start_iteration=start, num_iteration=rounds, num_threads=1))


def _steps(stumps: Stumps, rounds: Integers) -> Callable[[Seen, Floats, int], Floats]:
    def parts(rows: Seen, strengths: Floats, width: int) -> Floats:
        counted = np.array([strengths[rounds > tree].sum() for tree in range(int(rounds.max()))])
        return stumps.parts(rows.trees, counted, rows.trees_of, width)

    return parts


def _parts(ways: list[tuple[Any, int]]) -> Callable[[Seen, Floats, int], Floats]:
    def parts(rows: Seen, strengths: Floats, width: int) -> Floats:
        heavy = np.where(strengths >= min(_HEAVY, strengths.max()), strengths, 0)
        told = np.zeros((len(rows.trees), width))
        for share, (booster, rounds) in zip(heavy / heavy.sum(), ways, strict=True):
            if share:
                terms = booster.predict(rows.trees, pred_contrib=True, num_iteration=rounds, num_threads=1)
                told += share * by_source(terms[:, :-1], rows.trees_of, width)
        return told

    return parts
