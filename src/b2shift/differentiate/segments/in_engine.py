"""Labels rows inside any Ibis engine.

The label is the nearest centre in the reference space. The squared distances of z = ((x - mean) / scale) A to the
centres c share |z|²; the rest, |c|² - 2 c·z, is linear in the columns. The label is the argmin of k linear sums,
without scaling, projection or distances.
"""

from collections.abc import Sequence
from typing import Any

from b2shift.differentiate.segments.distinct import Floats
from b2shift.differentiate.segments.space import Space


def with_labels(table: Any, columns: Sequence[str], space: Space, centres: Floats, name: str = "segment") -> Any:
    """The Ibis table with one more column: 0..k-1, the nearest of the centres (k × axes), the first among equals.

    `columns` are numbers without gaps, in the order the space was fitted on; a row with a gap has no label.
    """
    import ibis

    slopes = -2 * (space.axes @ centres.T) / space.scale[:, None]
    intercepts = (centres**2).sum(axis=1) - space.mean @ slopes
    sums = []
    for index, start in enumerate(intercepts):
        total = ibis.literal(float(start))
        for column, slope in zip(columns, slopes[:, index], strict=True):
            total = total + table[column].cast("float64") * float(slope)
        sums.append(total)
    sums_array = ibis.array(sums)
    return table.mutate(**{name: sums_array.index(sums_array.mins())})
