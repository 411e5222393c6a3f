"""Permutation test of any association between columns and label, without learning.

A few hundred rows may prove an association they cannot learn well. Each source column gets the variance its terms
explain, standardised under chance; the largest, the sum of the three largest and the total are compared with those of
shuffled labels, and combined by the minimum p-value (min-P, Westfall and Young, 1993). The level is exact for
exchangeable rows, however many columns there are.
"""

import numpy as np

from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.preparation import TrainingSet
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers

MAX_ROWS = 2_000
"""Rows beyond which learning itself has the power."""
_SHUFFLES = 999
_TOLERANCE = 1e-6


def association_p_value(data: TrainingSet, seed: int) -> float:
    """`permutation_p_value` of a training set; 1 for rows in time order, which are not exchangeable."""
    if data.time is not None:
        return 1.0
    return permutation_p_value(data.columns, data.target, data.weight, data.groups, seed)


def permutation_p_value(columns: Columns, target: Floats, weight: Floats, groups: Integers, seed: int) -> float:
    """p-value of the association between columns and target; one row of each group counts."""
    training = np.flatnonzero(weight > 0)
    _, first_of_group = np.unique(groups[training], return_index=True)
    rows = training[np.sort(first_of_group)]
    if not 2 < len(rows) <= MAX_ROWS or np.ptp(target[rows]) == 0:
        return 1.0
    sample = columns.take(rows)
    design = Encoding.fit(sample).transform(sample)
    rng, centred = np.random.default_rng(seed), target[rows] - target[rows].mean()
    labels = np.column_stack([centred, *(rng.permutation(centred) for _ in range(_SHUFFLES))])
    sources, terms = np.r_[design.linear_source, design.curves_source], np.hstack([design.linear, design.curves])
    explained = [_explained(terms[:, sources == source], labels) for source in np.unique(sources)]
    cumulated = np.cumsum(-np.sort(-np.array(explained), axis=0), axis=0)
    statistics = cumulated[[0, min(2, len(explained) - 1), len(explained) - 1]]
    min_p = np.array([_upper_tail(source) for source in statistics]).min(axis=0)
    return float((min_p <= min_p[0]).mean())


def _explained(terms: Floats, labels: Floats) -> Floats:
    """Variance of each label (one a column) explained by the terms, standardised under chance."""
    basis, singular_values, _ = np.linalg.svd(terms - terms.mean(axis=0), full_matrices=False)
    significant: Flags = singular_values > _TOLERANCE * max(float(singular_values.max(initial=0)), 1e-12)
    width = max(int(significant.sum()), 1)
    explained = ((basis[:, significant].T @ labels) ** 2).sum(axis=0) / labels[:, 0].var()
    return np.asarray((explained - width) / np.sqrt(2 * width))


def _upper_tail(statistics: Floats) -> Floats:
    """Share of all statistics that are at least as large as each."""
    ordered = np.sort(statistics)
    return np.asarray(1 - np.searchsorted(ordered, statistics - _TOLERANCE, side="left") / len(statistics))
