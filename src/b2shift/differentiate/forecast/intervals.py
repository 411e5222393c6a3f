"""Intervals as wide as the series' own past errors ask for, starting from those of other series.

A forecast's error is measured in units of the spread its model expects at that horizon; in those units the errors of
one horizon are like those of another, so that all of them count. The quantile of a series' own past errors (split
conformal, over origins whose outcome is known) is drawn to that of the 65 public and 120 invented series the constants
come from, less the more origins there are. `benchmarks/forecast.py` measures what the intervals then cover.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.forecast.paths import Paths, known_at
from b2shift.differentiate.forecast.shapes import Floats

USUAL = {0.80: 1.33, 0.95: 2.20}
"""Quantiles of absolute errors over the expected spread, by coverage."""
_PRIOR_ORIGINS = 10.0
_LEAST = 0.05


@dataclass(frozen=True)
class Reach:
    """Half the width of the interval of each coverage (origins × horizon), on the scale of the paths."""

    half: dict[float, Floats]


def reach(paths: Paths, came: Floats) -> Reach:
    """Intervals from every origin by the errors known there; `came` are the outcomes (NaN where not known)."""
    scale = paths.scale + 1e-12
    errors = np.abs(came - paths.combined) / scale
    horizon = errors.shape[1]
    half = {share: np.empty_like(scale) for share in USUAL}
    for place, at in enumerate(paths.origins):
        known = known_at(paths.origins, at, horizon) & np.isfinite(errors)
        tried = int(known.any(axis=1).sum())
        for share, usual in USUAL.items():
            times = usual
            if tried:
                own = float(np.quantile(errors[known], min(1.0, share * (1 + 0.5 / tried))))
                weight = tried / (tried + _PRIOR_ORIGINS)
                times = float(np.exp(weight * np.log(max(own, _LEAST)) + (1 - weight) * np.log(usual)))
            half[share][place] = times * scale[place]
    return Reach(half)
