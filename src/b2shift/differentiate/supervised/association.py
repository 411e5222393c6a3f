"""Whether anything in the columns goes with the label at all: by permutation, without learning.

What a few hundred rows cannot teach to be said well they may still prove. Each source column tells how much of the
label its own terms explain, over what chance would; the strongest, the three strongest and all together are compared
with what the same columns tell of the label shuffled, and the least of the three with its like (min-P, Westfall and
Young, 1993). The level is exact where rows may be exchanged, however many columns there are.
"""

import numpy as np

from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.prepared import Prepared
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers

MOST_ROWS = 2_000
"""Rows beyond which learning itself has the power."""
_SHUFFLES = 999
_AS_GOOD_AS_NONE = 1e-6


def chance_of(ready: Prepared, seed: int) -> float:
    """`by_chance` of what a table teaches; 1 where rows follow one another in time and may not be exchanged."""
    if ready.time is not None:
        return 1.0
    return by_chance(ready.columns, ready.came, ready.weight, ready.groups, seed)


def by_chance(columns: Columns, came: Floats, weight: Floats, groups: Integers, seed: int) -> float:
    """How often a shuffled label would go with the columns as much as `came` does; one row of each group counts."""
    teach = np.flatnonzero(weight > 0)
    _, first = np.unique(groups[teach], return_index=True)
    rows = teach[np.sort(first)]
    if not 2 < len(rows) <= MOST_ROWS or np.ptp(came[rows]) == 0:
        return 1.0
    mine = columns.take(rows)
    seen = Encoding.of(mine).matrices(mine)
    rng, away = np.random.default_rng(seed), came[rows] - came[rows].mean()
    labels = np.column_stack([away, *(rng.permutation(away) for _ in range(_SHUFFLES))])
    sources, terms = np.r_[seen.linear_of, seen.curves_of], np.hstack([seen.linear, seen.curves])
    told = [_explained(terms[:, sources == one], labels) for one in np.unique(sources)]
    strongest = np.cumsum(-np.sort(-np.array(told), axis=0), axis=0)
    each = strongest[[0, min(2, len(told) - 1), len(told) - 1]]
    least = np.array([_places(one) for one in each]).min(axis=0)
    return float((least <= least[0]).mean())


def _explained(terms: Floats, labels: Floats) -> Floats:
    """Of each label (one a column), how far what the terms explain is above chance, in its spreads under chance."""
    base, size, _ = np.linalg.svd(terms - terms.mean(axis=0), full_matrices=False)
    held: Flags = size > _AS_GOOD_AS_NONE * max(float(size.max(initial=0)), 1e-12)
    width = max(int(held.sum()), 1)
    explained = ((base[:, held].T @ labels) ** 2).sum(axis=0) / labels[:, 0].var()
    return np.asarray((explained - width) / np.sqrt(2 * width))


def _places(told: Floats) -> Floats:
    """The share of all that is at least as much as each."""
    ordered = np.sort(told)
    return np.asarray(1 - np.searchsorted(ordered, told - _AS_GOOD_AS_NONE, side="left") / len(told))
