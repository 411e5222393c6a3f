"""Who is persuaded: what an arm brings over another for each customer, and whether that tells customers apart.

Learners of other rows say what to expect of each row; they are weighed by how well they tell the scores of rows they
have not seen (stacking; Nie and Wager, 2021, section 4.2, for effects). Where nothing can be told, all weights are
zero and everyone is expected to be persuaded alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls
from scipy.stats import norm
from threadpoolctl import threadpool_limits

from b2shift.learn.trials.learners import LEARNERS, fit_learners
from b2shift.learn.trials.shapes import Interval, UpliftGroup
from b2shift.learn.trials.trial import Floats, Integers, Model, Trial, arm_scores, folds, mean_of, splits

_INNER_FOLDS = 2
_ONE_THREAD = threadpool_limits.wrap(limits=1, user_api="blas")
"""Matrices are too small to share: two threads take five times the CPU of one."""
_ONE_SIDED = float(norm.ppf(0.95))


@dataclass(frozen=True)
class Gain:
    """What choosing rows by what is expected of them brings over choosing at random, averaged over how many are chosen,
    per row (the Qini form of the rank-weighted effect: Yadlowsky and others, 2021); and its standard error."""

    value: float
    error: float

    @classmethod
    def of_folds(cls, gains: Sequence["Gain"]) -> "Gain":
        """Of folds each told by models of those before it: errors then add up in squares.

        Where each fold is told by all others they do not: two folds that look alike by chance are both told well, and
        trials of nothing were told apart in 20 of 180 (Wager, 2024: *Sequential validation of treatment
        heterogeneity*).
        """
        error = float(np.sqrt(sum(one.error**2 for one in gains))) / len(gains)
        return cls(float(np.mean([one.value for one in gains])), error)

    @property
    def interval(self) -> Interval:
        """Of 95 %."""
        return Interval.around(self.value, self.error)

    @property
    def beyond_chance(self) -> bool:
        """Whether the order tells rows apart, with 95 % against none or a loss."""
        return self.value > _ONE_SIDED * self.error


def gain_of(score: Floats, expected: Floats, customer: Integers | None = None) -> Gain:
    """Of rows by what models that have not seen them expect."""
    told = mean_of(score * (0.5 - places(expected)), customer, 1.0)
    return Gain(told.value, told.high - told.value)


@dataclass(frozen=True)
class Uplift:
    """Of one arm over another: what was expected of each row by models of others, and its score."""

    expected: Floats
    """Expected difference of each row: (n,)."""
    score: Floats
    """Difference of the arms' scores, whose mean over any rows is their effect: (n,)."""
    weights: dict[str, float]
    """Weight of each learner, over the folds."""
    gain: Gain
    """What choosing in that order brings."""
    customer: Integers | None = None
    """Of each row, where a customer has several."""

    @property
    def place(self) -> Floats:
        """Share of the rows of which more is expected: (n,), 0 for the first."""
        return places(self.expected)


@_ONE_THREAD
def fit_uplift(trial: Trial, arm: int, against: int, seed: int, wanted: Sequence[str] = LEARNERS) -> Uplift:
    """What `arm` brings over `against` for each row, whatever its own arm, by models that have not seen it."""
    fold = folds(trial, seed)
    scores = arm_scores(trial, fold)
    score = scores[:, arm] - scores[:, against]
    found, weights = _cross_fitted(trial, fold, arm, against, seed, wanted)
    gains = []
    for number in range(1, int(fold.max()) + 1):
        earlier, inside = trial.take(fold < number), trial.take(fold == number)
        told, _ = _told(earlier, inside, arm, against, seed, wanted)
        gains.append(gain_of(score[fold == number], told, inside.customer))
    told_by = dict(zip(wanted, weights.tolist(), strict=True))
    return Uplift(float(score.mean()) + found, score, told_by, Gain.of_folds(gains), trial.customer)


@_ONE_THREAD
def expected_differences(trial: Trial, arm: int, against: int, seed: int) -> Floats:
    """What is expected of `arm` over `against` for each row by models that have not seen it: (n,)."""
    fold = folds(trial, seed)
    scores = arm_scores(trial, fold)
    found, _ = _cross_fitted(trial, fold, arm, against, seed, LEARNERS)
    return np.asarray(float((scores[:, arm] - scores[:, against]).mean()) + found)


@_ONE_THREAD
def expected_of(trial: Trial, rows: Trial, arm: int, against: int, seed: int, wanted: Sequence[str]) -> Floats:
    """What is expected of rows that are not of the trial, above or below its mean: (n,)."""
    return _told(trial, rows, arm, against, seed, wanted)[0]


