"""Train on older dates, calibrate on a later one, test on the newest whose outcome is known, refit on all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from b2shift.differentiate.scores.calibration import NONE, Calibration, calibration
from b2shift.differentiate.scores.frame import Flags, Floats
from b2shift.differentiate.scores.learners import Learned, blend, boosting, logistic
from b2shift.differentiate.scores.measures import auc, log_losses, sigmoid

FEWEST_EVENTS, FEWEST_TESTED = 40, 8
"""Events over all labelled dates, and in the newest of them, that a model needs; tiers serve below."""
CANDIDATES = ("logistic", "boosting", "blend")
_SURE = 1.6448536269514722


@dataclass(frozen=True)
class Period:
    """The rows of one labelled date; `learn` and `weight` limit those a model is fitted on."""

    as_of: date
    matrix: Floats
    happened: Floats
    learn: Floats | None = None
    weight: Floats | None = None

    @classmethod
    def thinned(
        cls,
        as_of: date,
        matrix: Floats,
        happened: Floats,
        quiet_per_event: float,
        seed: int,
        worth: Floats | None = None,
    ) -> "Period":
        """All events, and so many rows without one, drawn at random and weighted to stand for all of them.

        `worth` is the weight of each row as an event; 1 when None.
        """
        quiet = np.flatnonzero(happened == 0)
        size = int(min(len(quiet), max(1, quiet_per_event * happened.sum())))
        of_event = np.ones(len(happened)) if worth is None else worth
        if size == len(quiet):
            weight = None if worth is None else np.where(happened > 0, of_event, 1.0)
            return cls(as_of, matrix, happened, None if weight is None else np.arange(len(happened)), weight)
        drawn = np.random.default_rng([seed, as_of.toordinal()]).choice(quiet, size, replace=False)
        learn = np.sort(np.r_[np.flatnonzero(happened > 0), drawn])
        return cls(as_of, matrix, happened, learn, np.where(happened[learn] > 0, of_event[learn], len(quiet) / size))

    def among(self, some: Flags) -> "Period":
        """Fitted on some of its rows only."""
        if self.learn is None or self.weight is None:
            return Period(self.as_of, self.matrix[some], self.happened[some])
        kept = some[self.learn]
        return Period(self.as_of, self.matrix, self.happened, self.learn[kept], self.weight[kept])

    def fitted(self) -> tuple[Floats, Floats, Floats]:
        """Matrix, outcomes and weights to fit on."""
        if self.learn is None or self.weight is None:
            return self.matrix, self.happened, np.ones(len(self.happened))
        return self.matrix[self.learn], self.happened[self.learn], self.weight


@dataclass(frozen=True)
class Trained:
    """The model in use, its calibration, and what it and the baseline said of the test date before they had seen it."""

    learned: Learned
    calibration: Calibration
    tested_on: date
    happened: Floats
    said: Floats
    baseline: Floats
    trained_rows: int
    periods: tuple[date, ...]

    def probability(self, log_odds: Floats, shift: float = 0.0) -> Floats:
        """Calibrated probabilities of the model's log-odds."""
        return _within(self.calibration.apply(log_odds) + shift, len(self.happened))

    @property
    def least(self) -> float:
        """The nearest that a probability comes to 0 or 1: half a row of the test date."""
        return 0.5 / max(len(self.happened), 1)

    @property
    def useful(self) -> bool:
        """Whether the test date bears the score out."""
        return beats_base_rate(self.happened, self.said)


def beats_base_rate(happened: Floats, said: Floats) -> bool:
    """Log-loss below that of the rows' own base rate, and a ranking that chance would not give (one-sided 95 %)."""
    ranks, events = auc(happened, said), float(happened.sum())
    if ranks is None:
        return False
    chance = np.sqrt((len(happened) + 1) / (12 * events * (len(happened) - events)))
    constant = np.full(len(happened), happened.mean())
    gain = log_losses(happened, constant).mean() - log_losses(happened, said).mean()
    return bool(gain > 0 and ranks - 0.5 > _SURE * chance)


def enough(periods: Sequence[Period]) -> bool:
    """Whether the events can bear a model: three dates, 40 events, 8 of them on the newest, events on each date."""
    events = [float(period.happened.sum()) for period in periods]
    quiet = [float((1 - period.happened).sum()) for period in periods]
    return (
        len(periods) >= 3
        and sum(events) >= FEWEST_EVENTS
        and events[-1] >= FEWEST_TESTED
        and min(events) > 0
        and min(quiet) > 0
    )


