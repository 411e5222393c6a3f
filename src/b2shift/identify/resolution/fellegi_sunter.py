"""The record-linkage model of Fellegi and Sunter: match weights of comparison levels, estimated without labels."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.int64]
"""Comparison vectors: pairs × comparisons, each the level reached; -1 where a record lacks the value."""
Floats = NDArray[np.float64]
_ITERATIONS, _TOLERANCE = 200, 1e-6
# The prior: each level of the anchor is nine times as likely as the next among matches, and as the one before among
# non-matches; one pair in ten is a match. It counts as much as this many pairs.
_ANCHOR_RATIO, _PRIOR_MATCH_SHARE, _PRIOR_PAIRS = 9.0, 0.1, 4.0


class MatchModel(NamedTuple):
    """Per comparison, the probability of each level among matches (`m`) and among non-matches (`u`); the share of
    candidate pairs that match."""

    m: list[Floats]
    u: list[Floats]
    match_share: float

    @property
    def prior(self) -> float:
        """Points of a pair before any comparison: log2 of the odds that a candidate pair is a match."""
        return float(np.log2(self.match_share / (1 - self.match_share)))

    def level_points(self) -> list[Floats]:
        """Match weight of each level in bits, log2(m / u), per comparison."""
        return [np.log2(m / u) for m, u in zip(self.m, self.u, strict=True)]


def fit(levels: Levels, level_counts: Sequence[int], *, anchor: int = 0) -> MatchModel:
    """Estimate the model from comparison vectors by expectation-maximisation; `level_counts`: levels per comparison.

    Comparisons are independent given the match status. A weak prior on the comparison `anchor` says which of the two
    classes is the matches, and holds where there are few pairs; the other comparisons have none.

    Sources: I. P. Fellegi and A. B. Sunter, A theory for record linkage, JASA 64 (1969); M. A. Jaro, JASA 84 (1989).
    """
    levels, pattern_counts = _patterns(levels, level_counts)
    marginal = [
        _level_shares(levels[:, place], pattern_counts, np.full(count, 1 / count), 1.0)
        for place, count in enumerate(level_counts)
    ]
    decay = _ANCHOR_RATIO ** -np.arange(level_counts[anchor], dtype=float)
    m, u = list(marginal), list(marginal)
    m[anchor], u[anchor] = decay / decay.sum(), decay[::-1] / decay.sum()
    model = MatchModel(m, u, _PRIOR_MATCH_SHARE)
    for _ in range(_ITERATIONS):
        matches = probability(total_points(levels, model)) * pattern_counts
        share = float((matches.sum() + _PRIOR_PAIRS * _PRIOR_MATCH_SHARE) / (pattern_counts.sum() + _PRIOR_PAIRS))
        places = range(len(level_counts))
        updated = MatchModel(
            [_level_shares(levels[:, place], matches, m[place], _PRIOR_PAIRS) for place in places],
            [_level_shares(levels[:, place], pattern_counts - matches, u[place], _PRIOR_PAIRS) for place in places],
            share,
        )
        change = abs(updated.match_share - model.match_share) + max(
            float(np.abs(a - b).max()) for a, b in zip(updated.m, model.m, strict=True)
        )
        model = updated
        if change < _TOLERANCE:
            break
    return model


def total_points(levels: Levels, model: MatchModel) -> Floats:
    """Log2 of the posterior odds of a match per pair: the prior and the weights of the levels reached, in bits."""
    total = np.full(len(levels), model.prior)
    for place, points in enumerate(model.level_points()):
        known = levels[:, place] >= 0
        total[known] += points[levels[known, place]]
    return total


def probability(points: Floats) -> Floats:
    """Match probability from points in bits."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(points, -500, 500))))


def _patterns(levels: Levels, level_counts: Sequence[int]) -> tuple[Levels, Floats]:
    """The distinct comparison vectors and the pairs of each: a few hundred stand for hundreds of thousands of pairs."""
    radix = np.cumprod([1, *(count + 1 for count in level_counts[:-1])], dtype=np.int64)
    _, first, counts = np.unique((levels + 1) @ radix, return_index=True, return_counts=True)
    return levels[first], counts.astype(np.float64)


def _level_shares(levels: Levels, pair_weights: Floats, prior: Floats, prior_pairs: float) -> Floats:
    """Weighted share of each level, smoothed by a Dirichlet prior of so many pairs."""
    known = levels >= 0
    counts = np.bincount(levels[known], weights=pair_weights[known], minlength=len(prior)) + prior_pairs * prior
    return np.asarray(counts / counts.sum())
