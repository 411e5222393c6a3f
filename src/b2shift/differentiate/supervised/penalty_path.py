"""Ridge-penalised logistic and linear regression along a penalty path, warm-started.

Logistic regression uses Newton's method. The Hessian is the expensive part and hardly changes along the path: it is
kept, Cholesky-factored for each penalty, and recomputed only when steps stop contracting. The solutions are the same.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from b2shift.differentiate.supervised.shapes import Floats

_MAX_STEPS, _TOLERANCE = 60, 1e-8
_MIN_WEIGHT = 1e-9
_MAX_CONTRACTION = 0.2
"""Share of the previous Newton decrement a step may leave before the Hessian is recomputed."""


def logistic_path(
    matrix: Floats, target: Floats, weight: Floats, penalties: Floats, offset: Floats | None = None
) -> Floats:
    """Intercept and coefficients (penalties × columns + 1) that minimise log-loss + penalty / 2 · |coefficients|².

    `penalties` fall, so that each solution starts the next; the intercept is not penalised. `target` may be a share;
    `offset`: log-odds of each row before the regression.
    """
    offset = np.zeros(len(matrix)) if offset is None else offset
    problem = _LogisticLoss(np.hstack([np.ones((len(matrix), 1)), matrix]), target, weight, offset)
    rate = float(np.clip(np.average(target, weights=weight), 1e-4, 1 - 1e-4))
    coefficients = np.zeros(problem.design.shape[1])
    coefficients[0] = np.log(rate / (1 - rate)) - np.average(offset, weights=weight)
    path = []
    curvature: Floats | None = None
    for penalty in penalties:
        coefficients, curvature = _newton(problem, _ridge(float(penalty), len(coefficients)), coefficients, curvature)
        path.append(coefficients)
    return np.array(path)


@dataclass(frozen=True)
class _LogisticLoss:
    design: Floats
    target: Floats
    weight: Floats
    offset: Floats

    def loss(self, scores: Floats, ridge: Floats, coefficients: Floats) -> float:
        log_loss = self.weight @ (np.logaddexp(0, scores) - self.target * scores)
        return float(log_loss + 0.5 * (ridge * coefficients) @ coefficients)

    def curvature(self, probabilities: Floats) -> Floats:
        root_weight = np.sqrt(np.maximum(self.weight * probabilities * (1 - probabilities), _MIN_WEIGHT))
        weighted = self.design * root_weight[:, None]
        return np.asarray(weighted.T @ weighted)


def _newton(
    problem: _LogisticLoss, ridge: Floats, coefficients: Floats, curvature: Floats | None
) -> tuple[Floats, Floats]:
    """The solution, and the last Hessian (without the penalty)."""
    scores = problem.offset + problem.design @ coefficients
    loss = problem.loss(scores, ridge, coefficients)
    factor, previous = None, np.inf
    for _ in range(_MAX_STEPS):
        probabilities = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
        gradient = problem.design.T @ (problem.weight * (probabilities - problem.target)) + ridge * coefficients
        if curvature is None:
            curvature = problem.curvature(probabilities)
            factor = None
        if factor is None:
            factor = cho_factor(curvature + np.diag(ridge))
        step = cho_solve(factor, gradient)
        decrement = float(gradient @ step)
        if decrement < _TOLERANCE * max(1.0, abs(loss)):
            break
        if decrement > _MAX_CONTRACTION * previous:
            curvature, previous = None, np.inf
            continue
        previous = decrement
        direction = problem.design @ step
        for _ in range(12):
            candidate = problem.loss(scores - direction, ridge, coefficients - step)
            if candidate <= loss + 1e-12:
                break
            step, direction = step / 2, direction / 2
        scores, coefficients, loss = scores - direction, coefficients - step, candidate
    assert curvature is not None
    return coefficients, curvature


def _ridge(penalty: float, width: int) -> Floats:
    path = np.full(width, penalty)
    path[0] = 1e-8
    return path


def ridge_path(matrix: Floats, target: Floats, weight: Floats, penalties: Floats) -> Floats:
    """The same for squared error: intercept and coefficients (penalties × columns + 1)."""
    design = np.hstack([np.ones((len(matrix), 1)), matrix])
    weighted = design * weight[:, None]
    curvature, weighted_target = weighted.T @ design, weighted.T @ target
    ridges = [np.diag(_ridge(float(penalty), len(weighted_target))) for penalty in penalties]
    return np.array([np.linalg.solve(curvature + ridge, weighted_target) for ridge in ridges])
