"""The best partition found by silhouette with every segment above a floor: a few starts, each improved by moving rows.

Starts are variables crossed (steady and told in words), K-Means (compact), or HDBSCAN's centres (dense). A start that
other samples of the customers would bring back is kept unless another is better by STEADINESS.
"""

from collections.abc import Iterator

import numpy as np

from b2shift.differentiate.segments import density, exchange, reshape, rules
from b2shift.differentiate.segments.crossing import crossed
from b2shift.differentiate.segments.distinct import Distinct, Integers
from b2shift.differentiate.segments.measures import centres_of
from b2shift.differentiate.segments.nearest_means import k_means, polish
from b2shift.differentiate.segments.pairwise import Pairwise, Partition
from b2shift.differentiate.segments.variables import variables

MATRIX_UP_TO = 6_000
"""Distinct rows for which the matrix of distances is held (144 MB at the limit)."""
OVERGROWN = 1.5
"""K-Means also starts with this many times the segments wanted; then the cheapest pairs are joined."""
STARTS = 10
"""Starts of each K-Means."""
STEADINESS = 0.08
"""Share of silhouette given up for the start that comes back on other samples of the same customers."""


def refined(
    raw: Distinct, points: Distinct, k: int, *, floor: float, seed: int, dense_start: bool = False
) -> Partition:
    """The best partition of `points` (coordinates) found; variables are those of the columns of `raw`.

    Both hold the same distinct rows, at most MATRIX_UP_TO. Fewer than k segments when the floor leaves no room.
    """
    pairs = Pairwise(points, floor)
    asked = rules.Questions(pairs, raw)
    if dense_start:
        return exchange.settled(pairs, asked, reshape.to_k(pairs, dense_labels(points, floor), k))
    steady = exchange.exchanged(pairs, asked, by_rules(asked, raw, k))
    return _preferred([steady, *(exchange.settled(pairs, asked, start) for start in _compact(pairs, k, seed))])


def by_rules(asked: rules.Questions, raw: Distinct, k: int) -> Partition:
    """The best partition found whose segments are rules: variables crossed, then questions put instead of others."""
    found = crossed(asked.pairs, variables(raw), k)
    *_, grown = asked.grown(k, found)
    return asked.exchanged(grown)


def _preferred(climbed: list[Partition]) -> Partition:
    """The best with most segments; the first, which needs no chance, unless another is better by STEADINESS."""
    wanted = max(partition.k for partition in climbed)
    fit = [partition for partition in climbed if partition.k == wanted]
    best = max(fit, key=lambda partition: partition.silhouette)
    first = climbed[0]
    steady = first.k == wanted and best.silhouette <= first.silhouette * (1 + STEADINESS)
    return first if steady and first.silhouette > 0 else best


def _compact(pairs: Pairwise, k: int, seed: int) -> Iterator[Partition]:
    """K-Means with as many centres as segments, then with more, joined."""
    for wanted in (k, int(np.ceil(OVERGROWN * k))):
        labels, _ = k_means(pairs.points, wanted, seed=seed, starts=STARTS)
        yield reshape.to_k(pairs, labels, k)


def dense_labels(points: Distinct, floor: float) -> Integers:
    """Each row's nearest of the centres of HDBSCAN's clusters, polished by K-Means."""
    smallest = max(2.0, floor * points.total)
    found = density.clusters(density.linkage(points, min_samples=10), smallest)
    kept = np.flatnonzero(found >= 0)
    if not len(kept) or found.max() < 1:
        return k_means(points, 2, seed=0, starts=5)[0]
    centres, _ = centres_of(points.part(kept), found[kept], int(found.max()) + 1)
    return polish(points, centres)[0]
