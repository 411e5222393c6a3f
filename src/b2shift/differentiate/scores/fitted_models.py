"""The candidate models: logistic regression, gradient boosting, and their mean in log-odds.

A model is its parameters, plain numbers and text that JSON holds exactly, and is always rebuilt from them: a stored
model predicts bit for bit as the fitted one, and nothing is unpickled. Sums go row by row, so that a customer's score
does not depend on the batch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from sklearn.linear_model import LogisticRegression

from b2shift.differentiate.scores.frame import Floats

_PENALTY = 0.02
_MIN_MISSING = 0.01
_CLIP = 4.0
_ROWS_FOR_THREADS = 20_000


Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class FittedModel:
    """A fitted model: log-odds of rows, and each column's contribution relative to the training mean."""

    name: str
    log_odds: Callable[[Floats], Floats]
    contributions: Callable[[Floats], Floats]
    parameters: Parameters
    interval: Callable[[Floats], tuple[Floats, Floats]] | None = None
    """Lower and upper probabilities, where the model has its own interval."""


def fit_logistic(matrix: Floats, target: Floats, weight: Floats, penalty: float = _PENALTY) -> FittedModel:
    """L2-penalised; columns standardised and clipped, with a missing indicator where 1 to 99 % of values are missing.

    `penalty` is scikit-learn's C: the larger, the less coefficients shrink.
    """
    missing = np.isnan(matrix)
    shares = missing.mean(axis=0)
    with_flag = np.flatnonzero((shares > _MIN_MISSING) & (shares < 1 - _MIN_MISSING))
    known = np.where(missing, np.nan, matrix)
    with np.errstate(invalid="ignore", divide="ignore"):
        counts = np.maximum((~missing).sum(axis=0), 1)
        mean = np.nansum(known, axis=0) / counts
        scale = np.sqrt(np.nansum((known - mean) ** 2, axis=0) / counts)
    scale[scale < 1e-6] = 1.0
    standard = _standardiser(mean.astype(float), scale.astype(float), with_flag, shares)
    model = LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=50).fit(
        standard(matrix), target, sample_weight=weight
    )
    return linear_model(
        {
            "kind": "linear",
            "mean": mean.astype(float).tolist(),
            "spread": scale.astype(float).tolist(),
            "flagged": with_flag.tolist(),
            "shares": shares.tolist(),
            "slopes": model.coef_[0].tolist(),
            "level": float(model.intercept_[0]),
        }
    )


def linear_model(parameters: Parameters) -> FittedModel:
    """A logistic regression from its parameters."""
    mean, scale, shares, slopes = (
        np.array(parameters[name], dtype=float) for name in ("mean", "spread", "shares", "slopes")
    )
    with_flag = np.array(parameters["flagged"], dtype=np.intp)
    standard, width, level = _standardiser(mean, scale, with_flag, shares), len(mean), float(parameters["level"])

    def contributions(rows: Floats) -> Floats:
        terms = standard(rows) * slopes
        parts = terms[:, :width].copy()
        parts[:, with_flag] += terms[:, width:]
        return parts

    return FittedModel(
        "regressão logística", lambda rows: (standard(rows) * slopes).sum(axis=1) + level, contributions, parameters
    )


def _standardiser(mean: Floats, scale: Floats, with_flag: Floats, shares: Floats) -> Callable[[Floats], Floats]:
    def standard(rows: Floats) -> Floats:
        missing = np.isnan(rows)
        values = np.where(missing, 0.0, np.clip((rows - mean) / scale, -_CLIP, _CLIP))
        return np.hstack([values, missing[:, with_flag] - shares[with_flag]])

    return standard


def fit_boosting(matrix: Floats, target: Floats, weight: Floats, seed: int, threads: int) -> FittedModel:
    """LightGBM with small trees, as many as the events support. Contributions are exact TreeSHAP."""
    events = int(target.sum())
    settings = {
        "objective": "binary",
        "learning_rate": 0.05,
        "num_leaves": 7 if events >= 200 else 4,
        "min_data_in_leaf": int(np.clip(len(target) // 200, 10, 100)),
        "feature_fraction": 0.5,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 20.0,
        "max_bin": 127,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": _useful_threads(threads, len(target)),
        "verbose": -1,
    }
    data = lightgbm.Dataset(matrix, target, weight=weight, free_raw_data=True)
    booster = lightgbm.train(settings, data, num_boost_round=int(np.clip(events, 60, 150)))
    return tree_model({"kind": "trees", "text": booster.model_to_string()}, threads)


def tree_model(parameters: Parameters, threads: int = 1) -> FittedModel:
    """A boosted model from LightGBM's text format."""
    booster = lightgbm.Booster(model_str=parameters["text"])
    return FittedModel(
        "gradient boosting (LightGBM)",
        lambda rows: booster.predict(rows, raw_score=True, num_threads=_useful_threads(threads, len(rows))),
        lambda rows: booster.predict(rows, pred_contrib=True, num_threads=_useful_threads(threads, len(rows)))[:, :-1],
        parameters,
    )


def blend_models(one: FittedModel, other: FittedModel) -> FittedModel:
    """The mean of two fitted models in log-odds."""
    return FittedModel(
        f"média de {one.name} e {other.name}",
        lambda rows: (one.log_odds(rows) + other.log_odds(rows)) / 2,
        lambda rows: (one.contributions(rows) + other.contributions(rows)) / 2,
        {"kind": "mean", "of": [one.parameters, other.parameters]},
    )


def _useful_threads(threads: int, rows: int) -> int:
    """One thread for few rows, where synchronisation costs more than the work. Results are the same."""
    return threads if rows > _ROWS_FOR_THREADS else 1
