"""The forms in which a table is shown to the algorithms; whatever they find is measured in one space (space.py)."""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.space import reference_space
from b2shift.differentiate.segments.view import RARE, View

SCALED, POOLED, ROBUST, MIXED = "padronizada", "raras_juntas", "robusta", "variaveis_iguais"
_LONG_TAIL = 4.0
"""Times the middle 90 % of a column over which all of it may reach; a normal one of a million rows reaches over 3."""
_MANY = 20
"""Different values from which a column has tails; fewer are codes or counts."""
_CUT = 4.0


def representations(view: View) -> dict[str, Distinct]:
    """Coordinates of the distinct rows by name; a form that would equal another on this table is left out."""
    found = {SCALED: view.points}
    rows = view.distinct.rows
    shares = view.distinct.weights @ (rows != rows.min(axis=0)) / view.distinct.total
    binary = np.array([len(np.unique(column)) == 2 for column in rows.T])
    rare = binary & ((shares < RARE) | (shares > 1 - RARE))
    if rare.any() and not rare.all():
        found[POOLED] = _reference(view, rows[:, ~rare])
    varied = ~binary & (np.ptp(rows, axis=0) > 0)
    tamed = rows.copy()
    for column in np.flatnonzero(varied):
        tamed[:, column] = robust(rows[:, column])
    if varied.any():
        found[ROBUST] = _reference(view, tamed)
    if len(view.variables) > 1 and any(len(columns) > 1 for columns in view.variables):
        found[MIXED] = view.distinct.moved(_each_variable_alike(view, tamed))
    return found


def robust(values: Floats) -> Floats:
    """Signed logarithm, centred on the median, over the robust deviation, cut at three of it: tails do not rule."""
    logged = np.sign(values) * np.log1p(np.abs(values))
    low, middle, high = np.quantile(logged, [0.25, 0.5, 0.75])
    spread = (high - low) / 1.349 or logged.std() or 1.0
    cut: Floats = np.clip((logged - middle) / spread, -3, 3)
    return cut


@dataclass(frozen=True)
class Tails:
    """A signed logarithm of values in units of `unit`, between `low` and `high`."""

    unit: float
    low: float
    high: float

    def cut(self, values: Floats) -> Floats:
        """The logarithms, no further out than the ends."""
        return np.asarray(np.clip(np.sign(values) * np.log1p(np.abs(values) / self.unit), self.low, self.high))


def tails(values: Floats, counts: Integers) -> Tails | None:
    """How to see a column of which a few values are nearly the whole spread (amounts, a slip of the keyboard among
    them): by its signed logarithm in units of its usual size, cut far out. `counts` = rows of each value."""
    if len(np.unique(values)) < _MANY:
        return None
    rows = np.repeat(values, counts)
    low, high = np.quantile(rows, [0.05, 0.95])
    if np.ptp(rows) <= _LONG_TAIL * (high - low):
        return None
    unit = float(np.median(np.abs(rows[rows != 0])))
    logged = Tails(unit, -np.inf, np.inf).cut(rows)
    low, middle, high = np.quantile(logged, [0.25, 0.5, 0.75])
    reach = max(_CUT * (high - low) / 1.349, logged.std())
    return Tails(unit, float(middle - reach), float(middle + reach))


def _reference(view: View, rows: Floats) -> Distinct:
    moved = view.distinct.moved(rows)
    return moved.moved(reference_space(moved).project(rows))


def _each_variable_alike(view: View, rows: Floats) -> Floats:
    """Every variable has variance 1 in all, however many columns it owns: numbers and categories count alike."""
    share = view.distinct.weights / view.distinct.total
    centred = rows - share @ rows
    spread = share @ centred**2
    scaled = np.zeros_like(rows)
    for columns in view.variables:
        own = list(columns)
        total = float(spread[own].sum())
        if total > 0:
            scaled[:, own] = centred[:, own] / np.sqrt(total)
    return scaled
