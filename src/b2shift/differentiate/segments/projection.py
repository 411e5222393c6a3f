"""Two-dimensional map of customers, oriented alike in every version."""

from collections.abc import Mapping, Sequence

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.measures import centres_of


def map_positions(
    points: Distinct,
    labels: Integers,
    customers: Sequence[str],
    sizes: Floats,
    previous: Mapping[str, tuple[float, float]],
) -> Floats:
    """Customers × 2: the plane that separates the segment centres most; `points` in reference space.

    The first version has larger customers (`sizes`) to the right and top; later ones are rotated or reflected to match
    the positions of shared customers.
    """
    plane = _discriminant_plane(points, labels)
    plane_points = (points.rows @ plane)[points.inverse]
    plane_points -= plane_points.mean(axis=0)
    shared = [i for i, customer in enumerate(customers) if customer in previous]
    if len(shared) >= 3:
        previous_shared = np.array([previous[customers[i]] for i in shared])
        aligned: Floats = plane_points @ _procrustes(
            plane_points[shared] - plane_points[shared].mean(0), previous_shared - previous_shared.mean(0)
        )
        return aligned
    oriented: Floats = plane_points * _orientation(plane_points, sizes)
    return oriented


def _discriminant_plane(points: Distinct, labels: Integers) -> Floats:
    """Two orthonormal axes of the between-segment scatter, with a little total scatter."""
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


def _orientation(plane_points: Floats, sizes: Floats) -> Floats:
    lean = (sizes - sizes.mean()) @ plane_points
    return np.where(lean < 0, -1.0, 1.0)


def _procrustes(source: Floats, target: Floats) -> Floats:
    """The rotation or reflection that best maps `source` to `target` (orthogonal Procrustes)."""
    left, _, right = np.linalg.svd(source.T @ target)
    rotation: Floats = left @ right
    return rotation
