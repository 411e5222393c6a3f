"""Merging and splitting segments: to k, or above the minimum size, at the least cost in silhouette."""

from itertools import combinations

import numpy as np

from b2shift.differentiate.segments.distinct import Integers
from b2shift.differentiate.segments.kmeans import k_means
from b2shift.differentiate.segments.partitions import PairwiseDistances, Partition


def reshape_to_k(pairs: PairwiseDistances, labels: Integers, k: int) -> Partition:
    """Merge segments below the minimum size, then the cheapest pairs; bisect while k is not reached."""
    partition = merge_below_floor(pairs, pairs.partition(labels))
    while partition.k > k:
        partition = cheapest_merges(pairs, partition, 2 * partition.k)[0]
    while partition.k < k:
        splits = bisections(pairs, partition)
        if not splits:
            break
        partition = splits[0]
    return partition


def merge_below_floor(pairs: PairwiseDistances, partition: Partition) -> Partition:
    """Merge each segment below the minimum size into that of its three nearest which costs least silhouette."""
    while partition.k > 1 and partition.sizes.min() < pairs.smallest:
        smallest = int(partition.sizes.argmin())
        distance = partition.mean_between(pairs.weights)[smallest]
        distance[smallest] = np.inf
        nearest = np.argsort(distance, kind="stable")[: min(3, partition.k - 1)]
        partition = _best([pairs.merged(partition, int(segment), smallest) for segment in nearest])
    return partition


def cheapest_merges(pairs: PairwiseDistances, partition: Partition, count: int) -> list[Partition]:
    """Partitions with one segment fewer, from the `count` nearest pairs, best first."""
    upper = np.triu_indices(partition.k, 1)
    order = np.argsort(partition.mean_between(pairs.weights)[upper], kind="stable")[:count]
    return _by_silhouette([pairs.merged(partition, int(upper[0][i]), int(upper[1][i])) for i in order])


def silhouettes_after_merges(pairs: PairwiseDistances, partition: Partition) -> list[tuple[float, int, int]]:
    """Exact silhouette after merging each pair, with the pair, best first."""
    if partition.k < 3:
        return [(0.0, 0, 1)] if partition.k == 2 else []
    weights, labels, total = pairs.weights, partition.labels, pairs.points.total
    results = []
    for into, merged in combinations(range(partition.k), 2):
        nearest_rest = partition.nearest_other(into, merged)
        sums, size = (
            partition.sums[:, into] + partition.sums[:, merged],
            partition.sizes[into] + partition.sizes[merged],
        )
        inside = (labels == into) | (labels == merged)
        within = np.where(inside, sums / max(size - 1, 1), partition.within)
        nearest = np.where(inside, nearest_rest, np.minimum(nearest_rest, sums / size))
        largest = np.maximum(within, nearest)
        singleton = (partition.sizes[labels] <= 1) & ~inside
        value = np.where((largest > 0) & ~singleton, (nearest - within) / np.where(largest > 0, largest, 1), 0.0)
        results.append((float(weights @ value / total), into, merged))
    return sorted(results, key=lambda result: -result[0])


def bisections(pairs: PairwiseDistances, partition: Partition) -> list[Partition]:
    """Partitions with one segment more, each by a 2-means split, best first."""
    results = []
    for segment in np.flatnonzero(partition.sizes >= max(2 * pairs.smallest, 2)):
        inside = np.flatnonzero(partition.labels == segment)
        if len(inside) < 2:
            continue
        members = pairs.points.subset(inside)
        side, _ = k_means(members, 2, seed=0, starts=3)
        weight = members.weights[side == 1].sum()
        if max(pairs.smallest, 1e-9) <= weight <= members.total - max(pairs.smallest, 1e-9):
            results.append(pairs.cut(partition, int(segment), inside[side == 1]))
    return _by_silhouette(results)


def _by_silhouette(partitions: list[Partition]) -> list[Partition]:
    return sorted(partitions, key=lambda partition: -partition.silhouette)


def _best(partitions: list[Partition]) -> Partition:
    return max(partitions, key=lambda partition: partition.silhouette)
