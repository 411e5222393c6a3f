"""Trains on older dates, calibrates on a later one, tests on the newest labelled one, refits on all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from b2shift.differentiate.scores.calibration import NONE, Calibration, calibration
from b2shift.differentiate.scores.fitted_models import FittedModel, blend_models, fit_boosting, fit_logistic
from b2shift.differentiate.scores.frame import Flags, Floats
from b2shift.differentiate.scores.measures import auc, log_losses, sigmoid

MIN_EVENTS, MIN_TESTED = 40, 8
"""Events over all labelled dates, and in the newest, that a model needs; tiers serve below."""
CANDIDATES = ("logistic", "boosting", "blend")
_Z95 = 1.6448536269514722


@dataclass(frozen=True)
class Period:
    """Rows of one labelled date; `training_rows` and `weight` limit those a model is fitted on."""

    as_of: date
    matrix: Floats
    target: Floats
    training_rows: Floats | None = None
    weight: Floats | None = None

    @classmethod
    def sampled(
        cls,
        as_of: date,
        matrix: Floats,
        target: Floats,
        quiet_per_event: float,
        seed: int,
        worth: Floats | None = None,
    ) -> "Period":
        """All events and a random sample of negatives, weighted to stand for all.

        `event_weight` is the weight of each row as an event; 1 when None.
        """
        negatives = np.flatnonzero(target == 0)
        size = int(min(len(negatives), max(1, quiet_per_event * target.sum())))
        event_weights = np.ones(len(target)) if worth is None else worth
        if size == len(negatives):
            weight = None if worth is None else np.where(target > 0, event_weights, 1.0)
            return cls(as_of, matrix, target, None if weight is None else np.arange(len(target)), weight)
        sampled = np.random.default_rng([seed, as_of.toordinal()]).choice(negatives, size, replace=False)
        learn = np.sort(np.r_[np.flatnonzero(target > 0), sampled])
        return cls(
            as_of, matrix, target, learn, np.where(target[learn] > 0, event_weights[learn], len(negatives) / size)
        )

    def subset(self, rows: Flags) -> "Period":
        """Fitted on some of its rows only."""
        if self.training_rows is None or self.weight is None:
            return Period(self.as_of, self.matrix[rows], self.target[rows])
        kept_rows = rows[self.training_rows]
        return Period(self.as_of, self.matrix, self.target, self.training_rows[kept_rows], self.weight[kept_rows])

    def training_data(self) -> tuple[Floats, Floats, Floats]:
        """Matrix, targets and weights to fit on."""
        if self.training_rows is None or self.weight is None:
            return self.matrix, self.target, np.ones(len(self.target))
        return self.matrix[self.training_rows], self.target[self.training_rows], self.weight


@dataclass(frozen=True)
class Trained:
    """The model, its calibration, and out-of-time predictions of the test date by it and the baseline."""

    model: FittedModel
    calibration: Calibration
    tested_on: date
    target: Floats
    predicted: Floats
    baseline: Floats
    trained_rows: int
    periods: tuple[date, ...]

    def probability(self, log_odds: Floats, shift: float = 0.0) -> Floats:
        """Calibrated probabilities of the model's log-odds."""
        return _bounded_probability(self.calibration.apply(log_odds) + shift, len(self.target))

    @property
    def min_probability(self) -> float:
        """Least distance of a probability from 0 or 1: half a row of the test date."""
        return 0.5 / max(len(self.target), 1)

    @property
    def useful(self) -> bool:
        """Whether the test date confirms the score."""
        return beats_base_rate(self.target, self.predicted)


def beats_base_rate(target: Floats, predicted: Floats) -> bool:
    """Log-loss below that of the rows' base rate, and a significant AUC (one-sided 95 %)."""
    auc_, events = auc(target, predicted), float(target.sum())
    if auc_ is None:
        return False
    standard_error = np.sqrt((len(target) + 1) / (12 * events * (len(target) - events)))
    constant = np.full(len(target), target.mean())
    gain = log_losses(target, constant).mean() - log_losses(target, predicted).mean()
    return bool(gain > 0 and auc_ - 0.5 > _Z95 * standard_error)


def has_enough_events(periods: Sequence[Period]) -> bool:
    """Whether events suffice: three dates, 40 events, 8 of them on the newest, both classes on each date."""
    events = [float(period.target.sum()) for period in periods]
    quiet = [float((1 - period.target).sum()) for period in periods]
    return (
        len(periods) >= 3
        and sum(events) >= MIN_EVENTS
        and events[-1] >= MIN_TESTED
        and min(events) > 0
        and min(quiet) > 0
    )


