"""Representations of a table offered to the clustering algorithms; results are all measured in one space (space.py)."""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.space import reference_space
from b2shift.differentiate.segments.view import MIN_LEVEL_SHARE, View

SCALED, POOLED, ROBUST, MIXED = "padronizada", "raras_juntas", "robusta", "variaveis_iguais"
_MAX_TAIL = 4.0
"""Ratio of a column's range to its middle 90 % above which it is heavy-tailed; a normal one of a million rows is just
over 3."""
_MIN_VALUES = 20
"""Distinct values from which a column may be heavy-tailed; fewer are codes or counts."""
_CLIP = 4.0


def representations(view: View) -> dict[str, Distinct]:
    """Distinct rows by representation; one that would equal another on this table is left out."""
    found = {SCALED: view.points}
    rows = view.distinct.rows
    shares = view.distinct.weights @ (rows != rows.min(axis=0)) / view.distinct.total
    binary = np.array([len(np.unique(column)) == 2 for column in rows.T])
    rare = binary & ((shares < MIN_LEVEL_SHARE) | (shares > 1 - MIN_LEVEL_SHARE))
    if rare.any() and not rare.all():
        found[POOLED] = _reference(view, rows[:, ~rare])
    varied = ~binary & (np.ptp(rows, axis=0) > 0)
    robust_rows = rows.copy()
    for column in np.flatnonzero(varied):
        robust_rows[:, column] = robust(rows[:, column])
    if varied.any():
        found[ROBUST] = _reference(view, robust_rows)
    if len(view.variables) > 1 and any(len(columns) > 1 for columns in view.variables):
        found[MIXED] = view.distinct.with_rows(_equal_variable_variance(view, robust_rows))
    return found


def robust(values: Floats) -> Floats:
    """Signed log, median-centred, over the robust scale, clipped at three: tails do not dominate."""
    logged = np.sign(values) * np.log1p(np.abs(values))
    low, median, high = np.quantile(logged, [0.25, 0.5, 0.75])
    scale = (high - low) / 1.349 or logged.std() or 1.0
    clipped: Floats = np.clip((logged - median) / scale, -3, 3)
    return clipped


@dataclass(frozen=True)
class LogTransform:
    """Signed log of values in units of `unit`, clipped to `low` and `high`."""

    unit: float
    low: float
    high: float

    def transform(self, values: Floats) -> Floats:
        """The clipped logs."""
        return np.asarray(np.clip(np.sign(values) * np.log1p(np.abs(values) / self.unit), self.low, self.high))


def fit_log_transform(values: Floats, counts: Integers) -> LogTransform | None:
    """Log transform for a heavy-tailed column (amounts, typing errors among them); None where tails are short. `counts`
    = rows of each value."""
    if len(np.unique(values)) < _MIN_VALUES:
        return None
    rows = np.repeat(values, counts)
    low, high = np.quantile(rows, [0.05, 0.95])
    if np.ptp(rows) <= _MAX_TAIL * (high - low):
        return None
    unit = float(np.median(np.abs(rows[rows != 0])))
    logged = LogTransform(unit, -np.inf, np.inf).transform(rows)
    low, median, high = np.quantile(logged, [0.25, 0.5, 0.75])
    half_range = max(_CLIP * (high - low) / 1.349, logged.std())
    return LogTransform(unit, float(median - half_range), float(median + half_range))


def _reference(view: View, rows: Floats) -> Distinct:
    points = view.distinct.with_rows(rows)
    return points.with_rows(reference_space(points).project(rows))


def _equal_variable_variance(view: View, rows: Floats) -> Floats:
    """Total variance 1 per variable, however many columns it has: numbers and categories weigh the same."""
    share = view.distinct.weights / view.distinct.total
    centred = rows - share @ rows
    variance = share @ centred**2
    scaled = np.zeros_like(rows)
    for columns in view.variables:
        indices = list(columns)
        total = float(variance[indices].sum())
        if total > 0:
            scaled[:, indices] = centred[:, indices] / np.sqrt(total)
    return scaled
