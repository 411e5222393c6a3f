"""K-Means on weighted rows: many starts and the best by inertia, or one size warmed up by the one before."""

from collections.abc import Iterator

import numpy as np
from sklearn.cluster import KMeans

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers, totals
from b2shift.differentiate.segments.measures import centres_of

TRIES = 3
"""New centres tried at each size of a path."""


def k_means(points: Distinct, k: int, *, seed: int, starts: int = 20) -> tuple[Integers, Floats]:
    """Labels of the distinct rows and the k centres; no more centres than rows."""
    model = KMeans(n_clusters=min(k, len(points.rows)), n_init=starts, random_state=seed, max_iter=200)
    model.fit(points.rows, sample_weight=points.weights)
    return model.labels_.astype(np.intp), model.cluster_centers_


def polish(points: Distinct, centres: Floats) -> tuple[Integers, Floats]:
    """Lloyd's steps from given centres until nothing moves."""
    model = KMeans(n_clusters=len(centres), init=centres, n_init=1, max_iter=200, random_state=0)
    model.fit(points.rows, sample_weight=points.weights)
    return model.labels_.astype(np.intp), model.cluster_centers_


def path(points: Distinct, most: int, *, tries: int = TRIES) -> Iterator[tuple[Integers, Floats]]:
    """Labels and centres for 1, 2, … `most` segments: the centres before and one row more, the best of a few tries.

    The new centre is the row that costs most, in each of the costliest segments. No chance in it: the same rows always
    give the same path. Ends early where the rows are told apart already.
    """
    labels = np.zeros(len(points.rows), np.intp)
    centres, _ = centres_of(points, labels, 1)
    yield labels, centres
    for k in range(2, min(most, len(points.rows)) + 1):
        cost = points.weights * ((points.rows - centres[labels]) ** 2).sum(axis=1)
        worst = np.argsort(-totals(labels, cost, k - 1), kind="stable")[:tries]
        seeds = [int(np.where(labels == segment, cost, -1.0).argmax()) for segment in worst]
        grown = [polish(points, np.vstack([centres, points.rows[seed]])) for seed in seeds if cost[seed] > 0]
        if not grown:
            return
        labels, centres = min(grown, key=lambda one: inertia(points, *one))
        yield labels, centres


def inertia(points: Distinct, labels: Integers, centres: Floats) -> float:
    """Sum over customers of the squared distance to the own centre."""
    return float(points.weights @ ((points.rows - centres[labels]) ** 2).sum(axis=1))
