"""The segmentation of the version before, carried on: every customer to the nearest of its centres.

A new search on a month more of data moves customers who did not change. Where carrying on is about as tight as what is
newly found, the segments and their centres stay what they were and who moves is who changed.
"""

import numpy as np
from sklearn.metrics import adjusted_rand_score

from b2shift.differentiate.segments import measures
from b2shift.differentiate.segments.candidates import Candidate, Outcomes, explainability
from b2shift.differentiate.segments.choice import CONTINUED
from b2shift.differentiate.segments.exploration import by_chance
from b2shift.differentiate.segments.floored import largest_first
from b2shift.differentiate.segments.identity import Past
from b2shift.differentiate.segments.measures import distances
from b2shift.differentiate.segments.view import View

BEFORE = "anterior"
"""The representation of what is carried on."""


def continuation(
    past: Past | None, view: View, outcomes: Outcomes, *, floor: float, seed: int, sample: int
) -> Candidate | None:
    """None without a version before on the same columns, and where one of its segments fell below the floor.

    `sample` = distinct rows of shuffled variables in which is looked for what chance gives.
    """
    if past is None or past.columns != view.columns or len(past.centres) < 2:
        return None
    points, k = view.points, len(past.centres)
    near = distances(points.rows, view.space.project(past.centres)).argmin(axis=1)
    shares = points.shares(near, k)
    if shares.min() < floor:
        return None
    of_rows = largest_first(points, near)
    labels = of_rows[points.owner]
    churn, mrr = outcomes.explained(labels)
    return Candidate(
        view=view.name,
        representation=BEFORE,
        algorithm=CONTINUED,
        labels=labels,
        silhouette=measures.silhouette(points, of_rows, seed=seed),
        davies_bouldin=measures.davies_bouldin(points, of_rows),
        calinski_harabasz=measures.calinski_harabasz(points, of_rows),
        null_silhouette=by_chance(view, k, floor=floor, seed=seed, sample=sample),
        stability=_stability(past, view),
        smallest_share=float(shares.min()),
        explainability=explainability(view, labels, seed),
        churn_explained=churn,
        mrr_explained=mrr,
        seconds=0.0,
        centres=past.centres[np.array([near[of_rows == label][0] for label in range(k)])],
    )


def _stability(past: Past, view: View) -> float:
    """Agreement of the labels with those in the space of four fifths of the customers: only the space can differ."""
    rows = np.arange(view.count) % 5 != 0
    part = view.of(np.flatnonzero(rows))
    whole, again = (
        distances(one.points.rows, one.space.project(past.centres)).argmin(axis=1)[one.points.owner]
        for one in (view, part)
    )
    return float(adjusted_rand_score(whole[rows], again))
