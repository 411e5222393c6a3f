"""Logistic regression by Newton's method along a path of penalties, each fit starting from the one before.

The curvature is what costs, and hardly changes along the path: it is kept, Cholesky-factored under each penalty, and
taken anew only when steps stop closing in. The solutions are the same.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from b2shift.differentiate.supervised.shapes import Floats

_STEPS, _CLOSE = 60, 1e-8
_LEAST_WEIGHT = 1e-9
_SLOW = 0.2
"""Share of the last distance to the solution that a step must have left at most, or the curvature is taken anew."""


def logistic_path(
    matrix: Floats, happened: Floats, weight: Floats, penalties: Floats, start: Floats | None = None
) -> Floats:
    """Intercept and coefficients (penalties × columns + 1) that minimise log-loss + penalty / 2 · |coefficients|².

    `penalties` fall, so that each solution starts the next; the intercept is free. `happened` may be a share;
    `start`: log-odds that each row has before the regression adds to them.
    """
    start = np.zeros(len(matrix)) if start is None else start
    problem = _Problem(np.hstack([np.ones((len(matrix), 1)), matrix]), happened, weight, start)
    rate = float(np.clip(np.average(happened, weights=weight), 1e-4, 1 - 1e-4))
    found = np.zeros(problem.design.shape[1])
    found[0] = np.log(rate / (1 - rate)) - np.average(start, weights=weight)
    told = []
    curvature: Floats | None = None
    for penalty in penalties:
        found, curvature = _newton(problem, _ridge(float(penalty), len(found)), found, curvature)
        told.append(found)
    return np.array(told)


@dataclass(frozen=True)
class _Problem:
    design: Floats
    happened: Floats
    weight: Floats
    start: Floats

    def loss(self, odds: Floats, ridge: Floats, found: Floats) -> float:
        told = self.weight @ (np.logaddexp(0, odds) - self.happened * odds)
        return float(told + 0.5 * (ridge * found) @ found)

    def curvature(self, said: Floats) -> Floats:
        bend = np.sqrt(np.maximum(self.weight * said * (1 - said), _LEAST_WEIGHT))
        bent = self.design * bend[:, None]
        return np.asarray(bent.T @ bent)


def _newton(problem: _Problem, ridge: Floats, found: Floats, curvature: Floats | None) -> tuple[Floats, Floats]:
    """The solution, and the curvature last taken (without the penalty)."""
    odds = problem.start + problem.design @ found
    loss = problem.loss(odds, ridge, found)
    factor, before = None, np.inf
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        slope = problem.design.T @ (problem.weight * (said - problem.happened)) + ridge * found
        if curvature is None:
            curvature = problem.curvature(said)
            factor = None
        if factor is None:
            factor = cho_factor(curvature + np.diag(ridge))
        step = cho_solve(factor, slope)
        left = float(slope @ step)
        if left < _CLOSE * max(1.0, abs(loss)):
            break
        if left > _SLOW * before:
            curvature, before = None, np.inf
            continue
        before = left
        along = problem.design @ step
        for _ in range(12):
            better = problem.loss(odds - along, ridge, found - step)
            if better <= loss + 1e-12:
                break
            step, along = step / 2, along / 2
        odds, found, loss = odds - along, found - step, better
    assert curvature is not None
    return found, curvature


def _ridge(penalty: float, size: int) -> Floats:
    told = np.full(size, penalty)
    told[0] = 1e-8
    return told


def squares_path(matrix: Floats, came: Floats, weight: Floats, penalties: Floats) -> Floats:
    """The same for the squared error: intercept and coefficients (penalties × columns + 1)."""
    design = np.hstack([np.ones((len(matrix), 1)), matrix])
    weighted = design * weight[:, None]
    curvature, target = weighted.T @ design, weighted.T @ came
    return np.array([
        np.linalg.solve(curvature + np.diag(_ridge(float(one), len(target))), target) for one in penalties
    ])  # fmt: skip
