"""Silhouette, Davies-Bouldin and Calinski-Harabasz on weighted rows: equal to scikit-learn's on the repeated rows."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers, totals

EXACT_UP_TO = 12_000
"""Distinct rows whose silhouette is exact; above, SAMPLE_ROWS sampled customers against all."""
SAMPLE_ROWS = 4_000
SILHOUETTE_DEVIATION = 0.2
"""Measured standard deviation of one customer's silhouette; the mean of m sampled ones errs by about this / sqrt(m)."""
MAX_REFERENCE = 200_000
"""Distinct rows above which a sample of as many stands for all, in silhouettes and shuffles."""
_BLOCK_ROWS, _BLOCK_COLUMNS = 256, 4_096
"""Block of distances held at once: 12 MB. Products this small use a fifth of the CPU on one thread (of two)."""


def one_hot(labels: Integers, k: int) -> Floats:
    """Rows x k membership."""
    table = np.zeros((len(labels), k))
    table[np.arange(len(labels)), labels] = 1.0
    return table


def distances(left: Floats, right: Floats) -> Floats:
    """Euclidean distances of all pairs; equal rows are 0 apart only up to 1e-7."""
    distance = left @ right.T
    distance *= -2
    distance += (left**2).sum(1)[:, None]
    distance += (right**2).sum(1)[None, :]
    np.maximum(distance, 0, out=distance)
    root: Floats = np.sqrt(distance, out=distance)
    return root


@threadpool_limits.wrap(limits=1, user_api="blas")
def summed_distances(rows: Floats, points: Distinct, members: Floats, own: Integers | None = None) -> Floats:
    """Sum of the distances from each row to the members (distinct rows × columns, weights included).

    `own` = position of each row among the points, whose distance to itself is exactly 0. Computed in blocks as |x|² -
    2xy + |y|²; distances are exact to 7 digits, sums in double.
    """
    sums = np.zeros((len(rows), members.shape[1]))
    members = members.astype(np.float32)
    left = np.column_stack([rows, (rows**2).sum(1), np.ones(len(rows))])
    right = np.vstack([-2 * points.rows.T, np.ones(len(points.rows)), (points.rows**2).sum(1)])
    for top in range(0, len(rows), _BLOCK_ROWS):
        for start in range(0, len(points.rows), _BLOCK_COLUMNS):
            squares = left[top : top + _BLOCK_ROWS] @ right[:, start : start + _BLOCK_COLUMNS]
            distance = np.maximum(squares, 0, out=np.empty(squares.shape, np.float32), casting="same_kind")
            np.sqrt(distance, out=distance)
            if own is not None:
                mine = own[top : top + _BLOCK_ROWS] - start
                inside = np.flatnonzero((mine >= 0) & (mine < distance.shape[1]))
                distance[inside, mine[inside]] = 0.0
            sums[top : top + _BLOCK_ROWS] += distance @ members[start : start + _BLOCK_COLUMNS]
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
    """Mean silhouettes of several labelings of the same points, in one pass over the distances.

    0 for a single segment. Above EXACT_UP_TO distinct rows over a seeded sample of customers, above MAX_REFERENCE
    against another.
    """
    if len(points.rows) > MAX_REFERENCE:
        sampled, points = _subsample(points, seed)
        labelings = [labels[sampled] for labels in labelings]
    dense = [_renumbered(labels) for labels in labelings]
    widths = [int(labels.max()) + 1 for labels in dense]
    count = len(points.rows)
    exact = count <= EXACT_UP_TO
    rows = np.arange(count) if exact else _sample(points, seed)
    weights = points.weights if exact else np.ones(len(rows))
    members = np.hstack([one_hot(labels, k) for labels, k in zip(dense, widths, strict=True)])
    sums = summed_distances(points.rows[rows], points, members * points.weights[:, None], rows)
    values, start = [], 0
    for labels, k in zip(dense, widths, strict=True):
        sizes = totals(labels, points.weights, k)
        each = silhouette_of(sums[:, start : start + k], labels[rows], sizes)
        values.append(float(np.average(each, weights=weights)) if k > 1 else 0.0)
        start += k
    return values


