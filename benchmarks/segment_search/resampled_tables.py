"""The tables both sides are given: customers drawn again from a one-hot table, or the same with noise."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray


def table(source: Path, rows: int, *, continuous: bool) -> NDArray[np.float64]:
    """`rows` customers drawn with replacement (as they are when there are as many); noise makes every row different."""
    read = pq.read_table(source)
    matrix = np.column_stack([read.column(name).to_numpy() for name in read.column_names[1:]]).astype(np.float64)
    rng = np.random.default_rng(0)
    if rows != len(matrix):
        matrix = matrix[rng.integers(0, len(matrix), rows)]
    return matrix + rng.normal(0, 0.3, matrix.shape) if continuous else matrix
