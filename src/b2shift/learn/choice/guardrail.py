"""Whether an arm makes customers leave more than the others do, asked every day without that chance ever adds up.

Had the arm nothing to do with it, who leaves would have been of an arm by the shares the draw was made by. The evidence
is the likelihood of the arms of those who left were the odds of the arm a multiple of that, over their likelihood if
not, averaged over some multiples: a test martingale, whatever the shares follow and whenever one looks (Ville, 1939;
Ramdas, Grünwald, Vovk and Shafer, 2023). It passes 1 / error with a probability of no more than the error.
"""

import numpy as np

from b2shift.learn.choice.shapes import NEVER, Flags, Floats, Trials

ERROR = 0.05
"""Probability that an arm of a split is ever stopped where none of them is to blame."""
_MULTIPLES = np.array([1.5, 2.0, 3.0, 5.0])


def harmful(trials: Trials) -> Flags:
    """Arms that make more customers leave than the others, all arms of a split together with the error (arms)."""
    count = trials.shares.shape[1]
    return np.asarray(evidence(trials) >= count / ERROR)


def evidence(trials: Trials) -> Floats:
    """By how much the arms of those who left speak for each arm making them leave (arms); 1 says nothing."""
    left = trials.left_after != NEVER
    shares = trials.shares[left][:, :, None]
    mine = (trials.arm[left][:, None] == np.arange(trials.shares.shape[1]))[:, :, None]
    odds = np.where(mine, _MULTIPLES, 1.0) / (_MULTIPLES * shares + 1 - shares)
    return np.asarray(np.exp(np.log(odds).sum(axis=0)).mean(axis=1))
