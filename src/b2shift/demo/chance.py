"""One independent stream of chance per subject, so that changing one file leaves the others as they were."""

from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


def stream(seed: int, subject: str) -> np.random.Generator:
    """The generator of `subject` under `seed`."""
    return np.random.default_rng([seed, crc32(subject.encode())])


def sigmoid(x: Array) -> Array:
    """Log-odds to probability."""
    return np.asarray(1 / (1 + np.exp(-x)))


def choose(rng: np.random.Generator, weights: Array) -> Array:
    """One column index per row of a matrix of non-negative weights."""
    edges = np.cumsum(weights, axis=1)
    return np.asarray((edges < (rng.random(len(edges)) * edges[:, -1])[:, None]).sum(axis=1))


def weighted(rng: np.random.Generator, table: dict[str, float], size: int) -> Array:
    """`size` keys of `table`, drawn by its values."""
    share = np.array(list(table.values()), float)
    return np.array(list(table), object)[rng.choice(len(share), size, p=share / share.sum())]
