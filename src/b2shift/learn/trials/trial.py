"""A trial as arrays, and the score of each arm for each row that is right on average whatever the models are worth.

score(row, arm) = predicted(row, arm) + [row has arm] x (value - predicted(row, arm)) / chance of the arm

(augmented inverse probability weighting: Robins, Rotnitzky and Zhao, 1994). Chances are known, as a lot gave the arms;
predictions come from models of other rows (cross-fitting: Chernozhukov and others, 2018) and only take noise away.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from b2shift.kernel.wilson import Z95
from b2shift.learn.trials.shapes import Interval

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.intp]
Model = Callable[["Trial"], Floats]
"""Predictions for rows: (n,)."""
FOLDS = 5
_PENALTY = 10.0
"""Of ridge regression, in rows: what so many rows tell weighs as much as the mean of all."""


@dataclass(frozen=True)
class Trial:
    """What each row was given, with what chances, what came of it, and what was known before."""

    arms: tuple[str, ...]
    arm: Integers
    """Index of the arm of each row."""
    chance: Floats
    """Chance of each arm at the lot: (n, arms), rows sum to 1."""
    value: Floats
    linear: Floats
    """Known before, for linear models: (n, k)."""
    trees: Floats
    """Known before, for trees: (n, m); NaN where missing."""
    customer: Integers | None = None
    """Of each row, where a customer has several: they stay in one fold, and are one in intervals."""

    def __len__(self) -> int:
        return len(self.arm)

    def take(self, rows: Integers | Flags) -> "Trial":
        """Some of the rows."""
        parts = {name: getattr(self, name)[rows] for name in ("arm", "chance", "value", "linear", "trees")}
        return replace(self, customer=None if self.customer is None else self.customer[rows], **parts)

    def with_value(self, value: Floats) -> "Trial":
        """The same rows with other values."""
        return replace(self, value=value)

    def between(self, arm: int, against: int) -> "Trial":
        """The rows of two arms as a trial of two: 0 is `against`, 1 is `arm`."""
        rows = self.take((self.arm == arm) | (self.arm == against))
        pair = rows.chance[:, [against, arm]]
        chance = pair / pair.sum(axis=1, keepdims=True)
        return replace(
            rows, arms=(self.arms[against], self.arms[arm]), arm=(rows.arm == arm).astype(np.intp), chance=chance
        )


def is_rate(value: Floats) -> bool:
    """Whether values are 0 or 1."""
    return bool(np.isin(value, (0.0, 1.0)).all())


def folds(trial: Trial, seed: int, count: int = FOLDS) -> Integers:
    """The fold of each row, drawn: (n,)."""
    rng = np.random.default_rng(seed)
    if trial.customer is None:
        return drawn_folds(len(trial), rng, count)
    named, customer = np.unique(trial.customer, return_inverse=True)
    return drawn_folds(len(named), rng, count)[customer]


def drawn_folds(count_of_rows: int, rng: np.random.Generator, count: int = FOLDS) -> Integers:
    """Folds of about the same size: (n,)."""
    return rng.permutation(count_of_rows) % count


def splits(fold: Integers) -> Iterator[tuple[Integers, Integers]]:
    """For each fold, the rows outside and inside of it."""
    for one in range(int(fold.max()) + 1):
        yield np.flatnonzero(fold != one), np.flatnonzero(fold == one)


def arm_scores(trial: Trial, fold: Integers) -> Floats:
    """The score of each arm for each row: (n, arms)."""
    predicted = np.zeros_like(trial.chance)
    for outside, inside in splits(fold):
        others, rows = trial.take(outside), trial.take(inside)
        for arm in range(len(trial.arms)):
            predicted[inside, arm] = ridge(others.take(others.arm == arm))(rows)
    given = np.arange(len(trial)), trial.arm
    scores = predicted.copy()
    scores[given] += (trial.value - predicted[given]) / trial.chance[given]
    return scores


def ridge(trial: Trial, target: Floats | None = None) -> Model:
    """Ridge regression of the values, or of `target`, on the linear columns; the mean is not penalised."""
    values = trial.value if target is None else target
    if not len(values):
        return lambda rows: np.zeros(len(rows))
    middle, mean = trial.linear.mean(axis=0), float(values.mean())
    centred = trial.linear - middle
    products = centred.T @ centred + _PENALTY * np.eye(centred.shape[1])
    slopes = np.linalg.solve(products, centred.T @ (values - mean))
    return lambda rows: np.asarray((rows.linear - middle) @ slopes + mean)


def mean_of(parts: Floats, customer: Integers | None = None, reach: float = Z95) -> Interval:
    """The mean of parts (n,), independent between customers, with its normal interval of so many standard errors."""
    value = float(parts.mean())
    apart = parts - value if customer is None else np.bincount(customer, parts - value)
    error = float(np.sqrt(apart @ apart) / len(parts))
    return Interval.around(value, error, reach)
