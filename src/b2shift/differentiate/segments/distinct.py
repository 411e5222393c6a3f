"""Deduplicated rows with weights: sums over customers stay exact at a fraction of the cost."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

MIXER = 0x9E3779B97F4A7C15
"""An odd 64-bit multiplicative hash constant (2^64 over the golden ratio)."""


@dataclass(frozen=True)
class Distinct:
    """`rows[inverse]` is the table; `weights` counts the rows each distinct row stands for."""

    rows: Floats
    weights: Floats
    inverse: Integers

    @property
    def total(self) -> float:
        """Rows of the whole table."""
        return float(self.weights.sum())

    def shares(self, labels: Integers, k: int) -> Floats:
        """Share of all rows under each label of the distinct rows."""
        return totals(labels, self.weights, k) / self.total

    def with_rows(self, rows: Floats) -> "Distinct":
        """The same customers at other coordinates (one row per distinct row)."""
        return replace(self, rows=rows)

    def sample(self, chosen: Integers) -> "Distinct":
        """Some rows of the table (positions, each once), deduplicated."""
        inverse = self.inverse[chosen]
        counts = np.bincount(inverse, minlength=len(self.rows))
        kept = np.flatnonzero(counts)
        return Distinct(self.rows[kept], counts[kept].astype(np.float64), (np.cumsum(counts > 0) - 1)[inverse])

    def subset(self, chosen: Integers) -> "Distinct":
        """Some of the distinct rows as a table of their own, with `inverse` from 0."""
        return Distinct(self.rows[chosen], self.weights[chosen], np.arange(len(chosen)))


def totals(labels: Integers, values: Floats, k: int) -> Floats:
    """Sum of the values under each label 0..k-1."""
    return np.bincount(labels, weights=values, minlength=k).astype(np.float64)


def distinct(matrix: Floats) -> Distinct:
    """Distinct rows of a matrix (rows × columns), independent of row order.

    By 64-bit hash, verified; a collision (about 1 in 10^7 tables of a million rows) falls back to a column-wise
    comparison.
    """
    matrix = np.ascontiguousarray(matrix, dtype=np.float64) + 0.0  # -0.0 and 0.0 are one value
    _, first, inverse, counts = np.unique(
        row_hashes(matrix), return_index=True, return_inverse=True, return_counts=True
    )
    rows = matrix[first]
    if not np.array_equal(rows[inverse], matrix):
        rows, inverse, counts = np.unique(matrix, axis=0, return_inverse=True, return_counts=True)
    return Distinct(rows, counts.astype(np.float64), inverse.reshape(-1).astype(np.intp))


def row_hashes(matrix: Floats) -> NDArray[np.uint64]:
    """A 64-bit hash of the values of each row, without -0.0 among them."""
    bits = np.ascontiguousarray(matrix).view(np.uint64)
    mixed = np.zeros(len(matrix), np.uint64)
    for column in range(matrix.shape[1]):
        mixed = (mixed ^ bits[:, column]) * np.uint64(MIXER)
        mixed ^= mixed >> np.uint64(29)
    return mixed
