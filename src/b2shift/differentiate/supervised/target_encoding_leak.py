"""Detects a number computed from the label itself: its rate in small groups of rows (target encoding).

For an honest number, event rates at adjacent values differ by binomial noise. For a rate computed from these very rows
they differ by less: the rates are underdispersed.
"""

from collections.abc import Sequence

import numpy as np

from b2shift.differentiate.supervised.shapes import Flags, Floats, Integers

_MIN_VALUES, _MIN_ROWS = 12, 2
"""Distinct values needed, and rows of each."""
_NEIGHBOURS = 3
"""Values looked at on either side."""
_RATE_MARGIN = 0.03
"""Predicted rates nearer than this to 0 or 1 say nothing about noise."""
_MAX_DISPERSION, _DRAWS = 0.5, 100
"""Dispersion, relative to binomial noise and to the least of so many simulations, below which it is no chance."""
_MIN_RATES, _TOLERANCE, _NEARLY_ALL = 3, 1e-6, 0.98
"""Rates equal to the label's within the tolerance, in nearly all rows."""
_MIN_EQUAL_GROUPS = 10
"""Groups that have the same rows and events as another one."""


def is_target_encoded(values: Floats, target: Floats, groupings: Sequence[Integers] = ()) -> bool:
    """Whether a column was computed from the label; `groupings`: codes of the columns it may have been grouped by."""
    known = np.isfinite(values)
    if not known.any():
        return False
    levels, level = np.unique(np.round(values[known], 9), return_inverse=True)
    counts, events = np.bincount(level).astype(float), np.bincount(level, weights=target[known])
    return (
        _equals_rate(levels, counts, events)
        or _underdispersed(levels, counts, events)
        or any(_follows_group_rates(values, target, groups) for groups in groupings)
    )


def _equals_rate(levels: Floats, counts: Floats, events: Floats) -> bool:
    rate = events / counts
    same: Flags = np.abs(rate - levels) < _TOLERANCE
    between: Flags = same & (rate > 0) & (rate < 1)
    return bool(between.sum() >= _MIN_RATES and counts[same].sum() >= _NEARLY_ALL * counts.sum())


def _underdispersed(levels: Floats, counts: Floats, events: Floats) -> bool:
    enough: Flags = counts >= _MIN_ROWS
    x, rows, cases = levels[enough], counts[enough], events[enough]
    if len(x) < 2 * _MIN_VALUES:
        return False
    x = (x - x.mean()) / x.std()
    observed = _dispersion(x, rows, cases)
    if observed > _MAX_DISPERSION:
        return False
    rng = np.random.default_rng(0)
    smoothed = (_neighbour_sums(cases) + cases) / (_neighbour_sums(rows) + rows)
    simulated = [_dispersion(x, rows, rng.binomial(rows.astype(int), smoothed).astype(float)) for _ in range(_DRAWS)]
    return observed < _MAX_DISPERSION * min(simulated)


def _dispersion(x: Floats, rows: Floats, cases: Floats) -> float:
    """Squared deviation of rates from a local linear fit over binomial variance; 1 where too few rates are
    informative."""
    rate = cases / rows
    total, x_total, case_total = _neighbour_sums(rows), _neighbour_sums(rows * x), _neighbour_sums(cases)
    variance, covariance = (
        _neighbour_sums(rows * x * x) - x_total**2 / total,
        _neighbour_sums(rows * x * rate) - x_total * case_total / total,
    )
    deviation, variance = x - x_total / total, np.maximum(variance, 1e-9 * total)
    predicted = case_total / total + covariance / variance * deviation
    informative: Flags = (predicted > _RATE_MARGIN) & (predicted < 1 - _RATE_MARGIN)
    if informative.sum() < _MIN_VALUES:
        return 1.0
    expected = predicted * (1 - predicted) * (1 / rows + 1 / total + deviation**2 / variance)
    return float(((rate - predicted)[informative] ** 2 / expected[informative]).mean())


def _neighbour_sums(values: Floats) -> Floats:
    """Sums over the neighbours of each value, itself excluded."""
    return np.asarray(np.convolve(np.pad(values, _NEIGHBOURS), np.ones(2 * _NEIGHBOURS + 1), "valid") - values)


def _follows_group_rates(values: Floats, target: Floats, groups: Integers) -> bool:
    """Whether groups of equal size and events all have the same value, which other groups do not have."""
    known: Flags = np.isfinite(values) & (groups >= 0)
    if not known.any():
        return False
    _, first, group = np.unique(groups[known], return_index=True, return_inverse=True)
    group_value, counts = values[known][first], np.bincount(group)
    if (np.abs(values[known] - group_value[group]) > _TOLERANCE).any():
        return False
    if _determined_by(group_value, counts):
        return False
    pairs = np.column_stack([counts, np.bincount(group, weights=target[known])])
    _, group_kind = np.unique(pairs, axis=0, return_inverse=True)
    size = np.bincount(group_kind)
    if (size[size > 1] - 1).sum() < _MIN_EQUAL_GROUPS or (size > 1).sum() < _MIN_RATES:
        return False
    return _determined_by(group_value, group_kind)


def _determined_by(values: Floats, kind: Integers) -> bool:
    """Whether values vary, and are constant within nearly all of each kind."""
    spread, size = float(np.ptp(values)), np.bincount(kind)
    mean = np.bincount(kind, weights=values) / np.maximum(size, 1)
    return spread > 0 and bool((np.abs(values - mean[kind]) < _TOLERANCE * spread).mean() >= _NEARLY_ALL)
