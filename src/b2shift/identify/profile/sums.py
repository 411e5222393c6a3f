"""What relations and gaps are made of: counts and sums of ranks, walked over once, some rows at a time."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from b2shift.identify.profile.coded import Coded

Floats = NDArray[np.float64]
_BLOCK = 50_000


@dataclass
class Moments:
    """Of each number within each group, one row per group: known values, sum and sum of squares of its ranks (in
    deviations)."""

    known: Floats
    total: Floats
    squares: Floats

    def of(self, groups: slice | int, number: int) -> Floats:
        """(known, mean, population variance) of a number in some groups, a row each; empty groups left out."""
        n, s, q = (np.atleast_1d(one[groups, number]) for one in (self.known, self.total, self.squares))
        n, s, q = n[n > 0], s[n > 0], q[n > 0]
        return np.column_stack([n, s / n, q / n - (s / n) ** 2])


@dataclass
class Sums:
    """All sums; columns of numbers, words and gaps in the order `Coded` names them."""

    both: Floats
    """Rows where two numbers are known."""
    left: Floats
    """Ranks of the first, in deviations, over those rows."""
    squares: Floats
    """Their squares."""
    products: Floats
    """Ranks of both, multiplied."""
    all: Moments
    away: Moments
    """Within the rows where each gap is."""
    together: Floats
    """Rows where two gaps are."""
    words: list[Moments] = field(default_factory=list)
    gaps_of_words: list[Floats] = field(default_factory=list)
    """Rows of each value of a word where each gap is."""
    sizes: list[Floats] = field(default_factory=list)
    """Rows of each value of a word."""


def sums(coded: Coded) -> Sums:
    """One walk over the codes; deviations are in standard deviations, so that no square loses the small ones."""
    ranks, n, g = coded.ranks, coded.ranks.shape[1], len(coded.gaps)
    known = ~np.isnan(ranks)
    mean, spread = (np.where(known.any(0), f(ranks, axis=0), 0.0) for f in (np.nanmean, np.nanstd)) if n else (0.0, 1.0)
    gaps = [coded.codes[f"m{i}"] for i in coded.gaps.values()]
    words = [coded.codes[f"c{i}"] for i in coded.words.values()]
    levels = [int(one.max(initial=0)) + 1 for one in words]
    square, by_gap = (lambda: np.zeros((n, n))), (lambda: np.zeros((g, n)))
    told = Sums(
        square(), square(), square(), square(), Moments(*(np.zeros((1, n)) for _ in range(3))),
        Moments(by_gap(), by_gap(), by_gap()), np.zeros((g, g)),
        [Moments(*(np.zeros((size, n)) for _ in range(3))) for size in levels],
        [np.zeros((size, g)) for size in levels], [np.zeros(size) for size in levels],
    )  # fmt: skip
    for start in range(0, coded.rows, _BLOCK):
        rows = slice(start, start + _BLOCK)
        k = known[rows].astype(float)
        x = np.where(known[rows], (ranks[rows] - mean) / np.where(spread > 0, spread, 1.0), 0.0)
        m = np.column_stack([one[rows] for one in gaps]).astype(float) if g else np.zeros((len(k), 0))
        _add(told, k, x, m, [one[rows] for one in words])
    return told


def _add(told: Sums, k: Floats, x: Floats, m: Floats, words: list[NDArray[np.int64]]) -> None:
    from scipy import sparse  # on first use: it takes longer than most commands

    q = x * x
    told.both += k.T @ k
    told.left += x.T @ k
    told.squares += q.T @ k
    told.products += x.T @ x
    told.together += m.T @ m
    for into, of in ((told.all, np.ones((len(k), 1))), (told.away, m)):
        into.known += of.T @ k
        into.total += of.T @ x
        into.squares += of.T @ q
    for place, codes in enumerate(words):
        here = codes >= 0
        ends = np.concatenate([[0], np.cumsum(here)])
        one_hot = sparse.csr_matrix((np.ones(int(ends[-1])), codes[here], ends), (len(codes), len(told.sizes[place]))).T
        told.words[place].known += one_hot @ k
        told.words[place].total += one_hot @ x
        told.words[place].squares += one_hot @ q
        told.gaps_of_words[place] += one_hot @ m
        told.sizes[place] += one_hot @ np.ones(len(codes))
