"""How much each family counts: near equal on small data, what earlier rows say on large.

Within a family, strengths are averaged by what they lost on rows that did not teach (softly, so that a lucky strength
does not take all). Between families, weights minimise the loss of the mean score under a pull to equal weights worth a
fixed number of nats: on few rows the pull wins, on many the data do. A mean of scores is what adds up to reasons.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.shapes import Flags, Floats

_SOFTNESS = 4.0
_NOTHING = 0.005
"""Shares under which a strength or family is not asked at all."""
_PULL = 4.0
"""Nats that hold the families near equal weights."""
_STRETCH, _SLOPE_PULL = 1.1, 30.0
"""How much the mean of many models is too timid as a rule, and how strongly the stretch is held to that (nats per unit
squared)."""


@dataclass(frozen=True)
class Stack:
    """Weights of the strengths of each family, and of the families."""

    strengths: tuple[Floats, ...]
    families: Floats
    stretch: float = 1.0
    shift: float = 0.0

    def score(self, said: list[Floats]) -> Floats:
        """The mean of the families' scores (each strengths × rows)."""
        ways = zip(self.families, self.strengths, said, strict=True)
        return np.asarray(self.shift + self.stretch * sum(share * (inner @ one) for share, inner, one in ways))


def stack(said: list[Floats], came: Floats, weight: Floats, objective: Objective, rows: Flags | None = None) -> Stack:
    """Weights from scores of rows that did not teach (each strengths × rows, NaN where a row was not said)."""
    kept = np.isfinite(said[0][0]) & (weight > 0) & (np.ones(len(came), bool) if rows is None else rows)
    told, mine = [one[:, kept] for one in said], came[kept]
    share = weight[kept] / weight[kept].mean()
    losses = [objective.losses(mine, one) @ share for one in told]
    scale = 1.0 if objective.binary else max(2 * min(float(one.min()) for one in losses) / len(mine), 1e-12)
    strengths = tuple(_soft(loss / scale) for loss in losses)
    means = np.array([inner @ one for inner, one in zip(strengths, told, strict=True)])
    families = _convex(means, mine, share, objective, scale)
    shift, stretch = _stretched(families @ means, mine, share, objective, scale)
    return Stack(strengths, families, stretch, shift)


def _soft(losses: Floats) -> Floats:
    return _asked(np.exp(-(losses - losses.min()) / _SOFTNESS))


def _asked(shares: Floats) -> Floats:
    told = np.where(shares < _NOTHING * shares.sum(), 0.0, shares)
    return np.asarray(told / told.sum())


def _convex(means: Floats, came: Floats, share: Floats, objective: Objective, scale: float) -> Floats:
    families = len(means)

    def weights(free: Floats) -> Floats:
        told = np.exp(free - free.max())
        return np.asarray(told / told.sum())

    def total(free: Floats) -> tuple[float, Floats]:
        mine = weights(free)
        score = mine @ means
        loss = share @ objective.losses(came, score) / scale - _PULL * np.log(mine * families).mean()
        by_weight = means @ (share * objective.slope(came, score)) / scale - _PULL / families / mine
        return float(loss), mine * (by_weight - mine @ by_weight)

    found = minimize(total, np.zeros(families), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return _asked(weights(found.x))


def _stretched(score: Floats, came: Floats, share: Floats, objective: Objective, scale: float) -> tuple[float, float]:
    """Shift and stretch of the mean score, held near 0 and what is usual."""
    usual = np.array([0.0, _STRETCH if objective.binary else 1.0])

    def total(free: Floats) -> tuple[float, Floats]:
        said = free[0] + free[1] * score
        slope = share * objective.slope(came, said) / scale
        away = free - usual
        loss = share @ objective.losses(came, said) / scale + 0.5 * _SLOPE_PULL * away @ away
        return float(loss), np.array([slope.sum(), slope @ score]) + _SLOPE_PULL * away

    found = minimize(total, usual, jac=True, method="L-BFGS-B")
    return float(found.x[0]), float(found.x[1])