def silhouette(points: Distinct, labels: Integers, *, seed: int = 0) -> float:
    """Mean silhouette over customers of one labeling."""
    return silhouettes(points, [labels], seed=seed)[0]


def half_width(points: Distinct) -> float:
    """Half the 95 % interval of `silhouette` on these points; 0 where it is exact."""
    return 0.0 if len(points.rows) <= EXACT_UP_TO else 1.96 * SILHOUETTE_DEVIATION / SAMPLE_ROWS**0.5


def centres_of(points: Distinct, labels: Integers, k: int) -> tuple[Floats, Floats]:
    """Mean point and number of customers of each segment."""
    sizes = totals(labels, points.weights, k)
    sums = [totals(labels, points.weights * column, k) for column in points.rows.T]
    return np.column_stack(sums) / np.maximum(sizes, 1e-300)[:, None], sizes


def calinski_harabasz(points: Distinct, labels: Integers) -> float:
    """Between over within variance, each by its degrees of freedom: higher is better; 0 for one segment."""
    labels = _renumbered(labels)
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
    labels = _renumbered(labels)
    k = int(labels.max()) + 1
    if k < 2:
        return 0.0
    centres, sizes = centres_of(points, labels, k)
    distance = np.sqrt(((points.rows - centres[labels]) ** 2).sum(1))
    dispersion = totals(labels, points.weights * distance, k) / sizes
    between = distances(centres, centres)
    np.fill_diagonal(between, np.inf)
    between[between == 0] = np.inf
    return float(((dispersion[:, None] + dispersion[None, :]) / between).max(axis=1).mean())


def adjusted_rand_index(left_labels: Integers, right_labels: Integers) -> float:
    """Adjusted Rand index (Hubert and Arabie, 1985); 1 for equal labelings."""
    k, width = int(left_labels.max()) + 1, int(right_labels.max()) + 1
    table = (
        np.bincount(left_labels.astype(np.intp) * width + right_labels, minlength=k * width)
        .reshape(k, width)
        .astype(np.float64)
    )
    pairs, left, right = ((sums * (sums - 1)).sum() for sums in (table, table.sum(axis=1), table.sum(axis=0)))
    expected = left * right / (len(left_labels) * (len(left_labels) - 1.0))
    maximum = (left + right) / 2
    return 1.0 if maximum == expected else float((pairs - expected) / (maximum - expected))


def variance_explained(values: Floats, labels: Integers) -> float | None:
    """Between-segment share of the variance (R²); missing values are left out."""
    present = np.isfinite(values)
    if present.sum() < 2 or np.ptp(values[present]) == 0:
        return None
    values, labels = values[present], labels[present]
    sizes = np.bincount(labels)
    means = np.bincount(labels, weights=values) / np.maximum(sizes, 1)
    return float((sizes @ (means - values.mean()) ** 2) / ((values - values.mean()) ** 2).sum())


def _sample(points: Distinct, seed: int, count: int = SAMPLE_ROWS) -> Integers:
    return np.random.default_rng(seed).choice(len(points.rows), count, replace=True, p=points.weights / points.total)


def _subsample(points: Distinct, seed: int) -> tuple[Integers, Distinct]:
    """Positions of MAX_REFERENCE sampled customers' rows, and these rows weighted to stand for all."""
    rows, times = np.unique(_sample(points, seed, MAX_REFERENCE), return_counts=True)
    points_sampled = points.subset(rows)
    return rows, replace(points_sampled, weights=times.astype(np.float64) * (points.total / MAX_REFERENCE))


def _renumbered(labels: Integers) -> Integers:
    return np.unique(labels, return_inverse=True)[1].reshape(-1)
