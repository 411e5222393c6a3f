"""Moving single rows to another segment while the silhouette rises; no segment ever falls below the floor.

What every possible move would do, to first order, is one product of the distances with the slopes of the silhouette in
the mean distances; the best moves are then made together, and kept only when the exact silhouette rises.
"""

import numpy as np

from b2shift.differentiate.segments.distinct import Floats, Integers, totals
from b2shift.differentiate.segments.measures import silhouette_of
from b2shift.differentiate.segments.pairwise import Pairwise, Partition

ENOUGH = 1e-5
"""A rise of the silhouette too small to go on for."""


def climb(pairs: Pairwise, partition: Partition, *, sweeps: int = 40) -> Partition:
    """Moves, many at a time, until none helps or `sweeps` are spent."""
    if partition.k < 2:
        return partition
    part = 1.0
    for _ in range(sweeps):
        goals, gains = gains_of_moves(pairs, partition)
        order = np.argsort(-gains, kind="stable")
        order = order[gains[order] > 0]
        better: Partition | None = None
        take = max(1, int(len(order) * part)) if len(order) else 0
        while take and better is None:
            trial = _applied(pairs, partition, goals, order[:take])
            if trial.silhouette > partition.silhouette + ENOUGH / 10:
                better = trial
            else:
                take, part = take // 2, part / 2
        if better is None:
            break
        small = better.silhouette - partition.silhouette < ENOUGH
        partition, part = better, min(1.0, 2 * part)
        if small:
            break
    return partition


def gains_of_moves(pairs: Pairwise, partition: Partition) -> tuple[Integers, Floats]:
    """For each row the segment it would best go to, and the silhouette gained if it alone went there.

    -inf where its segment would fall below the floor.
    """
    labels, weights, sizes = partition.labels, pairs.weights, partition.sizes
    gains = gains_of_rows(pairs, partition)
    gains[sizes[labels] - weights < max(pairs.smallest, 1e-9)] = -np.inf
    goals = gains.argmax(axis=1)
    return goals, gains[np.arange(len(labels)), goals]


def gains_of_rows(pairs: Pairwise, partition: Partition) -> Floats:
    """Silhouette gained if a row alone went to a segment (rows x k); -inf for its own.

    Exact for the row itself, first order for everybody else.
    """
    labels, weights, sizes, k = partition.labels, pairs.weights, partition.sizes, partition.k
    index = np.arange(len(labels))
    means = partition.sums / sizes
    within, (nearest, near) = partition.within, (partition.others[0][:, 0], partition.others[1][:, 0])
    means[index, labels] = within
    slope_within, slope_near = _slopes(within, near)
    slopes = np.zeros_like(means)
    slopes[index, labels] = weights * slope_within
    slopes[index, nearest] += weights * slope_near
    level = totals(labels, weights * slope_within * within, k) + totals(nearest, weights * slope_near * near, k)
    pull = pairs.pull(slopes) - weights[:, None] * level
    joining = pull / (sizes + weights[:, None])
    leaving = -pull[index, labels] / np.maximum(sizes[labels] - weights, 1)
    own = weights * silhouette_of(partition.sums.copy(), labels, sizes)
    gains = weights[:, None] * _elsewhere(means) - own[:, None] + joining + leaving[:, None]
    gains[index, labels] = -np.inf
    after: Floats = gains / pairs.points.total
    return after


def _slopes(within: Floats, near: Floats) -> tuple[Floats, Floats]:
    """How the silhouette of a row changes with its mean distance to its own segment, and to the nearest other one."""
    small = 1e-12
    below = within < near
    slope_within = np.where(below, -1 / np.maximum(near, small), -near / np.maximum(within, small) ** 2)
    slope_near = np.where(below, within / np.maximum(near, small) ** 2, 1 / np.maximum(within, small))
    return slope_within, slope_near


def _elsewhere(means: Floats) -> Floats:
    """Silhouette of each row if it were in each segment (rows x k), from its mean distance to each."""
    two = np.sort(means, axis=1)[:, :2]
    least = two[:, [0]]
    other = np.where(means == least, two[:, [1]], least)
    largest = np.maximum(means, other)
    silhouette: Floats = (other - means) / np.where(largest > 0, largest, 1)
    return silhouette


def _applied(pairs: Pairwise, partition: Partition, goals: Integers, rows: Integers) -> Partition:
    labels, room = partition.labels.copy(), partition.sizes.copy()
    for row in rows:
        weight = pairs.weights[row]
        if room[labels[row]] - weight >= max(pairs.smallest, 1e-9):
            room[labels[row]] -= weight
            room[goals[row]] += weight
            labels[row] = goals[row]
    return pairs.partition(labels)
