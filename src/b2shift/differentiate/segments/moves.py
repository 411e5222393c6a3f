"""Moving single rows to another segment while the silhouette rises; no segment ever falls below the floor.

What every possible move would do, to first order, is one product of the distances with the slopes of the silhouette in
the mean distances; the best moves are then made together, and kept only when the exact silhouette rises (`climb`). The
first order errs most where it promises most, so that this ends well below the top: `topped` then measures them exactly.
"""

import numpy as np

from b2shift.differentiate.segments.distinct import Floats, Integers, totals
from b2shift.differentiate.segments.measures import silhouette_of
from b2shift.differentiate.segments.pairwise import Pairwise, Partition

ENOUGH = 1e-5
"""A rise of the silhouette too small to go on for."""
AT_ONCE = 1 / 20
"""Share of the rows that moves are measured of together, the most promising first; what helps is made before others."""
MEASURED = 8_000
"""Moves measured exactly at most: enough for some 1,500 distinct rows; of more, those that promise least are left."""
_HELPS = 1e-7
_ROWS = 1_024
"""Rows of a block that is held at once while moves are measured."""


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


def topped(pairs: Pairwise, partition: Partition, *, most: int = MEASURED) -> Partition:
    """Moves measured exactly until none to a row's nearest segment or its most promising one helps, or `most` were."""
    while partition.k > 1 and most > 0:
        better, measured = _better(pairs, partition, most)
        if better is None:
            break
        partition, most = better, most - measured
    return partition


def _better(pairs: Pairwise, partition: Partition, most: int) -> tuple[Partition | None, int]:
    """As many of the first moves found to help made as help together, None where none does; how many were measured."""
    rows, goals = _worth_measuring(pairs, partition)
    rows, goals = rows[:most], goals[:most]
    step = int(np.ceil(AT_ONCE * len(partition.labels)))
    for top in range(0, len(rows), step):
        some, theirs = rows[top : top + step], goals[top : top + step]
        after = after_moves(pairs, partition, some, theirs)
        order = np.argsort(-after, kind="stable")
        order = order[after[order] > partition.silhouette + _HELPS]
        order = order[np.sort(np.unique(some[order], return_index=True)[1])]  # of two goals of a row the better
        wanted = partition.labels.copy()
        wanted[some[order]] = theirs[order]
        while len(order):
            trial = _applied(pairs, partition, wanted, some[order])
            if trial.silhouette > partition.silhouette + _HELPS / 2:
                return trial, top + len(some)
            order = order[: len(order) // 2]
    return None, len(rows)


def _worth_measuring(pairs: Pairwise, partition: Partition) -> tuple[Integers, Integers]:
    """Rows that may leave, each with its nearest other segment and its most promising one; the most promising first."""
    gains = gains_of_rows(pairs, partition)
    gains[partition.sizes[partition.labels] - pairs.weights < max(pairs.smallest, 1e-9)] = -np.inf
    promising, nearest, index = gains.argmax(axis=1), partition.others[0][:, 0], np.arange(len(gains))
    differ = np.flatnonzero(promising != nearest)
    rows, goals = np.concatenate([index, differ]), np.concatenate([promising, nearest[differ]])
    order = np.argsort(-gains[rows, goals], kind="stable")
    order = order[np.isfinite(gains[rows, goals][order])]
    return rows[order], goals[order]


def after_moves(pairs: Pairwise, partition: Partition, rows: Integers, goals: Integers) -> Floats:
    """The exact silhouette after each of these rows (positions) alone went to its goal, not its own segment."""
    told = np.zeros(len(rows))
    for top in range(0, len(partition.labels), _ROWS):
        told += _after_moves(pairs, partition, rows, goals, slice(top, top + _ROWS))
    after: Floats = told / pairs.points.total
    return after


def _after_moves(pairs: Pairwise, partition: Partition, rows: Integers, goals: Integers, some: slice) -> Floats:
    """What `some` of all rows add to the sum of silhouettes after each move."""
    labels, weights, sizes, here = partition.labels[some], pairs.weights, partition.sizes, partition.labels[rows]
    distance = pairs.weighted[some][:, rows].astype(np.float64)
    left, joined = sizes[here] - weights[rows], sizes[goals] + weights[rows]
    to_left, to_joined = partition.sums[some][:, here] - distance, partition.sums[some][:, goals] + distance
    own = np.arange(len(partition.labels))[some, None] == rows
    stay, come = (labels[:, None] == here) & ~own, (labels[:, None] == goals) | own
    within = np.where(come, to_joined / np.maximum(joined - 1, 1), partition.within[some, None])
    within = np.where(stay, to_left / np.maximum(left - 1, 1), within)
    nearest, means = partition.others[0][some], partition.others[1][some]
    first, second = ((nearest[:, [i]] != here) & (nearest[:, [i]] != goals) for i in (0, 1))
    rest = np.where(first, means[:, [0]], np.where(second, means[:, [1]], means[:, [2]]))
    beside = np.where(stay, np.inf, to_left / left), np.where(come, np.inf, to_joined / joined)
    near = np.minimum(rest, np.minimum(*beside))
    alone = np.where(stay, left, np.where(come, joined, sizes[labels][:, None])) <= 1
    largest = np.maximum(within, near)
    value = np.where((largest > 0) & ~alone, (near - within) / np.where(largest > 0, largest, 1), 0.0)
    told: Floats = weights[some] @ value
    return told


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
