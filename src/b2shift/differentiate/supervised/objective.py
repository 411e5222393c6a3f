"""Loss functions: log-loss for binary targets, squared error for numbers."""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.supervised.shapes import Floats


@dataclass(frozen=True)
class Objective:
    """`binary`: scores are log-odds. Otherwise scores are the number itself, in standard deviations of the label."""

    binary: bool

    def losses(self, target: Floats, scores: Floats) -> Floats:
        """The loss of each row; scores may have more leading axes."""
        if self.binary:
            return np.asarray(np.logaddexp(0, scores) - target * scores)
        return np.asarray(0.5 * (scores - target) ** 2)

    def gradient(self, target: Floats, scores: Floats) -> Floats:
        """Derivative of the loss by the score."""
        return np.asarray(probability(scores) - target) if self.binary else np.asarray(scores - target)

    def best_constant(self, target: Floats, weight: Floats) -> float:
        """The best constant score."""
        mean = float(np.average(target, weights=weight))
        return float(log_odds(np.array([mean]))[0]) if self.binary else mean


def probability(odds: Floats) -> Floats:
    """Sigmoid."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def log_odds(share: Floats) -> Floats:
    """Logit of probabilities, clipped by 0.00025 from 0 and 1."""
    inside = np.clip(share, 2.5e-4, 1 - 2.5e-4)
    return np.asarray(np.log(inside / (1 - inside)))
