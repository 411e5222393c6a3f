"""A table too large to be searched whole: a drawn part of it is, and every row is carried to the segments found there.

A row goes to the segment nearest on average, as the rows that are not looked at in any large table do (floored.py):
equal rows are in one segment. Rows are read in blocks: of the whole table only keys and labels are held.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from b2shift.differentiate.segments.distinct import Integers
from b2shift.differentiate.segments.floored import SAMPLE, drawn, nearest_on_average
from b2shift.differentiate.segments.layout import Layout
from b2shift.differentiate.segments.reading import Column, Mixed
from b2shift.differentiate.segments.refine import MATRIX_UP_TO
from b2shift.differentiate.segments.view import View

DRAWN = 180_000
"""Rows drawn, fewer than OTHERS: nothing that is measured of them is measured on a part of them once more."""


def carried(
    read: Mixed, layout: Layout, view: View, labels: Integers, *, floor: float, seed: int, tell: Callable[[int], None]
) -> tuple[Column, Integers]:
    """Keys and segments of all rows, 0 the largest, from `labels` of the rows of the view, which were drawn.

    Where a segment is below the floor in the whole table, its rows go to the others.
    """
    points = view.points
    of_rows = np.empty(len(points.rows), np.intp)
    of_rows[points.owner] = labels
    few = len(points.rows) <= MATRIX_UP_TO
    known = np.arange(len(points.rows)) if few else drawn(view.distinct, seed, SAMPLE)
    while True:
        ids, found = list[Column](), list[Integers]()
        told = np.unique(of_rows[known], return_inverse=True)[1].reshape(-1)
        nearest = points.part(known)
        for keys, numbers, words in read.blocks():
            rows = view.space.project(np.column_stack(layout.parts(numbers, words)))
            found.append(nearest_on_average(rows, nearest, told).astype(np.int32))
            ids.append(keys)
            tell(sum(map(len, found)))
        segments = np.concatenate(found)
        sizes = np.bincount(segments, minlength=int(told.max()) + 1)
        if len(sizes) <= 2 or sizes.min() >= floor * len(segments):
            break
        known = known[told != sizes.argmin()]
    rank = np.empty(len(sizes), np.intp)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return pa.chunked_array([chunk for keys in ids for chunk in keys.chunks]), rank[segments]
