"""Forecasts of seasonal differences, added back to the last cycle, over a grid of how a difference lasts.

Changes between values a season apart keep a share of their mean, and fade from where they last were: seasonal
differences as an ARMA(1, 1) around a shrunk mean (Box and Jenkins, Time Series Analysis, 1970, chapter 9). Where a
level smoothed over all seasons wanders off, what came a season before still holds. As in exponential smoothing one
pass answers from every origin, and no optimiser chooses.
"""

from collections.abc import Sequence

import numpy as np

from b2shift.differentiate.forecast.arrays import Floats

_MEMORIES = (0.1, 0.25, 0.5, 0.75, 1.0)
_FADES = (0.0, 0.5, 0.7, 0.85, 0.95, 1.0)
_MEANS = (0.0, 0.5)
"""How much of an error a change takes on, what is left of it a period later, and how much of their mean it keeps."""
_MIN_DIFFERENCES = 2
"""Differences to learn from before one is forecast."""
_TINY = 1e-12


def seasonal_difference_forecasts(values: Floats, season: int, origins: Sequence[int], horizon: int) -> Floats:
    """Paths after the first `origin` values, for each of the ascending origins (at least one value); origins × horizon.

    While fewer than two changes are known the last cycle comes again; while there is no whole cycle, the last value.
    """
    memory, fade, kept = np.array([(m, f, k) for m in _MEMORIES for f in _FADES for k in _MEANS]).T
    change, squared = np.zeros(len(memory)), np.zeros(len(memory))
    steps = np.arange(1, horizon + 1)
    total, known = 0.0, 0
    wanted, paths = set(origins), []
    for at in range(max(origins) + 1):
        if at in wanted:
            differences = np.zeros(horizon)
            if known >= _MIN_DIFFERENCES:
                weight = _weights(squared, known)
                differences = weight @ (kept[:, None] * total / known + fade[:, None] ** steps * change[:, None])
            paths.append(_integrate(values[:at], season, differences))
        if at == len(values):
            break
        if at >= season:
            difference = values[at] - values[at - season]
            error = difference - fade * change - kept * (total / known if known else 0.0)
            squared += error**2 * (known >= _MIN_DIFFERENCES)
            change = fade * change + memory * error
            total, known = total + difference, known + 1
    return np.array(paths)


def _weights(squared: Floats, count: int) -> Floats:
    """Akaike weights of models of equally many parameters."""
    score = count * np.log(squared / count + _TINY)
    relative = np.exp(-0.5 * (score - score.min()))
    return np.asarray(relative / relative.sum())


def _integrate(seen: Floats, season: int, differences: Floats) -> Floats:
    """Each value ahead is that of a season before, observed or forecast, plus its difference."""
    path = np.r_[seen[-season:] if len(seen) >= season else np.full(season, seen[-1]), differences]
    for place in range(season, len(path)):
        path[place] += path[place - season]
    return path[season:]
