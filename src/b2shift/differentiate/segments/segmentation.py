"""The chosen segmentation on every customer: labels by size, centres, confidence, coordinates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments.candidates import Candidate
from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.kmeans import lloyd
from b2shift.differentiate.segments.measures import centres_of, distances
from b2shift.differentiate.segments.minimum_size import relabel_by_size
from b2shift.differentiate.segments.space import Space
from b2shift.differentiate.segments.view import View

EXEMPLAR_COUNT = 5
_BLOCK_ROWS = 50_000


@dataclass(frozen=True)
class Segmentation:
    """Labels 0..k-1 of all customers (0 is the largest), in a space fitted on the searched customers."""

    labels: Integers
    confidence: Floats
    distance: Floats
    centres: Floats
    space: Space
    points: Distinct

    @property
    def k(self) -> int:
        """Segments."""
        return len(self.centres)

    def exemplars(self, customers: Sequence[str], segment: int) -> list[str]:
        """Members nearest to the centre; ties by key."""
        members: list[int] = np.flatnonzero(self.labels == segment).tolist()
        ranked = sorted(members, key=lambda i: (round(float(self.distance[i]), 9), customers[i]))
        return [customers[i] for i in ranked[:EXEMPLAR_COUNT]]


def segment_all(view: View, search_view: View, rows: Integers, chosen: Candidate) -> Segmentation:
    """Extend the chosen candidate from the searched customers (`rows` of the view) to all.

    After a sampled search customers go to the nearest centre, refined by Lloyd steps on all of them. A continued
    segmentation keeps its centres: they would drift, and unchanged customers would move.
    """
    points = view.distinct.with_rows(search_view.space.project(view.distinct.rows))
    labels_found = _labels_of_all(view, points, search_view, rows, chosen)
    row_labels = relabel_by_size(points, labels_found)
    k = int(row_labels.max()) + 1
    if chosen.centres is None:
        centres, _ = centres_of(view.distinct, row_labels, k)
    else:
        centres = chosen.centres[np.array([labels_found[row_labels == label][0] for label in range(k)])]
    own_distance, next_distance = _two_nearest(points.rows, search_view.space.project(centres), row_labels)
    confidence = np.clip(1 - own_distance / np.where(next_distance > 0, next_distance, 1), 0, 1)
    inverse = view.distinct.inverse
    return Segmentation(
        row_labels[inverse], confidence[inverse], own_distance[inverse], centres, search_view.space, points
    )


def _labels_of_all(view: View, points: Distinct, search_view: View, rows: Integers, chosen: Candidate) -> Integers:
    """Label of each distinct row of the view."""
    if chosen.centres is not None:
        return nearest_centre(points.rows, search_view.space.project(chosen.centres))
    if len(rows) < view.count:
        search_points = Distinct(points.rows[view.distinct.inverse[rows]], np.ones(len(rows)), np.arange(len(rows)))
        return lloyd(points, centres_of(search_points, chosen.labels, chosen.k)[0])[0]
    row_labels = np.zeros(len(points.rows), np.intp)
    row_labels[view.distinct.inverse] = chosen.labels
    return row_labels


def nearest_centre(rows: Floats, centres: Floats) -> Integers:
    """Index of the nearest centre of each row, in blocks."""
    blocks = [
        distances(rows[start : start + _BLOCK_ROWS], centres).argmin(axis=1)
        for start in range(0, len(rows), _BLOCK_ROWS)
    ]
    return np.concatenate(blocks)


def _two_nearest(rows: Floats, centres: Floats, labels: Integers) -> tuple[Floats, Floats]:
    """Distance to the own and to the nearest other centre (with a single centre: twice its own)."""
    own_distance, next_distance = np.empty(len(rows)), np.empty(len(rows))
    for start in range(0, len(rows), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        distance = distances(rows[block], centres)
        index = np.arange(len(distance))
        own_distance[block] = distance[index, labels[block]]
        distance[index, labels[block]] = np.inf
        next_distance[block] = distance.min(axis=1)
    return own_distance, np.where(np.isfinite(next_distance), next_distance, 2 * own_distance)
