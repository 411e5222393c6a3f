"""The last cycle gone on with the change from cycle to cycle, over a grid of how that change lasts.

Changes between values a season apart keep a share of their mean, and fade from where they last were: seasonal
differences as an ARMA(1, 1) around a shrunk mean (Box and Jenkins, Time Series Analysis, 1970, chapter 9). Where a
level smoothed over all seasons wanders off, what came a season before still holds. As in exponential smoothing one
pass answers from every origin, and no optimiser chooses.
"""

from collections.abc import Sequence

import numpy as np

from b2shift.differentiate.forecast.shapes import Floats

_MEMORIES = (0.1, 0.25, 0.5, 0.75, 1.0)
_FADES = (0.0, 0.5, 0.7, 0.85, 0.95, 1.0)
_MEANS = (0.0, 0.5)
"""How much of an error a change takes on, what is left of it a period later, and how much of their mean it keeps."""
_TO_LEARN = 2
"""Changes that teach before one is foretold."""
_TINY = 1e-12


def changed_cycles(values: Floats, season: int, origins: Sequence[int], horizon: int) -> Floats:
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
            grown = np.zeros(horizon)
            if known >= _TO_LEARN:
                weight = _weights(squared, known)
                grown = weight @ (kept[:, None] * total / known + fade[:, None] ** steps * change[:, None])
            paths.append(_gone_on(values[:at], season, grown))
        if at == len(values):
            break
        if at >= season:
            came = values[at] - values[at - season]
            error = came - fade * change - kept * (total / known if known else 0.0)
            squared += error**2 * (known >= _TO_LEARN)
            change = fade * change + memory * error
            total, known = total + came, known + 1
    return np.array(paths)


def _weights(squared: Floats, count: int) -> Floats:
    """Akaike weights of models of equally many parameters."""
    score = count * np.log(squared / count + _TINY)
    told = np.exp(-0.5 * (score - score.min()))
    return np.asarray(told / told.sum())


def _gone_on(seen: Floats, season: int, grown: Floats) -> Floats:
    """Each value ahead is that of a season before, seen or said, and its change."""
    path = np.r_[seen[-season:] if len(seen) >= season else np.full(season, seen[-1]), grown]
    for place in range(season, len(path)):
        path[place] += path[place - season]
    return path[season:]
