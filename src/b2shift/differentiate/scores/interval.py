"""A 90 % interval for a customer's own probability, of which the score is the middle.

Two customers with the same features do not have the same probability: what was not measured differs. One outcome per
customer cannot say by how much, so an assumption stands here in the open: the features show `SHOWN` of the variance of
the log-odds between customers. The log-odds of one customer are then normal around its score, with the spread of all
the scores times sqrt((1 - SHOWN) / SHOWN). The doubt on the base rate adds its own variance.
"""

import numpy as np

from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.measures import logit, sigmoid

SHOWN = 0.48
_REACH = 1.6448536269514722
_LEAST, _MOST = 0.25, 2.0


def interval(probability: Floats, doubt: float = 0.0) -> tuple[Floats, Floats]:
    """Low and high ends around probabilities; `doubt` is the standard error of the base rate's log-odds."""
    if not len(probability):
        return probability, probability
    middle, far = logit(probability), reach(probability, doubt)
    return sigmoid(middle - far), sigmoid(middle + far)


def reach(probability: Floats, doubt: float) -> float:
    """How far the ends lie from the middle, in log-odds."""
    unseen = spread_of(probability) * np.sqrt((1 - SHOWN) / SHOWN)
    return float(_REACH * np.hypot(unseen, doubt))


def spread_of(probability: Floats) -> float:
    """Standard deviation of the log-odds shown, kept between 0.25 and 2."""
    return float(np.clip(np.std(logit(probability)), _LEAST, _MOST))
