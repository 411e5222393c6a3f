"""Rows that are copies or mixtures of others: what oversampling before the split leaves in a table."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from b2shift.differentiate.supervised.folds import row_hashes
from b2shift.differentiate.supervised.near_duplicates import join_near_duplicates
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats, Integers, Words

if TYPE_CHECKING:
    from sklearn.neighbors import NearestNeighbors

_MIN_PAIR_RATIO = 20.0
"""Ratio of equal pairs to those expected from independent columns, from which copies are no chance."""
_MIN_PAIRS = 5
_MAX_EXPECTED = 0.05
"""Expected rows with the same values under independence, below which an equal row is no chance."""
_MIN_CLASS_RATIO, _MIN_COPIED = 3.0, 0.2
_NEIGHBOURS, _PROBE_ROWS, _MAX_TESTED, _BATCH_ROWS = 40, 1000, 30_000, 500
_TOLERANCE = 1e-6
_MIN_DIFFERENT, _MIN_UNIQUE = 3, 0.5
"""Continuous columns in which a row must differ from both ends to lie between them by no accident: two may be functions
of one another."""
_MIN_SYNTHETIC_SHARE, _MIN_SYNTHETIC = 0.05, 10
_MAX_P_VALUE = 0.001
"""Probability that fractions fall in one class only, below which it is no accident."""
NO_COLUMNS = Columns({}, {})


@dataclass(frozen=True)
class ResampledRows:
    """Rows found: `groups` numbers equal or near-equal rows; `copies` of an oversampled class and `synthetic` rows get
    no weight."""

    groups: Integers
    equal_rows: int
    near_duplicates: int
    """Number of rows with an exact duplicate, and of rows with only a near one."""
    copies: Flags
    synthetic: Flags
    common_by_chance: bool
    """Whether equal rows are so common that chance explains them."""


def find_resampled_rows(
    columns: Columns, target: Floats, classes: bool, row_names: Columns = NO_COLUMNS
) -> ResampledRows:
    """Find copies and synthetic rows; `row_names` (keys) tell copies from rows equal by chance."""
    groups, by_chance, repeated = _equal_rows(columns)
    if by_chance and repeated and row_names.names:
        groups, by_chance, _ = _equal_rows(columns, row_names)
    none = np.zeros(len(target), bool)
    if by_chance:
        groups = np.arange(len(target))
    unique = np.bincount(groups)[groups] == 1
    groups = join_near_duplicates(columns, groups)
    copied = np.bincount(groups)[groups] > 1
    nearly = copied & unique
    copies = _oversampled_copies(groups, target, copied) if classes and copied.any() else none
    mixtures = _synthetic_rows(columns, target, copies) if classes else none
    return ResampledRows(
        groups.astype(np.intp),
        int((copied & ~unique).sum()),
        int(nearly.sum()),
        copies,
        mixtures,
        by_chance and repeated,
    )


def _equal_rows(columns: Columns, row_names: Columns = NO_COLUMNS) -> tuple[Integers, bool, bool]:
    """Group numbers of equal rows; whether chance explains them (a key belongs to one row); whether there are
    several."""
    _, groups, counts = np.unique(row_hashes(columns.beside(row_names)), return_inverse=True, return_counts=True)
    pairs = float((counts * (counts - 1) / 2).sum())
    expected = _expected_pairs(columns) / (len(columns) if row_names.names else 1)
    repeated = pairs >= _MIN_PAIRS
    return groups, not repeated or pairs < _MIN_PAIR_RATIO * expected, repeated


def _expected_pairs(columns: Columns) -> float:
    rows, same = len(columns), 1.0
    every: list[Floats] = [*columns.numbers.values(), *map(_without_missing, columns.words.values())]
    for values in every:
        _, counts = np.unique(values, return_counts=True)
        same *= float(((counts / rows) ** 2).sum())
    return same * rows * (rows - 1) / 2


def count_known_rows(columns: Columns, unlabelled: Columns) -> int:
    """How many rows of `unlabelled` equal a row of `columns`, coincidences by chance excluded."""
    repeated = np.flatnonzero(np.isin(row_hashes(unlabelled), row_hashes(columns)))
    expected = np.full(len(repeated), float(len(columns)))
    for name in columns.names if len(repeated) else ():
        kind = "numbers" if name in columns.numbers else "words"
        training_values, new_values = (getattr(one, kind)[name] for one in (columns, unlabelled))
        values = np.concatenate([training_values, new_values[repeated]])
        _, codes = np.unique(values if kind == "numbers" else _without_missing(values), return_inverse=True)
        counts = np.bincount(codes[: len(training_values)], minlength=int(codes.max()) + 1)
        expected *= counts[codes[len(training_values) :]] / len(training_values)
    return int((expected < _MAX_EXPECTED).sum())


def _without_missing(words: Words) -> Words:
    return np.array([word or "" for word in words], dtype=object)


def _oversampled_copies(groups: Integers, target: Floats, copied: Flags) -> Flags:
    """All but the first of equal rows of the class that is rarer without them, copied far more than the other class."""
    copies = np.zeros(len(target), bool)
    if np.ptp(target) == 0:
        return copies
    copied_share = [float(copied[target == one].mean()) for one in (0.0, 1.0)]
    for one in (0.0, 1.0):
        own, other = copied_share[int(one)], copied_share[1 - int(one)]
        rarer = len(np.unique(groups[target == one])) <= len(np.unique(groups[target != one]))
        if rarer and own >= _MIN_COPIED and own >= _MIN_CLASS_RATIO * other:
            members = np.flatnonzero((target == one) & copied)
            _, first = np.unique(groups[members], return_index=True)
            copies[np.delete(members, first)] = True
    return copies


def _synthetic_rows(columns: Columns, target: Floats, copies: Flags) -> Flags:
    """Rows exactly between two others of their class (SMOTE), where the other class has hardly any."""
    matrix = np.column_stack([*columns.numbers.values()]) if columns.numbers else np.zeros((len(target), 0))
    matrix = matrix[:, np.array([np.isfinite(v).all() and np.ptp(v) > 0 for v in matrix.T], bool)]
    synthetic = np.zeros(len(target), bool)
    if matrix.shape[1] < 3:
        return synthetic
    standardised = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)
    continuous = _continuous_values(matrix)
    shares = {}
    for label in (0.0, 1.0):
        rows = np.flatnonzero((target == label) & ~copies)
        members_found = _on_segments(standardised[rows], continuous[rows])
        synthetic[rows[members_found]] = True
        fractional = _fractional_counts(matrix, target, label) & ~copies
        if members_found.any() or fractional.sum() >= _MIN_SYNTHETIC_SHARE * max((target == label).sum(), 1):
            synthetic |= fractional
        shares[label] = float(synthetic[target == label].mean()) if (target == label).any() else 0.0
    for label in (0.0, 1.0):
        too_few = synthetic[target == label].sum() < _MIN_SYNTHETIC
        if too_few or shares[label] < _MIN_SYNTHETIC_SHARE or shares[label] < 5 * shares[1 - label]:
            synthetic[target == label] = False
    return synthetic


def _continuous_values(matrix: Floats) -> Flags:
    """Values that are fractional or of nearly unique columns: on a coarse grid rows lie between others by chance."""
    own = np.array([len(np.unique(column)) > _MIN_UNIQUE * len(column) for column in matrix.T])
    return np.asarray((np.mod(matrix, 1) > 0) | own)


def _on_segments(rows: Floats, continuous: Flags) -> Flags:
    """Which rows lie on the segment between two neighbours; all rows are tried if some of a probe do."""
    from sklearn.neighbors import NearestNeighbors

    between = np.zeros(len(rows), bool)
    if len(rows) <= _NEIGHBOURS:
        return between
    neighbours = NearestNeighbors(n_neighbors=_NEIGHBOURS + 1).fit(rows)
    probe = np.unique(np.linspace(0, len(rows) - 1, min(_PROBE_ROWS, len(rows))).astype(np.intp))
    between[probe] = _batch_on_segments(neighbours, rows, continuous, probe)
    if between.any() and len(probe) < len(rows):
        tested = np.arange(min(len(rows), _MAX_TESTED))
        between[tested] = _batch_on_segments(neighbours, rows, continuous, tested)
    return between


def _batch_on_segments(neighbours: "NearestNeighbors", rows: Floats, continuous: Flags, some: Integers) -> Flags:
    between = np.zeros(len(some), bool)
    for start in range(0, len(some), _BATCH_ROWS):
        batch = some[start : start + _BATCH_ROWS]
        _, neighbour = neighbours.kneighbors(rows[batch])
        offset = rows[neighbour[:, 1:]] - rows[batch, None, :]
        length = np.linalg.norm(offset, axis=2)
        unit = offset / np.maximum(length, 1e-12)[:, :, None]
        cosine = np.einsum("nid,njd->nij", unit, unit)
        different = ((np.abs(offset) > _TOLERANCE) & continuous[batch][:, None, :]).sum(axis=2)
        indistinct = (length < _TOLERANCE) | (different < _MIN_DIFFERENT)
        cosine[indistinct[:, :, None] | indistinct[:, None, :]] = 0
        between[start : start + len(batch)] = (cosine < -1 + _TOLERANCE).any(axis=(1, 2))
    return between


def _fractional_counts(matrix: Floats, target: Floats, one: float) -> Flags:
    """Rows of a class with a fraction where every row of the other class has an integer, beyond chance."""
    members = target == one
    fractional_rows = np.zeros(len(target), bool)
    for column in matrix.T:
        fractional = np.mod(column, 1) > 0
        if (
            not fractional[~members].any()
            and np.ptp(column[~members]) > 1
            and _chance_all_of_class(members, int(fractional.sum())) < _MAX_P_VALUE
        ):
            fractional_rows |= fractional
    return fractional_rows


def _chance_all_of_class(members: Flags, count: int) -> float:
    """Probability that rows drawn at random are all of the class."""
    picked = np.arange(count)
    return float(np.prod((members.sum() - picked) / (len(members) - picked)))
