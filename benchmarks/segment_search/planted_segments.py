"""Tables whose segments are known: does the search find them again, and does it say so where there are none?

python -m benchmarks.segment_search.planted_segments [--seconds 30] [--seed 1]
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from b2shift.differentiate.api import search_table

Columns = dict[str, NDArray[np.float64] | list[str]]
Made = tuple[Columns, NDArray[np.intp]]
ROWS = 1_000
APART = 6.0
"""Deviations between the centres of groups, at least."""


def blobs(rng: np.random.Generator, k: int, *, uneven: bool = False, noise: int = 0) -> Made:
    """Round groups in 4 dimensions, no two nearer than APART deviations, and columns that tell nothing."""
    share = 0.7 ** np.arange(k) if uneven else np.ones(k)
    truth = rng.choice(k, ROWS, p=share / share.sum())
    rows = _apart(rng, k)[truth] + rng.normal(size=(ROWS, 4))
    return {f"n{i}": column for i, column in enumerate(np.hstack([rows, rng.normal(size=(ROWS, noise))]).T)}, truth


def _apart(rng: np.random.Generator, k: int) -> NDArray[np.float64]:
    """So many centres, drawn until each is far enough from the others."""
    found = rng.normal(0, APART, size=(1, 4))
    while len(found) < k:
        drawn = rng.normal(0, APART, size=(1, 4))
        if np.linalg.norm(found - drawn, axis=1).min() >= APART:
            found = np.vstack([found, drawn])
    return found


def classes(rng: np.random.Generator, k: int, sure: float = 0.9) -> Made:
    """Six categories of four levels; a class has its levels, most unlike any other's, taken with chance `sure`."""
    truth = rng.integers(0, k, ROWS)
    own = _unlike(rng, k, 6, 4)
    said = np.where(rng.random((ROWS, 6)) < sure, own[truth], rng.integers(0, 4, (ROWS, 6)))
    return {f"c{i}": [f"v{value}" for value in column] for i, column in enumerate(said.T)}, truth


def _unlike(rng: np.random.Generator, k: int, columns: int, least: int) -> NDArray[np.intp]:
    """Levels of k classes, any two of which differ in `least` columns or more."""
    found = rng.integers(0, 4, size=(1, columns))
    while len(found) < k:
        drawn = rng.integers(0, 4, size=(1, columns))
        if (found != drawn).sum(axis=1).min() >= least:
            found = np.vstack([found, drawn])
    return found


def mixed(rng: np.random.Generator, k: int) -> Made:
    """Three numbers and three categories of the same groups."""
    truth = rng.integers(0, k, ROWS)
    numbers = rng.normal(0, 4, size=(k, 3))[truth] + rng.normal(size=(ROWS, 3))
    own = _unlike(rng, k, 3, 2)
    said = np.where(rng.random((ROWS, 3)) < 0.9, own[truth], rng.integers(0, 4, (ROWS, 3)))
    columns: Columns = {f"n{i}": column for i, column in enumerate(numbers.T)}
    return columns | {f"c{i}": [f"v{value}" for value in column] for i, column in enumerate(said.T)}, truth


def oblique(rng: np.random.Generator, k: int) -> Made:
    """Groups of numbers stretched along a direction of their own: columns hang together within a group."""
    truth = rng.integers(0, k, ROWS)
    bent = np.linalg.qr(rng.normal(size=(k, 4, 4)))[0] * np.array([2.0, 1.0, 0.7, 0.5])
    rows = (2 * _apart(rng, k))[truth] + np.einsum("rij,rj->ri", bent[truth], rng.normal(size=(ROWS, 4)))
    return {f"n{i}": column for i, column in enumerate(rows.T)}, truth


def money(rng: np.random.Generator, k: int) -> Made:
    """Amounts with long tails whose level tells the group, one category, gaps, and columns that tell nothing."""
    truth = rng.choice(k, ROWS, p=(share := 0.8 ** np.arange(k)) / share.sum())
    amounts = np.exp(6 + _apart(rng, k)[truth][:, :3] / 4 + 0.25 * rng.normal(size=(ROWS, 3)))
    amounts[rng.random(amounts.shape) < 0.03] = np.nan
    kind = np.where(rng.random(ROWS) < 0.9, truth % 3, rng.integers(0, 3, ROWS))
    columns: Columns = {f"m{i}": column for i, column in enumerate(amounts.T)}
    noise = {f"r{i}": rng.exponential(size=ROWS) for i in range(2)}
    return columns | noise | {"kind": [f"v{value}" for value in kind]}, truth


