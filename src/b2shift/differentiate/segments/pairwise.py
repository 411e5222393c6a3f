"""All distances of a small table held at once, so that the silhouette of changing labels costs one product.

Distances are kept in single precision (silhouettes hold to six digits); sums of a partition are in double.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers, totals
from b2shift.differentiate.segments.measures import distances, one_hot, silhouette_of

_ROWS = 512


def unhurried() -> None:
    """There is time."""


@dataclass(frozen=True)
class Partition:
    """Labels 0..k-1 of distinct rows, the summed distances of each row to each segment, sizes, and the silhouette."""

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
        """Mean distance of each row to the others of its own segment."""
        index = np.arange(len(self.labels))
        mean: Floats = self.sums[index, self.labels] / np.maximum(self.sizes[self.labels] - 1, 1)
        return mean

    @cached_property
    def others(self) -> tuple[Integers, Floats]:
        """The three other segments nearest on average to each row, and those means; infinite where there is none."""
        means = self.sums / np.maximum(self.sizes, 1e-300)
        means[np.arange(len(self.labels)), self.labels] = np.inf
        if means.shape[1] < 3:
            means = np.hstack([means, np.full((len(means), 3 - means.shape[1]), np.inf)])
        nearest = np.argsort(means, axis=1, kind="stable")[:, :3]
        return nearest, np.take_along_axis(means, nearest, axis=1)

    def nearest_but(self, one: int, other: int = -1) -> Floats:
        """Mean distance of each row to its nearest other segment, up to two given ones left out."""
        nearest, means = self.others
        first, second, _ = nearest.T
        behind = np.where((second != one) & (second != other), means[:, 1], means[:, 2])
        least: Floats = np.where((first != one) & (first != other), means[:, 0], behind)
        return least

    def between(self, weights: Floats) -> Floats:
        """Mean distance of the customers of each two segments (k x k)."""
        members = one_hot(self.labels, self.k) * weights[:, None]
        mean: Floats = members.T @ self.sums / np.outer(self.sizes, self.sizes)
        return mean


class Pairwise:
    """Distances of every pair of distinct rows, the second of each pair counted as often as it occurs.

    `heed` is called before every silhouette: it may raise where the time for the search is over.
    """

    def __init__(self, points: Distinct, floor: float, heed: Callable[[], None] = unhurried) -> None:
        self.points = points
        self.heed = heed
        self.weights = points.weights
        self.floor = floor
        self.smallest = floor * points.total
        self.weighted = np.empty((len(points.rows), len(points.rows)), np.float32)
        for top in range(0, len(points.rows), _ROWS):
            self.weighted[top : top + _ROWS] = distances(points.rows[top : top + _ROWS], points.rows)
        np.fill_diagonal(self.weighted, 0.0)
        self.weighted *= points.weights.astype(np.float32)

    def partition(self, labels: Integers) -> Partition:
        """The partition of those labels, numbered 0.. without gaps."""
        dense = np.unique(labels, return_inverse=True)[1].reshape(-1)
        k = int(dense.max()) + 1
        sizes = totals(dense, self.weights, k)
        return self.measured(dense, self.reach(one_hot(dense, k)), sizes)

    def reach(self, members: Floats) -> Floats:
        """Summed distances of every row to the members (rows x any columns of 0 and 1)."""
        sums: Floats = (self.weighted @ members.astype(np.float32)).astype(np.float64)
        return sums

    def pull(self, slopes: Floats) -> Floats:
        """For each row, its weight times the sum over all rows of slope (rows x any columns) times distance."""
        sums: Floats = (self.weighted.T @ slopes.astype(np.float32)).astype(np.float64)
        return sums

    def measured(self, labels: Integers, sums: Floats, sizes: Floats) -> Partition:
        """A partition whose sums are known already."""
        return Partition(labels, sums, sizes, self.silhouette(labels, sums, sizes))

    def silhouette(self, labels: Integers, sums: Floats, sizes: Floats) -> float:
        """Mean silhouette of customers; 0 for one segment."""
        self.heed()
        if len(sizes) < 2:
            return 0.0
        return float(self.weights @ silhouette_of(sums, labels, sizes) / self.points.total)

    def merged(self, partition: Partition, kept: int, gone: int) -> Partition:
        """Two segments made one."""
        labels = np.where(partition.labels == gone, kept, partition.labels)
        labels -= labels > gone
        sums = partition.sums.copy()
        sums[:, kept] += sums[:, gone]
        sizes = partition.sizes.copy()
        sizes[kept] += sizes[gone]
        return self.measured(labels, np.delete(sums, gone, axis=1), np.delete(sizes, gone))

    def cut(self, partition: Partition, segment: int, leaving: Integers) -> Partition:
        """The rows `leaving` (positions) of a segment made a segment of their own, the last one."""
        labels = partition.labels.copy()
        labels[leaving] = partition.k
        moved = self.weighted[:, leaving].sum(axis=1, dtype=np.float64)
        sums = np.column_stack([partition.sums, moved])
        sums[:, segment] -= moved
        weight = self.weights[leaving].sum()
        sizes = np.append(partition.sizes, weight)
        sizes[segment] -= weight
        return self.measured(labels, sums, sizes)

    def moved(self, partition: Partition, rows: Integers, segment: int, goal: int) -> Partition:
        """Some rows (positions) of a segment, not all of them, moved to another one."""
        labels, sums, sizes = partition.labels.copy(), partition.sums.copy(), partition.sizes.copy()
        labels[rows] = goal
        distance, weight = self.weighted[:, rows].sum(axis=1, dtype=np.float64), self.weights[rows].sum()
        sums[:, segment] -= distance
        sums[:, goal] += distance
        sizes[segment] -= weight
        sizes[goal] += weight
        return self.measured(labels, sums, sizes)
