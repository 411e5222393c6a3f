"""Sufficient statistics of relations and missingness: counts and sums of ranks, accumulated in one pass over blocks."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from b2shift.identify.profile.encoding import EncodedTable

Floats = NDArray[np.float64]
_BLOCK = 50_000


@dataclass
class Moments:
    """Per group (row) and number (column): known values, sum and sum of squares of its standardised ranks."""

    known: Floats
    total: Floats
    squares: Floats

    def of(self, groups: slice | int, number: int) -> Floats:
        """(known, mean, population variance) of a number, a row per group that is not empty."""
        n, s, q = (np.atleast_1d(one[groups, number]) for one in (self.known, self.total, self.squares))
        n, s, q = n[n > 0], s[n > 0], q[n > 0]
        return np.column_stack([n, s / n, q / n - (s / n) ** 2])


@dataclass
class Statistics:
    """All statistics; numbers, categories and columns with missing values in the order of `EncodedTable`."""

    both: Floats
    """rows where two numbers are known"""
    left: Floats
    """sums of the standardised ranks of the first over those rows"""
    squares: Floats
    """sums of their squares"""
    products: Floats
    """sums of the products of both"""
    all: Moments
    missing: Moments
    """within the rows where each column is missing"""
    both_missing: Floats
    """rows where two columns are missing"""
    categories: list[Moments] = field(default_factory=list)
    missing_by_category: list[Floats] = field(default_factory=list)
    """rows per category where each column is missing"""
    category_counts: list[Floats] = field(default_factory=list)
    """rows per category"""


def accumulate(encoded: EncodedTable) -> Statistics:
    """Accumulate over blocks of rows; ranks are standardised for numerical precision."""
    ranks, n, g = encoded.ranks, encoded.ranks.shape[1], len(encoded.gaps)
    known = ~np.isnan(ranks)
    mean, spread = (np.where(known.any(0), f(ranks, axis=0), 0.0) for f in (np.nanmean, np.nanstd)) if n else (0.0, 1.0)
    gaps = [encoded.codes[f"m{i}"] for i in encoded.gaps.values()]
    categories = [encoded.codes[f"c{i}"] for i in encoded.categories.values()]
    levels = [int(one.max(initial=0)) + 1 for one in categories]
    square, by_gap = (lambda: np.zeros((n, n))), (lambda: np.zeros((g, n)))
    statistics = Statistics(
        square(), square(), square(), square(), Moments(*(np.zeros((1, n)) for _ in range(3))),
        Moments(by_gap(), by_gap(), by_gap()), np.zeros((g, g)),
        [Moments(*(np.zeros((size, n)) for _ in range(3))) for size in levels],
        [np.zeros((size, g)) for size in levels], [np.zeros(size) for size in levels],
    )  # fmt: skip
    for start in range(0, encoded.rows, _BLOCK):
        rows = slice(start, start + _BLOCK)
        k = known[rows].astype(float)
        x = np.where(known[rows], (ranks[rows] - mean) / np.where(spread > 0, spread, 1.0), 0.0)
        m = np.column_stack([one[rows] for one in gaps]).astype(float) if g else np.zeros((len(k), 0))
        _add(statistics, k, x, m, [one[rows] for one in categories])
    return statistics


def _add(statistics: Statistics, k: Floats, x: Floats, m: Floats, categories: list[NDArray[np.int64]]) -> None:
    from scipy import sparse  # on first use: it takes longer than most commands

    q = x * x
    statistics.both += k.T @ k
    statistics.left += x.T @ k
    statistics.squares += q.T @ k
    statistics.products += x.T @ x
    statistics.both_missing += m.T @ m
    for into, of in ((statistics.all, np.ones((len(k), 1))), (statistics.missing, m)):
        into.known += of.T @ k
        into.total += of.T @ x
        into.squares += of.T @ q
    for position, codes in enumerate(categories):
        here = codes >= 0
        ends = np.concatenate([[0], np.cumsum(here)])
        one_hot = sparse.csr_matrix(
            (np.ones(int(ends[-1])), codes[here], ends), (len(codes), len(statistics.category_counts[position]))
        ).T
        statistics.categories[position].known += one_hot @ k
        statistics.categories[position].total += one_hot @ x
        statistics.categories[position].squares += one_hot @ q
        statistics.missing_by_category[position] += one_hot @ m
        statistics.category_counts[position] += one_hot @ np.ones(len(codes))
