"""What each arm is worth, told from draws whose shares followed earlier outcomes: plain means would be biased.

Augmented inverse propensity scores weighted by how certain each is, so that their sum is near normal although the
shares were learnt (Hadad, Hirshberg, Zhan, Wager and Athey, 2021: weights by the root of the share).
The interval is Wilson's with the number of draws that would be as certain, by Student's reach for as many degrees of
freedom as the variance is told by (Satterthwaite, 1946): a rate is no normal figure where an arm had few.
Where shares differ by group the weight is that of the batch, of all groups together, so that no group weighs more than
its customers (Zhan, Hadad, Hirshberg and Athey, 2021: non-contextual weights).
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t as student

from b2shift.kernel.wilson import wilson
from b2shift.learn.choice.shapes import ArmValue, Floats, Integers

FEWEST_TRIALS = 30
"""Trials of an arm whose window is over, below which nothing is told of it."""


def arm_values(
    arms: Sequence[str], drawn: Integers, outcome: Floats, shares: Floats, weighing: Floats, expected: Floats
) -> tuple[ArmValue, ...]:
    """The rate of each arm of which enough is known, over the customers of these trials.

    Trials (n) whose window is over, in the order they were drawn: the arm, 0 or 1; the shares in force for the group
    (n, arms); the weights of the batch they were set in (n, arms; see `batch_weights`); what was expected of each arm
    when the shares were set (n, arms), any figure known before the draw.
    """
    found = []
    for place, arm in enumerate(arms):
        mine, share = drawn == place, shares[:, place]
        if mine.sum() < FEWEST_TRIALS:
            continue
        before = expected[:, place]
        weight = np.sqrt(np.where(share > 0, weighing[:, place], 0.0))
        scores = before + np.where(mine, (outcome - before) / np.where(mine, share, 1.0), 0.0)
        mean = float(weight @ scores / weight.sum())
        parts = weight**2 * (scores - mean) ** 2
        error = float(np.sqrt(parts.sum()) / weight.sum())
        low, high = wilson(float(outcome[mine].sum()), int(mine.sum()))
        if error > 0:
            low, high = _interval(mean, error, 2 * parts.sum() ** 2 / (parts @ parts))
        found.append(
            ArmValue(
                arm=arm,
                trials=int(mine.sum()),
                successes=int(outcome[mine].sum()),
                mean=mean,
                error=error,
                low=low,
                high=high,
            )
        )
    return tuple(found)


def batch_weights(shares: Floats, sizes: Floats) -> Floats:
    """How much a batch tells of each arm (arms): the harmonic mean of its shares (groups, arms) over the customers of
    the groups (groups); nothing of an arm that some group had none of."""
    with np.errstate(divide="ignore"):
        return np.asarray(sizes.sum() / (sizes @ (1 / shares)))


def _interval(mean: float, error: float, freedom: float) -> tuple[float, float]:
    """Of 95 %, between 0 and 1."""
    share = min(max(mean, 0.0), 1.0)
    worth = max(share * (1 - share) / error**2, 1.0)
    return wilson(share * worth, worth, float(student.ppf(0.975, freedom)))
