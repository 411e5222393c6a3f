"""What each arm is worth, told from draws whose shares followed earlier outcomes: plain means would be biased.

Augmented inverse propensity scores weighted by how certain each is, so that their sum is near normal although the
shares were learnt (Hadad, Hirshberg, Zhan, Wager and Athey, 2021: weights by the root of the share).
Where shares differ by group the weight is that of the batch, of all groups together, so that no group weighs more than
its customers (Zhan, Hadad, Hirshberg and Athey, 2021: non-contextual weights).
"""

from collections.abc import Sequence

import numpy as np

from b2shift.kernel.wilson import Z95
from b2shift.learn.choice.shapes import ArmValue, Floats, Integers

FEWEST_TRIALS = 30
"""Trials of an arm whose window is over, below which nothing is told of it."""


def arm_values(
    arms: Sequence[str], drawn: Integers, outcome: Floats, shares: Floats, weighing: Floats, expected: Floats
) -> tuple[ArmValue, ...]:
    """The rate of each arm of which enough is known, over the customers of these trials.

    Trials (n) whose window is over, in the order they were drawn: the arm, 0 or 1; the shares in force for the group
    (n, arms); those that say how much the batch tells of an arm, the harmonic mean over groups of its shares
    (n, arms); what was expected of each arm when the shares were set (n, arms), any figure known before the draw.
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
        error = float(np.sqrt(weight**2 @ (scores - mean) ** 2) / weight.sum())
        found.append(
            ArmValue(
                arm=arm,
                trials=int(mine.sum()),
                successes=int(outcome[mine].sum()),
                mean=mean,
                error=error,
                low=mean - Z95 * error,
                high=mean + Z95 * error,
            )
        )
    return tuple(found)
