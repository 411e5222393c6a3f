"""A 90 % interval for a customer's own probability.

Customers with equal features differ in what was not measured; one outcome each cannot say by how much. These
assumptions were chosen on demonstration drops with known truth and measured on others (`b2shift model evaluate`):

- Features explain `EXPLAINED_SHARE` of the variance of log-odds between customers, and the score is the centre.

- Where the score also reads signs of a decision already made, it is wider than lasting risk: a log-odds of the score is
worth `LASTING_SLOPE`, the centre moves towards the mean so that the mean probability is kept, and log-odds have the
deviation `LASTING_DEVIATION`.

The error of the base rate adds its variance.
"""

import numpy as np

from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.measures import logit, sigmoid

EXPLAINED_SHARE, LASTING_SLOPE, LASTING_DEVIATION = 0.48, 0.4, 1.45
_Z90 = 1.6448536269514722
_MIN_DEVIATION, _MAX_DEVIATION = 0.25, 2.0
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
_STEPS = 60


def interval(probability: Floats, rate_error: float = 0.0) -> tuple[Floats, Floats]:
    """Lower and upper ends; `doubt` is the standard error of the base rate's log-odds."""
    if not len(probability):
        return probability, probability
    center, width = logit(probability), half_width(probability, rate_error)
    return sigmoid(center - width), sigmoid(center + width)


def half_width(probability: Floats, rate_error: float) -> float:
    """Half-width in log-odds when the score is the centre."""
    deviation = log_odds_deviation(probability) * np.sqrt((1 - EXPLAINED_SHARE) / EXPLAINED_SHARE)
    return float(_Z90 * np.hypot(deviation, rate_error))


def shrunk_interval(probability: Floats, rate_error: float) -> tuple[tuple[float, float], float]:
    """Line from a score's log-odds to the interval's centre (intercept, slope), and its half-width."""
    log_odds = logit(probability)
    deviation = float(
        np.sqrt(max(LASTING_DEVIATION**2 - LASTING_SLOPE**2 * float(np.var(log_odds)), (LASTING_DEVIATION / 2) ** 2))
    )
    mean_wanted, low, high = float(probability.mean()), -20.0, 10.0
    for _ in range(_STEPS):
        level = (low + high) / 2
        low, high = (
            (low, level)
            if _mean_probability(level + LASTING_SLOPE * log_odds, deviation) > mean_wanted
            else (level, high)
        )
    return (level, LASTING_SLOPE), float(_Z90 * np.hypot(deviation, rate_error))


def _mean_probability(center: Floats, spread: float) -> float:
    """Mean probability of log-odds normally distributed around these centres."""
    return float(
        sum(w * sigmoid(center + spread * x).mean() for x, w in zip(_NODES, _WEIGHTS, strict=True)) / _WEIGHTS.sum()
    )


def log_odds_deviation(probability: Floats) -> float:
    """Standard deviation of the log-odds, clipped to 0.25..2."""
    return float(np.clip(np.std(logit(probability)), _MIN_DEVIATION, _MAX_DEVIATION))
