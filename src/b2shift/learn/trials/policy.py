"""Whether giving each customer the arm that suits it best would bring more than giving everyone the same one."""

from dataclasses import dataclass

import numpy as np

from b2shift.learn.trials.shapes import Interval
from b2shift.learn.trials.trial import Floats, Integers, Trial, arm_scores, folds, mean_of
from b2shift.learn.trials.uplift import expected_differences


@dataclass(frozen=True)
class LearntPolicy:
    """The arm each row would be given by models that have not seen it, and what that is worth."""

    choice: Integers
    """Index of the arm of each row: (n,)."""
    values: tuple[Interval, ...]
    """Value per row of giving every row the same arm, one an arm, its cost taken off."""
    value: Interval
    """Value per row of the learnt choice."""
    best: int
    """The arm that is best for everyone."""
    gain: Interval
    """What the learnt choice brings over that arm, per row."""

    @property
    def is_better(self) -> bool:
        """Whether the choice is shown to beat the best arm for everyone."""
        return self.gain.low > 0


def learn_policy(trial: Trial, costs: Floats, seed: int) -> LearntPolicy:
    """Choose for each row the arm of which most is expected, less its cost (arms,), in the unit of the values.

    What each arm brings over the first is learnt as an uplift, shrunk towards the same for all; so a choice departs
    from the best arm only where something was told. The value is that of the chosen arms' scores.
    """
    fold = folds(trial, seed)
    scores = arm_scores(trial, fold) - costs
    expected = np.zeros_like(scores)
    for arm in range(1, len(trial.arms)):
        expected[:, arm] = expected_differences(trial, arm, 0, seed)
    expected -= costs
    choice = expected.argmax(axis=1)
    best = int(scores.mean(axis=0).argmax())
    chosen = scores[np.arange(len(trial)), choice]
    values = tuple(mean_of(scores[:, arm]) for arm in range(len(trial.arms)))
    return LearntPolicy(choice, values, mean_of(chosen), best, mean_of(chosen - scores[:, best]))
