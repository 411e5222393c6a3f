"""Partitions any table into k segments above a minimum size, however large the table."""

import numpy as np

from b2shift.differentiate.segments.distinct import MIXER, Distinct, Floats, Integers, row_hashes, totals
from b2shift.differentiate.segments.measures import centres_of, distances, one_hot, summed_distances
from b2shift.differentiate.segments.merge_split import reshape_to_k
from b2shift.differentiate.segments.mixture import gaussian_mixture
from b2shift.differentiate.segments.partitions import PairwiseDistances
from b2shift.differentiate.segments.refine import MATRIX_UP_TO, refine

MIXTURE, DENSITY = "gaussian_mixture", "hdbscan"
SAMPLE_ROWS = 4_000
"""Distinct rows searched where there are more than MATRIX_UP_TO: a seeded weighted sample."""
_BLOCK_ROWS = 65_536
"""Rows assigned at once."""
_SAMPLE_MARGIN = 1.15
"""Factor on the floor of a sample, so that the whole meets it."""


def partition_of(raw: Distinct, points: Distinct, k: int, *, floor: float, algorithm: str, seed: int) -> Integers:
    """Labels of the distinct rows, 0 the largest segment; fewer than k where the floor leaves no room."""
    if len(points.rows) <= MATRIX_UP_TO:
        return relabel_by_size(points, _search(raw, points, k, floor, algorithm, seed))
    sampled = weighted_sample(raw, seed, SAMPLE_ROWS)
    sampled_floor = min(floor_of_sample(floor, whole=False), 1 / k)
    return assign_all(
        points, sampled, _search(raw.subset(sampled), points.subset(sampled), k, sampled_floor, algorithm, seed), floor
    )


def weighted_sample(raw: Distinct, seed: int, count: int) -> Integers:
    """Positions of `count` distinct rows, sampled by weight without replacement (exponential race).

    A row's chance follows from its content, so that samples of a table and of part of it overlap, and results are more
    alike.
    """
    seed_bits = np.random.default_rng(seed).integers(1 << 63, dtype=np.uint64)
    hashes = row_hashes(raw.rows) ^ seed_bits
    hashes = (hashes ^ (hashes >> np.uint64(31))) * np.uint64(MIXER)
    uniform = ((hashes >> np.uint64(11)).astype(np.float64) + 0.5) / 2**53
    chosen: Integers = np.argsort(-np.log(uniform) / raw.weights, kind="stable")[:count]
    return np.sort(chosen)


def floor_of_sample(floor: float, whole: bool) -> float:
    """The minimum share asked of the searched rows: a little more where they are a sample."""
    return floor if whole else min(floor * _SAMPLE_MARGIN, 0.5)


def assign_all(points: Distinct, sampled: Integers, labels: Integers, floor: float) -> Integers:
    """Extend labels of sampled rows to all: each other row to the segment of least mean distance; largest first."""
    assigned = nearest_by_mean_distance(points.rows, points.subset(sampled), labels)
    assigned[sampled] = labels
    return relabel_by_size(points, _enforce_floor(points, assigned, floor))


def nearest_by_mean_distance(rows: Floats, points: Distinct, labels: Integers) -> Integers:
    """The segment with the least mean distance to each row.

    The mean distance lies between the distance to the centre and the root of its square plus the within-segment
    variance (Jensen, 1906): distances are computed only where these bounds leave several segments.
    """
    k = int(labels.max()) + 1
    centres, sizes = centres_of(points, labels, k)
    variances = totals(labels, points.weights * ((points.rows - centres[labels]) ** 2).sum(1), k) / sizes
    members = one_hot(labels, k) * points.weights[:, None]
    found = np.empty(len(rows), np.intp)
    for start in range(0, len(rows), _BLOCK_ROWS):
        block = rows[start : start + _BLOCK_ROWS]
        lower = distances(block, centres)
        upper = np.sqrt(lower**2 + variances).min(axis=1)
        nearest = lower.argmin(axis=1)
        undecided = np.flatnonzero((lower <= upper[:, None]).sum(axis=1) > 1)
        nearest[undecided] = (summed_distances(block[undecided], points, members) / sizes).argmin(axis=1)
        found[start : start + _BLOCK_ROWS] = nearest
    return found


def relabel_by_size(points: Distinct, labels: Integers) -> Integers:
    """Labels renumbered by size, ties by centre."""
    dense = np.unique(labels, return_inverse=True)[1].reshape(-1)
    centres, sizes = centres_of(points, dense, int(dense.max()) + 1)
    order = sorted(range(len(sizes)), key=lambda i: (-sizes[i], *np.round(centres[i], 6).tolist()))
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    renumbered: Integers = rank[dense]
    return renumbered


def _search(raw: Distinct, points: Distinct, k: int, floor: float, algorithm: str, seed: int) -> Integers:
    k = min(k, len(points.rows))
    if algorithm == MIXTURE:
        labels, _ = gaussian_mixture(points, k, seed=seed)
        return reshape_to_k(PairwiseDistances(points, floor), labels, k).labels
    return refine(raw, points, k, floor=floor, seed=seed, dense_start=algorithm == DENSITY).labels


def _enforce_floor(points: Distinct, labels: Integers, floor: float) -> Integers:
    """Rows of segments below the minimum size go to the nearest other centre."""
    while True:
        labels = np.unique(labels, return_inverse=True)[1].reshape(-1)
        k = int(labels.max()) + 1
        centres, sizes = centres_of(points, labels, k)
        small = int(sizes.argmin())
        if k < 2 or sizes[small] >= floor * points.total:
            return labels
        leaving = labels == small
        distance = distances(points.rows[leaving], centres)
        distance[:, small] = np.inf
        labels = labels.copy()
        labels[leaving] = distance.argmin(axis=1)
