"""The same selection by the product: distinct rows, one path, one tree, one pass over the distances."""

import time

import numpy as np
from numpy.typing import NDArray

from b2shift.differentiate.segments import measures
from b2shift.differentiate.segments.distinct import distinct
from b2shift.differentiate.segments.kmeans import inertia
from b2shift.differentiate.segments.measures import centres_of
from b2shift.differentiate.segments.space import reference_space
from benchmarks.segment_search.selection import KMEANS, Grid, search
from benchmarks.segment_search.sklearn_selection import OF, SIZES, SMALLEST


def whole(matrix: NDArray[np.float64]) -> dict[str, float]:
    """CPU seconds of every part; and the inertia and silhouette of each K-Means."""
    spent: dict[str, float] = {}
    clock = time.process_time()

    def lap(name: str) -> None:
        nonlocal clock
        now = time.process_time()
        spent[name], clock = now - clock, now

    raw = distinct(matrix)
    lap("distinct")
    points = raw.with_rows(reference_space(raw).project(raw.rows))
    lap("space")
    found = search(points, Grid(tuple(SIZES), tuple(m / OF for m in SMALLEST)), seed=0)
    lap("kmeans, mixture, hdbscan")
    labels = [fit.labels for fit in found.values()]
    silhouettes = measures.silhouettes(points, labels)
    for each in labels:
        measures.davies_bouldin(points, each)
        measures.calinski_harabasz(points, each)
    lap("scores")
    for (algorithm, k), silhouette in zip(found, silhouettes, strict=True):
        if algorithm == KMEANS:
            fit = found[algorithm, k].labels
            spent[f"inertia {int(k)}"] = inertia(points, fit, centres_of(points, fit, int(fit.max()) + 1)[0])
            spent[f"silhouette {int(k)}"] = silhouette
    return spent | {"distinct rows": float(len(raw.rows)), "labellings": float(len(labels))}
