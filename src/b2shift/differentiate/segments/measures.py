"""Silhouette, Davies-Bouldin and Calinski-Harabasz of weighted rows: equal to scikit-learn's on the repeated rows."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers, totals

EXACT_UP_TO = 12_000
"""Distinct rows whose silhouette is computed over all pairs; above it, over SAMPLE drawn customers against all."""
SAMPLE = 4_000
SPREAD = 0.2
"""Deviation of one customer's silhouette as measured; the mean of m drawn ones errs by about SPREAD / sqrt(m)."""
OTHERS = 200_000
"""Distinct rows above which so many drawn customers stand for all: to hold silhouettes against, or to be shuffled."""
_ROWS, _COLUMNS = 256, 4_096
"""Block of distances held at once: 12 MB. Products this small take a fifth of the processor on one thread (of two)."""


def one_hot(labels: Integers, k: int) -> Floats:
    """Rows x k membership."""
    table = np.zeros((len(labels), k))
    table[np.arange(len(labels)), labels] = 1.0
    return table


def distances(left: Floats, right: Floats) -> Floats:
    """Euclidean distances of all pairs; equal rows are 0 apart only up to 1e-7."""
    apart = left @ right.T
    apart *= -2
    apart += (left**2).sum(1)[:, None]
    apart += (right**2).sum(1)[None, :]
    np.maximum(apart, 0, out=apart)
    root: Floats = np.sqrt(apart, out=apart)
    return root


@threadpool_limits.wrap(limits=1, user_api="blas")
def summed_distances(rows: Floats, points: Distinct, members: Floats, own: Integers | None = None) -> Floats:
    """Sum of the distances from each row to the members (distinct rows x any columns, weights inside).

    `own` = position of each row among the points, whose distance to itself is exactly 0. Held in blocks. Squares are
    sums of one product in double, |x|^2 - 2 x y + |y|^2; distances are exact to 7 digits, their sums are in double.
    """
    sums = np.zeros((len(rows), members.shape[1]))
    members = members.astype(np.float32)
    left = np.column_stack([rows, (rows**2).sum(1), np.ones(len(rows))])
    right = np.vstack([-2 * points.rows.T, np.ones(len(points.rows)), (points.rows**2).sum(1)])
    for top in range(0, len(rows), _ROWS):
        for start in range(0, len(points.rows), _COLUMNS):
            squares = left[top : top + _ROWS] @ right[:, start : start + _COLUMNS]
            apart = np.maximum(squares, 0, out=np.empty(squares.shape, np.float32), casting="same_kind")
            np.sqrt(apart, out=apart)
            if own is not None:
                mine = own[top : top + _ROWS] - start
                inside = np.flatnonzero((mine >= 0) & (mine < apart.shape[1]))
                apart[inside, mine[inside]] = 0.0
            sums[top : top + _ROWS] += apart @ members[start : start + _COLUMNS]
    return sums


def silhouette_of(sums: Floats, labels: Integers, sizes: Floats) -> Floats:
    """Silhouette of each row from its summed distances; 0 in a segment of one customer, as scikit-learn does."""
    index = np.arange(len(labels))
    own = sizes[labels]
    within = sums[index, labels] / np.maximum(own - 1, 1)
    means = sums / np.maximum(sizes, 1e-300)
    means[:, sizes <= 0] = np.inf
    means[index, labels] = np.inf
    nearest = means.min(axis=1) if len(sizes) > 1 else within
    largest = np.maximum(within, nearest)
    value = np.where(largest > 0, (nearest - within) / np.where(largest > 0, largest, 1), 0.0)
    return np.where(own <= 1, 0.0, value)


def silhouettes(points: Distinct, labelings: Sequence[Integers], *, seed: int = 0) -> list[float]:
    """Mean silhouette over customers of several labelings of the same points, from one pass over their distances.

    A labeling of one segment has 0. Above EXACT_UP_TO distinct rows the mean is over a seeded sample of customers,
    above OTHERS against another one.
    """
    if len(points.rows) > OTHERS:
        some, points = _thinned(points, seed)
        labelings = [labels[some] for labels in labelings]
    dense = [_dense(labels) for labels in labelings]
    widths = [int(labels.max()) + 1 for labels in dense]
    count = len(points.rows)
    exact = count <= EXACT_UP_TO
    drawn = np.arange(count) if exact else _drawn(points, seed)
    weights = points.weights if exact else np.ones(len(drawn))
    members = np.hstack([one_hot(labels, k) for labels, k in zip(dense, widths, strict=True)])
    sums = summed_distances(points.rows[drawn], points, members * points.weights[:, None], drawn)
    values, start = [], 0
    for labels, k in zip(dense, widths, strict=True):
        sizes = totals(labels, points.weights, k)
        each = silhouette_of(sums[:, start : start + k], labels[drawn], sizes)
        values.append(float(np.average(each, weights=weights)) if k > 1 else 0.0)
        start += k
    return values


