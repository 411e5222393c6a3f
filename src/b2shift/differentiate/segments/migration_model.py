"""Migration between segments some days ahead: whether a customer leaves, then where to.

Leaving is a boosted tree model on distances to the segments and the features behind the levels; the destination is a
conditional logit of two slopes on historical transition rates and distances.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from b2shift.differentiate.scores.fitted_models import FittedModel, fit_boosting
from b2shift.differentiate.segments.backcast import Snapshot
from b2shift.differentiate.segments.distinct import Floats, Integers

PRIOR_CUSTOMERS = 4.0
"""Pseudo-customers in each row of the transition matrix, distributed as all moves are."""
MIN_PROBABILITY = 1e-6
"""Lower bound of every probability."""


@dataclass(frozen=True)
class Transition:
    """The same customers on two dates: their snapshot before, and their segment after."""

    before: Snapshot
    after: Integers


def transition(before: Snapshot, after: Snapshot) -> Transition:
    """Customers known on both dates."""
    later_ids = set(after.customers)
    shared = [key for key in before.customers if key in later_ids]
    return Transition(before.select(shared), after.select(shared).segment)


def persistence_matrix(pairs: Sequence[Transition], k: int) -> Floats:
    """Transition matrix (k × k) with one overall stay rate and uniform moves."""
    stayed = float(np.mean(np.concatenate([pair.before.segment == pair.after for pair in pairs])))
    matrix = np.full((k, k), (1 - stayed) / max(k - 1, 1))
    np.fill_diagonal(matrix, stayed)
    return _clipped(matrix)


def markov_matrix(pairs: Sequence[Transition], k: int) -> Floats:
    """Transition matrix by smoothed transition rates."""
    counts = np.zeros((k, k))
    for pair in pairs:
        np.add.at(counts, (pair.before.segment, pair.after), 1.0)
    stayed = counts.trace() / max(counts.sum(), 1)
    destinations = counts.sum(axis=0) - counts.diagonal() + 1 / k
    prior = np.tile((1 - stayed) * destinations / destinations.sum(), (k, 1))
    np.fill_diagonal(prior, stayed)
    matrix: Floats = counts + PRIOR_CUSTOMERS * prior / prior.sum(axis=1, keepdims=True)
    return _clipped(matrix / matrix.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class MigrationModel:
    """Model of leaving, transition matrix and destination slopes."""

    leave_model: FittedModel | float
    matrix: Floats
    slopes: tuple[float, float]

    def probabilities(self, now: Snapshot) -> Floats:
        """Probability of each segment for each customer (rows sum to 1)."""
        current, index = now.segment, np.arange(len(now.segment))
        if isinstance(self.leave_model, float):
            leaving = np.full(len(current), self.leave_model)
        else:
            leaving = 1 / (1 + np.exp(-self.leave_model.log_odds(_features(now))))
        probability = _destination_probabilities(now, self.matrix, self.slopes) * leaving[:, None]
        probability[index, current] = 1 - leaving
        return _clipped(probability)


def fit_migration(pairs: Sequence[Transition], k: int, seed: int) -> MigrationModel:
    """Fit on transitions of the same length in days; at least one."""
    matrix = markov_matrix(pairs, k)
    left = np.concatenate([pair.before.segment != pair.after for pair in pairs]).astype(np.float64)
    if left.all() or not left.any():
        return MigrationModel(float(left.mean()), matrix, (1.0, 0.0))
    features = np.vstack([_features(pair.before) for pair in pairs])
    return MigrationModel(fit_boosting(features, left, np.ones(len(left)), seed, 1), matrix, _fit_slopes(pairs, matrix))


def log_losses(probability: Floats, observed: Integers) -> Floats:
    """Log-loss of each customer."""
    loss: Floats = -np.log(probability[np.arange(len(observed)), observed])
    return loss


def _features(snapshot: Snapshot) -> Floats:
    """Features of leaving: the segment, distances to it and to the nearest others, and the numeric features."""
    index = np.arange(len(snapshot.segment))
    others = snapshot.distances.copy()
    own_distance = others[index, snapshot.segment].copy()
    others[index, snapshot.segment] = np.inf
    nearest = others.argmin(axis=1)
    two_nearest = np.sort(others, axis=1)[:, :2]
    two_nearest = np.where(np.isfinite(two_nearest), two_nearest, 2 * own_distance[:, None])
    return np.column_stack(
        [snapshot.segment, nearest, own_distance, two_nearest, two_nearest[:, 0] - own_distance, snapshot.numbers]
    )


def _destination_probabilities(snapshot: Snapshot, matrix: Floats, slopes: tuple[float, float]) -> Floats:
    """Probability of each other segment given leaving; 0 for the own one."""
    index = np.arange(len(snapshot.segment))
    utility = slopes[0] * np.log(matrix[snapshot.segment]) - slopes[1] * (
        snapshot.distances - snapshot.distances.min(axis=1, keepdims=True)
    )
    utility[index, snapshot.segment] = -np.inf
    utility -= utility.max(axis=1, keepdims=True)
    odds = np.exp(utility)
    share: Floats = odds / odds.sum(axis=1, keepdims=True)
    return share


def _fit_slopes(pairs: Sequence[Transition], matrix: Floats) -> tuple[float, float]:
    """The two destination slopes by maximum likelihood of the movers, with a ridge penalty."""
    left = [(pair.before.segment != pair.after, pair) for pair in pairs]
    movers = [
        (_subset(pair.before, np.flatnonzero(has_moved)), pair.after[has_moved])
        for has_moved, pair in left
        if has_moved.any()
    ]

    def cost(slopes: Floats) -> float:
        moves_losses = [
            log_losses(_clipped(_destination_probabilities(snapshot, matrix, (slopes[0], slopes[1]))), observed).sum()
            for snapshot, observed in movers
        ]
        return float(sum(moves_losses)) + 0.5 * float(((slopes - 1) ** 2).sum())

    solution = minimize(cost, np.array([1.0, 1.0]), method="Nelder-Mead", options={"maxiter": 120, "xatol": 0.01})
    return float(solution.x[0]), float(solution.x[1])


def _subset(snapshot: Snapshot, rows: Integers) -> Snapshot:
    keys = tuple(snapshot.customers[i] for i in rows)
    return Snapshot(snapshot.as_of, keys, snapshot.segment[rows], snapshot.distances[rows], snapshot.numbers[rows])


def _clipped(probability: Floats) -> Floats:
    clipped = np.maximum(probability, MIN_PROBABILITY)
    share: Floats = clipped / clipped.sum(axis=1, keepdims=True)
    return share
