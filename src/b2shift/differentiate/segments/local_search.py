"""Local search by single-row moves on the silhouette, with a minimum segment size.

First-order gains of all moves are one product of distances and silhouette gradients; the best moves are made together
and kept only if the exact silhouette rises (`hill_climb`). First-order errors are largest where gains are, so that this
stops early: `climb_exactly` then evaluates moves exactly.
"""

import numpy as np

from b2shift.differentiate.segments.distinct import Floats, Integers, totals
from b2shift.differentiate.segments.measures import silhouette_of
from b2shift.differentiate.segments.partitions import PairwiseDistances, Partition

MIN_GAIN = 1e-5
"""Silhouette gain below which the search stops."""
BATCH_SHARE = 1 / 20
"""Share of rows whose moves are evaluated together, most promising first."""
MAX_EVALUATED = 8_000
"""Moves evaluated exactly at most: enough for some 1,500 distinct rows."""
_MIN_EXACT_GAIN = 1e-7
_BLOCK_ROWS = 1_024
"""Rows of a block held at once while moves are evaluated."""


def hill_climb(pairs: PairwiseDistances, partition: Partition, *, sweeps: int = 40) -> Partition:
    """Batches of moves until none helps or `sweeps` are spent."""
    if partition.k < 2:
        return partition
    share = 1.0
    for _ in range(sweeps):
        targets, gains = best_moves(pairs, partition)
        order = np.argsort(-gains, kind="stable")
        order = order[gains[order] > 0]
        improved: Partition | None = None
        batch = max(1, int(len(order) * share)) if len(order) else 0
        while batch and improved is None:
            trial = _apply_moves(pairs, partition, targets, order[:batch])
            if trial.silhouette > partition.silhouette + MIN_GAIN / 10:
                improved = trial
            else:
                batch, share = batch // 2, share / 2
        if improved is None:
            break
        converged = improved.silhouette - partition.silhouette < MIN_GAIN
        partition, share = improved, min(1.0, 2 * share)
        if converged:
            break
    return partition


def climb_exactly(pairs: PairwiseDistances, partition: Partition, *, budget: int = MAX_EVALUATED) -> Partition:
    """Exactly evaluated moves to a row's nearest or most promising segment until none helps, or `budget` is spent."""
    while partition.k > 1 and budget > 0:
        improved, evaluated = _improved(pairs, partition, budget)
        if improved is None:
            break
        partition, budget = improved, budget - evaluated
    return partition


