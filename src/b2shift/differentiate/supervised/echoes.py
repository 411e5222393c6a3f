"""A number that was counted from the label itself: the rate of it in small groups of rows (target encoding).

Of an honest number, how often the fact came at one of its values is apart from what the values next to it foresee by
what chance gives to so few rows (a binomial). Of a rate counted from these very rows it is not apart at all.
"""

from collections.abc import Sequence

import numpy as np

from b2shift.differentiate.supervised.shapes import Flags, Floats, Integers

_FEWEST_VALUES, _FEWEST_ROWS = 12, 2
"""Values that say something, and rows of each."""
_BESIDE = 3
"""Values looked at on either side."""
_MIXED = 0.03
"""Rates foreseen nearer than this to none or all say nothing of chance."""
_LESS, _DRAWS = 0.5, 100
"""Part of what chance gives, and of the least of so many draws of it, that is less than any."""
_RATES, _SAME, _NEARLY_ALL = 3, 1e-6, 0.98
"""Rates that are those of the label to so many figures, in nearly all rows."""
_GROUPS_ALIKE = 10
"""Groups of as many rows and as many cases as another one."""


def echoes(values: Floats, came: Floats, groupings: Sequence[Integers] = ()) -> bool:
    """Whether a column was counted from the label; `groupings`: codes of the columns whose groups it may be of."""
    known = np.isfinite(values)
    if not known.any():
        return False
    found, place = np.unique(np.round(values[known], 9), return_inverse=True)
    counts, events = np.bincount(place).astype(float), np.bincount(place, weights=came[known])
    return (
        _is_the_rate(found, counts, events)
        or _nearer_than_chance(found, counts, events)
        or any(_follows(values, came, groups) for groups in groupings)
    )


def _is_the_rate(found: Floats, counts: Floats, events: Floats) -> bool:
    rate = events / counts
    same: Flags = np.abs(rate - found) < _SAME
    between: Flags = same & (rate > 0) & (rate < 1)
    return bool(between.sum() >= _RATES and counts[same].sum() >= _NEARLY_ALL * counts.sum())


def _nearer_than_chance(found: Floats, counts: Floats, events: Floats) -> bool:
    told: Flags = counts >= _FEWEST_ROWS
    at, weight, cases = found[told], counts[told], events[told]
    if len(at) < 2 * _FEWEST_VALUES:
        return False
    at = (at - at.mean()) / at.std()
    here = _apart(at, weight, cases)
    if here > _LESS:
        return False
    rng = np.random.default_rng(0)
    likely = (_around(cases) + cases) / (_around(weight) + weight)
    drawn = [_apart(at, weight, rng.binomial(weight.astype(int), likely).astype(float)) for _ in range(_DRAWS)]
    return here < _LESS * min(drawn)


def _apart(at: Floats, weight: Floats, cases: Floats) -> float:
    """How far rates are from what those beside them foresee by a line, over what a binomial gives; 1 where too few are
    neither none nor all."""
    rate = cases / weight
    rows, middle, level = _around(weight), _around(weight * at), _around(cases)
    bend, slope = _around(weight * at * at) - middle**2 / rows, _around(weight * at * rate) - middle * level / rows
    away, bend = at - middle / rows, np.maximum(bend, 1e-9 * rows)
    foreseen = level / rows + slope / bend * away
    mixed: Flags = (foreseen > _MIXED) & (foreseen < 1 - _MIXED)
    if mixed.sum() < _FEWEST_VALUES:
        return 1.0
    expected = foreseen * (1 - foreseen) * (1 / weight + 1 / rows + away**2 / bend)
    return float(((rate - foreseen)[mixed] ** 2 / expected[mixed]).mean())


def _around(values: Floats) -> Floats:
    """Sums over the values next to each, without itself."""
    return np.asarray(np.convolve(np.pad(values, _BESIDE), np.ones(2 * _BESIDE + 1), "valid") - values)


def _follows(values: Floats, came: Floats, groups: Integers) -> bool:
    """Whether all groups of so many rows and so many cases have the same value, which others have not."""
    known: Flags = np.isfinite(values) & (groups >= 0)
    if not known.any():
        return False
    _, first, group = np.unique(groups[known], return_index=True, return_inverse=True)
    mine, counts = values[known][first], np.bincount(group)
    if (np.abs(values[known] - mine[group]) > _SAME).any():
        return False
    if _told_by(mine, counts):
        return False
    pairs = np.column_stack([counts, np.bincount(group, weights=came[known])])
    _, kind = np.unique(pairs, axis=0, return_inverse=True)
    size = np.bincount(kind)
    if (size[size > 1] - 1).sum() < _GROUPS_ALIKE or (size > 1).sum() < _RATES:
        return False
    return _told_by(mine, kind)


def _told_by(values: Floats, kind: Integers) -> bool:
    """Whether values vary, and are the same for nearly all of one kind."""
    spread, size = float(np.ptp(values)), np.bincount(kind)
    mean = np.bincount(kind, weights=values) / np.maximum(size, 1)
    return spread > 0 and bool((np.abs(values - mean[kind]) < _SAME * spread).mean() >= _NEARLY_ALL)
