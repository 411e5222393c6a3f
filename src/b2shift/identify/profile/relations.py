"""How columns go together: ranks with ranks, words with words, words with numbers, each with its own measure."""

from itertools import combinations
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from b2shift.identify.profile.coded import Coded
from b2shift.identify.profile.shapes import Relation
from b2shift.identify.profile.sums import Sums

_WEAK = 0.1
_FEWEST_ROWS = 30
Counts = NDArray[np.float64]


def relations(coded: Coded, found: Sums) -> tuple[Relation, ...]:
    """Every pair whose strength is at least 0.1 on at least 30 rows, the strongest first."""
    every = [*_spearman(coded, found), *_cramer(coded), *_ratios(coded, found)]
    kept = [one for one in every if abs(one.strength) >= _WEAK and one.n >= _FEWEST_ROWS]
    return tuple(sorted(kept, key=lambda one: (-abs(one.strength), one.left, one.right)))


def _spearman(coded: Coded, found: Sums) -> list[Relation]:
    """Correlation of ranks, on the rows where both are known (ranked among the known of each column)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = found.products - found.left * found.left.T / found.both
        spread = found.squares - found.left**2 / found.both
        strengths = shared / np.sqrt(spread * spread.T)
    return [
        Relation(left=left, right=right, measure="spearman", strength=float(np.clip(strengths[i, j], -1, 1)),
                 n=int(found.both[i, j]))
        for (i, left), (j, right) in combinations(enumerate(coded.numbers), 2)
        if np.isfinite(strengths[i, j])
    ]  # fmt: skip


def _cramer(coded: Coded) -> list[Relation]:
    found = []
    for (left, i), (right, j) in combinations(coded.words.items(), 2):
        table = coded.counts(f"c{i}", f"c{j}")
        found.append(
            Relation(left=left, right=right, measure="cramers_v", strength=cramers_v(table), n=int(table.sum()))
        )
    return found


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


def _ratios(coded: Coded, found: Sums) -> list[Relation]:
    every = []
    for word, moments in zip(coded.words, found.words, strict=True):
        for place, number in enumerate(coded.numbers):
            strength, n = ratio(moments.of(slice(None), place))
            every.append(Relation(left=word, right=number, measure="correlation_ratio", strength=strength, n=n))
    return every


def ratio(groups: Counts) -> tuple[float, int]:
    """Correlation ratio of a number within groups (Fisher 1925), told as (rows, mean, variance), and its rows.

    η = √(between / total sum of squares), less what groups explain by chance (ε², Kelley 1935); computed on ranks, so
    that a few huge values do not hide the rest.
    """
    n, means, spread = groups[:, 0], groups[:, 1], groups[:, 2]
    total, count = n.sum(), len(groups)
    between = float((n * (means - (n * means).sum() / total) ** 2).sum())
    within = float((n * spread).sum())
    if count < 2 or between + within == 0 or total <= count:
        return 0.0, int(total)
    explained = (between - (count - 1) * within / (total - count)) / (between + within)
    return sqrt(max(0.0, explained)), int(total)
