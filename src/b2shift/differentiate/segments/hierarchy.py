"""Ward's hierarchical clustering of weighted rows (Ward, 1963); one tree is cut at every k."""

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.measures import distances


def merges_of(points: Distinct) -> Integers:
    """The n - 1 merges in order: (n - 1) × 2 positions, the second merged into the first."""
    centres, weights = points.rows.copy(), points.weights.copy()
    count = len(weights)
    cost = (distances(centres, centres) ** 2 * _pairs(weights[:, None], weights[None, :])).astype(np.float32)
    np.fill_diagonal(cost, np.inf)
    nearest = cost.argmin(axis=1)
    lowest = cost[np.arange(count), nearest].astype(np.float64)
    active = np.ones(count, bool)
    order = np.zeros((count - 1, 2), np.intp)
    for step in range(count - 1):
        into = int(lowest.argmin())
        merged = int(nearest[into])
        order[step] = into, merged
        total = weights[into] + weights[merged]
        centres[into] = (weights[into] * centres[into] + weights[merged] * centres[merged]) / total
        weights[into], active[merged], lowest[merged] = total, False, np.inf
        costs = ((centres - centres[into]) ** 2).sum(axis=1) * _pairs(weights, total)
        costs[~active] = costs[into] = np.inf
        cost[merged, :] = cost[:, merged] = np.inf
        cost[into, :] = cost[:, into] = costs
        for row in np.flatnonzero(active & ((nearest == into) | (nearest == merged))):
            nearest[row] = cost[row].argmin()
            lowest[row] = cost[row, nearest[row]]
        nearest[into], lowest[into] = costs.argmin(), costs.min()
        closer = active & (costs < lowest)
        nearest[closer], lowest[closer] = into, costs[closer]
    return order


def cut(order: Integers, k: int) -> Integers:
    """Labels 0..k-1 at k clusters."""
    count = len(order) + 1
    labels = np.arange(count)
    for into, merged in order[: max(count - k, 0)]:
        labels[labels == merged] = into
    return np.unique(labels, return_inverse=True)[1].reshape(-1)


def _pairs(left: Floats, right: Floats | float) -> Floats:
    """Factor of the squared centre distance in Ward's merge cost."""
    return left * right / (left + right)
