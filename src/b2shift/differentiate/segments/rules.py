"""Segments made of yes/no questions about one column at a time, chosen by the silhouette they give.

A greedy tree needs no chance, so the same questions come back on four fifths of the customers: such partitions are
far steadier starts for the local search than K-Means', and about as good.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.pairwise import Pairwise, Partition
from b2shift.differentiate.segments.reshape import merges

Flags = NDArray[np.float64]
QUESTIONS = 120
"""About how many questions are asked of a table; columns with two values have one each."""
_KEPT = 150
"""Segments whose sums are remembered."""


def questions(points: Distinct) -> Flags:
    """Rows x questions: whether a column is above one of its quantiles (above its lower value when it has two)."""
    columns = [(column, np.unique(column)) for column in points.rows.T]
    varied = sum(len(values) > 2 for _, values in columns)
    cuts = max(1, min(9, QUESTIONS // max(varied, 1)))
    flags = []
    for column, values in columns:
        if len(values) == 2:
            flags.append(column > values[0])
        elif len(values) > 2:
            flags += [column > edge for edge in _edges(column, points.weights, cuts)]
    return np.array(flags, np.float64).T if flags else np.zeros((len(points.rows), 0))


class Questions:
    """Yes/no questions about the columns of a table, and what each would do to a partition of its rows."""

    def __init__(self, pairs: Pairwise, points: Distinct) -> None:
        self.pairs = pairs
        self.flags = questions(points)
        self._reached: dict[bytes, Floats] = {}

    def grown(self, k: int, start: Partition | None = None) -> Iterator[Partition]:
        """From the start (one segment) to k, each step the best question of any segment; fewer where none is left."""
        partition = start or self.pairs.partition(np.zeros(len(self.pairs.weights), np.intp))
        yield partition
        while partition.k < k and (finer := self.best(partition)) is not None:
            partition = finer
            yield partition

    def exchanged(self, partition: Partition, *, rounds: int = 20, width: int = 6) -> Partition:
        """Join one pair and ask one question instead, as long as the silhouette rises."""
        for _ in range(rounds):
            if partition.k < 3:
                break
            joined = merges(self.pairs, partition, 3 * partition.k)[:width]
            asked = [best for one in joined if (best := self.best(one)) is not None]
            best = max(asked, key=lambda one: one.silhouette, default=partition)
            if best.silhouette <= partition.silhouette + 1e-6:
                break
            partition = best
        return partition

    def best(self, partition: Partition) -> Partition | None:
        """The partition after the question that gives the best silhouette; None when none keeps the floor."""
        best: tuple[float, int, int] | None = None
        for segment, asked, values in self._answers(partition):
            at = int(values.argmax())
            if best is None or values[at] > best[0] + 1e-12:
                best = (float(values[at]), segment, int(asked[at]))
        return None if best is None else self._cut(partition, best[1], best[2])

    def cuts_told(self, partition: Partition, each: int = 4) -> list[tuple[float, int, Integers]]:
        """Of each segment the `each` best questions: the silhouette after, the segment, and who leaves it."""
        return [
            (float(values[at]), segment, self._leaving(partition, segment, int(asked[at])))
            for segment, asked, values in self._answers(partition)
            for at in np.argsort(-values, kind="stable")[:each]
        ]

    def _cut(self, partition: Partition, segment: int, question: int) -> Partition:
        return self.pairs.cut(partition, segment, self._leaving(partition, segment, question))

    def _leaving(self, partition: Partition, segment: int, question: int) -> Integers:
        return np.flatnonzero((partition.labels == segment) & (self.flags[:, question] > 0))

    def _answers(self, partition: Partition) -> Iterator[tuple[int, Integers, Floats]]:
        """For each segment: the questions that keep the floor, and the silhouette after asking each of it."""
        floor, weights = max(self.pairs.smallest, 1e-9), self.pairs.weights
        for segment in np.flatnonzero(partition.sizes >= 2 * floor):
            self.pairs.heed()
            inside = np.flatnonzero(partition.labels == segment)
            weight = weights[inside] @ self.flags[inside]
            asked = np.flatnonzero((weight >= floor) & (weight <= partition.sizes[segment] - floor))
            if len(asked):
                yes = self.flags[np.ix_(inside, asked)]
                yield (
                    int(segment),
                    asked,
                    _after(self.pairs, partition, int(segment), inside, yes, self._to(inside, yes)),
                )

    def _to(self, inside: Integers, yes: Flags) -> Floats:
        """Summed distances of every row to those that say yes; kept, because most segments stay as they are."""
        key = inside.tobytes()
        if key not in self._reached:
            if len(self._reached) > _KEPT:
                self._reached.clear()
            self._reached[key] = (self.pairs.weighted[:, inside] @ yes.astype(np.float32)).astype(np.float64)
        return self._reached[key]


def _after(pairs: Pairwise, partition: Partition, segment: int, inside: Integers, yes: Flags, to_yes: Floats) -> Floats:
    to_no = partition.sums[:, [segment]] - to_yes
    size_yes = pairs.weights[inside] @ yes
    size_no = partition.sizes[segment] - size_yes
    mean_yes, mean_no = to_yes / size_yes, to_no / size_no
    nearest = np.minimum(np.minimum(mean_yes, mean_no), partition.nearest_but(segment)[:, None])
    within = np.repeat(partition.within[:, None], yes.shape[1], axis=1)
    said = yes > 0
    own_yes = np.where(size_yes > 1, to_yes[inside] / np.maximum(size_yes - 1, 1), 0)
    own_no = np.where(size_no > 1, to_no[inside] / np.maximum(size_no - 1, 1), 0)
    within[inside] = np.where(said, own_yes, own_no)
    nearest[inside] = np.minimum(
        np.where(said, mean_no[inside], mean_yes[inside]), partition.nearest_but(segment)[inside][:, None]
    )
    largest = np.maximum(within, nearest)
    value = np.where(np.isfinite(largest) & (largest > 0), (nearest - within) / np.where(largest > 0, largest, 1), 0.0)
    value[inside] = np.where(np.where(said, size_yes, size_no) > 1, value[inside], 0.0)
    after: Floats = pairs.weights @ value / pairs.points.total
    return after


def _edges(column: Floats, weights: Floats, cuts: int) -> Floats:
    order = np.argsort(column, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    wanted = np.arange(1, cuts + 1) / (cuts + 1)
    edges = column[order][np.searchsorted(reached, wanted, side="left")]
    found: Floats = np.unique(edges[edges < column.max()])
    return found
