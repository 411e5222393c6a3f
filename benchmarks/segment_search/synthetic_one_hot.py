"""Made tables alike the one-hot table whose figures were published: 4,053 customers, 37 columns.

Margins are as published: market segments by who has a sales history, tenure by segment, contract value by tenure and
segment, revenue bands, lines a customer. What joins the variables is not published; `Strength` holds it, fitted (random
search, seeds 1 to 3) so that figures of plain methods come out as on the real table: distinct rows, axes of 80 % of the
variance, grouping by market segment, K-Means at k = 14, 22, 30 and 38. No search of the product took part in it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

ROWS = 4_053
_SHARE = (0.2348, 0.1971, 0.1884, 0.0891, 0.0605, 0.0576, 0.0571, 0.0447, 0.0279, 0.0256, 0.0170)
"""Of manufacturing, services, retail, wholesale, building, logistics, schools, hotels, health, farming and law."""
_TENURE = np.array([
    (4, 11, 10, 14, 49, 12), (8, 26, 22, 17, 22, 5), (6, 20, 17, 28, 25, 4), (3, 14, 15, 27, 37, 4),
    (7, 23, 19, 11, 31, 9), (4, 18, 14, 19, 37, 7), (12, 21, 18, 13, 26, 9), (2, 11, 22, 19, 34, 12),
    (8, 24, 17, 12, 29, 11), (5, 12, 9, 17, 50, 6), (7, 19, 5, 22, 41, 5),
], np.float64)  # fmt: skip
"""Per cent of each market segment with up to 1, 3, 5, 10, 20 and more years."""
_HISTORY = np.array((0.92, 0.37, 0.21, 0.28, 0.41, 0.47))
"""Share of each of these tenures that has a sales history."""
_VALUE = np.array([
    (9.72, 2.30), (7.40, 2.57), (7.72, 2.53), (9.21, 1.97), (8.20, 2.81), (8.78, 2.65), (8.30, 2.93), (7.66, 1.90),
    (8.28, 2.99), (10.13, 2.36), (9.08, 2.22),
])  # fmt: skip
"""Mean and deviation of the logarithm of the contract value in each market segment."""
_VALUE_BY_TENURE = np.array((6.9, 7.7, 10.0))
_EDGES = np.log([5e3, 2e4, 1e5, 5e5, 1e6])
_REVENUE = np.array((0.29, 0.145, 0.098, 0.09))
_UNKNOWN_REVENUE = 0.377
_LINES = np.array((0.50, 0.40, 0.17, 0.13, 0.10, 0.07))
"""SAAS, CDU, SMS, CLOUD, others, consulting."""
_LINES_BY_TENURE = np.array([[1, -1, -0.5, 0.3, 0, 0], [0.3, 0, 0, 0, 0, 0], [-1, 1, 0.5, 0, 0, 0]])
_LINES_BY_SIZE = np.array([-0.6, 0.4, 0.2, 0.6, 0, 0.2])
_ODD, _INACTIVE = 5, 9
"""Customers in two segments of four and one, and customers without a running contract."""


@dataclass(frozen=True)
class Strength:
    """How strongly variables hang together; the values are those fitted."""

    value_with_size: float = 0.84
    revenue_with_size: float = 0.82
    lines_with_segment: float = 2.4
    lines_with_tenure: float = 3.5
    lines_with_size: float = 1.35
    lines_with_lines: float = 1.8
    unknown_with_segment: float = 1.4
    value_spread: float = 1.17
    further_lines: float = 0.42


def table(seed: int, strength: Strength = Strength()) -> Floats:
    """Rows x 37 columns of 0 and 1 in the order of `features_b2shift37`."""
    rng = np.random.default_rng(seed)
    share = np.array(_SHARE) / np.sum(_SHARE)
    segment = rng.choice(len(share), ROWS, p=share)
    by_segment = _three_bands()
    tenure = (rng.random(ROWS)[:, None] > np.cumsum(by_segment[segment], axis=1)).sum(axis=1).clip(0, 2)
    size = rng.normal(size=ROWS)
    value = _value(rng, strength, segment, tenure, size, by_segment)
    revenue = _revenue(rng, strength, segment, tenure, size)
    lines = _lines(rng, strength, segment, tenure, size)
    segments = np.eye(14)[segment]
    odd = rng.choice(ROWS, _ODD, replace=False)
    segments[odd] = np.eye(14)[[11, 11, 11, 11, 12]]
    active = np.ones((ROWS, 1))
    active[rng.choice(ROWS, _INACTIVE, replace=False)] = 0
    return np.hstack([lines, segments, np.eye(5)[revenue], np.eye(8)[value], np.eye(3)[tenure], active])


def _three_bands() -> Floats:
    """Tenure up to 4, up to 10, and more years, by market segment, of those with a sales history."""
    six = _TENURE * _HISTORY
    three = np.column_stack(
        [six[:, 0] + six[:, 1] + 0.5 * six[:, 2], 0.5 * six[:, 2] + six[:, 3], six[:, 4] + six[:, 5]]
    )
    shares: Floats = three / three.sum(axis=1, keepdims=True)
    return shares


def _value(
    rng: np.random.Generator, s: Strength, segment: Integers, tenure: Integers, size: Floats, by_segment: Floats
) -> Integers:
    """Band of the contract value: a segment's published mean and deviation, less what its tenures explain of them."""
    expected = by_segment @ _VALUE_BY_TENURE
    explained = by_segment @ _VALUE_BY_TENURE**2 - expected**2
    mean = _VALUE[segment, 0] - expected[segment] + _VALUE_BY_TENURE[tenure]
    spread = np.sqrt(np.maximum(_VALUE[:, 1] ** 2 - explained, 1.0))[segment] * s.value_spread
    noise = rng.normal(size=ROWS)
    logged = mean + spread * (s.value_with_size * size + np.sqrt(1 - s.value_with_size**2) * noise)
    band: Integers = np.searchsorted(_EDGES, logged) + 2
    band[rng.random(ROWS) < 0.006] = 1
    return band


