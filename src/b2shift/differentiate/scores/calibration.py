"""From a model's log-odds to probabilities that come true, learnt on dates after those it was trained on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.measures import log_losses, logit, sigmoid

FOLDS = 5
_MANY_EVENTS = 200


@dataclass(frozen=True)
class Calibration:
    """A monotone map of log-odds to log-odds: its name, and the numbers that make it."""

    name: str
    numbers: tuple[tuple[float, ...], ...] = ()

    def apply(self, log_odds: Floats) -> Floats:
        """Log-odds that come true."""
        return _MAPS[self.name](log_odds, self.numbers)


NONE = Calibration("sem ajuste")
_Numbers = tuple[tuple[float, ...], ...]


def calibration(log_odds: Floats, happened: Floats) -> Calibration:
    """The map with the lowest cross-validated log-loss; the simpler one when the gain is under one standard error."""
    if happened.sum() < FOLDS or (1 - happened).sum() < FOLDS:
        return NONE
    makers = [_level, platt, _beta] + ([_isotonic] if happened.sum() >= _MANY_EVENTS else [])
    best, best_losses = _none, _losses(_none, log_odds, happened)
    for maker in makers:
        losses = _losses(maker, log_odds, happened)
        gain = best_losses - losses
        if gain.mean() > gain.std() / np.sqrt(len(gain)):
            best, best_losses = maker, losses
    return best(log_odds, happened)


def _losses(maker: Callable[[Floats, Floats], Calibration], log_odds: Floats, happened: Floats) -> Floats:
    fold = np.empty(len(happened), dtype=int)
    shuffled = np.random.default_rng(FOLDS).permutation(len(happened))
    fold[shuffled[np.argsort(happened[shuffled], kind="stable")]] = np.arange(len(happened)) % FOLDS
    told = np.empty(len(happened))
    for one in range(FOLDS):
        inside = fold == one
        made = maker(log_odds[~inside], happened[~inside])
        told[inside] = log_losses(happened[inside], sigmoid(made.apply(log_odds[inside])))
    return told


def _none(log_odds: Floats, happened: Floats) -> Calibration:
    del log_odds, happened
    return NONE


def _level(log_odds: Floats, happened: Floats) -> Calibration:
    """Only the level moves, so that the mean said is the share that happened."""
    wanted, low, high = happened.mean(), -8.0, 8.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sigmoid(log_odds + middle).mean() < wanted else (low, middle)
    return Calibration("nível", ((1.0, middle),))


def platt(log_odds: Floats, happened: Floats) -> Calibration:
    """A straight line through the log-odds."""
    model = _regression().fit(log_odds[:, None], happened)
    slope, level = max(float(model.coef_[0][0]), 0.05), float(model.intercept_[0])
    return Calibration("Platt", ((slope, level),))


def _beta(log_odds: Floats, happened: Floats) -> Calibration:
    model = _regression().fit(_beta_terms(log_odds), happened)
    slopes, level = np.maximum(model.coef_[0], 0.0), float(model.intercept_[0])
    if not slopes.any():
        return NONE
    return Calibration("beta", ((float(slopes[0]), float(slopes[1]), level),))


def _regression() -> LogisticRegression:
    return LogisticRegression(C=1e3, solver="newton-cholesky", max_iter=50)


def _beta_terms(log_odds: Floats) -> Floats:
    said = np.clip(sigmoid(log_odds), 1e-6, 1 - 1e-6)
    return np.column_stack([np.log(said), -np.log1p(-said)])


def _isotonic(log_odds: Floats, happened: Floats) -> Calibration:
    model = IsotonicRegression(out_of_bounds="clip").fit(log_odds, happened)
    least = 1 / (len(happened) + 2)
    steps = tuple(map(float, model.X_thresholds_)), tuple(map(float, model.y_thresholds_))
    return Calibration("isotônica", (*steps, (least,)))


def _line(rows: Floats, numbers: _Numbers) -> Floats:
    slope, level = numbers[0]
    return slope * rows + level


def _beta_map(rows: Floats, numbers: _Numbers) -> Floats:
    terms, (one, other, level) = _beta_terms(rows), numbers[0]
    return terms[:, 0] * one + terms[:, 1] * other + level


def _steps(rows: Floats, numbers: _Numbers) -> Floats:
    places, values, (least,) = numbers
    return logit(np.clip(np.interp(rows, places, values), least, 1 - least))


_MAPS: dict[str, Callable[[Floats, _Numbers], Floats]] = {
    NONE.name: lambda rows, _: rows,
    "nível": _line,
    "Platt": _line,
    "beta": _beta_map,
    "isotônica": _steps,
}
