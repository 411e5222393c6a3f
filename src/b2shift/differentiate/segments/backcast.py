"""Backcast: where customers stood among today's segments on earlier dates.

Features of a date use rows dated on or before it. Contract situations are undated, so that a customer cancelled today
counts as cancelled on an earlier date only if its revenue had ended by then, or has no end date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from b2shift.differentiate.features.build import rows_at
from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.measures import distances
from b2shift.differentiate.segments.trait_declarations import declared_variables
from b2shift.differentiate.segments.traits import levels_of
from b2shift.differentiate.segments.view import behaviour_view
from b2shift.kernel.calendar import add_months
from b2shift.lake.api import Session

CANCELLED, RUNNING = "cancelado", "ativo"
EXTRA_FEATURES = ("tenure_years", "contract_total")
"""Numeric features used besides those that levels are cut from."""


@dataclass(frozen=True)
class Snapshot:
    """Customers on one date: keys in order, segment, distance to every centre, numeric features."""

    as_of: date
    customers: tuple[str, ...]
    segment: Integers
    distances: Floats
    numbers: Floats

    def select(self, customers: Sequence[str]) -> "Snapshot":
        """Only these customers, all present, in their order."""
        position = {key: i for i, key in enumerate(self.customers)}
        rows = np.array([position[key] for key in customers], np.intp)
        return Snapshot(self.as_of, tuple(customers), self.segment[rows], self.distances[rows], self.numbers[rows])


def months_before(day: date, months: int) -> date:
    """So many months earlier; month ends stay month ends."""
    tomorrow = day + timedelta(days=1)
    return add_months(tomorrow, -months) - timedelta(days=1) if tomorrow.day == 1 else add_months(day, -months)


def snapshot_at(
    session: Session, day: date, situations: Mapping[str, str | None], ended: Mapping[str, date], centres: Floats,
    columns: tuple[str, ...],
) -> Snapshot | None:  # fmt: skip
    """Customers of a date at the nearest centre in that date's space; None where columns differ.

    `situations` are today's, `ended` the dates on which recurring revenue ended.
    """
    variables = [variable for variable in declared_variables() if variable.clusters]
    features = sorted(
        {variable.source for variable in variables}
        | {variable.present for variable in variables if variable.present}
        | {*EXTRA_FEATURES}
    )
    table = rows_at(session, day, None, features)
    customers = [str(key) for key in table.column("customer_id").to_pylist()]
    situations_then = [_situation_then(situations.get(key), ended.get(key), day) for key in customers]
    table = table.set_column(table.column_names.index("situation"), "situation", pa.array(situations_then, pa.string()))
    return snapshot_of(table, day, centres, columns)


def snapshot_of(table: pa.Table, day: date, centres: Floats, columns: tuple[str, ...]) -> Snapshot | None:
    """The same from a table of features."""
    view = behaviour_view(levels_of(table, [variable for variable in declared_variables() if variable.clusters]))
    if view.columns != columns or not len(table):
        return None
    distance = distances(view.points.rows, view.space.project(centres))
    inverse = view.distinct.inverse
    customers = tuple(str(key) for key in table.column("customer_id").to_pylist())
    numbers = np.column_stack([_numbers(table, name) for name in _numeric()])
    return Snapshot(day, customers, distance.argmin(axis=1)[inverse], distance[inverse], numbers)


def _numeric() -> list[str]:
    return sorted(
        {variable.source for variable in declared_variables() if variable.clusters and variable.numeric}
        | {*EXTRA_FEATURES}
    )


def _numbers(table: pa.Table, name: str) -> Floats:
    values: Floats = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    return values


def _situation_then(today: str | None, ended: date | None, day: date) -> str | None:
    return RUNNING if today == CANCELLED and ended is not None and ended > day else today
