"""Out-of-sample assignment: segments found on a sample of a large table, extended to every row.

Rows go to the segment of least mean distance (minimum_size.py), so that equal rows share a segment. The table is read
in blocks; only keys and labels are held.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from b2shift.differentiate.segments.distinct import Integers
from b2shift.differentiate.segments.layout import Layout
from b2shift.differentiate.segments.minimum_size import SAMPLE_ROWS, nearest_by_mean_distance, weighted_sample
from b2shift.differentiate.segments.reading import Column, OpenTable
from b2shift.differentiate.segments.refine import MATRIX_UP_TO
from b2shift.differentiate.segments.view import View

SEARCHED_ROWS = 180_000
"""Rows sampled, fewer than MAX_REFERENCE, so that no measure subsamples again."""


def assign_all_rows(
    table: OpenTable,
    layout: Layout,
    view: View,
    labels: Integers,
    *,
    floor: float,
    seed: int,
    progress: Callable[[int], None],
) -> tuple[Column, Integers]:
    """Keys and segments of all rows, 0 the largest, from `labels` of the sampled rows of the view.

    Rows of segments below the minimum size in the whole table go to the others.
    """
    points = view.points
    row_labels = np.empty(len(points.rows), np.intp)
    row_labels[points.inverse] = labels
    small = len(points.rows) <= MATRIX_UP_TO
    reference = np.arange(len(points.rows)) if small else weighted_sample(view.distinct, seed, SAMPLE_ROWS)
    while True:
        ids, blocks = list[Column](), list[Integers]()
        reference_labels = np.unique(row_labels[reference], return_inverse=True)[1].reshape(-1)
        nearest = points.subset(reference)
        for keys, numbers, texts in table.blocks():
            rows = view.space.project(np.column_stack(layout.transform(numbers, texts)))
            blocks.append(nearest_by_mean_distance(rows, nearest, reference_labels).astype(np.int32))
            ids.append(keys)
            progress(sum(map(len, blocks)))
        segments = np.concatenate(blocks)
        sizes = np.bincount(segments, minlength=int(reference_labels.max()) + 1)
        if len(sizes) <= 2 or sizes.min() >= floor * len(segments):
            break
        reference = reference[reference_labels != sizes.argmin()]
    rank = np.empty(len(sizes), np.intp)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return pa.chunked_array([chunk for keys in ids for chunk in keys.chunks]), rank[segments]
