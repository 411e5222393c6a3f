"""Gaussian mixture on weighted rows, with diagonal covariances that cannot collapse.

Full covariances on one-hot rows are degenerate: most components sit on the numerical floor and the likelihood means
nothing (ADR 0031). Here each variance is at least `FLOOR` times the variance of all rows on that axis. From the same
start the steps equal scikit-learn's GaussianMixture(covariance_type="diag") on the repeated rows (tested).
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.kmeans import k_means
from b2shift.differentiate.segments.measures import one_hot

VARIANCE_FLOOR = 0.05
START_ROWS = 8_192
"""Distinct rows that starts are compared on; of more, every n-th (their order is that of a hash)."""


@dataclass(frozen=True)
class Mixture:
    """Shares (k), means and variances (k x axes) of the components."""

    shares: Floats
    means: Floats
    variances: Floats
    log_likelihood: float

    def log_joint(self, rows: Floats) -> Floats:
        """log p(row, component), rows x components."""
        precision = 1 / self.variances
        squared = rows**2 @ precision.T - 2 * rows @ (self.means * precision).T + (self.means**2 * precision).sum(1)
        constant = rows.shape[1] * np.log(2 * np.pi) + np.log(self.variances).sum(1)
        joint: Floats = np.log(np.maximum(self.shares, 1e-300)) - 0.5 * (squared + constant)
        return joint

    def membership(self, rows: Floats) -> Floats:
        """p(component | row)."""
        return _normalised(self.log_joint(rows))[0]


def expectation_maximisation(
    points: Distinct,
    start: Floats,
    *,
    floor: Floats | float,
    added: float = 0.0,
    steps: int = 200,
    tolerance: float = 1e-6,
) -> Mixture:
    """EM from soft memberships (rows x k) until the mean log-likelihood gains less than `tolerance`.

    `floor` bounds the variances from below; `added` is added to them (scikit-learn's reg_covar).
    """
    memberships, previous = start, -np.inf
    model = _maximise(points, memberships, floor, added)
    for _ in range(steps):
        memberships, total = _normalised(model.log_joint(points.rows))
        log_likelihood = float(points.weights @ total / points.total)
        model = _maximise(points, memberships, floor, added, log_likelihood)
        if abs(log_likelihood - previous) < tolerance:
            break
        previous = log_likelihood
    return model


def mixture_from(points: Distinct, labels: Integers, k: int, *, tolerance: float = 1e-6) -> Mixture:
    """EM from given labels, until the log-likelihood gains less than `tolerance`."""
    return expectation_maximisation(points, one_hot(labels, k), floor=_floor(points), tolerance=tolerance)


def gaussian_mixture(points: Distinct, k: int, *, seed: int, starts: int = 3) -> tuple[Integers, Mixture]:
    """Labels of the distinct rows and the best of several starts by likelihood.

    The starts of a large table see part of it; the best continues on all of it.
    """
    step = max(1, len(points.rows) // START_ROWS)
    sampled = points.subset(np.arange(0, len(points.rows), step)) if step > 1 else points
    mixtures = [
        mixture_from(sampled, k_means(sampled, k, seed=seed + start, starts=2)[0], k) for start in range(starts)
    ]
    best = max(mixtures, key=lambda model: model.log_likelihood)
    if step > 1:
        best = expectation_maximisation(points, best.membership(points.rows), floor=_floor(points))
    return best.log_joint(points.rows).argmax(axis=1), best


def _floor(points: Distinct) -> Floats:
    share = points.weights / points.total
    floor: Floats = VARIANCE_FLOOR * np.maximum(share @ (points.rows - share @ points.rows) ** 2, 1e-9)
    return floor


def _normalised(joint: Floats) -> tuple[Floats, Floats]:
    """Memberships that sum to 1, and their log normaliser."""
    top = joint.max(axis=1, keepdims=True)
    memberships = np.exp(joint - top)
    total = memberships.sum(axis=1, keepdims=True)
    memberships /= total
    return memberships, (np.log(total) + top)[:, 0]


def _maximise(
    points: Distinct, memberships: Floats, floor: Floats | float, added: float, log_likelihood: float = -np.inf
) -> Mixture:
    weighted = memberships * points.weights[:, None]
    sizes = weighted.sum(0) + 10 * np.finfo(float).eps
    means = weighted.T @ points.rows / sizes[:, None]
    variances = weighted.T @ points.rows**2 / sizes[:, None] - means**2 + added
    return Mixture(sizes / sizes.sum(), means, np.maximum(variances, floor), log_likelihood)