def silhouette(points: Distinct, labels: Integers, *, seed: int = 0) -> float:
    """Mean silhouette over customers of one labeling."""
    return silhouettes(points, [labels], seed=seed)[0]


def half_width(points: Distinct) -> float:
    """Half the 95 % interval of `silhouette` on these points; 0 where it is exact."""
    return 0.0 if len(points.rows) <= EXACT_UP_TO else 1.96 * SPREAD / SAMPLE**0.5


def centres_of(points: Distinct, labels: Integers, k: int) -> tuple[Floats, Floats]:
    """Mean point and number of customers of each segment."""
    sizes = totals(labels, points.weights, k)
    sums = [totals(labels, points.weights * column, k) for column in points.rows.T]
    return np.column_stack(sums) / np.maximum(sizes, 1e-300)[:, None], sizes


def calinski_harabasz(points: Distinct, labels: Integers) -> float:
    """Between over within variance, each by its degrees of freedom: higher is better; 0 for one segment."""
    labels = _dense(labels)
    k = int(labels.max()) + 1
    if k < 2:
        return 0.0
    centres, sizes = centres_of(points, labels, k)
    mean = points.weights @ points.rows / points.total
    between = float(sizes @ ((centres - mean) ** 2).sum(1))
    within = float(points.weights @ ((points.rows - centres[labels]) ** 2).sum(1))
    return 1.0 if within == 0 else between * (points.total - k) / (within * (k - 1))


def davies_bouldin(points: Distinct, labels: Integers) -> float:
    """Mean over segments of the worst (spread + spread) / distance with another: lower is better."""
    labels = _dense(labels)
    k = int(labels.max()) + 1
    if k < 2:
        return 0.0
    centres, sizes = centres_of(points, labels, k)
    reach = np.sqrt(((points.rows - centres[labels]) ** 2).sum(1))
    spread = totals(labels, points.weights * reach, k) / sizes
    apart = distances(centres, centres)
    np.fill_diagonal(apart, np.inf)
    apart[apart == 0] = np.inf
    return float(((spread[:, None] + spread[None, :]) / apart).max(axis=1).mean())


def agreement(one: Integers, other: Integers) -> float:
    """Adjusted Rand index of two labelings of the same rows (Hubert and Arabie 1985); 1 where they are the same."""
    k, wide = int(one.max()) + 1, int(other.max()) + 1
    table = np.bincount(one.astype(np.intp) * wide + other, minlength=k * wide).reshape(k, wide).astype(np.float64)
    together, left, right = ((sums * (sums - 1)).sum() for sums in (table, table.sum(axis=1), table.sum(axis=0)))
    chance = left * right / (len(one) * (len(one) - 1.0))
    most = (left + right) / 2
    return 1.0 if most == chance else float((together - chance) / (most - chance))


def explained(values: Floats, labels: Integers) -> float | None:
    """Share of the variance of a figure that lies between segments; rows without it are left out."""
    known = np.isfinite(values)
    if known.sum() < 2 or np.ptp(values[known]) == 0:
        return None
    values, labels = values[known], labels[known]
    sizes = np.bincount(labels)
    means = np.bincount(labels, weights=values) / np.maximum(sizes, 1)
    return float((sizes @ (means - values.mean()) ** 2) / ((values - values.mean()) ** 2).sum())


def _drawn(points: Distinct, seed: int, many: int = SAMPLE) -> Integers:
    return np.random.default_rng(seed).choice(len(points.rows), many, replace=True, p=points.weights / points.total)


def _thinned(points: Distinct, seed: int) -> tuple[Integers, Distinct]:
    """Positions of the rows of OTHERS drawn customers, and these rows with weights that stand for all customers."""
    some, times = np.unique(_drawn(points, seed, OTHERS), return_counts=True)
    part = points.part(some)
    return some, replace(part, weights=times.astype(np.float64) * (points.total / OTHERS))


def _dense(labels: Integers) -> Integers:
    return np.unique(labels, return_inverse=True)[1].reshape(-1)
