"""The partition of any table into k segments above a floor, whatever its size."""

import numpy as np

from b2shift.differentiate.segments.distinct import MIXER, Distinct, Floats, Integers, row_hashes, totals
from b2shift.differentiate.segments.measures import centres_of, distances, one_hot, summed_distances
from b2shift.differentiate.segments.mixture import gaussian_mixture
from b2shift.differentiate.segments.pairwise import Pairwise
from b2shift.differentiate.segments.refine import MATRIX_UP_TO, refined
from b2shift.differentiate.segments.reshape import to_k

MIXTURE, DENSITY = "gaussian_mixture", "hdbscan"
SAMPLE = 4_000
"""Distinct rows searched when there are more than MATRIX_UP_TO: a seeded sample, heavier rows more often."""
_BLOCK = 65_536
"""Rows carried to segments at once."""
_MARGIN = 1.15
"""The floor asked of a sample, so that the whole keeps it."""


def partition_of(raw: Distinct, points: Distinct, k: int, *, floor: float, algorithm: str, seed: int) -> Integers:
    """Labels of the distinct rows, 0 the largest segment; fewer than k where the floor leaves no room."""
    if len(points.rows) <= MATRIX_UP_TO:
        return largest_first(points, _searched(raw, points, k, floor, algorithm, seed))
    seen = drawn(raw, seed, SAMPLE)
    asked = min(margin(floor, whole=False), 1 / k)
    return everyone(points, seen, _searched(raw.part(seen), points.part(seen), k, asked, algorithm, seed), floor)


def drawn(raw: Distinct, seed: int, many: int) -> Integers:
    """Positions of so many distinct rows, heavier ones more often.

    The chance of a row follows from its content (an exponential race), so that most rows drawn of a table are drawn
    again of a part of it: what is found on either is then more alike.
    """
    bits = np.random.default_rng(seed).integers(1 << 63, dtype=np.uint64)
    mixed = row_hashes(raw.rows) ^ bits
    mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(MIXER)
    chance = ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) / 2**53
    first: Integers = np.argsort(-np.log(chance) / raw.weights, kind="stable")[:many]
    return np.sort(first)


def margin(floor: float, whole: bool) -> float:
    """The floor to ask of the rows searched: a little more where they are a sample."""
    return floor if whole else min(floor * _MARGIN, 0.5)


def everyone(points: Distinct, seen: Integers, labels: Integers, floor: float) -> Integers:
    """Labels of some of the rows carried to all: each other row to the segment nearest on average; largest first."""
    carried = nearest_on_average(points.rows, points.part(seen), labels)
    carried[seen] = labels
    return largest_first(points, _above_floor(points, carried, floor))


def nearest_on_average(rows: Floats, points: Distinct, labels: Integers) -> Integers:
    """The segment of the points whose customers are nearest to each row on average.

    A mean distance is no less than that to the centre and no more than the root of its square plus the variance around
    the centre (Jensen 1906): where only one segment can be the nearest, its distances are not asked for.
    """
    k = int(labels.max()) + 1
    centres, sizes = centres_of(points, labels, k)
    variances = totals(labels, points.weights * ((points.rows - centres[labels]) ** 2).sum(1), k) / sizes
    members = one_hot(labels, k) * points.weights[:, None]
    found = np.empty(len(rows), np.intp)
    for top in range(0, len(rows), _BLOCK):
        block = rows[top : top + _BLOCK]
        least = distances(block, centres)
        most = np.sqrt(least**2 + variances).min(axis=1)
        nearest = least.argmin(axis=1)
        open_ = np.flatnonzero((least <= most[:, None]).sum(axis=1) > 1)
        nearest[open_] = (summed_distances(block[open_], points, members) / sizes).argmin(axis=1)
        found[top : top + _BLOCK] = nearest
    return found


def largest_first(points: Distinct, labels: Integers) -> Integers:
    """The labels renumbered by size, equal sizes by their centres."""
    dense = np.unique(labels, return_inverse=True)[1].reshape(-1)
    centres, sizes = centres_of(points, dense, int(dense.max()) + 1)
    order = sorted(range(len(sizes)), key=lambda i: (-sizes[i], *np.round(centres[i], 6).tolist()))
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    renumbered: Integers = rank[dense]
    return renumbered


def _searched(raw: Distinct, points: Distinct, k: int, floor: float, algorithm: str, seed: int) -> Integers:
    k = min(k, len(points.rows))
    if algorithm == MIXTURE:
        labels, _ = gaussian_mixture(points, k, seed=seed)
        return to_k(Pairwise(points, floor), labels, k).labels
    return refined(raw, points, k, floor=floor, seed=seed, dense_start=algorithm == DENSITY).labels


def _above_floor(points: Distinct, labels: Integers, floor: float) -> Integers:
    """Segments below the floor go, row by row, to the nearest other centre."""
    while True:
        labels = np.unique(labels, return_inverse=True)[1].reshape(-1)
        k = int(labels.max()) + 1
        centres, sizes = centres_of(points, labels, k)
        small = int(sizes.argmin())
        if k < 2 or sizes[small] >= floor * points.total:
            return labels
        leaving = labels == small
        apart = distances(points.rows[leaving], centres)
        apart[:, small] = np.inf
        labels = labels.copy()
        labels[leaving] = apart.argmin(axis=1)
