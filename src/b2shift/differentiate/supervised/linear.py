"""Logistic regression by Newton's method along a path of penalties, each fit starting from the one before."""

import numpy as np

from b2shift.differentiate.supervised.shapes import Floats

_STEPS, _CLOSE = 25, 1e-7
_LEAST_WEIGHT = 1e-9


def logistic_path(matrix: Floats, happened: Floats, weight: Floats, penalties: Floats) -> Floats:
    """Intercept and coefficients (penalties × columns + 1) that minimise log-loss + penalty / 2 · |coefficients|².

    `penalties` fall, so that each solution starts the next; the intercept is free. `happened` may be a share.
    """
    design = np.hstack([np.ones((len(matrix), 1)), matrix])
    rate = float(np.clip(np.average(happened, weights=weight), 1e-4, 1 - 1e-4))
    found = np.zeros(design.shape[1])
    found[0] = np.log(rate / (1 - rate))
    told = []
    for penalty in penalties:
        found = _newton(design, happened, weight, float(penalty), found)
        told.append(found)
    return np.array(told)


def _newton(design: Floats, happened: Floats, weight: Floats, penalty: float, start: Floats) -> Floats:
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 1e-8
    found, loss = start, _loss(design @ start, happened, weight, ridge, start)
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (weight * (said - happened)) + ridge * found
        bend = np.maximum(weight * said * (1 - said), _LEAST_WEIGHT)
        curvature = (design * bend[:, None]).T @ design
        curvature[np.diag_indices_from(curvature)] += ridge
        step = np.linalg.solve(curvature, slope)
        for _ in range(8):
            nearer = found - step
            better = _loss(design @ nearer, happened, weight, ridge, nearer)
            if better <= loss + 1e-12:
                break
            step = step / 2
        gain, found, loss = loss - better, nearer, better
        if gain < _CLOSE * max(1.0, abs(loss)):
            break
    return found


def _loss(odds: Floats, happened: Floats, weight: Floats, ridge: Floats, found: Floats) -> float:
    return float(weight @ (np.logaddexp(0, odds) - happened * odds) + 0.5 * (ridge * found) @ found)


def squares_path(matrix: Floats, came: Floats, weight: Floats, penalties: Floats) -> Floats:
    """The same for the squared error: intercept and coefficients (penalties × columns + 1)."""
    design = np.hstack([np.ones((len(matrix), 1)), matrix])
    weighted = design * weight[:, None]
    curvature, target = weighted.T @ design, weighted.T @ came
    told = []
    for penalty in penalties:
        ridge = np.full(design.shape[1], float(penalty))
        ridge[0] = 1e-8
        told.append(np.linalg.solve(curvature + np.diag(ridge), target))
    return np.array(told)
