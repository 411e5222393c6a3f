"""A 90 % interval for a customer's own probability, of which the score is the mean over all who look alike.

Two customers with the same features do not have the same probability: what was not measured differs. One outcome per
customer cannot say by how much, so an assumption stands here in the open: as much remains unseen as the features show.
The log-odds of a customer are then normal around a centre, with the spread of the scores themselves, and the centre is
where the mean of the probabilities is the score. A doubt on the base rate adds its own variance.
"""

import numpy as np

from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.measures import logit, sigmoid

LEVEL = 0.90
_REACH = 1.6448536269514722
_LEAST, _MOST = 0.25, 2.0
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_GRID = np.linspace(-14, 14, 561)


def interval(probability: Floats, doubt: float = 0.0) -> tuple[Floats, Floats]:
    """Low and high ends around probabilities; `doubt` is the standard error of the base rate's log-odds."""
    if not len(probability):
        return probability, probability
    spread = np.hypot(spread_of(probability), doubt)
    centre = _centre(probability, float(spread))
    return sigmoid(centre - _REACH * spread), sigmoid(centre + _REACH * spread)


def spread_of(probability: Floats) -> float:
    """Standard deviation of the log-odds shown, kept between 0.25 and 2."""
    return float(np.clip(np.std(logit(probability)), _LEAST, _MOST))


def _centre(probability: Floats, spread: float) -> Floats:
    """The centre of the normal log-odds whose mean probability is the one given."""
    means = (sigmoid(_GRID[:, None] + spread * _NODES) @ _WEIGHTS) / _WEIGHTS.sum()
    return np.interp(probability, means, _GRID)
