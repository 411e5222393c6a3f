"""Moving single rows to another segment while the silhouette rises; no segment ever falls below the floor."""

import numpy as np

from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.pairwise import Pairwise, Partition

ENOUGH = 1e-6
"""A gain of silhouette too small to look for."""


def climb(pairs: Pairwise, partition: Partition, *, sweeps: int = 12, doubt: float = 0.2) -> Partition:
    """Moves, many at a time, until none helps or `sweeps` are spent.

    A row is doubtful when its nearest other segment is at most `doubt` (a share) farther than its own.
    """
    for _ in range(sweeps):
        goals, gains = gains_of_moves(pairs, partition, doubt)
        order = np.argsort(-gains, kind="stable")
        order = order[gains[order] > ENOUGH]
        better = _together(pairs, partition, goals, gains, order)
        if better is None or better.silhouette - partition.silhouette < 3 * ENOUGH:
            return better or partition
        partition = better
    return partition


def gains_of_moves(pairs: Pairwise, partition: Partition, doubt: float) -> tuple[Integers, Floats]:
    """For each row its nearest other segment, and the exact change of the silhouette if it alone moved there.

    -inf where the row is not doubtful or its segment would fall below the floor.
    """
    labels, weights = partition.labels, pairs.weights
    goals, near = partition.others[0][:, 0], partition.others[1][:, 0]
    doubtful = partition.within - near > -doubt * np.maximum(partition.within, near)
    movable = doubtful & np.isfinite(near) & (partition.sizes[labels] - weights >= max(pairs.smallest, 1e-9))
    gains = np.full(len(labels), -np.inf)
    ways = labels * partition.k + goals
    for way in np.unique(ways[movable]):
        source, target = divmod(int(way), partition.k)
        rows = np.flatnonzero(movable & (ways == way))
        gains[rows] = _after(pairs, partition, rows, source, target) - partition.silhouette
    return goals, gains


def _after(pairs: Pairwise, partition: Partition, rows: Integers, source: int, target: int) -> Floats:
    """The silhouette after each of the rows, alone, moved from one segment to another: every customer is affected."""
    leaves = pairs.weighted[:, rows]
    from_source = partition.sums[:, [source]] - leaves
    from_target = partition.sums[:, [target]] + leaves
    left = partition.sizes[source] - pairs.weights[rows]
    joined = partition.sizes[target] + pairs.weights[rows]
    to_source, to_target = from_source / left, from_target / joined
    in_source, in_target = partition.labels == source, partition.labels == target
    within = np.repeat(partition.within[:, None], len(rows), axis=1)
    within[in_source] = from_source[in_source] / np.maximum(left - 1, 1)
    within[in_target] = from_target[in_target] / np.maximum(joined - 1, 1)
    nearest = np.minimum(to_source, to_target)
    nearest[in_source] = to_target[in_source]
    nearest[in_target] = to_source[in_target]
    column = np.arange(len(rows))
    within[rows, column] = from_target[rows, column] / np.maximum(joined - 1, 1)
    nearest[rows, column] = to_source[rows, column]
    np.minimum(nearest, partition.nearest_but(source, target)[:, None], out=nearest)
    largest = np.maximum(within, nearest)
    value = (nearest - within) / np.where(largest > 0, largest, 1)
    alone = left <= 1
    if alone.any():
        value[np.ix_(np.flatnonzero(in_source), np.flatnonzero(alone))] = 0.0
    after: Floats = pairs.weights @ value / pairs.points.total
    return after


def _together(
    pairs: Pairwise, partition: Partition, goals: Integers, gains: Floats, order: Integers
) -> Partition | None:
    """The partition after the best moves at once: as many as keep at least half of the gain they promise alone."""
    take = len(order)
    while take >= 1:
        trial = _applied(pairs, partition, goals, order[:take])
        gained = trial.silhouette - partition.silhouette
        if gained >= 0.5 * gains[order[:take]].sum() or (take <= 8 and gained > ENOUGH):
            return trial
        take //= 2
    return None


def _applied(pairs: Pairwise, partition: Partition, goals: Integers, rows: Integers) -> Partition:
    labels, room = partition.labels.copy(), partition.sizes.copy()
    for row in rows:
        weight = pairs.weights[row]
        if room[labels[row]] - weight >= max(pairs.smallest, 1e-9):
            room[labels[row]] -= weight
            room[goals[row]] += weight
            labels[row] = goals[row]
    return pairs.partition(labels)