def _cross_fitted(
    trial: Trial, fold: Integers, arm: int, against: int, seed: int, wanted: Sequence[str]
) -> tuple[Floats, Floats]:
    """What is expected of each row by models of the other folds, less the mean of its own (n,); and the weights of the
    learners, over the folds."""
    expected, weights = np.zeros(len(trial)), np.zeros(len(wanted))
    for outside, inside in splits(fold):
        expected[inside], part = _told(trial.take(outside), trial.take(inside), arm, against, seed, wanted)
        weights += part * len(inside) / len(trial)
    return expected, weights


def _told(
    known: Trial, asked: Trial, arm: int, against: int, seed: int, wanted: Sequence[str]
) -> tuple[Floats, Floats]:
    """What is expected of some rows by models of others, less its mean; and the weights of the learners."""
    weights = _weights(known, arm, against, seed, wanted)
    models = fit_learners(known.between(arm, against), seed, wanted)
    return np.asarray(_centred(models, asked) @ weights), weights


def _weights(trial: Trial, arm: int, against: int, seed: int, wanted: Sequence[str]) -> Floats:
    """The weight of each learner, by how it tells the scores of rows it has not seen, none of them those to be told:
    or learners that speak against them would be dropped."""
    fold = folds(trial, seed + 1, _INNER_FOLDS)
    scores = arm_scores(trial, fold)
    score, found = scores[:, arm] - scores[:, against], np.zeros((len(trial), len(wanted)))
    for outside, inside in splits(fold):
        models = fit_learners(trial.take(outside).between(arm, against), seed, wanted)
        found[inside] = _centred(models, trial.take(inside))
    return np.asarray(nnls(found, score - score.mean())[0])


def _centred(models: tuple[Model, ...], rows: Trial) -> Floats:
    """What each model says of rows, less its mean over them: (n, models).

    A level learnt from the other folds is lower where that of these rows is higher, and would order folds against what
    they show.
    """
    told = np.column_stack([model(rows) for model in models])
    return np.asarray(told - told.mean(axis=0))


def groups_told(uplift: Uplift, count: int) -> tuple[UpliftGroup, ...]:
    """Effects of groups of rows by what is expected of them, the most first; their intervals hold together (Sidak)."""
    group = np.minimum((uplift.place * count).astype(np.intp), count - 1)
    reach = float(norm.ppf(0.5 + 0.95 ** (1 / count) / 2))
    parts = [np.flatnonzero(group == one) for one in range(count)]
    return tuple(
        UpliftGroup(
            place=place,
            rows=len(rows),
            expected=float(uplift.expected[rows].mean()),
            effect=mean_of(uplift.score[rows], None if uplift.customer is None else uplift.customer[rows], reach),
        )
        for place, rows in enumerate((rows for rows in parts if len(rows) > 1), 1)
    )


def places(expected: Floats) -> Floats:
    """Share of rows that come before each, the largest first; equal ones share their place."""
    _, index, counts = np.unique(-expected, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    return np.asarray(middle[index] / len(expected))


def qini(expected: Floats, treated: Integers, value: Floats) -> float:
    """The Qini coefficient of Radcliffe (2007) for values of 0 or 1: the area between the curve of extra cases and the
    line of random choice, over that of a choice that knew who had the case. 1 at best, 0 at random."""
    others_with, ours_without = value[treated == 0].sum(), (1 - value)[treated == 1].sum()
    best = 2.0 * (value == treated) + (value if others_with > ours_without else treated)
    line = _extra(np.zeros(len(value)), treated, value)
    found, most, random = (
        float(np.trapezoid(extra, chosen))
        for chosen, extra in (_extra(expected, treated, value), _extra(best, treated, value), line)
    )
    return (found - random) / (most - random)


def _extra(expected: Floats, treated: Integers, value: Floats) -> tuple[Floats, Floats]:
    """Rows chosen and extra cases among those treated, over thresholds of what is expected."""
    order = np.argsort(-expected, kind="stable")
    last = np.r_[np.flatnonzero(np.diff(expected[order])), len(order) - 1]
    ours = np.cumsum(treated[order])[last].astype(float)
    theirs = last + 1 - ours
    cases, others = (np.cumsum(value[order] * (treated[order] == arm))[last] for arm in (1, 0))
    extra = cases - np.divide(others * ours, theirs, out=np.zeros(len(last)), where=theirs > 0)
    return np.r_[0.0, last + 1.0], np.r_[0.0, extra]
