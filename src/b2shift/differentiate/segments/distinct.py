"""Equal rows once, with how often each occurs: every sum over customers stays exact and costs a fraction."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

MIXER = 0x9E3779B97F4A7C15
"""An odd 64-bit constant (2^64 over the golden ratio); its odd multiples spread the columns of a row."""


@dataclass(frozen=True)
class Distinct:
    """`rows[owner]` gives the table back; `weights` counts the rows each stands for."""

    rows: Floats
    weights: Floats
    owner: Integers

    @property
    def total(self) -> float:
        """Rows of the whole table."""
        return float(self.weights.sum())

    def shares(self, labels: Integers, k: int) -> Floats:
        """Share of all rows under each label; `labels` are of the distinct rows."""
        return totals(labels, self.weights, k) / self.total

    def moved(self, rows: Floats) -> "Distinct":
        """The same customers at other coordinates (one row of `rows` per distinct row)."""
        return replace(self, rows=rows)

    def drawn(self, chosen: Integers) -> "Distinct":
        """Some of the rows of the table (positions, each once), as `distinct` of them would be."""
        owner = self.owner[chosen]
        counts = np.bincount(owner, minlength=len(self.rows))
        kept = np.flatnonzero(counts)
        return Distinct(self.rows[kept], counts[kept].astype(np.float64), (np.cumsum(counts > 0) - 1)[owner])

    def part(self, chosen: Integers) -> "Distinct":
        """Some of the distinct rows as a table of their own; its `owner` counts them from 0."""
        return Distinct(self.rows[chosen], self.weights[chosen], np.arange(len(chosen)))


def totals(labels: Integers, values: Floats, k: int) -> Floats:
    """Sum of the values under each label 0..k-1."""
    return np.bincount(labels, weights=values, minlength=k).astype(np.float64)


def distinct(matrix: Floats) -> Distinct:
    """The distinct rows of a matrix (rows x columns), in an order that does not depend on the order of the rows.

    Rows are told apart by a 64-bit hash and then compared; two different rows with one hash (about 1 in 10^7 tables
    of a million rows) send the whole table through a slower comparison column by column.
    """
    matrix = np.ascontiguousarray(matrix, dtype=np.float64) + 0.0  # -0.0 and 0.0 are one value
    _, first, owner, counts = np.unique(row_hashes(matrix), return_index=True, return_inverse=True, return_counts=True)
    rows = matrix[first]
    if not np.array_equal(rows[owner], matrix):
        rows, owner, counts = np.unique(matrix, axis=0, return_inverse=True, return_counts=True)
    return Distinct(rows, counts.astype(np.float64), owner.reshape(-1).astype(np.intp))


def row_hashes(matrix: Floats) -> NDArray[np.uint64]:
    """A 64-bit hash of the values of each row, without -0.0 among them."""
    bits = np.ascontiguousarray(matrix).view(np.uint64)
    mixed = np.zeros(len(matrix), np.uint64)
    for column in range(matrix.shape[1]):
        mixed = (mixed ^ bits[:, column]) * np.uint64(MIXER)
        mixed ^= mixed >> np.uint64(29)
    return mixed
