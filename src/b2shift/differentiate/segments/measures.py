"""Silhouette, Davies-Bouldin and Calinski-Harabasz of weighted rows: equal to scikit-learn's on the repeated rows."""

from collections.abc import Callable

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers

EXACT_UP_TO = 12_000
"""Distinct rows whose silhouette is computed over all pairs; above it, over this many drawn rows (error 0.2/sqrt(m))."""
_BLOCK = 1_000


def one_hot(labels: Integers, k: int) -> Floats:
    """Rows x k membership."""
    table = np.zeros((len(labels), k))
    table[np.arange(len(labels)), labels] = 1.0
    return table


def distances(left: Floats, right: Floats) -> Floats:
    """Euclidean distances of all pairs; equal rows are exactly 0 apart only up to 1e-7."""
    squared = (left**2).sum(1)[:, None] + (right**2).sum(1)[None, :] - 2 * left @ right.T
    return np.sqrt(np.clip(squared, 0, None))


def sums_to_segments(points: Distinct, labels: Integers, k: int, rows: Integers | None = None) -> Floats:
    """Sum of the distances from each row (or from `rows`) to all customers of each segment, in blocks."""
    chosen = np.arange(len(points.rows)) if rows is None else rows
    members = one_hot(labels, k) * points.weights[:, None]
    parts = []
    for start in range(0, len(chosen), _BLOCK):
        block = chosen[start : start + _BLOCK]
        apart = distances(points.rows[block], points.rows)
        apart[np.arange(len(block)), block] = 0.0
        parts.append(apart @ members)
    return np.vstack(parts)


def silhouette_of(sums: Floats, labels: Integers, sizes: Floats) -> Floats:
    """Silhouette of each row from its summed distances; 0 in a segment of one customer, as scikit-learn does."""
    index = np.arange(len(labels))
    own = sizes[labels]
    within = sums[index, labels] / np.maximum(own - 1, 1)
    means = sums / np.maximum(sizes, 1e-300)
    means[:, sizes <= 0] = np.inf
    means[index, labels] = np.inf
    nearest = means.min(axis=1)
    largest = np.maximum(within, nearest)
    value = np.where(largest > 0, (nearest - within) / np.where(largest > 0, largest, 1), 0.0)
    return np.where(own <= 1, 0.0, value)


def silhouette(points: Distinct, labels: Integers, *, seed: int = 0) -> float:
    """Mean silhouette over customers; over a seeded sample of customers above EXACT_UP_TO distinct rows."""
    k = int(labels.max()) + 1
    sizes = np.bincount(labels, weights=points.weights, minlength=k)
    if (sizes > 0).sum() < 2:
        return 0.0
    count = len(points.rows)
    if count <= EXACT_UP_TO:
        return float(np.average(silhouette_of(sums_to_segments(points, labels, k), labels, sizes), weights=points.weights))
    drawn = np.random.default_rng(seed).choice(count, EXACT_UP_TO // 3, replace=True, p=points.weights / points.total)
    return float(silhouette_of(sums_to_segments(points, labels, k, drawn), labels[drawn], sizes).mean())


def centres_of(points: Distinct, labels: Integers, k: int) -> tuple[Floats, Floats]:
    """Mean point and number of customers of each segment."""
    members = one_hot(labels, k) * points.weights[:, None]
    sizes = members.sum(0)
    return (members.T @ points.rows) / np.maximum(sizes, 1e-300)[:, None], sizes


def calinski_harabasz(points: Distinct, labels: Integers) -> float:
    """Between over within variance, each by its degrees of freedom: higher is better."""
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
    spread = np.bincount(labels, weights=points.weights * reach, minlength=k) / sizes
    apart = distances(centres, centres)
    np.fill_diagonal(apart, np.inf)
    apart[apart == 0] = np.inf
    return float(((spread[:, None] + spread[None, :]) / apart).max(axis=1).mean())


def explained(values: Floats, labels: Integers) -> float | None:
    """Share of the variance of a figure that lies between segments; rows without it are left out."""
    known = np.isfinite(values)
    if known.sum() < 2 or np.ptp(values[known]) == 0:
        return None
    values, labels = values[known], labels[known]
    sizes = np.bincount(labels)
    means = np.bincount(labels, weights=values) / np.maximum(sizes, 1)
    return float((sizes @ (means - values.mean()) ** 2) / ((values - values.mean()) ** 2).sum())


def _dense(labels: Integers) -> Integers:
    return np.unique(labels, return_inverse=True)[1].reshape(-1)


Measure = Callable[[Distinct, Integers], float]
