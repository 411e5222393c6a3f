"""The candidates of the model selection: three algorithms, several sizes, the same search wherever it is run again."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments import density
from b2shift.differentiate.segments.distinct import Distinct, Integers
from b2shift.differentiate.segments.kmeans import kmeans_path, lloyd
from b2shift.differentiate.segments.measures import centres_of
from b2shift.differentiate.segments.mixture import mixture_from

KMEANS, MIXTURE, DENSITY = "kmeans", "gaussian_mixture", "hdbscan"
DENSITY_ROWS = 8_000
"""Distinct rows HDBSCAN looks at; of more, a seeded sample by weight. Its centres then take every row."""

PATH_ROWS = 15_000
"""Distinct rows the path of K-Means is found on; of more, a seeded sample by weight."""
LIKELY = 1e-3
"""Gain of mean log-likelihood at which a mixture's steps end, as scikit-learn has it."""


@dataclass(frozen=True)
class Fit:
    """Labels 0..k-1 of the distinct rows; `noise` = share of customers HDBSCAN left out before the nearest centre."""

    labels: Integers
    noise: float
    seconds: float

    @property
    def k(self) -> int:
        """Segments found."""
        return int(self.labels.max()) + 1


@dataclass(frozen=True)
class Grid:
    """What is tried: numbers of segments, and smallest shares for HDBSCAN."""

    sizes: tuple[int, ...]
    shares: tuple[float, ...]


Key = tuple[str, float]
"""Algorithm, and its number of segments or smallest share."""


def search(points: Distinct, grid: Grid, seed: int, *, tell: Callable[[str], None] = lambda _: None) -> dict[Key, Fit]:
    """Every candidate of the grid on these rows; sizes above their number are left out."""
    found: dict[Key, Fit] = {}
    started = time.perf_counter()
    for size, labels in _path(points, grid.sizes, seed):
        if size in grid.sizes:
            tell(f"{KMEANS} {size}")
            found[KMEANS, size] = _fit(labels, started)
            tell(f"{MIXTURE} {size}")
            started = time.perf_counter()
            mixed = mixture_from(points, labels, size, tolerance=LIKELY).log_joint(points.rows).argmax(axis=1)
            found[MIXTURE, size] = _fit(mixed, started)
            started = time.perf_counter()
    for share, fit in _dense(points, grid.shares, seed):
        tell(f"{DENSITY} {share:.3f}")
        found[DENSITY, share] = fit
    return found


def _path(points: Distinct, sizes: tuple[int, ...], seed: int) -> Iterator[tuple[int, Integers]]:
    """K-Means for 1, 2, … segments; of many distinct rows a sample leads, and all of them polish the sizes wanted."""
    if len(points.rows) <= PATH_ROWS:
        yield from ((size, labels) for size, (labels, _) in enumerate(kmeans_path(points, max(sizes, default=0)), 1))
        return
    for size, (_, centres) in enumerate(kmeans_path(_sampled(points, PATH_ROWS, seed), max(sizes, default=0)), 1):
        if size in sizes:
            yield size, lloyd(points, centres)[0]


def _dense(points: Distinct, shares: tuple[float, ...], seed: int) -> Iterator[tuple[float, Fit]]:
    """HDBSCAN for each smallest share, on one spanning tree; every row then goes to its nearest polished centre."""
    if not shares or len(points.rows) < 3:
        return
    started = time.perf_counter()
    seen = _sampled(points, DENSITY_ROWS, seed)
    tree = density.linkage(seen, min_samples=10)
    building = (time.perf_counter() - started) / len(shares)
    for share in shares:
        started = time.perf_counter()
        labels = density.clusters(tree, max(2.0, share * seen.total))
        kept = np.flatnonzero(labels >= 0)
        k = int(labels.max()) + 1
        if k < 2:
            continue
        centres, _ = centres_of(seen.subset(kept), labels[kept], k)
        noise = 1 - float(seen.weights[kept].sum() / seen.total)
        everyone = _dense_numbers(lloyd(points, centres)[0])
        yield share, Fit(everyone, noise, building + time.perf_counter() - started)


def _sampled(points: Distinct, most: int, seed: int) -> Distinct:
    if len(points.rows) <= most:
        return points
    rng = np.random.default_rng(seed)
    return points.subset(np.sort(rng.choice(len(points.rows), most, replace=False, p=points.weights / points.total)))


def _fit(labels: Integers, started: float) -> Fit:
    return Fit(_dense_numbers(labels), 0.0, time.perf_counter() - started)


def _dense_numbers(labels: Integers) -> Integers:
    return np.unique(labels, return_inverse=True)[1].reshape(-1)
