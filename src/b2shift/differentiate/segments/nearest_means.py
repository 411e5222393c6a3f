"""K-Means on weighted rows: many starts, the best by inertia."""

import numpy as np
from sklearn.cluster import KMeans

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers


def k_means(points: Distinct, k: int, *, seed: int, starts: int = 20) -> tuple[Integers, Floats]:
    """Labels of the distinct rows and the k centres."""
    model = KMeans(n_clusters=k, n_init=starts, random_state=seed, max_iter=200)
    model.fit(points.rows, sample_weight=points.weights)
    return model.labels_.astype(np.intp), model.cluster_centers_


def polish(points: Distinct, centres: Floats) -> tuple[Integers, Floats]:
    """Lloyd's steps from given centres until nothing moves."""
    model = KMeans(n_clusters=len(centres), init=centres, n_init=1, max_iter=200, random_state=0)
    model.fit(points.rows, sample_weight=points.weights)
    return model.labels_.astype(np.intp), model.cluster_centers_
