"""Partitions of a small table over its full distance matrix: a silhouette costs one matrix product.

Distances are in single precision (silhouettes hold to six digits); sums in double.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers, totals
from b2shift.differentiate.segments.measures import distances, one_hot, silhouette_of

_BLOCK_ROWS = 512


def no_deadline() -> None:
    """A deadline check that never raises."""


@dataclass(frozen=True)
class Partition:
    """Labels 0..k-1 of distinct rows, summed distances of each row to each segment, sizes, and the silhouette."""

    labels: Integers
    sums: Floats
    sizes: Floats
    silhouette: float

    @property
    def k(self) -> int:
        """Segments."""
        return len(self.sizes)

    @cached_property
    def within(self) -> Floats:
        """Mean distance of each row to the others of its segment."""
        index = np.arange(len(self.labels))
        mean: Floats = self.sums[index, self.labels] / np.maximum(self.sizes[self.labels] - 1, 1)
        return mean

    @cached_property
    def others(self) -> tuple[Integers, Floats]:
        """The three nearest other segments of each row by mean distance, and those means; inf where there is none."""
        means = self.sums / np.maximum(self.sizes, 1e-300)
        means[np.arange(len(self.labels)), self.labels] = np.inf
        if means.shape[1] < 3:
            means = np.hstack([means, np.full((len(means), 3 - means.shape[1]), np.inf)])
        nearest = np.argsort(means, axis=1, kind="stable")[:, :3]
        return nearest, np.take_along_axis(means, nearest, axis=1)

    def nearest_other(self, excluded: int, also_excluded: int = -1) -> Floats:
        """Mean distance to the nearest other segment, up to two excluded."""
        nearest, means = self.others
        first, second, _ = nearest.T
        next_mean = np.where((second != excluded) & (second != also_excluded), means[:, 1], means[:, 2])
        mean: Floats = np.where((first != excluded) & (first != also_excluded), means[:, 0], next_mean)
        return mean

    def mean_between(self, weights: Floats) -> Floats:
        """Mean distance between the customers of two segments (k × k)."""
        members = one_hot(self.labels, self.k) * weights[:, None]
        mean: Floats = members.T @ self.sums / np.outer(self.sizes, self.sizes)
        return mean


class PairwiseDistances:
    """Distances of all pairs of distinct rows, weighted by the second row's count.

    `check_deadline` is called before every silhouette, and may raise when time is up.
    """

    def __init__(self, points: Distinct, floor: float, check_deadline: Callable[[], None] = no_deadline) -> None:
        self.points = points
        self.check_deadline = check_deadline
        self.weights = points.weights
        self.floor = floor
        self.smallest = floor * points.total
        self.weighted = np.empty((len(points.rows), len(points.rows)), np.float32)
        for top in range(0, len(points.rows), _BLOCK_ROWS):
            self.weighted[top : top + _BLOCK_ROWS] = distances(points.rows[top : top + _BLOCK_ROWS], points.rows)
        np.fill_diagonal(self.weighted, 0.0)
        self.weighted *= points.weights.astype(np.float32)

    def partition(self, labels: Integers) -> Partition:
        """The partition of these labels, renumbered without gaps."""
        dense = np.unique(labels, return_inverse=True)[1].reshape(-1)
        k = int(dense.max()) + 1
        sizes = totals(dense, self.weights, k)
        return self.evaluated(dense, self.summed_distances(one_hot(dense, k)), sizes)

    def summed_distances(self, members: Floats) -> Floats:
        """Summed distances of every row to the members (rows × indicator columns)."""
        sums: Floats = (self.weighted @ members.astype(np.float32)).astype(np.float64)
        return sums

    def weighted_sums(self, slopes: Floats) -> Floats:
        """For each row, its weight times the sum over all rows of coefficient (rows × columns) times distance."""
        sums: Floats = (self.weighted.T @ slopes.astype(np.float32)).astype(np.float64)
        return sums

    def evaluated(self, labels: Integers, sums: Floats, sizes: Floats) -> Partition:
        """A partition from known sums."""
        return Partition(labels, sums, sizes, self.silhouette(labels, sums, sizes))

    def silhouette(self, labels: Integers, sums: Floats, sizes: Floats) -> float:
        """Mean silhouette of customers; 0 for one segment."""
        self.check_deadline()
        if len(sizes) < 2:
            return 0.0
        return float(self.weights @ silhouette_of(sums, labels, sizes) / self.points.total)

    def merged(self, partition: Partition, into: int, merged: int) -> Partition:
        """Two segments merged."""
        labels = np.where(partition.labels == merged, into, partition.labels)
        labels -= labels > merged
        sums = partition.sums.copy()
        sums[:, into] += sums[:, merged]
        sizes = partition.sizes.copy()
        sizes[into] += sizes[merged]
        return self.evaluated(labels, np.delete(sums, merged, axis=1), np.delete(sizes, merged))

    def cut(self, partition: Partition, segment: int, leaving: Integers) -> Partition:
        """Rows `leaving` of a segment split off as the last segment."""
        labels = partition.labels.copy()
        labels[leaving] = partition.k
        moved = self.weighted[:, leaving].sum(axis=1, dtype=np.float64)
        sums = np.column_stack([partition.sums, moved])
        sums[:, segment] -= moved
        weight = self.weights[leaving].sum()
        sizes = np.append(partition.sizes, weight)
        sizes[segment] -= weight
        return self.evaluated(labels, sums, sizes)

    def move_rows(self, partition: Partition, rows: Integers, segment: int, target: int) -> Partition:
        """Some rows of a segment, not all, moved to another."""
        labels, sums, sizes = partition.labels.copy(), partition.sums.copy(), partition.sizes.copy()
        labels[rows] = target
        distance, weight = self.weighted[:, rows].sum(axis=1, dtype=np.float64), self.weights[rows].sum()
        sums[:, segment] -= distance
        sums[:, target] += distance
        sizes[segment] -= weight
        sizes[target] += weight
        return self.evaluated(labels, sums, sizes)
