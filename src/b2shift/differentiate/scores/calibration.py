"""Calibrates log-odds to probabilities, on dates after the training dates."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.measures import log_losses, logit, sigmoid

FOLDS = 5
_ISOTONIC_FROM = 200


@dataclass(frozen=True)
class Calibration:
    """A monotone map of log-odds: its name and parameters."""

    name: str
    numbers: tuple[tuple[float, ...], ...] = ()

    def apply(self, log_odds: Floats) -> Floats:
        """Calibrated log-odds."""
        return _MAPS[self.name](log_odds, self.numbers)


NONE = Calibration("sem ajuste")
_Numbers = tuple[tuple[float, ...], ...]


def calibration(log_odds: Floats, target: Floats) -> Calibration:
    """The map with the lowest cross-validated log-loss; the simpler one for gains under one standard error."""
    if target.sum() < FOLDS or (1 - target).sum() < FOLDS:
        return NONE
    fits = [_intercept, platt, _beta] + ([_isotonic] if target.sum() >= _ISOTONIC_FROM else [])
    best, best_losses = _none, _cross_validated_losses(_none, log_odds, target)
    for fit in fits:
        losses = _cross_validated_losses(fit, log_odds, target)
        gain = best_losses - losses
        if gain.mean() > gain.std() / np.sqrt(len(gain)):
            best, best_losses = fit, losses
    return best(log_odds, target)


def _cross_validated_losses(fit: Callable[[Floats, Floats], Calibration], log_odds: Floats, target: Floats) -> Floats:
    fold = np.empty(len(target), dtype=int)
    shuffled = np.random.default_rng(FOLDS).permutation(len(target))
    fold[shuffled[np.argsort(target[shuffled], kind="stable")]] = np.arange(len(target)) % FOLDS
    losses = np.empty(len(target))
    for fold_number in range(FOLDS):
        held_out = fold == fold_number
        fitted = fit(log_odds[~held_out], target[~held_out])
        losses[held_out] = log_losses(target[held_out], sigmoid(fitted.apply(log_odds[held_out])))
    return losses


def _none(log_odds: Floats, target: Floats) -> Calibration:
    del log_odds, target
    return NONE


def _intercept(log_odds: Floats, target: Floats) -> Calibration:
    """Intercept only: mean probability equals the event rate."""
    target_rate, low, high = target.mean(), -8.0, 8.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sigmoid(log_odds + middle).mean() < target_rate else (low, middle)
    return Calibration("nível", ((1.0, middle),))


def platt(log_odds: Floats, target: Floats) -> Calibration:
    """Platt scaling: a line in log-odds."""
    model = _regression().fit(log_odds[:, None], target)
    slope, level = max(float(model.coef_[0][0]), 0.05), float(model.intercept_[0])
    return Calibration("Platt", ((slope, level),))


def _beta(log_odds: Floats, target: Floats) -> Calibration:
    model = _regression().fit(_beta_terms(log_odds), target)
    slopes, level = np.maximum(model.coef_[0], 0.0), float(model.intercept_[0])
    if not slopes.any():
        return NONE
    return Calibration("beta", ((float(slopes[0]), float(slopes[1]), level),))


def _regression() -> LogisticRegression:
    return LogisticRegression(C=1e3, solver="newton-cholesky", max_iter=50)


def _beta_terms(log_odds: Floats) -> Floats:
    predicted = np.clip(sigmoid(log_odds), 1e-6, 1 - 1e-6)
    return np.column_stack([np.log(predicted), -np.log1p(-predicted)])


def _isotonic(log_odds: Floats, target: Floats) -> Calibration:
    model = IsotonicRegression(out_of_bounds="clip").fit(log_odds, target)
    least = 1 / (len(target) + 2)
    steps = tuple(map(float, model.X_thresholds_)), tuple(map(float, model.y_thresholds_))
    return Calibration("isotônica", (*steps, (least,)))


def _linear_map(rows: Floats, numbers: _Numbers) -> Floats:
    slope, level = numbers[0]
    return slope * rows + level


def _beta_map(rows: Floats, numbers: _Numbers) -> Floats:
    terms, (first, second, level) = _beta_terms(rows), numbers[0]
    return terms[:, 0] * first + terms[:, 1] * second + level


def _step_map(rows: Floats, numbers: _Numbers) -> Floats:
    places, values, (least,) = numbers
    return logit(np.clip(np.interp(rows, places, values), least, 1 - least))


_MAPS: dict[str, Callable[[Floats, _Numbers], Floats]] = {
    NONE.name: lambda rows, _: rows,
    "nível": _linear_map,
    "Platt": _linear_map,
    "beta": _beta_map,
    "isotônica": _step_map,
}
