"""Who will be in which segment some days from now: first whether a customer stays, then where it goes if it does not.

Staying is learnt by boosted trees from how near the other segments are and from the numbers behind the levels; the goal
is a choice among the other segments, by how often customers of its segment went there and by how near each is (a
conditional logit of two slopes).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from b2shift.differentiate.scores.learners import Learned, boosting
from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.earlier import Standing

PRIOR = 4.0
"""Customers that a transition matrix counts beforehand in each row, shared as all moves are."""
LEAST = 1e-6
"""No probability is smaller."""


@dataclass(frozen=True)
class Pair:
    """The same customers on a date and some days later: where they stood, and the segment they are then in."""

    then: Standing
    later: Integers


def pair(then: Standing, after: Standing) -> Pair:
    """Those who are known on both dates."""
    known = set(after.customers)
    both = [key for key in then.customers if key in known]
    return Pair(then.at(both), after.at(both).segment)


def persistence(pairs: Sequence[Pair], k: int) -> Floats:
    """The matrix (k x k) in which everybody stays with the share that stayed, and else goes anywhere."""
    stayed = float(np.mean(np.concatenate([one.then.segment == one.later for one in pairs])))
    matrix = np.full((k, k), (1 - stayed) / max(k - 1, 1))
    np.fill_diagonal(matrix, stayed)
    return _bounded(matrix)


def markov(pairs: Sequence[Pair], k: int) -> Floats:
    """Shares of who went from each segment to each, PRIOR customers spread as everybody's moves in each row."""
    counts = np.zeros((k, k))
    for one in pairs:
        np.add.at(counts, (one.then.segment, one.later), 1.0)
    stayed = counts.trace() / max(counts.sum(), 1)
    went = counts.sum(axis=0) - counts.diagonal() + 1 / k
    beforehand = np.tile((1 - stayed) * went / went.sum(), (k, 1))
    np.fill_diagonal(beforehand, stayed)
    matrix: Floats = counts + PRIOR * beforehand / beforehand.sum(axis=1, keepdims=True)
    return _bounded(matrix / matrix.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Moving:
    """What was learnt from pairs of dates."""

    leaves: Learned | float
    matrix: Floats
    slopes: tuple[float, float]

    def probabilities(self, now: Standing) -> Floats:
        """Of each segment for each customer (rows sum to 1)."""
        own, index = now.segment, np.arange(len(now.segment))
        if isinstance(self.leaves, float):
            leaves = np.full(len(own), self.leaves)
        else:
            leaves = 1 / (1 + np.exp(-self.leaves.log_odds(_seen(now))))
        chance = _goals(now, self.matrix, self.slopes) * leaves[:, None]
        chance[index, own] = 1 - leaves
        return _bounded(chance)


def learnt(pairs: Sequence[Pair], k: int, seed: int) -> Moving:
    """From pairs of the same length in days; at least one of them."""
    matrix = markov(pairs, k)
    left = np.concatenate([one.then.segment != one.later for one in pairs]).astype(np.float64)
    if left.all() or not left.any():
        return Moving(float(left.mean()), matrix, (1.0, 0.0))
    seen = np.vstack([_seen(one.then) for one in pairs])
    return Moving(boosting(seen, left, np.ones(len(left)), seed, 1), matrix, _slopes(pairs, matrix))


def losses(chance: Floats, later: Integers) -> Floats:
    """Log-loss of each customer."""
    lost: Floats = -np.log(chance[np.arange(len(later)), later])
    return lost


def _seen(one: Standing) -> Floats:
    """Columns to learn staying from: the segment, distances to it and to the nearest others, and the numbers."""
    index = np.arange(len(one.segment))
    others = one.apart.copy()
    own = others[index, one.segment].copy()
    others[index, one.segment] = np.inf
    nearest = others.argmin(axis=1)
    two = np.sort(others, axis=1)[:, :2]
    two = np.where(np.isfinite(two), two, 2 * own[:, None])
    return np.column_stack([one.segment, nearest, own, two, two[:, 0] - own, one.numbers])


def _goals(one: Standing, matrix: Floats, slopes: tuple[float, float]) -> Floats:
    """Probability of each other segment for who leaves; 0 for the own one."""
    index = np.arange(len(one.segment))
    utility = slopes[0] * np.log(matrix[one.segment]) - slopes[1] * (one.apart - one.apart.min(axis=1, keepdims=True))
    utility[index, one.segment] = -np.inf
    utility -= utility.max(axis=1, keepdims=True)
    odds = np.exp(utility)
    share: Floats = odds / odds.sum(axis=1, keepdims=True)
    return share


def _slopes(pairs: Sequence[Pair], matrix: Floats) -> tuple[float, float]:
    """The two slopes of the choice among other segments, by the likelihood of those who left."""
    left = [(one.then.segment != one.later, one) for one in pairs]
    moved = [(_rows(one.then, np.flatnonzero(gone)), one.later[gone]) for gone, one in left if gone.any()]

    def cost(slopes: Floats) -> float:
        told = [losses(_bounded(_goals(one, matrix, (slopes[0], slopes[1]))), later).sum() for one, later in moved]
        return float(sum(told)) + 0.5 * float(((slopes - 1) ** 2).sum())

    found = minimize(cost, np.array([1.0, 1.0]), method="Nelder-Mead", options={"maxiter": 120, "xatol": 0.01})
    return float(found.x[0]), float(found.x[1])


def _rows(one: Standing, rows: Integers) -> Standing:
    keys = tuple(one.customers[i] for i in rows)
    return Standing(one.as_of, keys, one.segment[rows], one.apart[rows], one.numbers[rows])


def _bounded(chance: Floats) -> Floats:
    kept = np.maximum(chance, LEAST)
    share: Floats = kept / kept.sum(axis=1, keepdims=True)
    return share