def train(periods: Sequence[Period], seed: int, threads: int) -> Trained:
    """The blend, or what beat it by a standard error on the date before the test.

    `periods` are from oldest to newest, with enough events.
    """
    early = _candidates(periods[:-2], seed, threads)
    calibration_period, test = periods[-2], periods[-1]
    earlier = _log_odds(early, calibration_period.matrix)
    calibrated = {name: calibration(log_odds, calibration_period.target) for name, log_odds in earlier.items()}
    losses = {
        name: log_losses(calibration_period.target, sigmoid(calibrated[name].apply(log_odds)))
        for name, log_odds in earlier.items()
    }
    chosen = best_of(losses)
    late = _candidates(periods[:-1], seed, threads, chosen, "logistic")
    later = _log_odds(late, test.matrix)
    pooled = np.r_[earlier[chosen], later[chosen]], np.r_[calibration_period.target, test.target]
    return Trained(
        model=_candidates(periods, seed, threads, chosen)[chosen],
        calibration=calibration(*pooled),
        tested_on=test.as_of,
        target=test.target,
        predicted=_bounded_probability(calibrated[chosen].apply(later[chosen]), len(calibration_period.target)),
        baseline=_bounded_probability(calibrated["logistic"].apply(later["logistic"]), len(calibration_period.target)),
        trained_rows=sum(len(period.training_data()[1]) for period in periods[:-1]),
        periods=tuple(period.as_of for period in periods),
    )


def best_of(losses: Mapping[str, Floats]) -> str:
    """The lowest mean loss, unless the blend is within a standard error of it."""
    best = min(losses, key=lambda name: float(losses[name].mean()))
    gap = losses["blend"] - losses[best]
    return best if gap.mean() > gap.std() / np.sqrt(len(gap)) else "blend"


def train_simple(periods: Sequence[Period], fit: Callable[[Floats, Floats], FittedModel]) -> Trained | None:
    """A model without calibration, tested on the newest date; None without earlier events."""
    if len(periods) < 2:
        return None
    training_data = pooled(periods[:-1])
    if not training_data[1].sum():
        return None
    test = periods[-1]
    predicted = sigmoid(fit(training_data[0], training_data[1]).log_odds(test.matrix))
    all_data = pooled(periods)
    return Trained(
        model=fit(all_data[0], all_data[1]),
        calibration=NONE,
        tested_on=test.as_of,
        target=test.target,
        predicted=predicted,
        baseline=np.full(len(predicted), training_data[1].mean()),
        trained_rows=len(training_data[1]),
        periods=tuple(period.as_of for period in periods),
    )


def _bounded_probability(log_odds: Floats, rows: int) -> Floats:
    """Probabilities no nearer to 0 or 1 than half a row of the calibration date."""
    least = 0.5 / max(rows, 1)
    return np.clip(sigmoid(log_odds), least, 1 - least)


def _candidates(periods: Sequence[Period], seed: int, threads: int, *chosen: str) -> dict[str, FittedModel]:
    """Models by name; only the chosen ones and their parts, if any are named."""
    matrix, target, weight = pooled(periods)
    models: dict[str, FittedModel] = {}
    names = set(chosen or CANDIDATES)
    if names & {"logistic", "blend"}:
        models["logistic"] = fit_logistic(matrix, target, weight)
    if names & {"boosting", "blend"}:
        models["boosting"] = fit_boosting(matrix, target, weight, seed, threads)
    if "blend" in names:
        models["blend"] = blend_models(models["logistic"], models["boosting"])
    return models


def _log_odds(models: Mapping[str, FittedModel], matrix: Floats) -> dict[str, Floats]:
    """Log-odds by model; the blend's from its parts."""
    log_odds = {name: model.log_odds(matrix) for name, model in models.items() if name != "blend"}
    if "blend" in models:
        log_odds["blend"] = (log_odds["logistic"] + log_odds["boosting"]) / 2
    return log_odds


def pooled(periods: Sequence[Period]) -> tuple[Floats, Floats, Floats]:
    """Matrix, targets and weights of several dates."""
    parts = [period.training_data() for period in periods]
    return (
        np.concatenate([matrix for matrix, _, _ in parts]),
        np.concatenate([target for _, target, _ in parts]),
        np.concatenate([weight for _, _, weight in parts]),
    )
