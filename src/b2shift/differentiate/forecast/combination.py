"""A combination of forecasting methods, each from every origin, weighted by its past errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.forecast.arrays import Flags, Floats
from b2shift.differentiate.forecast.seasonal_differences import seasonal_difference_forecasts
from b2shift.differentiate.forecast.smoothing import exponential_smoothing
from b2shift.differentiate.forecast.theta import theta

ETS, THETA, SEASONAL_DIFFERENCES, DRIFT, NAIVE = (
    "suavização exponencial",
    "Theta",
    "variação do ciclo",
    "tendência",
    "sazonal ingênuo",
)
_PRIOR_WEIGHTS = {ETS: 0.4, THETA: 0.25, SEASONAL_DIFFERENCES: 0.25, DRIFT: 0.0, NAIVE: 0.1}
"""Weights before a method has forecast anything; a method that erred less in the past gets more."""
_PRIOR_WEIGHTS_UNSEEN_SEASON = {ETS: 0.35, THETA: 0.2, SEASONAL_DIFFERENCES: 0.15, DRIFT: 0.25, NAIVE: 0.05}
"""The same while a season that there is cannot be seen: growth is then what is known."""
_DRIFT_WINDOW = 24
"""Periods whose mean change a drift goes on with."""
_SHARPNESS, _SLOWNESS = 3.0, 3.0
_TINY = 1e-12


@dataclass(frozen=True)
class CombinedForecasts:
    """What each method says from each origin (origins × horizon), and their weighted mean."""

    origins: tuple[int, ...]
    methods: dict[str, Floats]
    weights: Floats
    """Of the methods, at each origin, by what was known there (origins × methods)."""
    combined: Floats
    scale: Floats
    """How large an error each horizon leads one to expect."""


def combine_forecasts(values: Floats, season: int, origins: Sequence[int], horizon: int) -> CombinedForecasts:
    """Forecasts after the first `origin` values, for each origin (ascending), none of which sees a later value."""
    smoothed = exponential_smoothing(values, season, origins, horizon)
    parts = [values[:origin] for origin in origins]
    methods = {
        ETS: smoothed.paths,
        THETA: np.array([theta(part, season, horizon) for part in parts]),
        SEASONAL_DIFFERENCES: seasonal_difference_forecasts(values, season, origins, horizon),
        DRIFT: np.array([drift(part, horizon) for part in parts]),
        NAIVE: np.array([seasonal_naive(part, season, horizon) for part in parts]),
    }
    forecasts = np.stack(list(methods.values()))
    weights = _weights(forecasts, values, origins, season)
    combined = np.einsum("ok,koh->oh", weights, forecasts)
    return CombinedForecasts(tuple(origins), methods, weights, combined, smoothed.spread[:, None] * smoothed.growth)


def seasonal_naive(values: Floats, season: int, horizon: int) -> Floats:
    """The value a season before; the last value while there is no whole season."""
    cycle = values[-season:] if len(values) >= season else values[-1:]
    return np.resize(cycle, horizon)


def drift(values: Floats, horizon: int) -> Floats:
    """The last value, gone on with the mean change of the last periods (at least two values)."""
    seen = min(_DRIFT_WINDOW, len(values) - 1)
    return np.asarray(values[-1] + (values[-1] - values[-1 - seen]) / seen * np.arange(1, horizon + 1))


def actuals_after(values: Floats, origins: Sequence[int], horizon: int) -> Floats:
    """What came after each origin (origins × horizon), NaN where it is not known yet."""
    later = np.r_[values, np.full(horizon, np.nan)]
    return np.array([later[origin : origin + horizon] for origin in origins])


def observed_by(origins: Sequence[int], at: int, horizon: int) -> Flags:
    """Which of the forecasts (origins × horizon) had come true or not by the first `at` values."""
    return np.asarray(np.asarray(origins)[:, None] + np.arange(1, horizon + 1) <= at)


def periods_to_see_season(season: int) -> int:
    """Periods from which a season is seen: two of its cycles and two more."""
    return 2 * season + 2


def _weights(forecasts: Floats, values: Floats, origins: Sequence[int], season: int) -> Floats:
    horizon = forecasts.shape[2]
    errors = np.abs(forecasts - actuals_after(values, origins, horizon))
    whole = 0 if season == 1 else periods_to_see_season(season)
    priors = [_PRIOR_WEIGHTS if at >= whole else _PRIOR_WEIGHTS_UNSEEN_SEASON for at in origins]
    weights = np.array([list(prior.values()) for prior in priors])
    for place, at in enumerate(origins):
        known = observed_by(origins, at, horizon)
        tried = int(known.any(axis=1).sum())
        if not tried:
            continue
        missed = errors[:, known].mean(axis=1) + _TINY
        trust = _SHARPNESS * tried / (tried + _SLOWNESS)
        weights[place] *= (missed.min() / missed) ** trust
    return weights / weights.sum(axis=1, keepdims=True)
