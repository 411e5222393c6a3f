"""A fitted segmentation as an expression, so that any engine that Ibis speaks to labels rows where they are.

A label is the nearest centre in the reference space. The squared distances of z = ((x - mean) / scale) A to all centres
c share |z|²; what is left, |c|² - 2 c·z, is linear in the columns of the table. So the label is the place of the
smallest of k linear sums: no scaled table, no projection and no distance ever exists.
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
    starts = (centres**2).sum(axis=1) - space.mean @ slopes
    sums = []
    for place, start in enumerate(starts):
        total = ibis.literal(float(start))
        for column, slope in zip(columns, slopes[:, place], strict=True):
            total = total + table[column].cast("float64") * float(slope)
        sums.append(total)
    apart = ibis.array(sums)
    return table.mutate(**{name: apart.index(apart.mins())})
