"""How much each level of evidence weighs, learnt from the candidate pairs themselves."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.int64]
Floats = NDArray[np.float64]
_ROUNDS, _TOLERANCE = 200, 1e-6
# Before any pair is seen: of the anchor, each level is nine times as likely as the next among the same, and as the one
# before among others; one pair in ten is the same company. The belief counts as much as this many pairs.
_FADING, _SAME, _BELIEF = 9.0, 0.1, 4.0


class Weights(NamedTuple):
    """Chance of each level among pairs that are the same company (`same`) and that are not; `share` of the same."""

    same: list[Floats]
    others: list[Floats]
    share: float

    @property
    def prior(self) -> float:
        """Points a pair starts with: log2 of the odds that a candidate pair is the same company."""
        return float(np.log2(self.share / (1 - self.share)))

    def tables(self) -> list[Floats]:
        """Points by level, per kind."""
        return [np.log2(m / u) for m, u in zip(self.same, self.others, strict=True)]


def learn(levels: Levels, sizes: Sequence[int], *, anchor: int = 0) -> Weights:
    """Weights of I. P. Fellegi and A. B. Sunter, A theory for record linkage, JASA 64 (1969), estimated without labels
    by expectation-maximisation as M. A. Jaro, JASA 84 (1989): pairs × kinds of levels, -1 for unknown; `sizes` says how
    many levels each kind has. Kinds count as independent given the truth.

    A weak belief decides which of the two classes is which, and holds where few pairs speak: agreement of the kind
    `anchor` marks the same company. Of the other kinds nothing is believed: they weigh what the pairs show.
    """
    levels, times = _patterns(levels, sizes)
    usual = [_shares(levels[:, kind], times, np.full(size, 1 / size), 1.0) for kind, size in enumerate(sizes)]
    fading = _FADING ** -np.arange(sizes[anchor], dtype=float)
    same, others = list(usual), list(usual)
    same[anchor], others[anchor] = fading / fading.sum(), fading[::-1] / fading.sum()
    weights = Weights(same, others, _SAME)
    for _ in range(_ROUNDS):
        chance = probability(total_points(levels, weights))
        agreed = chance * times
        share = float((agreed.sum() + _BELIEF * _SAME) / (times.sum() + _BELIEF))
        new = Weights(
            [_shares(levels[:, kind], agreed, same[kind], _BELIEF) for kind in range(len(sizes))],
            [_shares(levels[:, kind], times - agreed, others[kind], _BELIEF) for kind in range(len(sizes))],
            share,
        )
        moved = abs(new.share - weights.share) + max(
            float(np.abs(a - b).max()) for a, b in zip(new.same, weights.same, strict=True)
        )
        weights = new
        if moved < _TOLERANCE:
            break
    return weights


def total_points(levels: Levels, weights: Weights) -> Floats:
    """Prior and points of every pair, in bits."""
    total = np.full(len(levels), weights.prior)
    for kind, points in enumerate(weights.tables()):
        known = levels[:, kind] >= 0
        total[known] += points[levels[known, kind]]
    return total


def probability(points: Floats) -> Floats:
    """Of being the same company, from points in bits."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(points, -500, 500))))


def _patterns(levels: Levels, sizes: Sequence[int]) -> tuple[Levels, Floats]:
    """The different rows, and how many pairs are of each: hundreds of patterns tell what hundreds of thousands of pairs
    do."""
    steps = np.cumprod([1, *(size + 1 for size in sizes[:-1])], dtype=np.int64)
    _, first, times = np.unique((levels + 1) @ steps, return_index=True, return_counts=True)
    return levels[first], times.astype(np.float64)


def _shares(levels: Levels, weight: Floats, belief: Floats, strength: float) -> Floats:
    known = levels >= 0
    counted = np.bincount(levels[known], weights=weight[known], minlength=len(belief)) + strength * belief
    return np.asarray(counted / counted.sum())