def uneven_classes(rng: np.random.Generator, k: int) -> Made:
    """Classes of very different sizes in eight categories of four levels, and four categories that tell nothing."""
    truth = rng.choice(k, ROWS, p=(share := 0.75 ** np.arange(k)) / share.sum())
    own = _unlike(rng, k, 8, 5)
    said = np.where(rng.random((ROWS, 8)) < 0.85, own[truth], rng.integers(0, 4, (ROWS, 8)))
    said = np.hstack([said, rng.integers(0, 4, (ROWS, 4))])
    return {f"c{i}": [f"v{value}" for value in column] for i, column in enumerate(said.T)}, truth


def tails(rng: np.random.Generator) -> Made:
    """Independent amounts, half of them nothing, and counts: no segments, however uneven each column is."""
    amounts = {f"m{i}": np.where(rng.random(ROWS) < 0.5, 0, np.exp(rng.normal(size=ROWS))) for i in range(2)}
    return amounts | {f"k{i}": rng.poisson(4, ROWS).astype(float) for i in range(3)}, np.zeros(ROWS, np.intp)


def nothing(rng: np.random.Generator, *, words: bool) -> Made:
    """Independent columns: no segments at all."""
    if words:
        columns: Columns = {f"c{i}": [f"v{value}" for value in rng.integers(0, 4, ROWS)] for i in range(6)}
    else:
        columns = {f"n{i}": rng.normal(size=ROWS) for i in range(5)}
    return columns, np.zeros(ROWS, np.intp)


TABLES: Mapping[str, Callable[[np.random.Generator], Made]] = {
    "3 groups of numbers": lambda rng: blobs(rng, 3),
    "6 groups of numbers": lambda rng: blobs(rng, 6),
    "12 groups of numbers": lambda rng: blobs(rng, 12),
    "6 uneven groups": lambda rng: blobs(rng, 6, uneven=True),
    "5 groups and 4 columns of noise": lambda rng: blobs(rng, 5, noise=4),
    "4 classes of categories": lambda rng: classes(rng, 4),
    "8 classes of categories": lambda rng: classes(rng, 8),
    "5 groups of numbers and categories": lambda rng: mixed(rng, 5),
    "7 oblique groups": lambda rng: oblique(rng, 7),
    "5 groups by amounts, gaps, noise": lambda rng: money(rng, 5),
    "6 uneven classes and noise": lambda rng: uneven_classes(rng, 6),
    "15 groups of numbers": lambda rng: blobs(rng, 15),
    "independent numbers": lambda rng: nothing(rng, words=False),
    "independent categories": lambda rng: nothing(rng, words=True),
    "independent tails and counts": tails,
}


def main() -> None:
    """Print a Markdown table: segments planted and found, their agreement, and what the search says."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=30)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    print("| table | planted | found | ARI | K-Means told k | silhouette, excess, stability | beyond chance |")
    print("|---|---|---|---|---|---|---|")
    for place, (name, make) in enumerate(TABLES.items()):
        print(_row(name, make(np.random.default_rng([told.seed, place])), told.seconds), flush=True)


def _row(name: str, made: Made, seconds: float) -> str:
    columns, truth = made
    with tempfile.TemporaryDirectory() as scratch:
        table, out = Path(scratch) / "table.parquet", Path(scratch) / "labels.parquet"
        pq.write_table(pa.table({"id": np.arange(ROWS), **columns}), table)
        found = search_table(table, "id", out, floor=0.01, preset="balanced", seconds=seconds, money=None, seed=7)
        labels = pq.read_table(out).column("segment").to_numpy()
    one = found.chosen
    figures = ", ".join("—" if v is None else f"{v:.3f}" for v in (one.silhouette, one.null_excess, one.stability))
    peer = KMeans(int(truth.max()) + 1, n_init=20, random_state=0).fit_predict(_standardised(columns))
    index, other = (f"{adjusted_rand_score(truth, one):.3f}" if truth.any() else "—" for one in (labels, peer))
    said = "yes" if found.beyond_chance else "no"
    return f"| {name} | {truth.max() + 1} | {one.k} | {index} | {other} | {figures} | {said} |"


def _standardised(columns: Columns) -> NDArray[np.float64]:
    """Numbers as they are, a column for each level of a category, all with deviation 1."""
    parts = [
        np.column_stack([np.array(values) == level for level in sorted(set(values))]).astype(np.float64)
        if isinstance(values, list)
        else np.nan_to_num(values, nan=float(np.nanmedian(values)))[:, None]
        for values in columns.values()
    ]
    scaled: NDArray[np.float64] = StandardScaler().fit_transform(np.hstack(parts))
    return scaled


if __name__ == "__main__":
    main()
