"""Where each customer stands on the two-dimensional map of segments; the same way up in every version."""

from collections.abc import Mapping, Sequence

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.measures import centres_of


def positions(
    points: Distinct,
    labels: Integers,
    customers: Sequence[str],
    sizes: Floats,
    before: Mapping[str, tuple[float, float]],
) -> Floats:
    """Customers x 2: the plane in which the centres of the segments lie farthest apart; `points` in reference space.

    The first version has the larger customers (`sizes`) to the right and above; later ones are turned (and mirrored)
    so that the customers of the version before come as near as possible to where they were.
    """
    plane = _plane(points, labels)
    flat = (points.rows @ plane)[points.owner]
    flat -= flat.mean(axis=0)
    shared = [i for i, customer in enumerate(customers) if customer in before]
    if len(shared) >= 3:
        then = np.array([before[customers[i]] for i in shared])
        turned: Floats = flat @ _turn(flat[shared] - flat[shared].mean(0), then - then.mean(0))
        return turned
    upward: Floats = flat * _signs(flat, sizes)
    return upward


def _plane(points: Distinct, labels: Integers) -> Floats:
    """Two orthonormal axes: the main ones of the scatter of the centres, filled up from the scatter of all rows."""
    k = int(labels.max()) + 1
    centres, weights = centres_of(points, labels, k)
    mean = points.weights @ points.rows / points.total
    between = (centres - mean).T * weights @ (centres - mean) / points.total
    overall = (points.rows - mean).T * points.weights @ (points.rows - mean) / points.total
    values, vectors = np.linalg.eigh(between + 1e-6 * overall)
    plane = vectors[:, np.argsort(-values, kind="stable")[:2]]
    if plane.shape[1] < 2:
        plane = np.column_stack([plane, np.zeros((len(plane), 2 - plane.shape[1]))])
    return plane


def _signs(flat: Floats, sizes: Floats) -> Floats:
    lean = (sizes - sizes.mean()) @ flat
    return np.where(lean < 0, -1.0, 1.0)


def _turn(now: Floats, then: Floats) -> Floats:
    """The rotation or reflection that brings `now` nearest to `then` (orthogonal Procrustes)."""
    left, _, right = np.linalg.svd(now.T @ then)
    turn: Floats = left @ right
    return turn
