"""Intervals as wide as the series' own past errors ask for, starting from those of other series.

A forecast's error is measured in units of the spread its model expects at that horizon; in those units the errors of
one horizon are much like those of another, so that all of them count, near horizons and recent errors more. The
quantile of a series' own past errors (split conformal, over origins whose outcome is known) is drawn to that of the
public and invented series the constants come from, less the more origins there are. `benchmarks/forecast.py` measures
what the intervals then cover.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.forecast.paths import Paths, known_at
from b2shift.differentiate.forecast.shapes import Floats

USUAL = {0.80: 1.20, 0.95: 2.10}
"""Quantiles of absolute errors over the expected spread, by coverage."""
_PRIOR_ORIGINS = 7.0
_LEAST = 0.05
_NEAR_HORIZON, _RECENT = 1.0, 16.0
"""Logarithm of the horizon, and periods, over which the weight of an error falls by e."""


@dataclass(frozen=True)
class Reach:
    """Half the width of the interval of each coverage (origins × horizon), on the scale of the paths."""

    half: dict[float, Floats]


def reach(paths: Paths, came: Floats) -> Reach:
    """Intervals from every origin by the errors known there; `came` are the outcomes (NaN where not known)."""
    scale = paths.scale + 1e-12
    errors = np.abs(came - paths.combined) / scale
    steps = np.arange(1, errors.shape[1] + 1)
    due = np.asarray(paths.origins)[:, None] + steps
    half = {share: np.empty_like(scale) for share in USUAL}
    for place, at in enumerate(paths.origins):
        known = known_at(paths.origins, at, len(steps)) & np.isfinite(errors)
        tried = int(known.any(axis=1).sum())
        counts = _weights(np.broadcast_to(steps, errors.shape)[known], at - due[known], steps)
        for share, usual in USUAL.items():
            times = np.full(len(steps), usual)
            if tried:
                own = _quantiles(errors[known], counts, min(1.0, share * (1 + 0.5 / tried)))
                weight = tried / (tried + _PRIOR_ORIGINS)
                times = np.exp(weight * np.log(np.maximum(own, _LEAST)) + (1 - weight) * np.log(usual))
            half[share][place] = times * scale[place]
    return Reach(half)


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
