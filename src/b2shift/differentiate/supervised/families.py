"""The families of learners that are averaged: three linear ones, three of trees; each with several strengths.

A fitted family says one score per strength and row, so that strengths are chosen by what they said of rows that did not
teach. All of them explain themselves exactly: linear terms, or TreeSHAP.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np

from b2shift.differentiate.supervised.encoding import Matrices
from b2shift.differentiate.supervised.interactions import Products
from b2shift.differentiate.supervised.linear import logistic_path, squares_path
from b2shift.differentiate.supervised.objective import Objective, log_odds, probability
from b2shift.differentiate.supervised.rates import Rates
from b2shift.differentiate.supervised.shapes import Floats, Integers

PENALTIES = np.array([300.0, 100.0, 30.0, 10.0, 3.0, 1.0])
ROUNDS = (20, 40, 80, 160, 320, 640)
RIDGE, SMOOTH, PAIRS = "regressão logística", "curvas", "curvas e pares"
STUMPS, TREES, FOREST = "boosting aditivo", "boosting de árvores", "floresta"
DEEP = frozenset({TREES, FOREST})
"""Whose reasons cost a walk through every tree for every row."""
_CURVE_SCALE = _PAIR_SCALE = 0.5
_PAIRS_BY = 2
DEEP_FROM = 1500
"""Rows of a table from which larger trees are tried."""
_FOREST_TREES = 200
_NEAR = 1e-3
_HEAVY = 0.25


@dataclass(frozen=True)
class Seen:
    """Rows as the families see them; the source column of every column of the matrices."""

    linear: Floats
    linear_of: Integers
    curves: Floats
    curves_of: Integers
    trees: Floats
    trees_of: Integers


@dataclass(frozen=True)
class Fitted:
    """One family fitted: scores (strengths × rows), and each source column's part of a weighted mean of strengths."""

    family: str
    scores: Callable[[Seen], Floats]
    parts: Callable[[Seen, Floats, int], Floats]


@dataclass(frozen=True)
class Teacher:
    """Fits every family on some rows of a table; keeps the rates of levels learnt on them."""

    rates: Rates
    fitted: tuple[Fitted, ...]

    @classmethod
    def of(
        cls, rows: Matrices, came: Floats, weight: Floats, objective: Objective, seed: int, *, deep: bool
    ) -> "Teacher":
        """Fit on all rows of the matrices; `deep` (many rows in the whole table) also tries larger trees."""
        rates = Rates.of(rows.codes, came, weight, objective)
        seen = _seen(rows, rates.own)
        smooth = _linear(SMOOTH, seen, came, weight, objective, curved=True)
        middle = smooth.scores(seen)[_PAIRS_BY]
        products = Products.found(seen.linear, seen.linear_of, came, middle, weight, objective)
        return cls(
            rates,
            (
                _linear(RIDGE, seen, came, weight, objective),
                smooth,
                _linear(PAIRS, seen, came, weight, objective, curved=True, products=products),
                _boosting(STUMPS, seen, came, weight, objective, seed, (2,)),
                _boosting(TREES, seen, came, weight, objective, seed, (8, 24) if deep else (8,)),
                _forest(seen, came, weight, objective, seed),
            ),
        )

    def see(self, rows: Matrices) -> Seen:
        """Rows that did not teach, with the rates of their levels."""
        return _seen(rows, self.rates.of_rows(rows.codes))


def _seen(rows: Matrices, rates: Floats) -> Seen:
    return Seen(
        np.hstack([rows.linear, rates]), np.r_[rows.linear_of, rows.codes_of],
        rows.curves, rows.curves_of,
        np.hstack([rows.trees, rates]), np.r_[rows.trees_of, rows.codes_of],
    )  # fmt: skip


def _linear(
    family: str,
    seen: Seen,
    came: Floats,
    weight: Floats,
    objective: Objective,
    *,
    curved: bool = False,
    products: Products | None = None,
) -> Fitted:
    sources = seen.linear_of

    def terms(rows: Seen) -> Floats:
        parts = [rows.linear]
        if curved:
            parts.append(_CURVE_SCALE * rows.curves)
        if products is not None:
            parts.append(_PAIR_SCALE * products.of(rows.linear))
        return np.hstack(parts)

    matrix = terms(seen)
    path = logistic_path if objective.binary else squares_path
    found = path(matrix, came, weight, PENALTIES)
    middle = np.average(matrix, axis=0, weights=weight)

    def parts(rows: Seen, strengths: Floats, width: int) -> Floats:
        told = (terms(rows) - middle) * (strengths @ found[:, 1:])
        first = np.r_[rows.linear_of, rows.curves_of] if curved else rows.linear_of
        summed = _by_source(told[:, : len(first)], first, width)
        if products is not None:
            rest = told[:, len(first) :] / 2
            summed += _by_source(rest, sources[products.left], width)
            summed += _by_source(rest, sources[products.right], width)
        return summed

    return Fitted(family, lambda rows: found[:, :1] + found[:, 1:] @ terms(rows).T, parts)


