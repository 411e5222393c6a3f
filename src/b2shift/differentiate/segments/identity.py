"""Identity of segments over time: new segments take key and name of those they continue."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.optimize import linear_sum_assignment

from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.measures import distances
from b2shift.differentiate.segments.names import Name

MIN_OVERLAP = 0.3
"""Least Jaccard overlap of an old and a new segment that are one."""
MAX_DISTANCE_RATIO = 0.5
"""Without shared customers: centres nearer than this part of the mean distance between old centres are one."""


@dataclass(frozen=True)
class PreviousSegmentation:
    """The segmentation of the previous version."""

    keys: tuple[str, ...]
    names: tuple[Name, ...]
    centres: Floats
    columns: tuple[str, ...]
    next_number: int
    members: Mapping[str, str]
    positions: Mapping[str, tuple[float, float]]
    as_of: date | None = None

    def ended_names(self, keys: Collection[str]) -> list[str]:
        """Names of its segments that are not among these keys."""
        return [name.text for key, name in zip(self.keys, self.names, strict=True) if key not in keys]


@dataclass(frozen=True)
class SegmentIdentity:
    """Key of each new segment, and the name it inherits if it continues an old one."""

    keys: tuple[str, ...]
    names: tuple[Name | None, ...]
    next_number: int


def match_segments(
    previous: PreviousSegmentation | None,
    customers: Sequence[str],
    labels: Integers,
    centres: Floats,
    columns: tuple[str, ...],
) -> SegmentIdentity:
    """Match new segments to old ones by optimal assignment; the others get new keys.

    Centres (means of the view's columns) decide only where versions share no customers.
    """
    k = len(centres)
    number = 1 if previous is None else previous.next_number
    keys: list[str | None] = [None] * k
    names: list[Name | None] = [None] * k
    if previous is not None:
        for old, new in _assignment(previous, customers, labels, centres, columns):
            keys[new], names[new] = previous.keys[old], previous.names[old]
    for segment in range(k):
        if keys[segment] is None:
            keys[segment] = f"s{number:02d}"
            number += 1
    return SegmentIdentity(tuple(str(key) for key in keys), tuple(names), number)


def _assignment(
    previous: PreviousSegmentation,
    customers: Sequence[str],
    labels: Integers,
    centres: Floats,
    columns: tuple[str, ...],
) -> list[tuple[int, int]]:
    overlap, shared = _overlap(previous, customers, labels, len(centres))
    if shared:
        similarity, threshold = overlap, MIN_OVERLAP
    elif previous.columns == columns and previous.centres.size:
        similarity, threshold = _centre_similarity(previous.centres, centres), 1 - MAX_DISTANCE_RATIO
    else:
        return []
    old, new = linear_sum_assignment(-similarity)
    return [(int(i), int(j)) for i, j in zip(old, new, strict=True) if similarity[i, j] >= threshold]


def _overlap(previous: PreviousSegmentation, customers: Sequence[str], labels: Integers, k: int) -> tuple[Floats, int]:
    """Jaccard overlap (old × new) of the customers in both versions, and their number."""
    position = {key: i for i, key in enumerate(previous.keys)}
    old_segment = np.array([position.get(previous.members.get(customer, ""), -1) for customer in customers], np.intp)
    in_both = old_segment >= 0
    counts = np.zeros((len(previous.keys), k))
    np.add.at(counts, (old_segment[in_both], labels[in_both]), 1.0)
    either = counts.sum(1)[:, None] + counts.sum(0)[None, :] - counts
    return counts / np.maximum(either, 1), int(in_both.sum())


def _centre_similarity(old: Floats, new: Floats) -> Floats:
    distance = distances(old, new)
    scale = distances(old, old).sum() / max(len(old) * (len(old) - 1), 1)
    return np.clip(1 - distance / max(scale, 1e-12), 0, 1)
