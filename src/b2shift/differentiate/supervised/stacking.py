"""How much each family counts: near equal on small data, what earlier rows say on large.

Within a family, strengths are averaged by what they lost on rows that did not teach (softly, so that a lucky strength
does not take all). Between families, weights minimise the loss of the mean score under a pull to equal weights worth a
fixed number of nats: on few rows the pull wins, on many the data do. A mean of scores is what adds up to reasons.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from b2shift.differentiate.supervised.objective import Objective, probability
from b2shift.differentiate.supervised.shapes import Flags, Floats, Integers

_SOFTNESS = 4.0
_NOTHING = 0.005
"""Shares under which a strength or family is not asked at all."""
_PULL = 4.0
"""Nats that hold the families near equal weights."""
_LEVEL_STEPS = 8
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

    def score(self, said: list[Floats], start: Floats | float = 0.0) -> Floats:
        """The mean of the families' scores (each strengths × rows), stretched away from where each row starts."""
        ways = zip(self.families, self.strengths, said, strict=True)
        return self.stretched(sum(share * (inner @ one) for share, inner, one in ways), start)

    def stretched(self, mean: Floats, start: Floats | float = 0.0) -> Floats:
        """Shift and stretch of the mean score."""
        return np.asarray(self.shift + start + self.stretch * (mean - start))


def stack(said: list[Floats], came: Floats, weight: Floats, objective: Objective, rows: Flags | None = None,
          start: Floats | float = 0.0) -> Stack:  # fmt: skip
    """Weights from scores of rows that did not teach (each strengths × rows, NaN where a row was not said); `start`:
    the score that each row would have if nothing were known of it."""
    kept = np.isfinite(said[0][0]) & (weight > 0) & (np.ones(len(came), bool) if rows is None else rows)
    told, mine = [one[:, kept] for one in said], came[kept]
    share = weight[kept] / weight[kept].mean()
    losses = [objective.losses(mine, one) @ share for one in told]
    scale = 1.0 if objective.binary else max(2 * min(float(one.min()) for one in losses) / len(mine), 1e-12)
    strengths = tuple(_soft(loss / scale) for loss in losses)
    means = np.array([inner @ one for inner, one in zip(strengths, told, strict=True)])
    families = _convex(means, mine, share, objective, scale)
    from_here = np.broadcast_to(start, kept.shape)[kept]
    shift, stretch = _stretched(families @ means, mine, share, objective, scale, from_here)
    return Stack(strengths, families, stretch, shift)


def stack_over_time(
    said: list[Floats], came: Floats, weight: Floats, objective: Objective, blocks: Sequence[Integers]
) -> Stack:
    """Weights from scores of later blocks of time, each brought to its block's level first: how often the fact came is
    missed by all alike where it moves, and would favour what hardly tells rows apart. Shift and stretch are of the
    scores as they were said."""
    rows = np.zeros(len(came), bool)
    rows[np.concatenate(blocks)] = True
    level = [one.copy() for one in said]
    for block in blocks:
        for one in level:
            one[:, block] += _missed(one[:, block], came[block], weight[block], objective)[:, None]
    found = stack(level, came, weight, objective, rows)
    kept = rows & np.isfinite(said[0][0]) & (weight > 0)
    scores = replace(found, stretch=1.0, shift=0.0).score([one[:, kept] for one in said])
    scale = 1.0 if objective.binary else max(2 * float(objective.losses(came[kept], scores).sum()) / kept.sum(), 1e-12)
    share = weight[kept] / weight[kept].mean()
    shift, stretch = _stretched(scores, came[kept], share, objective, scale, 0.0)
    return replace(found, shift=shift, stretch=stretch)


def _missed(said: Floats, came: Floats, weight: Floats, objective: Objective) -> Floats:
    """What must be added to each row of scores for their mean to be right (Newton, a few steps of at most one)."""
    told = np.zeros(len(said))
    for _ in range(_LEVEL_STEPS):
        now = said + told[:, None]
        chance = probability(now)
        bend = chance * (1 - chance) if objective.binary else np.ones_like(now)
        step = objective.slope(came, now) @ weight / np.maximum(bend @ weight, 1e-9)
        told -= np.clip(step, -1.0, 1.0)
    return told


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


def _stretched(
    score: Floats, came: Floats, share: Floats, objective: Objective, scale: float, start: Floats | float
) -> tuple[float, float]:
    """Shift and stretch of the mean score away from where rows start, held near 0 and what is usual."""
    beyond = score - start
    usual = np.array([0.0, _STRETCH if objective.binary else 1.0])

    def total(free: Floats) -> tuple[float, Floats]:
        said = start + free[0] + free[1] * beyond
        slope = share * objective.slope(came, said) / scale
        away = free - usual
        loss = share @ objective.losses(came, said) / scale + 0.5 * _SLOPE_PULL * away @ away
        return float(loss), np.array([slope.sum(), slope @ beyond]) + _SLOPE_PULL * away

    found = minimize(total, usual, jac=True, method="L-BFGS-B")
    return float(found.x[0]), float(found.x[1])
