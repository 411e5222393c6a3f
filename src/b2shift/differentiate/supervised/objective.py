"""What a learner minimises: the log-loss of a yes or no, or the squared error of a number."""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.supervised.shapes import Floats


@dataclass(frozen=True)
class Objective:
    """`binary`: scores are log-odds. Otherwise scores are the number itself, in standard deviations of the label."""

    binary: bool

    def losses(self, came: Floats, scores: Floats) -> Floats:
        """The loss of each row; scores may have more leading axes."""
        if self.binary:
            return np.asarray(np.logaddexp(0, scores) - came * scores)
        return np.asarray(0.5 * (scores - came) ** 2)

    def slope(self, came: Floats, scores: Floats) -> Floats:
        """Of the loss by the score."""
        return np.asarray(probability(scores) - came) if self.binary else np.asarray(scores - came)

    def constant(self, came: Floats, weight: Floats) -> float:
        """The best score that is the same for every row."""
        mean = float(np.average(came, weights=weight))
        return float(log_odds(np.array([mean]))[0]) if self.binary else mean


def probability(odds: Floats) -> Floats:
    """Of log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def log_odds(share: Floats) -> Floats:
    """Of probabilities, kept off 0 and 1 by a quarter of a thousandth."""
    inside = np.clip(share, 2.5e-4, 1 - 2.5e-4)
    return np.asarray(np.log(inside / (1 - inside)))
