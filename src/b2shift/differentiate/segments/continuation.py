"""Continues the previous segmentation: every customer to the nearest of its centres.

A new search on one more month of data moves customers who did not change. Where the continued segmentation is about as
tight, segments and centres stay, and only changed customers move.
"""

import numpy as np
from sklearn.metrics import adjusted_rand_score

from b2shift.differentiate.segments import measures
from b2shift.differentiate.segments.candidates import Candidate, Outcomes, explainability
from b2shift.differentiate.segments.identity import PreviousSegmentation
from b2shift.differentiate.segments.measures import distances
from b2shift.differentiate.segments.minimum_size import relabel_by_size
from b2shift.differentiate.segments.search_loop import null_silhouette
from b2shift.differentiate.segments.selection import CONTINUED
from b2shift.differentiate.segments.view import View

BEFORE = "anterior"
"""Representation name of the continued segmentation."""


def continuation(
    previous: PreviousSegmentation | None, view: View, outcomes: Outcomes, *, floor: float, seed: int, sample: int
) -> Candidate | None:
    """The continued candidate; None without a previous version on the same columns, or where a segment fell below the
    floor.

    `sample` = distinct rows for the null silhouette.
    """
    if previous is None or previous.columns != view.columns or len(previous.centres) < 2:
        return None
    points, k = view.points, len(previous.centres)
    nearest = distances(points.rows, view.space.project(previous.centres)).argmin(axis=1)
    shares = points.shares(nearest, k)
    if shares.min() < floor:
        return None
    row_labels = relabel_by_size(points, nearest)
    labels = row_labels[points.inverse]
    churn, mrr = outcomes.explained(labels)
    return Candidate(
        view=view.name,
        representation=BEFORE,
        algorithm=CONTINUED,
        labels=labels,
        silhouette=measures.silhouette(points, row_labels, seed=seed),
        davies_bouldin=measures.davies_bouldin(points, row_labels),
        calinski_harabasz=measures.calinski_harabasz(points, row_labels),
        null_silhouette=null_silhouette(view, k, floor=floor, seed=seed, sample=sample),
        stability=_stability(previous, view),
        smallest_share=float(shares.min()),
        explainability=explainability(view, labels, seed),
        churn_explained=churn,
        mrr_explained=mrr,
        seconds=0.0,
        centres=previous.centres[np.array([nearest[row_labels == label][0] for label in range(k)])],
    )


def _stability(previous: PreviousSegmentation, view: View) -> float:
    """Agreement with the labels in a space fitted on four fifths of the customers: only the space can differ."""
    rows = np.arange(view.count) % 5 != 0
    part = view.take(np.flatnonzero(rows))
    whole, refit = (
        distances(shown.points.rows, shown.space.project(previous.centres)).argmin(axis=1)[shown.points.inverse]
        for shown in (view, part)
    )
    return float(adjusted_rand_score(whole[rows], refit))