def _improved(pairs: PairwiseDistances, partition: Partition, budget: int) -> tuple[Partition | None, int]:
    """As many of the first helpful moves as help together (None where none does), and how many were evaluated."""
    rows, targets = _candidate_moves(pairs, partition)
    rows, targets = rows[:budget], targets[:budget]
    step = int(np.ceil(BATCH_SHARE * len(partition.labels)))
    for start in range(0, len(rows), step):
        batch, batch_targets = rows[start : start + step], targets[start : start + step]
        after = silhouettes_after_moves(pairs, partition, batch, batch_targets)
        order = np.argsort(-after, kind="stable")
        order = order[after[order] > partition.silhouette + _MIN_EXACT_GAIN]
        order = order[np.sort(np.unique(batch[order], return_index=True)[1])]  # of two goals of a row the better
        labels = partition.labels.copy()
        labels[batch[order]] = batch_targets[order]
        while len(order):
            trial = _apply_moves(pairs, partition, labels, batch[order])
            if trial.silhouette > partition.silhouette + _MIN_EXACT_GAIN / 2:
                return trial, start + len(batch)
            order = order[: len(order) // 2]
    return None, len(rows)


def _candidate_moves(pairs: PairwiseDistances, partition: Partition) -> tuple[Integers, Integers]:
    """Rows that may leave, with their nearest and most promising target; most promising first."""
    gains = move_gains(pairs, partition)
    gains[partition.sizes[partition.labels] - pairs.weights < max(pairs.smallest, 1e-9)] = -np.inf
    promising, nearest, index = gains.argmax(axis=1), partition.others[0][:, 0], np.arange(len(gains))
    differ = np.flatnonzero(promising != nearest)
    rows, targets = np.concatenate([index, differ]), np.concatenate([promising, nearest[differ]])
    order = np.argsort(-gains[rows, targets], kind="stable")
    order = order[np.isfinite(gains[rows, targets][order])]
    return rows[order], targets[order]


def silhouettes_after_moves(
    pairs: PairwiseDistances, partition: Partition, rows: Integers, targets: Integers
) -> Floats:
    """Exact silhouette after each of these rows alone moved to its target."""
    total = np.zeros(len(rows))
    for top in range(0, len(partition.labels), _BLOCK_ROWS):
        total += _sum_after_moves(pairs, partition, rows, targets, slice(top, top + _BLOCK_ROWS))
    after: Floats = total / pairs.points.total
    return after


def _sum_after_moves(
    pairs: PairwiseDistances, partition: Partition, rows: Integers, targets: Integers, block: slice
) -> Floats:
    """Contribution of a block of rows to the sum of silhouettes after each move."""
    labels, weights, sizes, source = partition.labels[block], pairs.weights, partition.sizes, partition.labels[rows]
    distance = pairs.weighted[block][:, rows].astype(np.float64)
    left_size, joined_size = sizes[source] - weights[rows], sizes[targets] + weights[rows]
    to_left, to_joined = partition.sums[block][:, source] - distance, partition.sums[block][:, targets] + distance
    own = np.arange(len(partition.labels))[block, None] == rows
    staying, entering = (labels[:, None] == source) & ~own, (labels[:, None] == targets) | own
    within = np.where(entering, to_joined / np.maximum(joined_size - 1, 1), partition.within[block, None])
    within = np.where(staying, to_left / np.maximum(left_size - 1, 1), within)
    nearest, means = partition.others[0][block], partition.others[1][block]
    first, second = ((nearest[:, [i]] != source) & (nearest[:, [i]] != targets) for i in (0, 1))
    rest = np.where(first, means[:, [0]], np.where(second, means[:, [1]], means[:, [2]]))
    of_pair = np.where(staying, np.inf, to_left / left_size), np.where(entering, np.inf, to_joined / joined_size)
    nearest_mean = np.minimum(rest, np.minimum(*of_pair))
    singleton = np.where(staying, left_size, np.where(entering, joined_size, sizes[labels][:, None])) <= 1
    largest = np.maximum(within, nearest_mean)
    value = np.where((largest > 0) & ~singleton, (nearest_mean - within) / np.where(largest > 0, largest, 1), 0.0)
    total: Floats = weights[block] @ value
    return total


def best_moves(pairs: PairwiseDistances, partition: Partition) -> tuple[Integers, Floats]:
    """Best target of each row and its gain if it alone moved; -inf where its segment would get too small."""
    labels, weights, sizes = partition.labels, pairs.weights, partition.sizes
    gains = move_gains(pairs, partition)
    gains[sizes[labels] - weights < max(pairs.smallest, 1e-9)] = -np.inf
    targets = gains.argmax(axis=1)
    return targets, gains[np.arange(len(labels)), targets]


def move_gains(pairs: PairwiseDistances, partition: Partition) -> Floats:
    """Silhouette gain if a row alone moved to a segment (rows × k); -inf for its own.

    Exact for the row itself, first order for all others.
    """
    labels, weights, sizes, k = partition.labels, pairs.weights, partition.sizes, partition.k
    index = np.arange(len(labels))
    means = partition.sums / sizes
    within, (nearest, nearest_mean) = partition.within, (partition.others[0][:, 0], partition.others[1][:, 0])
    means[index, labels] = within
    gradient_within, gradient_nearest = _gradients(within, nearest_mean)
    gradients = np.zeros_like(means)
    gradients[index, labels] = weights * gradient_within
    gradients[index, nearest] += weights * gradient_nearest
    level = totals(labels, weights * gradient_within * within, k) + totals(
        nearest, weights * gradient_nearest * nearest_mean, k
    )
    weighted = pairs.weighted_sums(gradients) - weights[:, None] * level
    joining = weighted / (sizes + weights[:, None])
    leaving = -weighted[index, labels] / np.maximum(sizes[labels] - weights, 1)
    own = weights * silhouette_of(partition.sums.copy(), labels, sizes)
    gains = weights[:, None] * _silhouette_in_each(means) - own[:, None] + joining + leaving[:, None]
    gains[index, labels] = -np.inf
    per_customer: Floats = gains / pairs.points.total
    return per_customer


def _gradients(within: Floats, nearest: Floats) -> tuple[Floats, Floats]:
    """Derivative of a row's silhouette by its mean distance to its own and to the nearest other segment."""
    epsilon = 1e-12
    below = within < nearest
    gradient_within = np.where(below, -1 / np.maximum(nearest, epsilon), -nearest / np.maximum(within, epsilon) ** 2)
    gradient_nearest = np.where(below, within / np.maximum(nearest, epsilon) ** 2, 1 / np.maximum(within, epsilon))
    return gradient_within, gradient_nearest


def _silhouette_in_each(means: Floats) -> Floats:
    """Silhouette of each row in each segment (rows × k), from its mean distances."""
    two_nearest = np.sort(means, axis=1)[:, :2]
    least = two_nearest[:, [0]]
    other = np.where(means == least, two_nearest[:, [1]], least)
    largest = np.maximum(means, other)
    silhouette: Floats = (other - means) / np.where(largest > 0, largest, 1)
    return silhouette


def _apply_moves(pairs: PairwiseDistances, partition: Partition, targets: Integers, rows: Integers) -> Partition:
    labels, room = partition.labels.copy(), partition.sizes.copy()
    for row in rows:
        weight = pairs.weights[row]
        if room[labels[row]] - weight >= max(pairs.smallest, 1e-9):
            room[labels[row]] -= weight
            room[targets[row]] += weight
            labels[row] = targets[row]
    return pairs.partition(labels)
