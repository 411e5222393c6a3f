"""Stacking weights: near equal on small data, data-driven on large.

Within a family, strengths are averaged by a softmin of their out-of-fold loss, so that a lucky strength does not take
all. Between families, weights minimise the loss of the mean score under a penalty towards equal weights worth a fixed
number of nats. A mean of scores keeps contributions additive.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from b2shift.differentiate.supervised.objective import Objective, probability
from b2shift.differentiate.supervised.shapes import Flags, Floats, Integers

_TEMPERATURE = 4.0
_NEGLIGIBLE = 0.005
"""Shares below which a strength or family is dropped."""
_EQUALITY_PENALTY = 4.0
"""Nats that hold the families near equal weights."""
_LEVEL_STEPS = 8
_USUAL_SLOPE, _SLOPE_PENALTY = 1.1, 30.0
"""Usual calibration slope of a mean of many models, and the penalty (nats per unit squared) towards it."""


@dataclass(frozen=True)
class Stack:
    """Weights of strengths and families, and the calibration of the mean score."""

    strength_weights: tuple[Floats, ...]
    family_weights: Floats
    slope: float = 1.0
    intercept: float = 0.0

    def score(self, scores: list[Floats], offset: Floats | float = 0.0) -> Floats:
        """Calibrated mean of the families' scores (each strengths × rows), relative to the offset."""
        weighted = zip(self.family_weights, self.strength_weights, scores, strict=True)
        return self.calibrated(sum(share * (inner @ one) for share, inner, one in weighted), offset)

    def calibrated(self, mean: Floats, offset: Floats | float = 0.0) -> Floats:
        """Apply calibration intercept and slope to a mean score."""
        return np.asarray(self.intercept + offset + self.slope * (mean - offset))


def fit_stack(scores: list[Floats], target: Floats, weight: Floats, objective: Objective, rows: Flags | None = None,
          offset: Floats | float = 0.0) -> Stack:  # fmt: skip
    """Fit on out-of-fold scores (each strengths × rows, NaN where missing); `offset`: score of a row before anything is
    known of it."""
    used = np.isfinite(scores[0][0]) & (weight > 0) & (np.ones(len(target), bool) if rows is None else rows)
    used_scores, used_target = [one[:, used] for one in scores], target[used]
    relative_weight = weight[used] / weight[used].mean()
    losses = [objective.losses(used_target, one) @ relative_weight for one in used_scores]
    scale = 1.0 if objective.binary else max(2 * min(float(one.min()) for one in losses) / len(used_target), 1e-12)
    strength_weights = tuple(_softmin(loss / scale) for loss in losses)
    means = np.array([weights @ one for weights, one in zip(strength_weights, used_scores, strict=True)])
    family_weights = _family_weights(means, used_target, relative_weight, objective, scale)
    used_offset = np.broadcast_to(offset, used.shape)[used]
    intercept, slope = _calibration(family_weights @ means, used_target, relative_weight, objective, scale, used_offset)
    return Stack(strength_weights, family_weights, slope, intercept)


def fit_stack_over_time(
    scores: list[Floats], target: Floats, weight: Floats, objective: Objective, blocks: Sequence[Integers]
) -> Stack:
    """Fit on scores of later blocks of time, each first shifted to its block's level: a moving event rate is missed by
    all families alike, and would favour those that hardly discriminate. Calibration uses the unshifted scores."""
    rows = np.zeros(len(target), bool)
    rows[np.concatenate(blocks)] = True
    levelled = [one.copy() for one in scores]
    for block in blocks:
        for one in levelled:
            one[:, block] += _level_correction(one[:, block], target[block], weight[block], objective)[:, None]
    stack = fit_stack(levelled, target, weight, objective, rows)
    used = rows & np.isfinite(scores[0][0]) & (weight > 0)
    mean = replace(stack, slope=1.0, intercept=0.0).score([one[:, used] for one in scores])
    scale = 1.0 if objective.binary else max(2 * float(objective.losses(target[used], mean).sum()) / used.sum(), 1e-12)
    relative_weight = weight[used] / weight[used].mean()
    intercept, slope = _calibration(mean, target[used], relative_weight, objective, scale, 0.0)
    return replace(stack, intercept=intercept, slope=slope)


def _level_correction(scores: Floats, target: Floats, weight: Floats, objective: Objective) -> Floats:
    """Intercept correction of each row of scores so that its mean is right (Newton, a few steps of at most 1)."""
    correction = np.zeros(len(scores))
    for _ in range(_LEVEL_STEPS):
        corrected = scores + correction[:, None]
        probabilities = probability(corrected)
        curvature = probabilities * (1 - probabilities) if objective.binary else np.ones_like(corrected)
        step = objective.gradient(target, corrected) @ weight / np.maximum(curvature @ weight, 1e-9)
        correction -= np.clip(step, -1.0, 1.0)
    return correction


def _softmin(losses: Floats) -> Floats:
    return _without_negligible(np.exp(-(losses - losses.min()) / _TEMPERATURE))


def _without_negligible(shares: Floats) -> Floats:
    kept = np.where(shares < _NEGLIGIBLE * shares.sum(), 0.0, shares)
    return np.asarray(kept / kept.sum())


def _family_weights(means: Floats, target: Floats, weight: Floats, objective: Objective, scale: float) -> Floats:
    families = len(means)

    def weights(logits: Floats) -> Floats:
        exponentials = np.exp(logits - logits.max())
        return np.asarray(exponentials / exponentials.sum())

    def total(logits: Floats) -> tuple[float, Floats]:
        shares = weights(logits)
        score = shares @ means
        loss = weight @ objective.losses(target, score) / scale - _EQUALITY_PENALTY * np.log(shares * families).mean()
        gradient = means @ (weight * objective.gradient(target, score)) / scale - _EQUALITY_PENALTY / families / shares
        return float(loss), shares * (gradient - shares @ gradient)

    solution = minimize(total, np.zeros(families), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return _without_negligible(weights(solution.x))


def _calibration(
    score: Floats, target: Floats, weight: Floats, objective: Objective, scale: float, offset: Floats | float
) -> tuple[float, float]:
    """Calibration intercept and slope around the offset, penalised towards 0 and the usual slope."""
    deviation = score - offset
    expected = np.array([0.0, _USUAL_SLOPE if objective.binary else 1.0])

    def total(parameters: Floats) -> tuple[float, Floats]:
        calibrated = offset + parameters[0] + parameters[1] * deviation
        gradient = weight * objective.gradient(target, calibrated) / scale
        distance = parameters - expected
        loss = weight @ objective.losses(target, calibrated) / scale + 0.5 * _SLOPE_PENALTY * distance @ distance
        return float(loss), np.array([gradient.sum(), gradient @ deviation]) + _SLOPE_PENALTY * distance

    solution = minimize(total, expected, jac=True, method="L-BFGS-B")
    return float(solution.x[0]), float(solution.x[1])
