"""Merging and cutting segments: to a wanted number, above a floor, at the least cost in silhouette."""

from itertools import combinations

import numpy as np

from b2shift.differentiate.segments.distinct import Integers
from b2shift.differentiate.segments.nearest_means import k_means
from b2shift.differentiate.segments.pairwise import Pairwise, Partition


def to_k(pairs: Pairwise, labels: Integers, k: int) -> Partition:
    """Merge first what is below the floor, then the cheapest pairs; cut in two while segments are lacking."""
    partition = above_floor(pairs, pairs.partition(labels))
    while partition.k > k:
        partition = merges(pairs, partition, 2 * partition.k)[0]
    while partition.k < k:
        more = halves(pairs, partition)
        if not more:
            break
        partition = more[0]
    return partition


def above_floor(pairs: Pairwise, partition: Partition) -> Partition:
    """Each segment below the floor joined to that of its three nearest which costs least silhouette."""
    while partition.k > 1 and partition.sizes.min() < pairs.smallest:
        small = int(partition.sizes.argmin())
        apart = partition.between(pairs.weights)[small]
        apart[small] = np.inf
        near = np.argsort(apart, kind="stable")[: min(3, partition.k - 1)]
        partition = _best([pairs.merged(partition, int(segment), small) for segment in near])
    return partition


def merges(pairs: Pairwise, partition: Partition, many: int) -> list[Partition]:
    """The partitions with one segment less, each from one of the `many` nearest pairs; the best first."""
    upper = np.triu_indices(partition.k, 1)
    order = np.argsort(partition.between(pairs.weights)[upper], kind="stable")[:many]
    return _sorted([pairs.merged(partition, int(upper[0][i]), int(upper[1][i])) for i in order])


def joins(pairs: Pairwise, partition: Partition) -> list[tuple[float, int, int]]:
    """The silhouette after joining each pair of segments, exact, and the pair; the best first."""
    if partition.k < 3:
        return [(0.0, 0, 1)] if partition.k == 2 else []
    weights, labels, total = pairs.weights, partition.labels, pairs.points.total
    found = []
    for kept, gone in combinations(range(partition.k), 2):
        rest = partition.nearest_but(kept, gone)
        sums, size = partition.sums[:, kept] + partition.sums[:, gone], partition.sizes[kept] + partition.sizes[gone]
        inside = (labels == kept) | (labels == gone)
        within = np.where(inside, sums / max(size - 1, 1), partition.within)
        near = np.where(inside, rest, np.minimum(rest, sums / size))
        largest = np.maximum(within, near)
        alone = (partition.sizes[labels] <= 1) & ~inside
        value = np.where((largest > 0) & ~alone, (near - within) / np.where(largest > 0, largest, 1), 0.0)
        found.append((float(weights @ value / total), kept, gone))
    return sorted(found, key=lambda one: -one[0])


def halves(pairs: Pairwise, partition: Partition) -> list[Partition]:
    """The partitions with one segment more, each by cutting one in two by K-Means; the best first."""
    found = []
    for segment in np.flatnonzero(partition.sizes >= max(2 * pairs.smallest, 2)):
        inside = np.flatnonzero(partition.labels == segment)
        if len(inside) < 2:
            continue
        part = pairs.points.part(inside)
        side, _ = k_means(part, 2, seed=0, starts=3)
        weight = part.weights[side == 1].sum()
        if max(pairs.smallest, 1e-9) <= weight <= part.total - max(pairs.smallest, 1e-9):
            found.append(pairs.cut(partition, int(segment), inside[side == 1]))
    return _sorted(found)


def _sorted(partitions: list[Partition]) -> list[Partition]:
    return sorted(partitions, key=lambda partition: -partition.silhouette)


def _best(partitions: list[Partition]) -> Partition:
    return max(partitions, key=lambda partition: partition.silhouette)
