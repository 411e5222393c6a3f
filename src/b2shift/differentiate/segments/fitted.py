"""The chosen segmentation on every customer: labels largest first, centres, how sure each is, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments.candidates import Candidate
from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.floored import largest_first
from b2shift.differentiate.segments.measures import centres_of, distances
from b2shift.differentiate.segments.nearest_means import polish
from b2shift.differentiate.segments.space import Space
from b2shift.differentiate.segments.view import View

EXEMPLARS = 5
_ROWS = 50_000


@dataclass(frozen=True)
class Fitted:
    """Labels 0..k-1 of all customers (0 is the largest), in a space fitted on the customers of the search."""

    labels: Integers
    confidence: Floats
    apart: Floats
    centres: Floats
    space: Space
    points: Distinct

    @property
    def k(self) -> int:
        """Segments."""
        return len(self.centres)

    def exemplars(self, customers: Sequence[str], segment: int) -> list[str]:
        """The members nearest to the centre, the smaller key first among equals."""
        members: list[int] = np.flatnonzero(self.labels == segment).tolist()
        ranked = sorted(members, key=lambda i: (round(float(self.apart[i]), 9), customers[i]))
        return [customers[i] for i in ranked[:EXEMPLARS]]


def fitted(view: View, searched: View, rows: Integers, chosen: Candidate) -> Fitted:
    """The chosen candidate carried from the customers searched (`rows` of the view) to all of them.

    Where the search saw a sample, every customer goes to its nearest centre, polished on all of them. What is carried
    on keeps its centres: these would else wander, and customers who did not change would move.
    """
    points = view.distinct.moved(searched.space.project(view.distinct.rows))
    found = _of_all(view, points, searched, rows, chosen)
    of_rows = largest_first(points, found)
    k = int(of_rows.max()) + 1
    if chosen.centres is None:
        raw, _ = centres_of(view.distinct, of_rows, k)
    else:
        raw = chosen.centres[np.array([found[of_rows == label][0] for label in range(k)])]
    own, other = _own_and_next(points.rows, searched.space.project(raw), of_rows)
    sure = np.clip(1 - own / np.where(other > 0, other, 1), 0, 1)
    owner = view.distinct.owner
    return Fitted(of_rows[owner], sure[owner], own[owner], raw, searched.space, points)


def _of_all(view: View, points: Distinct, searched: View, rows: Integers, chosen: Candidate) -> Integers:
    """The segment of each distinct row of the view."""
    if chosen.centres is not None:
        return nearest(points.rows, searched.space.project(chosen.centres))
    if len(rows) < view.count:
        seen = Distinct(points.rows[view.distinct.owner[rows]], np.ones(len(rows)), np.arange(len(rows)))
        return polish(points, centres_of(seen, chosen.labels, chosen.k)[0])[0]
    of_rows = np.zeros(len(points.rows), np.intp)
    of_rows[view.distinct.owner] = chosen.labels
    return of_rows


def nearest(rows: Floats, centres: Floats) -> Integers:
    """The centre nearest to each row, in blocks of rows."""
    found = [distances(rows[start : start + _ROWS], centres).argmin(axis=1) for start in range(0, len(rows), _ROWS)]
    return np.concatenate(found)


def _own_and_next(rows: Floats, centres: Floats, labels: Integers) -> tuple[Floats, Floats]:
    """Distance to the own centre and to the nearest other one (with a single centre: twice its own, half sure)."""
    own, other = np.empty(len(rows)), np.empty(len(rows))
    for start in range(0, len(rows), _ROWS):
        block = slice(start, start + _ROWS)
        apart = distances(rows[block], centres)
        index = np.arange(len(apart))
        own[block] = apart[index, labels[block]]
        apart[index, labels[block]] = np.inf
        other[block] = apart.min(axis=1)
    return own, np.where(np.isfinite(other), other, 2 * own)