def _boosting(
    family: str, seen: Seen, came: Floats, weight: Floats, objective: Objective, seed: int, leaves: tuple[int, ...]
) -> Fitted:
    rows = len(came)
    settings = {
        "objective": "binary" if objective.binary else "regression",
        "learning_rate": 0.04, "min_data_in_leaf": int(np.clip(rows // 25, 3, 20)), "feature_fraction": 0.6,
        "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, **_repeatable(seed),
    }  # fmt: skip
    boosters = [_train({**settings, "num_leaves": size}, seen.trees, came, weight, ROUNDS[-1]) for size in leaves]
    ways = [(booster, rounds) for booster in boosters for rounds in ROUNDS]

    def scores(one: Seen) -> Floats:
        return np.array([b.predict(one.trees, raw_score=True, num_iteration=r, num_threads=1) for b, r in ways])

    return Fitted(family, scores, _tree_parts(ways))


def _forest(seen: Seen, came: Floats, weight: Floats, objective: Objective, seed: int) -> Fitted:
    """Trees on random rows and columns, their shares averaged; as regression on 0 and 1, so that leaves hold shares."""
    settings = {
        "objective": "regression", "boosting": "rf", "num_leaves": 255, "bagging_fraction": 0.63, "bagging_freq": 1,
        "feature_fraction_bynode": 0.33, "lambda_l2": 0.0, **_repeatable(seed),
    }  # fmt: skip
    least = (3, 10) if len(came) < DEEP_FROM else (5, 20)
    forests = [
        _train({**settings, "min_data_in_leaf": size}, seen.trees, came, weight, _FOREST_TREES) for size in least
    ]

    middle = np.average(came, weights=weight)

    def scores(rows: Seen) -> Floats:
        said = np.array([forest.predict(rows.trees, num_threads=1) for forest in forests])
        return log_odds(said) if objective.binary else said

    def parts(rows: Seen, strengths: Floats, width: int) -> Floats:
        # LightGBM adds the trees of a forest up in contributions, and takes their mean in predictions.
        told = _tree_parts([(forest, _FOREST_TREES) for forest in forests])(rows, strengths, width) / _FOREST_TREES
        if not objective.binary:
            return told
        said = probability(strengths @ scores(rows))
        away = said - middle
        slope = np.where(
            np.abs(away) > _NEAR,
            (log_odds(said) - log_odds(middle)) / np.where(away, away, 1),
            1 / (middle * (1 - middle)),
        )
        return np.asarray(told * slope[:, None])

    return Fitted(FOREST, scores, parts)


def _tree_parts(ways: list[tuple[Any, int]]) -> Callable[[Seen, Floats, int], Floats]:
    def parts(rows: Seen, strengths: Floats, width: int) -> Floats:
        heavy = np.where(strengths >= min(_HEAVY, strengths.max()), strengths, 0)
        told = np.zeros((len(rows.trees), width))
        for share, (booster, rounds) in zip(heavy / heavy.sum(), ways, strict=True):
            if share:
                terms = booster.predict(rows.trees, pred_contrib=True, num_iteration=rounds, num_threads=1)
                told += share * _by_source(terms[:, :-1], rows.trees_of, width)
        return told

    return parts


def _by_source(terms: Floats, sources: Integers, width: int) -> Floats:
    """Columns added up to the columns of the table they come from."""
    told = np.zeros((len(terms), width))
    for place, source in enumerate(sources):
        told[:, source] += terms[:, place]
    return told


def _train(settings: dict[str, Any], matrix: Floats, came: Floats, weight: Floats, rounds: int) -> Any:
    return lightgbm.train(settings, lightgbm.Dataset(matrix, came, weight=weight), num_boost_round=rounds)


def _repeatable(seed: int) -> dict[str, Any]:
    return {
        "seed": seed, "deterministic": True, "force_row_wise": True, "num_threads": 1, "max_bin": 127, "verbose": -1,
    }  # fmt: skip
