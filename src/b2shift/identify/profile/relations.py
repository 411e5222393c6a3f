"""Association of pairs of columns: Spearman for numbers, Cramér's V for categories, correlation ratio across."""

from itertools import combinations
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from b2shift.identify.profile.contracts import Relation
from b2shift.identify.profile.encoding import EncodedTable
from b2shift.identify.profile.sufficient_statistics import Statistics

_WEAK = 0.1
_FEWEST_ROWS = 30
Counts = NDArray[np.float64]


def relations(encoded: EncodedTable, statistics: Statistics) -> tuple[Relation, ...]:
    """Every pair with a strength of at least 0.1 on at least 30 rows, the strongest first."""
    pairs = [*_spearman(encoded, statistics), *_cramer(encoded), *_correlation_ratios(encoded, statistics)]
    strong = [one for one in pairs if abs(one.strength) >= _WEAK and one.n >= _FEWEST_ROWS]
    return tuple(sorted(strong, key=lambda one: (-abs(one.strength), one.left, one.right)))


def _spearman(encoded: EncodedTable, statistics: Statistics) -> list[Relation]:
    """Rank correlation over the rows where both are known; ranks are among the known values of each column."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = statistics.products - statistics.left * statistics.left.T / statistics.both
        spread = statistics.squares - statistics.left**2 / statistics.both
        strengths = shared / np.sqrt(spread * spread.T)
    return [
        Relation(left=left, right=right, measure="spearman", strength=float(np.clip(strengths[i, j], -1, 1)),
                 n=int(statistics.both[i, j]))
        for (i, left), (j, right) in combinations(enumerate(encoded.numbers), 2)
        if np.isfinite(strengths[i, j])
    ]  # fmt: skip


def _cramer(encoded: EncodedTable) -> list[Relation]:
    pairs = []
    for (left, i), (right, j) in combinations(encoded.categories.items(), 2):
        table = encoded.counts(f"c{i}", f"c{j}")
        pairs.append(
            Relation(left=left, right=right, measure="cramers_v", strength=cramers_v(table), n=int(table.sum()))
        )
    return pairs


def cramers_v(table: Counts) -> float:
    """Cramér's V corrected for the bias of small tables (Bergsma 2013), 0 to 1; 0 when either side has one value."""
    n, (rows, columns) = table.sum(), table.shape
    if n < 2 or min(rows, columns) < 2:
        return 0.0
    expected = np.outer(table.sum(1), table.sum(0)) / n
    phi = float(((table - expected) ** 2 / expected).sum() / n)
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    rows, columns = (size - (size - 1) ** 2 / (n - 1) for size in (rows, columns))
    least = min(rows, columns) - 1
    return min(1.0, sqrt(phi / least)) if least > 0 else 0.0


def _correlation_ratios(encoded: EncodedTable, statistics: Statistics) -> list[Relation]:
    pairs = []
    for word, moments in zip(encoded.categories, statistics.categories, strict=True):
        for position, number in enumerate(encoded.numbers):
            strength, n = correlation_ratio(moments.of(slice(None), position))
            pairs.append(Relation(left=word, right=number, measure="correlation_ratio", strength=strength, n=n))
    return pairs


def correlation_ratio(groups: Counts) -> tuple[float, int]:
    """Correlation ratio of a number over groups given as (rows, mean, variance), and its rows (Fisher 1925).

    η = √(between / total sum of squares), corrected for chance (ε², Kelley 1935); computed on ranks, hence robust to
    outliers.
    """
    n, means, spread = groups[:, 0], groups[:, 1], groups[:, 2]
    total, count = n.sum(), len(groups)
    between = float((n * (means - (n * means).sum() / total) ** 2).sum())
    within = float((n * spread).sum())
    if count < 2 or between + within == 0 or total <= count:
        return 0.0, int(total)
    explained = (between - (count - 1) * within / (total - count)) / (between + within)
    return sqrt(max(0.0, explained)), int(total)
