"""Ward's hierarchy of weighted rows: every merge joins the two groups that add least to the squares within.

Ward (1963). One tree is cut at every number of segments.
"""

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.measures import distances


def merges_of(points: Distinct) -> Integers:
    """The n - 1 merges in their order: (n - 1) x 2 positions, the second joins the first and is gone."""
    centres, weights = points.rows.copy(), points.weights.copy()
    count = len(weights)
    cost = (distances(centres, centres) ** 2 * _pairs(weights[:, None], weights[None, :])).astype(np.float32)
    np.fill_diagonal(cost, np.inf)
    nearest = cost.argmin(axis=1)
    least = cost[np.arange(count), nearest].astype(np.float64)
    alive = np.ones(count, bool)
    order = np.zeros((count - 1, 2), np.intp)
    for step in range(count - 1):
        kept = int(least.argmin())
        gone = int(nearest[kept])
        order[step] = kept, gone
        total = weights[kept] + weights[gone]
        centres[kept] = (weights[kept] * centres[kept] + weights[gone] * centres[gone]) / total
        weights[kept], alive[gone], least[gone] = total, False, np.inf
        apart = ((centres - centres[kept]) ** 2).sum(axis=1) * _pairs(weights, total)
        apart[~alive] = apart[kept] = np.inf
        cost[gone, :] = cost[:, gone] = np.inf
        cost[kept, :] = cost[:, kept] = apart
        for row in np.flatnonzero(alive & ((nearest == kept) | (nearest == gone))):
            nearest[row] = cost[row].argmin()
            least[row] = cost[row, nearest[row]]
        nearest[kept], least[kept] = apart.argmin(), apart.min()
        closer = alive & (apart < least)
        nearest[closer], least[closer] = kept, apart[closer]
    return order


def cut(order: Integers, k: int) -> Integers:
    """Labels 0..k-1 of the rows when k groups are left."""
    count = len(order) + 1
    labels = np.arange(count)
    for kept, gone in order[: max(count - k, 0)]:
        labels[labels == gone] = kept
    return np.unique(labels, return_inverse=True)[1].reshape(-1)


def _pairs(left: Floats, right: Floats | float) -> Floats:
    """Weight of the squared distance of two groups in what their merge adds to the squares within."""
    return left * right / (left + right)
