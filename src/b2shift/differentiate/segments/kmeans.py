"""Weighted K-Means: best of many starts, or a warm-started path over k."""

from collections.abc import Iterator

import numpy as np
from sklearn.cluster import KMeans

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers, totals
from b2shift.differentiate.segments.measures import centres_of

SEED_CANDIDATES = 3
"""New centres tried at each step of the path."""


def k_means(points: Distinct, k: int, *, seed: int, starts: int = 20) -> tuple[Integers, Floats]:
    """Labels of the distinct rows and the centres; no more centres than rows."""
    model = KMeans(n_clusters=min(k, len(points.rows)), n_init=starts, random_state=seed, max_iter=200)
    model.fit(points.rows, sample_weight=points.weights)
    return model.labels_.astype(np.intp), model.cluster_centers_


def lloyd(points: Distinct, centres: Floats) -> tuple[Integers, Floats]:
    """Lloyd's algorithm from given centres."""
    model = KMeans(n_clusters=len(centres), init=centres, n_init=1, max_iter=200, random_state=0)
    model.fit(points.rows, sample_weight=points.weights)
    return model.labels_.astype(np.intp), model.cluster_centers_


def kmeans_path(
    points: Distinct, max_k: int, *, seed_candidates: int = SEED_CANDIDATES
) -> Iterator[tuple[Integers, Floats]]:
    """Labels and centres for 1, 2, … `max_k`: the previous centres and one more row, the best of a few.

    The new centre is the row of highest cost in each of the costliest segments. Deterministic. Ends early where all
    rows are separated.
    """
    labels = np.zeros(len(points.rows), np.intp)
    centres, _ = centres_of(points, labels, 1)
    yield labels, centres
    for k in range(2, min(max_k, len(points.rows)) + 1):
        cost = points.weights * ((points.rows - centres[labels]) ** 2).sum(axis=1)
        costliest = np.argsort(-totals(labels, cost, k - 1), kind="stable")[:seed_candidates]
        seeds = [int(np.where(labels == segment, cost, -1.0).argmax()) for segment in costliest]
        candidates = [lloyd(points, np.vstack([centres, points.rows[seed]])) for seed in seeds if cost[seed] > 0]
        if not candidates:
            return
        labels, centres = min(candidates, key=lambda fit: inertia(points, *fit))
        yield labels, centres


def inertia(points: Distinct, labels: Integers, centres: Floats) -> float:
    """Sum over customers of the squared distance to their centre."""
    return float(points.weights @ ((points.rows - centres[labels]) ** 2).sum(axis=1))
