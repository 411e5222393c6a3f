"""The Theta method: half the long trend on a smoothed level, of the series without its season.

Assimakopoulos and Nikolopoulos (2000); as simple exponential smoothing with drift by Hyndman and Billah (2003).
"""

import numpy as np

from b2shift.differentiate.forecast.arrays import Floats
from b2shift.differentiate.forecast.smoothing import seasonal_profile

_LEVELS = np.linspace(0.05, 0.95, 19)
_SURE = 1.645


def theta(values: Floats, season: int, horizon: int) -> Floats:
    """The path after the values (at least three)."""
    profile = seasonal_profile(values, season) if is_seasonal(values, season) else np.zeros(season)
    adjusted = values - np.resize(profile, len(values))
    at = np.arange(len(adjusted))
    drift = float(np.cov(at, adjusted, bias=True)[0, 1] / at.var()) / 2
    level, squared = np.full(len(_LEVELS), adjusted[0]), np.zeros(len(_LEVELS))
    for value in adjusted[1:]:
        error = value - level
        squared += error**2
        level = level + _LEVELS * error
    best = int(np.argmin(squared))
    share = _LEVELS[best]
    steps = np.arange(1, horizon + 1)
    start = (1 - (1 - share) ** len(adjusted)) / share
    return np.asarray(level[best] + drift * (steps - 1 + start) + profile[(len(adjusted) + steps - 1) % season])


def is_seasonal(values: Floats, season: int) -> bool:
    """Whether the values a season apart go together more than chance would (one-sided 95 %, by Bartlett's error)."""
    if season < 2 or len(values) < 2 * season + 2:
        return False
    change = values - np.polyval(np.polyfit(np.arange(len(values)), values, 1), np.arange(len(values)))
    total = float(change @ change)
    if total <= 1e-12 * float(values @ values):
        return False
    related = np.array([change[lag:] @ change[:-lag] / total for lag in range(1, season + 1)])
    error = np.sqrt((1 + 2 * (related[:-1] ** 2).sum()) / len(values))
    return bool(related[-1] > _SURE * error)
