"""The models that compete: a logistic regression, gradient boosting, and the mean of both in log-odds.

Each is its parameters, plain numbers and text that JSON holds exactly, and is always applied as made from them: what is
kept says the same, to the last bit, as what was fitted, and nothing is unpickled. Sums go row by row, so that a
customer's score does not depend on who is scored beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from sklearn.linear_model import LogisticRegression

from b2shift.differentiate.scores.frame import Floats

_PENALTY = 0.02
_RARELY = 0.01
_CLIP = 4.0
_ROWS_FOR_THREADS = 20_000


Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Learned:
    """A fitted model: log-odds of rows, and what each column adds to them relative to the training mean."""

    name: str
    log_odds: Callable[[Floats], Floats]
    contributions: Callable[[Floats], Floats]
    parameters: Parameters
    interval: Callable[[Floats], tuple[Floats, Floats]] | None = None
    """Low and high probabilities, where the model has its own."""


def logistic(matrix: Floats, happened: Floats, weight: Floats, penalty: float = _PENALTY) -> Learned:
    """L2-penalised; columns standardised and clipped, a flag of missing where 1 to 99 % of the values are.

    `penalty` is scikit-learn's C: the larger, the less slopes are drawn to nothing.
    """
    gone = np.isnan(matrix)
    shares = gone.mean(axis=0)
    flagged = np.flatnonzero((shares > _RARELY) & (shares < 1 - _RARELY))
    known = np.where(gone, np.nan, matrix)
    with np.errstate(invalid="ignore", divide="ignore"):
        counts = np.maximum((~gone).sum(axis=0), 1)
        mean = np.nansum(known, axis=0) / counts
        spread = np.sqrt(np.nansum((known - mean) ** 2, axis=0) / counts)
    spread[spread < 1e-6] = 1.0
    standard = _standard(mean.astype(float), spread.astype(float), flagged, shares)
    model = LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=50).fit(
        standard(matrix), happened, sample_weight=weight
    )
    return linear(
        {
            "kind": "linear",
            "mean": mean.astype(float).tolist(),
            "spread": spread.astype(float).tolist(),
            "flagged": flagged.tolist(),
            "shares": shares.tolist(),
            "slopes": model.coef_[0].tolist(),
            "level": float(model.intercept_[0]),
        }
    )


def linear(told: Parameters) -> Learned:
    """A logistic regression from its parameters."""
    mean, spread, shares, slopes = (
        np.array(told[name], dtype=float) for name in ("mean", "spread", "shares", "slopes")
    )
    flagged = np.array(told["flagged"], dtype=np.intp)
    standard, width, level = _standard(mean, spread, flagged, shares), len(mean), float(told["level"])

    def contributions(rows: Floats) -> Floats:
        terms = standard(rows) * slopes
        parts = terms[:, :width].copy()
        parts[:, flagged] += terms[:, width:]
        return parts

    return Learned(
        "regressão logística", lambda rows: (standard(rows) * slopes).sum(axis=1) + level, contributions, told
    )


def _standard(mean: Floats, spread: Floats, flagged: Floats, shares: Floats) -> Callable[[Floats], Floats]:
    def standard(rows: Floats) -> Floats:
        missing = np.isnan(rows)
        values = np.where(missing, 0.0, np.clip((rows - mean) / spread, -_CLIP, _CLIP))
        return np.hstack([values, missing[:, flagged] - shares[flagged]])

    return standard


def boosting(matrix: Floats, happened: Floats, weight: Floats, seed: int, threads: int) -> Learned:
    """LightGBM with small trees; as many of them as the events can bear. Contributions are exact TreeSHAP."""
    events = int(happened.sum())
    settings = {
        "objective": "binary",
        "learning_rate": 0.05,
        "num_leaves": 7 if events >= 200 else 4,
        "min_data_in_leaf": int(np.clip(len(happened) // 200, 10, 100)),
        "feature_fraction": 0.5,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 20.0,
        "max_bin": 127,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": _useful(threads, len(happened)),
        "verbose": -1,
    }
    data = lightgbm.Dataset(matrix, happened, weight=weight, free_raw_data=True)
    booster = lightgbm.train(settings, data, num_boost_round=int(np.clip(events, 60, 150)))
    return trees({"kind": "trees", "text": booster.model_to_string()}, threads)


def trees(told: Parameters, threads: int = 1) -> Learned:
    """A boosting from LightGBM's own text."""
    booster = lightgbm.Booster(model_str=told["text"])
    return Learned(
        "gradient boosting (LightGBM)",
        lambda rows: booster.predict(rows, raw_score=True, num_threads=_useful(threads, len(rows))),
        lambda rows: booster.predict(rows, pred_contrib=True, num_threads=_useful(threads, len(rows)))[:, :-1],
        told,
    )


def blend(one: Learned, other: Learned) -> Learned:
    """The mean of two fitted models in log-odds."""
    return Learned(
        f"média de {one.name} e {other.name}",
        lambda rows: (one.log_odds(rows) + other.log_odds(rows)) / 2,
        lambda rows: (one.contributions(rows) + other.contributions(rows)) / 2,
        {"kind": "mean", "of": [one.parameters, other.parameters]},
    )


def _useful(threads: int, rows: int) -> int:
    """One thread for few rows: waiting for each other would cost more than the work. The results are the same."""
    return threads if rows > _ROWS_FOR_THREADS else 1