def _revenue(rng: np.random.Generator, s: Strength, segment: Integers, tenure: Integers, size: Floats) -> Integers:
    noise = rng.normal(size=ROWS)
    firm = s.revenue_with_size * size + np.sqrt(1 - s.revenue_with_size**2) * noise
    firm += 0.5 * s.unknown_with_segment * rng.normal(size=len(_SHARE))[segment]
    band: Integers = np.searchsorted(np.quantile(firm, np.cumsum(_REVENUE / _REVENUE.sum())[:-1]), firm)
    unknown = np.clip(_UNKNOWN_REVENUE + 0.25 * s.unknown_with_segment * rng.normal(size=len(_SHARE)), 0.02, 0.95)
    chance = np.clip(unknown[segment] + 0.12 * (tenure == 0) - 0.08 * (tenure == 2), 0, 1)
    band[rng.random(ROWS) < chance] = 4
    return band


def _lines(rng: np.random.Generator, s: Strength, segment: Integers, tenure: Integers, size: Floats) -> Floats:
    """One line by lot, then further ones that go with it, so many on average as the strength says."""
    liking = np.log(_LINES / _LINES.sum()) + s.lines_with_segment * rng.normal(size=(len(_SHARE), len(_LINES)))
    by_size = s.lines_with_size * size[:, None]
    drawn = liking[segment] + s.lines_with_tenure * _LINES_BY_TENURE[tenure] + by_size * _LINES_BY_SIZE
    main = (drawn + rng.gumbel(size=drawn.shape)).argmax(axis=1)
    pairs = np.log(_LINES) + s.lines_with_lines * rng.normal(size=(len(_LINES), len(_LINES)))
    pairs[1, 2] += 1
    pairs[0, 3] += 0.5
    odds = np.exp(pairs[main] + 0.5 * by_size)
    odds[np.arange(ROWS), main] = 0
    low, high = 1e-3, 1e3
    for _ in range(50):
        middle = np.sqrt(low * high)
        low, high = (
            (middle, high) if (1 - np.exp(-middle * odds)).sum(axis=1).mean() < s.further_lines else (low, middle)
        )
    lines: Floats = np.eye(len(_LINES))[main]
    lines[rng.random(odds.shape) < 1 - np.exp(-low * odds)] = 1
    return lines
