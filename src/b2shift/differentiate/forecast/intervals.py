"""Intervals as wide as the series' own past errors ask for, starting from those of other series.

A forecast's error is measured in units of the spread its model expects at that horizon; in those units the errors of
one horizon are much like those of another, so that all of them count, near horizons and recent errors more. The
quantile of a series' own past errors (split conformal, over origins whose outcome is known) is drawn to that of the
public and invented series the constants come from, less the more origins there are. `benchmarks/forecast.py` measures
what the intervals then cover.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.forecast.arrays import Floats
from b2shift.differentiate.forecast.combination import CombinedForecasts, observed_by, periods_to_see_season

PRIOR_QUANTILES = {0.80: 1.20, 0.95: 2.10}
"""Quantiles of absolute errors over the expected spread, by coverage."""
_PRIOR_ORIGINS = 7.0
_LEAST = 0.05
_NEAR_HORIZON, _RECENT = 1.0, 16.0
"""Logarithm of the horizon, and periods, over which the weight of an error falls by e."""

_UNSURE, _SURE, _WIDEST = 5.0, 0.05, 0.3
"""The power of the horizon by which errors outgrow what models expect: the first over the periods seen, less the
second, at most the third. Models take level and trend for known, and from few periods they are not."""
_YEARS, _UNSEEN = 1.08, 0.92
"""Times the usual width of series of years, and of those whose season cannot be seen yet."""
_OF_THE_YEAR = 4
"""Values a cycle up to which the horizon leaves the cycle that was seen."""


@dataclass(frozen=True)
class PredictionIntervals:
    """Half the width of the interval of each coverage (origins × horizon), on the scale of the forecasts."""

    half_width: dict[float, Floats]


def prediction_intervals(forecasts: CombinedForecasts, actuals: Floats, season: int) -> PredictionIntervals:
    """Intervals from every origin by the errors known there; `actuals` are the outcomes (NaN where not known)."""
    steps = np.arange(1, actuals.shape[1] + 1)
    scale = forecasts.scale * _spread_growth(np.asarray(forecasts.origins), steps, season) + 1e-12
    errors = np.abs(actuals - forecasts.combined) / scale
    due = np.asarray(forecasts.origins)[:, None] + steps
    half = {share: np.empty_like(scale) for share in PRIOR_QUANTILES}
    for place, at in enumerate(forecasts.origins):
        known = observed_by(forecasts.origins, at, len(steps)) & np.isfinite(errors)
        tried = int(known.any(axis=1).sum())
        counts = _weights(np.broadcast_to(steps, errors.shape)[known], at - due[known], steps)
        for share, usual in PRIOR_QUANTILES.items():
            times = np.full(len(steps), usual)
            if tried:
                own = _quantiles(errors[known], counts, min(1.0, share * (1 + 0.5 / tried)))
                weight = tried / (tried + _PRIOR_ORIGINS)
                times = np.exp(weight * np.log(np.maximum(own, _LEAST)) + (1 - weight) * np.log(usual))
            half[share][place] = times * scale[place]
    return PredictionIntervals(half)


def _spread_growth(seen: Floats, steps: Floats, season: int) -> Floats:
    """How much larger errors are than models expect (origins × horizon), by the periods seen at each origin."""
    power = np.clip(_UNSURE / seen - _SURE, 0, _WIDEST)
    times = np.full(len(seen), _YEARS if season == 1 else 1.0)
    if season > _OF_THE_YEAR:
        whole = seen >= periods_to_see_season(season)
        power, times = np.where(whole, 0.0, power), np.where(whole, 1.0, _UNSEEN)
    return np.asarray(times[:, None] * steps ** power[:, None])


def _weights(horizons: Floats, ages: Floats, steps: Floats) -> Floats:
    """How much each known error counts at each horizon (horizons × errors)."""
    away = np.abs(np.log(horizons)[None, :] - np.log(steps)[:, None])
    return np.asarray(np.exp(-away / _NEAR_HORIZON - ages[None, :] / _RECENT))


def _quantiles(values: Floats, weights: Floats, share: float) -> Floats:
    """The weighted quantile of the values under each row of weights."""
    order = np.argsort(values, kind="stable")
    grown = np.cumsum(weights[:, order], axis=1)
    place = (grown < share * grown[:, -1:]).sum(axis=1)
    return np.asarray(values[order][np.minimum(place, len(values) - 1)])
