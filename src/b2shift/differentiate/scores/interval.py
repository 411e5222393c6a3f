"""A 90 % interval for a customer's own probability.

Two customers with the same features do not have the same probability: what was not measured differs. One outcome per
customer cannot say by how much, so assumptions stand here in the open, chosen on demonstration drops whose truth is
known and measured on others (`b2shift model evaluate`):

- The features show `SHOWN` of the variance of the log-odds between customers, and the score is the middle.
- Where the score also reads signs of an end that is already decided (use that fell, bills left unpaid), it is spread
  wider than what customers lastingly are. Then a log-odds shown is worth `LASTING` of one, the middle moves towards
  everyone's, set so that the mean probability stays what is said, and the log-odds of customers spread by `SPREAD`.

The doubt on the base rate adds its own variance.
"""

import numpy as np

from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.measures import logit, sigmoid

SHOWN, LASTING, SPREAD = 0.48, 0.4, 1.45
_REACH = 1.6448536269514722
_LEAST, _MOST = 0.25, 2.0
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
_STEPS = 60


def interval(probability: Floats, doubt: float = 0.0) -> tuple[Floats, Floats]:
    """Low and high ends around probabilities; `doubt` is the standard error of the base rate's log-odds."""
    if not len(probability):
        return probability, probability
    middle, far = logit(probability), reach(probability, doubt)
    return sigmoid(middle - far), sigmoid(middle + far)


def reach(probability: Floats, doubt: float) -> float:
    """How far the ends lie from the middle, in log-odds, when the score is the middle."""
    unseen = spread_of(probability) * np.sqrt((1 - SHOWN) / SHOWN)
    return float(_REACH * np.hypot(unseen, doubt))


def lasting(probability: Floats, doubt: float) -> tuple[tuple[float, float], float]:
    """The line from a score's log-odds to the middle (level, slope), and how far the ends lie from there."""
    told = logit(probability)
    unseen = float(np.sqrt(max(SPREAD**2 - LASTING**2 * float(np.var(told)), (SPREAD / 2) ** 2)))
    wanted, low, high = float(probability.mean()), -20.0, 10.0
    for _ in range(_STEPS):
        level = (low + high) / 2
        low, high = (low, level) if _mean(level + LASTING * told, unseen) > wanted else (level, high)
    return (level, LASTING), float(_REACH * np.hypot(unseen, doubt))


def _mean(middle: Floats, spread: float) -> float:
    """Mean probability of customers whose log-odds are normal around these middles."""
    return float(
        sum(w * sigmoid(middle + spread * x).mean() for x, w in zip(_NODES, _WEIGHTS, strict=True)) / _WEIGHTS.sum()
    )


def spread_of(probability: Floats) -> float:
    """Standard deviation of the log-odds shown, kept between 0.25 and 2."""
    return float(np.clip(np.std(logit(probability)), _LEAST, _MOST))