def train(periods: Sequence[Period], seed: int, threads: int) -> Trained:
    """The blend, or what did better than it by a standard error on the date before the test.

    `periods` are from the oldest to the newest, and `enough`.
    """
    early = _candidates(periods[:-2], seed, threads)
    middle, test = periods[-2], periods[-1]
    earlier = _log_odds(early, middle.matrix)
    adjusted = {name: calibration(told, middle.happened) for name, told in earlier.items()}
    losses = {name: log_losses(middle.happened, sigmoid(adjusted[name].apply(told))) for name, told in earlier.items()}
    chosen = best_of(losses)
    late = _candidates(periods[:-1], seed, threads, chosen, "logistic")
    later = _log_odds(late, test.matrix)
    pooled = np.r_[earlier[chosen], later[chosen]], np.r_[middle.happened, test.happened]
    return Trained(
        learned=_candidates(periods, seed, threads, chosen)[chosen],
        calibration=calibration(*pooled),
        tested_on=test.as_of,
        happened=test.happened,
        said=_within(adjusted[chosen].apply(later[chosen]), len(middle.happened)),
        baseline=_within(adjusted["logistic"].apply(later["logistic"]), len(middle.happened)),
        trained_rows=sum(len(period.fitted()[1]) for period in periods[:-1]),
        periods=tuple(period.as_of for period in periods),
    )


def best_of(losses: Mapping[str, Floats]) -> str:
    """The name with the lowest mean loss, unless the blend is within a standard error of it."""
    best = min(losses, key=lambda name: float(losses[name].mean()))
    behind = losses["blend"] - losses[best]
    return best if behind.mean() > behind.std() / np.sqrt(len(behind)) else "blend"


def train_simple(periods: Sequence[Period], fit: Callable[[Floats, Floats], Learned]) -> Trained | None:
    """A model without calibration, tested on the newest date; None without events before it or with one date only."""
    if len(periods) < 2:
        return None
    before = together(periods[:-1])
    if not before[1].sum():
        return None
    test = periods[-1]
    said = sigmoid(fit(before[0], before[1]).log_odds(test.matrix))
    every = together(periods)
    return Trained(
        learned=fit(every[0], every[1]),
        calibration=NONE,
        tested_on=test.as_of,
        happened=test.happened,
        said=said,
        baseline=np.full(len(said), before[1].mean()),
        trained_rows=len(before[1]),
        periods=tuple(period.as_of for period in periods),
    )


def _within(log_odds: Floats, rows: int) -> Floats:
    """Probabilities no nearer to 0 or 1 than half a row of the date they were calibrated on could show."""
    least = 0.5 / max(rows, 1)
    return np.clip(sigmoid(log_odds), least, 1 - least)


def _candidates(periods: Sequence[Period], seed: int, threads: int, *wanted: str) -> dict[str, Learned]:
    """The models by name; only those wanted, and what they are made of, when any are."""
    matrix, happened, weight = together(periods)
    told: dict[str, Learned] = {}
    names = set(wanted or CANDIDATES)
    if names & {"logistic", "blend"}:
        told["logistic"] = logistic(matrix, happened, weight)
    if names & {"boosting", "blend"}:
        told["boosting"] = boosting(matrix, happened, weight, seed, threads)
    if "blend" in names:
        told["blend"] = blend(told["logistic"], told["boosting"])
    return told


def _log_odds(models: Mapping[str, Learned], matrix: Floats) -> dict[str, Floats]:
    """What each model says; the blend's from what its two parts have said already."""
    told = {name: one.log_odds(matrix) for name, one in models.items() if name != "blend"}
    if "blend" in models:
        told["blend"] = (told["logistic"] + told["boosting"]) / 2
    return told


def together(periods: Sequence[Period]) -> tuple[Floats, Floats, Floats]:
    """Matrix, outcomes and weights of several dates to fit on."""
    parts = [period.fitted() for period in periods]
    return (
        np.concatenate([matrix for matrix, _, _ in parts]),
        np.concatenate([happened for _, happened, _ in parts]),
        np.concatenate([weight for _, _, weight in parts]),
    )
