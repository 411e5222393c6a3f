"""Fallback for few events: event rate by number of warning signs.

Rates are shrunk to the overall rate by 20 customers and monotone in the number of signs, with 90 % Beta intervals.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from b2shift.differentiate.scores.fitted_models import FittedModel, Parameters
from b2shift.differentiate.scores.frame import Column, Design, Floats
from b2shift.differentiate.scores.measures import logit

MAX_SIGNS = 2
_PRIOR_CUSTOMERS = 20.0


@dataclass(frozen=True)
class Sign:
    """A warning: the feature at or beyond a limit."""

    feature: str
    limit: float
    above: bool


SIGNS: dict[str, tuple[Sign, ...]] = {
    "churn_90d": (
        Sign("usage_trend_3m", -0.3, above=False),
        Sign("mrr_trend_3m", -0.1, above=False),
        Sign("unpaid_share_6m", 0.15, above=True),
        Sign("nps_last", 6, above=False),
    ),
    "nps_detractor_risk": (
        Sign("nps_last", 6, above=False),
        Sign("nps_mean_12m", 7, above=False),
        Sign("tickets_high_share_12m", 0.2, above=True),
        Sign("late_share_6m", 0.5, above=True),
    ),
}


def tier_design(score: str) -> Design:
    """The raw columns the signs are read from."""
    return Design(tuple(Column(sign.feature) for sign in SIGNS[score]))


def fit_tiers(score: str, matrix: Floats, target: Floats) -> FittedModel:
    """Rates by number of signs as a model; each sign contributes an even share of the distance to no sign."""
    signs = SIGNS[score]
    tier = _tier(signs, matrix)
    base = float(np.clip(target.mean(), 1e-4, 1 - 1e-4))
    counts = np.bincount(tier, minlength=MAX_SIGNS + 1)
    events = np.bincount(tier, weights=target, minlength=MAX_SIGNS + 1)
    good, bad = events + _PRIOR_CUSTOMERS * base, counts - events + _PRIOR_CUSTOMERS * (1 - base)
    rates = logit(np.maximum.accumulate(good / (good + bad)))
    low, high = beta.ppf(0.05, good, bad), beta.ppf(0.95, good, bad)
    return tiers_model({"kind": "tiers", "score": score} | {
        name: values.tolist() for name, values in (("rates", rates), ("low", low), ("high", high))
    })  # fmt: skip


def tiers_model(parameters: Parameters) -> FittedModel:
    """Tiers from their parameters."""
    signs = SIGNS[parameters["score"]]
    rates, low, high = (np.array(parameters[name], dtype=float) for name in ("rates", "low", "high"))

    def contributions(rows: Floats) -> Floats:
        shown = _present(signs, rows)
        step = rates[_tier(signs, rows)] - rates[0]
        return shown * (step / np.maximum(shown.sum(axis=1), 1))[:, None]

    return FittedModel(
        "faixas por sinais de alerta",
        lambda rows: rates[_tier(signs, rows)],
        contributions,
        parameters,
        lambda rows: (low[_tier(signs, rows)], high[_tier(signs, rows)]),
    )


def _present(signs: tuple[Sign, ...], matrix: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        columns = [
            matrix[:, k] >= sign.limit if sign.above else matrix[:, k] <= sign.limit for k, sign in enumerate(signs)
        ]
    return np.column_stack(columns).astype(float)


def _tier(signs: tuple[Sign, ...], matrix: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    return np.minimum(_present(signs, matrix).sum(axis=1), MAX_SIGNS).astype(np.intp)
