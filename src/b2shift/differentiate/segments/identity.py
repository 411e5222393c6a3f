"""Segments over time: new ones take the key and name of the old ones they continue."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.optimize import linear_sum_assignment

from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.measures import distances
from b2shift.differentiate.segments.names import Name

SAME = 0.3
"""Least overlap (shared customers over the customers of either) of an old and a new segment that are one."""
NEAR = 0.5
"""Without shared customers: centres nearer than this part of the mean distance between old centres are one."""


@dataclass(frozen=True)
class Past:
    """The segmentation of the previous version."""

    keys: tuple[str, ...]
    names: tuple[Name, ...]
    centres: Floats
    columns: tuple[str, ...]
    next_number: int
    members: Mapping[str, str]
    positions: Mapping[str, tuple[float, float]]
    as_of: date | None = None

    def ended(self, keys: Collection[str]) -> list[str]:
        """The names of its segments that are not among the keys of now."""
        return [name.text for key, name in zip(self.keys, self.names, strict=True) if key not in keys]


@dataclass(frozen=True)
class Continued:
    """For each new segment its key, and the name it had when it continues an old one."""

    keys: tuple[str, ...]
    names: tuple[Name | None, ...]
    next_number: int


def continued(
    past: Past | None, customers: Sequence[str], labels: Integers, centres: Floats, columns: tuple[str, ...]
) -> Continued:
    """Keys of the new segments: those of the old ones by optimal assignment, new numbers for the others.

    Centres are means of the view's columns; they decide only between segments without shared customers.
    """
    k = len(centres)
    number = 1 if past is None else past.next_number
    keys: list[str | None] = [None] * k
    names: list[Name | None] = [None] * k
    if past is not None:
        for old, new in _pairs(past, customers, labels, centres, columns):
            keys[new], names[new] = past.keys[old], past.names[old]
    for segment in range(k):
        if keys[segment] is None:
            keys[segment] = f"s{number:02d}"
            number += 1
    return Continued(tuple(str(key) for key in keys), tuple(names), number)


def _pairs(
    past: Past, customers: Sequence[str], labels: Integers, centres: Floats, columns: tuple[str, ...]
) -> list[tuple[int, int]]:
    overlap, shared = _overlap(past, customers, labels, len(centres))
    if shared:
        likeness, least = overlap, SAME
    elif past.columns == columns and past.centres.size:
        likeness, least = _likeness(past.centres, centres), 1 - NEAR
    else:
        return []
    old, new = linear_sum_assignment(-likeness)
    return [(int(i), int(j)) for i, j in zip(old, new, strict=True) if likeness[i, j] >= least]


def _overlap(past: Past, customers: Sequence[str], labels: Integers, k: int) -> tuple[Floats, int]:
    """Shared customers over those of either (old x new), among those in both versions; and how many these are."""
    position = {key: i for i, key in enumerate(past.keys)}
    before = np.array([position.get(past.members.get(customer, ""), -1) for customer in customers], np.intp)
    both = before >= 0
    counts = np.zeros((len(past.keys), k))
    np.add.at(counts, (before[both], labels[both]), 1.0)
    either = counts.sum(1)[:, None] + counts.sum(0)[None, :] - counts
    return counts / np.maximum(either, 1), int(both.sum())


def _likeness(old: Floats, new: Floats) -> Floats:
    apart = distances(old, new)
    scale = distances(old, old).sum() / max(len(old) * (len(old) - 1), 1)
    return np.clip(1 - apart / max(scale, 1e-12), 0, 1)
