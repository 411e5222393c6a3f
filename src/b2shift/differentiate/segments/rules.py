"""Rule-based segments: greedy binary splits on single columns, chosen by silhouette.

A greedy tree is deterministic, so that its splits recur on four fifths of the customers: more stable starts for local
search than K-Means', and about as good.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.merge_split import cheapest_merges
from b2shift.differentiate.segments.partitions import PairwiseDistances, Partition

Flags = NDArray[np.float64]
MAX_QUESTIONS = 120
"""About how many splits are tried on a table; binary columns have one each."""
_CACHED_SEGMENTS = 150
"""Segments whose sums are cached."""


def questions(points: Distinct) -> Flags:
    """Rows × splits: whether a column is above one of its quantiles (above its lower value if binary)."""
    columns = [(column, np.unique(column)) for column in points.rows.T]
    varied = sum(len(values) > 2 for _, values in columns)
    cuts = max(1, min(9, MAX_QUESTIONS // max(varied, 1)))
    flags = []
    for column, values in columns:
        if len(values) == 2:
            flags.append(column > values[0])
        elif len(values) > 2:
            flags += [column > edge for edge in _edges(column, points.weights, cuts)]
    return np.array(flags, np.float64).T if flags else np.zeros((len(points.rows), 0))


class Questions:
    """Candidate splits of a table, and what each would do to a partition of its rows."""

    def __init__(self, pairs: PairwiseDistances, points: Distinct) -> None:
        self.pairs = pairs
        self.flags = questions(points)
        self._cache: dict[bytes, Floats] = {}

    def grow(self, k: int, start: Partition | None = None) -> Iterator[Partition]:
        """From the start (one segment) to k by the best split of any segment; fewer where none is left."""
        partition = start or self.pairs.partition(np.zeros(len(self.pairs.weights), np.intp))
        yield partition
        while partition.k < k and (finer := self.best_split(partition)) is not None:
            partition = finer
            yield partition

    def exchange(self, partition: Partition, *, rounds: int = 20, width: int = 6) -> Partition:
        """Merge one pair and make one split instead, as long as the silhouette rises."""
        for _ in range(rounds):
            if partition.k < 3:
                break
            merged = cheapest_merges(self.pairs, partition, 3 * partition.k)[:width]
            candidates = [best for candidate in merged if (best := self.best_split(candidate)) is not None]
            best = max(candidates, key=lambda candidate: candidate.silhouette, default=partition)
            if best.silhouette <= partition.silhouette + 1e-6:
                break
            partition = best
        return partition

    def best_split(self, partition: Partition) -> Partition | None:
        """The partition after the best split; None when none meets the minimum size."""
        best_found: tuple[float, int, int] | None = None
        for segment, questions, values in self._evaluated_splits(partition):
            index = int(values.argmax())
            if best_found is None or values[index] > best_found[0] + 1e-12:
                best_found = (float(values[index]), segment, int(questions[index]))
        return None if best_found is None else self._cut(partition, best_found[1], best_found[2])

    def candidate_cuts(self, partition: Partition, each: int = 4) -> list[tuple[float, int, Integers]]:
        """The `each` best splits of each segment: silhouette after, segment, and rows that leave."""
        return [
            (float(values[at]), segment, self._leaving(partition, segment, int(questions[at])))
            for segment, questions, values in self._evaluated_splits(partition)
            for at in np.argsort(-values, kind="stable")[:each]
        ]

    def _cut(self, partition: Partition, segment: int, question: int) -> Partition:
        return self.pairs.cut(partition, segment, self._leaving(partition, segment, question))

    def _leaving(self, partition: Partition, segment: int, question: int) -> Integers:
        return np.flatnonzero((partition.labels == segment) & (self.flags[:, question] > 0))

    def _evaluated_splits(self, partition: Partition) -> Iterator[tuple[int, Integers, Floats]]:
        """For each segment the feasible splits, and the silhouette after each."""
        floor, weights = max(self.pairs.smallest, 1e-9), self.pairs.weights
        for segment in np.flatnonzero(partition.sizes >= 2 * floor):
            self.pairs.check_deadline()
            inside = np.flatnonzero(partition.labels == segment)
            weight = weights[inside] @ self.flags[inside]
            questions = np.flatnonzero((weight >= floor) & (weight <= partition.sizes[segment] - floor))
            if len(questions):
                yes = self.flags[np.ix_(inside, questions)]
                yield (
                    int(segment),
                    questions,
                    _silhouettes_after(
                        self.pairs, partition, int(segment), inside, yes, self._summed_distances(inside, yes)
                    ),
                )

    def _summed_distances(self, inside: Integers, yes: Flags) -> Floats:
        """Summed distances of every row to those that answer yes; cached, as most segments stay unchanged."""
        key = inside.tobytes()
        if key not in self._cache:
            if len(self._cache) > _CACHED_SEGMENTS:
                self._cache.clear()
            self._cache[key] = (self.pairs.weighted[:, inside] @ yes.astype(np.float32)).astype(np.float64)
        return self._cache[key]


def _silhouettes_after(
    pairs: PairwiseDistances, partition: Partition, segment: int, inside: Integers, yes: Flags, to_yes: Floats
) -> Floats:
    to_no = partition.sums[:, [segment]] - to_yes
    size_yes = pairs.weights[inside] @ yes
    size_no = partition.sizes[segment] - size_yes
    mean_yes, mean_no = to_yes / size_yes, to_no / size_no
    nearest = np.minimum(np.minimum(mean_yes, mean_no), partition.nearest_other(segment)[:, None])
    within = np.repeat(partition.within[:, None], yes.shape[1], axis=1)
    answers_yes = yes > 0
    own_yes = np.where(size_yes > 1, to_yes[inside] / np.maximum(size_yes - 1, 1), 0)
    own_no = np.where(size_no > 1, to_no[inside] / np.maximum(size_no - 1, 1), 0)
    within[inside] = np.where(answers_yes, own_yes, own_no)
    nearest[inside] = np.minimum(
        np.where(answers_yes, mean_no[inside], mean_yes[inside]), partition.nearest_other(segment)[inside][:, None]
    )
    largest = np.maximum(within, nearest)
    value = np.where(np.isfinite(largest) & (largest > 0), (nearest - within) / np.where(largest > 0, largest, 1), 0.0)
    value[inside] = np.where(np.where(answers_yes, size_yes, size_no) > 1, value[inside], 0.0)
    after: Floats = pairs.weights @ value / pairs.points.total
    return after


def _edges(column: Floats, weights: Floats, cuts: int) -> Floats:
    order = np.argsort(column, kind="stable")
    cumulative = np.cumsum(weights[order]) / weights.sum()
    quantiles = np.arange(1, cuts + 1) / (cuts + 1)
    edges = column[order][np.searchsorted(cumulative, quantiles, side="left")]
    edges_found: Floats = np.unique(edges[edges < column.max()])
    return edges_found
