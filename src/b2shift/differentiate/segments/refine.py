"""The best partition found by silhouette with every segment above a floor: several starts, one local search.

Starts are greedy questions (steady), K-Means (compact) and HDBSCAN's centres (dense). The best are improved by moving
rows, and by joining two segments and cutting another. The silhouette of every step is exact.
"""

from collections.abc import Iterator

import numpy as np

from b2shift.differentiate.segments import density, moves, reshape, rules
from b2shift.differentiate.segments.distinct import Distinct, Integers
from b2shift.differentiate.segments.measures import centres_of
from b2shift.differentiate.segments.nearest_means import k_means, polish
from b2shift.differentiate.segments.pairwise import Pairwise, Partition

MATRIX_UP_TO = 6_000
"""Distinct rows for which the matrix of distances is held (288 MB at the limit)."""
OVERGROWN = 1.5
"""Questions are asked until there are this many times the segments wanted, then the cheapest pairs are joined."""
STARTS = 30
"""Starts of each K-Means."""
STEADINESS = 0.025
"""Share of silhouette given up for the start that comes back on other samples of the same customers."""
REACH = 0.01
"""Silhouette that a climb after joining and cutting may be expected to win back."""


def refined(
    raw: Distinct, points: Distinct, k: int, *, floor: float, seed: int, dense_start: bool = False
) -> Partition:
    """The best partition of `points` (coordinates) found; questions are asked of the columns of `raw`.

    Both hold the same distinct rows, at most MATRIX_UP_TO. Fewer than k segments when the floor leaves no room.
    """
    pairs = Pairwise(points, floor)
    starts = _dense_starts(pairs, k) if dense_start else _starts(pairs, rules.Questions(pairs, raw), k, seed)
    climbed = [moves.climb(pairs, start, sweeps=4) for start in starts]
    return moves.climb(pairs, _reshaped(pairs, moves.climb(pairs, _preferred(climbed))))


def _preferred(climbed: list[Partition]) -> Partition:
    """The best with most segments; the first, which needs no chance, unless another is better by STEADINESS."""
    wanted = max(partition.k for partition in climbed)
    fit = [partition for partition in climbed if partition.k == wanted]
    best = max(fit, key=lambda partition: partition.silhouette)
    first = climbed[0]
    steady = first.k == wanted and best.silhouette <= first.silhouette * (1 + STEADINESS)
    return first if steady and first.silhouette > 0 else best


def _starts(pairs: Pairwise, asked: rules.Questions, k: int, seed: int) -> Iterator[Partition]:
    """Questions first, then K-Means with as many centres as segments, then with more, joined."""
    overgrown = int(np.ceil(OVERGROWN * k))
    *_, grown = asked.grown(overgrown)
    yield asked.exchanged(reshape.to_k(pairs, grown.labels, k))
    for wanted in (k, overgrown):
        labels, _ = k_means(pairs.points, min(wanted, len(pairs.weights)), seed=seed, starts=STARTS)
        yield reshape.to_k(pairs, labels, k)


def _dense_starts(pairs: Pairwise, k: int) -> Iterator[Partition]:
    yield reshape.to_k(pairs, dense_labels(pairs.points, pairs.floor), k)


def dense_labels(points: Distinct, floor: float) -> Integers:
    """Each row's nearest of the centres of HDBSCAN's clusters, polished by K-Means."""
    smallest = max(2.0, floor * points.total)
    found = density.clusters(density.linkage(points, min_samples=10), smallest)
    kept = np.flatnonzero(found >= 0)
    if not len(kept) or found.max() < 1:
        return k_means(points, 2, seed=0, starts=5)[0]
    centres, _ = centres_of(points.part(kept), found[kept], int(found.max()) + 1)
    return polish(points, centres)[0]


def _reshaped(pairs: Pairwise, partition: Partition, *, rounds: int = 4, width: int = 3) -> Partition:
    """Join a near pair and cut another segment in two instead, then climb, as long as that helps."""
    for _ in range(rounds):
        better = next(_better(pairs, partition, width), None)
        if better is None:
            break
        partition = better
    return partition


def _better(pairs: Pairwise, partition: Partition, width: int) -> Iterator[Partition]:
    if partition.k < 3:
        return
    for joined in reshape.merges(pairs, partition, 3 * partition.k)[:width]:
        for cut in reshape.halves(pairs, joined)[:2]:
            if cut.silhouette < partition.silhouette - REACH:
                continue
            climbed = moves.climb(pairs, cut, sweeps=3, doubt=0.1)
            if climbed.silhouette > partition.silhouette + 1e-5:
                yield climbed
