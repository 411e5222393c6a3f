"""The best partition by silhouette with a minimum segment size: a few starts, each improved by local search.

Starts are crossed variables (stable, explainable), K-Means (compact) or HDBSCAN centres (dense). The stable start wins
unless another is better by STABILITY_MARGIN.
"""

from collections.abc import Iterator

import numpy as np

from b2shift.differentiate.segments import density, exchange, merge_split, rules
from b2shift.differentiate.segments.crossing import best_crossing
from b2shift.differentiate.segments.distinct import Distinct, Integers
from b2shift.differentiate.segments.kmeans import k_means, lloyd
from b2shift.differentiate.segments.measures import centres_of
from b2shift.differentiate.segments.partitions import PairwiseDistances, Partition
from b2shift.differentiate.segments.variables import variables

MATRIX_UP_TO = 6_000
"""Distinct rows up to which the distance matrix is held (144 MB at the limit)."""
OVERSPLIT = 1.5
"""K-Means also starts with this multiple of k; then the cheapest pairs are merged."""
STARTS = 10
"""Starts of each K-Means."""
STABILITY_MARGIN = 0.08
"""Share of silhouette given up for the start that recurs under resampling."""


def refine(raw: Distinct, points: Distinct, k: int, *, floor: float, seed: int, dense_start: bool = False) -> Partition:
    """The best partition of `points` (coordinates); `raw` has the columns of the same distinct rows.

    At most MATRIX_UP_TO rows. Fewer than k segments when the minimum size leaves no room.
    """
    pairs = PairwiseDistances(points, floor)
    questions = rules.Questions(pairs, raw)
    if dense_start:
        return exchange.converge(pairs, questions, merge_split.reshape_to_k(pairs, hdbscan_labels(points, floor), k))
    stable = exchange.exchange_segments(pairs, questions, rule_partition(questions, raw, k))
    return _prefer_stable(
        [stable, *(exchange.converge(pairs, questions, start) for start in _kmeans_starts(pairs, k, seed))]
    )


def rule_partition(questions: rules.Questions, raw: Distinct, k: int) -> Partition:
    """The best partition of rules: crossed variables, then exchanged splits."""
    crossing = best_crossing(questions.pairs, variables(raw), k)
    *_, partition = questions.grow(k, crossing)
    return questions.exchange(partition)


def _prefer_stable(partitions: list[Partition]) -> Partition:
    """The best partition at the highest k; the first, deterministic one unless another is better by
    STABILITY_MARGIN."""
    max_k = max(partition.k for partition in partitions)
    candidates = [partition for partition in partitions if partition.k == max_k]
    best = max(candidates, key=lambda partition: partition.silhouette)
    first = partitions[0]
    is_stable = first.k == max_k and best.silhouette <= first.silhouette * (1 + STABILITY_MARGIN)
    return first if is_stable and first.silhouette > 0 else best


def _kmeans_starts(pairs: PairwiseDistances, k: int, seed: int) -> Iterator[Partition]:
    """K-Means with k centres, then with more, merged."""
    for count in (k, int(np.ceil(OVERSPLIT * k))):
        labels, _ = k_means(pairs.points, count, seed=seed, starts=STARTS)
        yield merge_split.reshape_to_k(pairs, labels, k)


def hdbscan_labels(points: Distinct, floor: float) -> Integers:
    """Nearest HDBSCAN cluster centre of each row, refined by Lloyd steps."""
    smallest = max(2.0, floor * points.total)
    clusters = density.clusters(density.linkage(points, min_samples=10), smallest)
    clustered = np.flatnonzero(clusters >= 0)
    if not len(clustered) or clusters.max() < 1:
        return k_means(points, 2, seed=0, starts=5)[0]
    centres, _ = centres_of(points.subset(clustered), clusters[clustered], int(clusters.max()) + 1)
    return lloyd(points, centres)[0]
