"""Where customers stood among today's segments on earlier dates: the past told in the segments there are now.

Features of a date come from rows dated on or before it. The situation of a contract carries no date of change, so a
customer whose contracts are cancelled today counts as cancelled on the earlier date only when its revenue had ended by
then, or has no dated end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from b2shift.differentiate.features.build import rows_at
from b2shift.differentiate.segments.declared import declared
from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.measures import distances
from b2shift.differentiate.segments.traits import levels_of
from b2shift.differentiate.segments.view import behaviour_view
from b2shift.kernel.calendar import add_months
from b2shift.lake.api import Session

CANCELLED, RUNNING = "cancelado", "ativo"
MOMENTS = ("tenure_years", "contract_total")
"""Numbers behind the levels that segments are made of, beside those the levels are cut from."""


@dataclass(frozen=True)
class Standing:
    """The customers of one date: keys in order, the segment of each, its distance to every centre, and its numbers."""

    as_of: date
    customers: tuple[str, ...]
    segment: Integers
    apart: Floats
    numbers: Floats

    def at(self, customers: Sequence[str]) -> "Standing":
        """Only these customers, all of them known here, in their order."""
        position = {key: i for i, key in enumerate(self.customers)}
        rows = np.array([position[key] for key in customers], np.intp)
        return Standing(self.as_of, tuple(customers), self.segment[rows], self.apart[rows], self.numbers[rows])


def months_before(day: date, months: int) -> date:
    """So many months earlier; the end of a month stays one."""
    tomorrow = day + timedelta(days=1)
    return add_months(tomorrow, -months) - timedelta(days=1) if tomorrow.day == 1 else add_months(day, -months)


def standing(
    session: Session, day: date, situations: Mapping[str, str | None], ended: Mapping[str, date], centres: Floats,
    columns: tuple[str, ...],
) -> Standing | None:  # fmt: skip
    """Each customer known on a date at the nearest centre in the space of that date; None where columns differ.

    `situations` are those of today, `ended` the days on which recurring revenue ended.
    """
    variables = [one for one in declared() if one.clusters]
    named = sorted({one.source for one in variables} | {one.present for one in variables if one.present} | {*MOMENTS})
    table = rows_at(session, day, None, named)
    customers = [str(key) for key in table.column("customer_id").to_pylist()]
    then = [_situation(situations.get(key), ended.get(key), day) for key in customers]
    table = table.set_column(table.column_names.index("situation"), "situation", pa.array(then, pa.string()))
    return standing_of(table, day, centres, columns)


def standing_of(table: pa.Table, day: date, centres: Floats, columns: tuple[str, ...]) -> Standing | None:
    """The same of a table of features."""
    view = behaviour_view(levels_of(table, [one for one in declared() if one.clusters]))
    if view.columns != columns or not len(table):
        return None
    apart = distances(view.points.rows, view.space.project(centres))
    owner = view.distinct.owner
    customers = tuple(str(key) for key in table.column("customer_id").to_pylist())
    numbers = np.column_stack([_numbers(table, name) for name in _numeric()])
    return Standing(day, customers, apart.argmin(axis=1)[owner], apart[owner], numbers)


def _numeric() -> list[str]:
    return sorted({one.source for one in declared() if one.clusters and one.numeric} | {*MOMENTS})


def _numbers(table: pa.Table, name: str) -> Floats:
    values: Floats = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    return values


def _situation(today: str | None, ended: date | None, day: date) -> str | None:
    return RUNNING if today == CANCELLED and ended is not None and ended > day else today
