"""What another rule of choice would have brought, from rows chosen by the rule of the time with known chances.

IPS weighs each row by the chance the other rule gives its arm over the chance it had (Horvitz and Thompson, 1952).
SNIPS divides by the sum of the weights (Hajek; Swaminathan and Joachims, 2015). DR weighs only what a prediction of the
arm's mean leaves over (Dudik, Langford and Li, 2011).
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from b2shift.kernel.wilson import wilson
from b2shift.learn.trials.shapes import Interval, PolicyEstimate
from b2shift.learn.trials.trial import Floats, Integers, drawn_folds, is_rate, splits

FEWEST_EFFECTIVE = 200
"""Rows' worth of weight below which no value is told."""
LARGEST_WEIGHT = 50.0
"""Of one row, for a rule to be put in the place of another."""
_PRIOR_ROWS = 20.0


@dataclass(frozen=True)
class LoggedPolicy:
    """What a log tells of a rule of choice."""

    effective_rows: float
    largest_weight: float
    never_given: float
    estimates: tuple[PolicyEstimate, ...]
    gain: float
    """Lower bound, with 90 % confidence, of what the rule brings over the logged one per row; NaN where nothing is
    told."""

    @property
    def is_better(self) -> bool:
        """Whether the rule is shown to be better, by rows none of which weighs too much."""
        return self.gain > 0 and self.largest_weight <= LARGEST_WEIGHT


def evaluate_policy(arm: Integers, chance: Floats, other_chance: Floats, value: Floats, seed: int) -> LoggedPolicy:
    """Of logged rows: index of the `arm` given, its `chance` (n,), the chance the other rule gives every arm at that
    row (n, arms), and the `value` that came of it (n,)."""
    rows, count = np.arange(len(arm)), len(arm)
    weight = other_chance[rows, arm] / chance
    total, squares = float(weight.sum()), float(weight @ weight)
    effective, largest = total**2 / squares if squares else 0.0, float(weight.max(initial=0.0))
    if effective < FEWEST_EFFECTIVE:
        return LoggedPolicy(effective, largest, max(0.0, 1 - total / count), (), np.nan)
    relative = weight * count / total
    means = _means(arm, chance, value, other_chance.shape[1], seed)
    left, expected = value - means[rows, arm], (other_chance * means).sum(axis=1)
    ratio, rest = float(relative @ value) / count, float(relative @ left) / count
    parts = {
        "IPS": weight * value,
        "SNIPS": ratio + relative * (value - ratio),
        "DR": expected + rest + relative * (left - rest),
    }
    reach, rate = float(student.ppf(0.975, effective - 1)), is_rate(value)
    least = float((relative**2 * _spread(means[rows, arm])).mean()) if rate else 0.0
    over = parts["DR"] - value
    error = np.sqrt(max(float(over.var(ddof=1)), least) / count)
    return LoggedPolicy(
        effective,
        largest,
        max(0.0, 1 - total / count),
        tuple(PolicyEstimate(name=name, value=_interval(one, reach, least, rate)) for name, one in parts.items()),
        float(over.mean() - student.ppf(0.9, effective - 1) * error),
    )


def _interval(parts: Floats, reach: float, least: float, rate: bool) -> Interval:
    """The mean of parts whose variance is at least so much.

    A rule that is rare in the log is told by few rows of large weight, and their own variance mostly misses the rare
    case: arms' means over all rows say what it must be at least. Of shares the interval is Wilson's for as many rows
    as have that variance; of money Student's, moved to where its skewness lies (Johnson, 1978).
    """
    middle, variance = float(parts.mean()), max(float(parts.var(ddof=1)), least)
    error = float(np.sqrt(variance / len(parts)))
    if error == 0:
        return Interval(value=middle, low=middle, high=middle)
    if rate and 0 < middle < 1:
        like = middle * (1 - middle) / error**2
        low, high = wilson(middle * like, like, reach)
        return Interval(value=middle, low=low, high=high)
    skewness = float(((parts - middle) ** 3).mean()) / variance**1.5
    shift = skewness * error / (6 * np.sqrt(len(parts))) * (1 + 2 * reach**2)
    return Interval(value=middle, low=middle - reach * error + shift, high=middle + reach * error + shift)


def _spread(means: Floats) -> Floats:
    """Variance of a value of 0 or 1 of that mean."""
    return np.clip(means, 0, 1) * (1 - np.clip(means, 0, 1))


def _means(arm: Integers, chance: Floats, value: Floats, arms: int, seed: int) -> Floats:
    """The mean of each arm by rows of other folds, drawn towards the mean of all: (n, arms)."""
    predicted = np.zeros((len(arm), arms))
    for outside, inside in splits(drawn_folds(len(arm), np.random.default_rng(seed))):
        given, weight = arm[outside], 1 / chance[outside]
        weight = weight / weight.mean()
        mean = float(np.average(value[outside], weights=weight))
        sums = np.bincount(given, weight * value[outside], arms) + _PRIOR_ROWS * mean
        predicted[inside] = sums / (np.bincount(given, weight, arms) + _PRIOR_ROWS)
    return predicted
