"""Equal rows once, with how often each occurs: every sum over customers stays exact and costs a fraction."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


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
        return np.bincount(labels, weights=self.weights, minlength=k) / self.total


def distinct(matrix: Floats) -> Distinct:
    """The distinct rows of a matrix (rows x columns), in an order that does not depend on the order of the rows."""
    rows, owner, counts = np.unique(np.ascontiguousarray(matrix), axis=0, return_inverse=True, return_counts=True)
    return Distinct(rows, counts.astype(float), owner.reshape(-1))
