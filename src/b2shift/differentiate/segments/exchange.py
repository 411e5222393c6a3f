"""Local search beyond single rows: moves of blocks of rows, and merging one pair while splitting another segment.

A block shares an answer to a split; none of its rows would gain by moving alone. Blocks recur under resampling far more
than single rows: `exchange_blocks` uses these steps only.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from b2shift.differentiate.segments import local_search, merge_split
from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.kmeans import k_means
from b2shift.differentiate.segments.local_search import hill_climb, move_gains
from b2shift.differentiate.segments.partitions import PairwiseDistances, Partition
from b2shift.differentiate.segments.rules import Questions

MAX_BLOCKS, MAX_PER_SEGMENT = 40, 12
"""Blocks evaluated exactly in each step, and per segment, most promising first."""
MAX_CONSIDERED = 40
"""Merges and splits combined, the best of each."""
MAX_TRIES = 60
"""Exchanges tried, most promising first, before a partition is final."""
ROW_MOVE_MARGIN = 3e-3
"""Silhouette below the best within which rows also move after an exchange."""
MIN_GAIN = 1e-3
"""Silhouette an exchange must gain: smaller gains do not recur under resampling."""
_TOLERANCE = 5e-5


BLOCK_MOVE_MARGIN = 6e-3
"""Silhouette below the best within which blocks move after an exchange."""


Cut = tuple[float, int, Integers]
"""Silhouette after a split, the segment, and the rows that leave it."""
Block = tuple[int, tuple[int, int]]
"""The split whose yes side moves, and the segments from and to."""
EvaluatedBlock = tuple[float, int, tuple[int, int]]
"""Silhouette after a block move, and the block."""


class Bisections:
    """2-means splits of segments, cached as most segments stay unchanged."""

    def __init__(self, pairs: PairwiseDistances) -> None:
        self.pairs = pairs
        self._leaving: dict[bytes, Integers] = {}

    def cuts(self, partition: Partition) -> list[Cut]:
        """Silhouette, segment and leaving rows of each feasible split."""
        least, found = max(self.pairs.smallest, 1e-9), []
        for segment in np.flatnonzero(partition.sizes >= 2 * least):
            inside = np.flatnonzero(partition.labels == segment)
            if len(inside) < 2:
                continue
            key = inside.tobytes()
            if key not in self._leaving:
                self._leaving[key] = inside[k_means(self.pairs.points.subset(inside), 2, seed=0, starts=2)[0] == 1]
            leaving = self._leaving[key]
            weight = self.pairs.weights[leaving].sum()
            if least <= weight <= partition.sizes[segment] - least:
                found.append((self.pairs.cut(partition, int(segment), leaving).silhouette, int(segment), leaving))
        return found


def converge(pairs: PairwiseDistances, questions: Questions, partition: Partition) -> Partition:
    """Hill climbing by row moves and block moves until neither helps."""
    while True:
        after = move_blocks(pairs, questions, hill_climb(pairs, partition))
        if after.silhouette <= partition.silhouette + _TOLERANCE:
            return max(partition, after, key=lambda item: item.silhouette)
        partition = after


def converge_exactly(pairs: PairwiseDistances, questions: Questions, partition: Partition) -> Partition:
    """`converge`, then single moves by exact silhouette."""
    return local_search.climb_exactly(pairs, converge(pairs, questions, partition))


def exchange_segments(
    pairs: PairwiseDistances, questions: Questions, partition: Partition, *, tries: int = MAX_TRIES
) -> Partition:
    """`converge`, then exchanges (merge a pair, split another segment) while one of `tries` gains MIN_GAIN; then exact
    moves."""
    bisections = Bisections(pairs)

    def improve(trial: Partition, best: Partition) -> Partition:
        after = hill_climb(pairs, trial)
        return converge(pairs, questions, after) if after.silhouette > best.silhouette - ROW_MOVE_MARGIN else after

    def cuts(best: Partition) -> list[Cut]:
        return [*questions.candidate_cuts(best), *bisections.cuts(best)]

    return local_search.climb_exactly(
        pairs, _exchange(pairs, converge(pairs, questions, partition), cuts, improve, tries)
    )


def exchange_blocks(
    pairs: PairwiseDistances, questions: Questions, partition: Partition, *, tries: int = MAX_TRIES
) -> Partition:
    """Block moves and exchanges along splits only: no row moves alone."""

    def improve(trial: Partition, best: Partition) -> Partition:
        return move_blocks(pairs, questions, trial) if trial.silhouette > best.silhouette - BLOCK_MOVE_MARGIN else trial

    return _exchange(pairs, move_blocks(pairs, questions, partition), questions.candidate_cuts, improve, tries)


def _exchange(
    pairs: PairwiseDistances,
    best: Partition,
    cuts: Callable[[Partition], list[Cut]],
    improve: Callable[[Partition, Partition], Partition],
    tries: int,
) -> Partition:
    """Repeats the most promising exchange that gains MIN_GAIN once improved; nothing is tried twice."""
    tried: set[float] = set()

    def next_better() -> Partition | None:
        for into, merged, (segment, leaving) in _exchanges(pairs, best, cuts(best))[:tries]:
            trial = pairs.merged(pairs.cut(best, segment, leaving), into, merged)
            if (rounded := round(trial.silhouette, 7)) in tried:
                continue
            tried.add(rounded)
            after = improve(trial, best)
            if after.k == best.k and after.silhouette > best.silhouette + MIN_GAIN:
                return after
        return None

    while (after := next_better()) is not None:
        best = after
    return best


def _exchanges(
    pairs: PairwiseDistances, partition: Partition, cuts: Sequence[Cut]
) -> list[tuple[int, int, tuple[int, Integers]]]:
    """Pairs to merge, each with a split of another segment; best first as if independent."""
    if partition.k < 3:
        return []
    joins = merge_split.silhouettes_after_merges(pairs, partition)[:MAX_CONSIDERED]
    cuts = sorted(cuts, key=lambda item: -item[0])[:MAX_CONSIDERED]
    exchanges = [
        (after_merge + after_cut, into, merged, (segment, leaving))
        for after_merge, into, merged in joins
        for after_cut, segment, leaving in cuts
        if segment not in (into, merged)
    ]
    exchanges.sort(key=lambda item: -item[0])
    return [item[1:] for item in exchanges]


def move_blocks(pairs: PairwiseDistances, questions: Questions, partition: Partition, *, rounds: int = 40) -> Partition:
    """Moves the best block while one helps and the minimum size is kept."""
    answers = np.hstack([questions.flags, 1 - questions.flags])
    for _ in range(rounds if partition.k > 1 else 0):
        tried = _candidate_blocks(pairs, answers, partition)
        value, question, direction = max(_silhouettes_after(pairs, answers, partition, tried), default=(0.0, 0, (0, 0)))
        if value <= partition.silhouette + _TOLERANCE / 10:
            break
        rows = np.flatnonzero((partition.labels == direction[0]) & (answers[:, question] > 0))
        partition = pairs.move_rows(partition, rows, *direction)
    return partition


def _silhouettes_after(
    pairs: PairwiseDistances, answers: Floats, partition: Partition, blocks_tried: Sequence[Block]
) -> Iterator[EvaluatedBlock]:
    """Exact silhouette after each move from cached sums: only two segments change."""
    for segment in sorted({direction[0] for _, direction in blocks_tried}):
        blocks = [item for item in blocks_tried if item[1][0] == segment]
        inside = np.flatnonzero(partition.labels == segment)
        leaving = answers[inside][:, [question for question, _ in blocks]]
        distances = (pairs.weighted[:, inside] @ leaving.astype(np.float32)).astype(np.float64)
        weights = pairs.weights[inside] @ leaving
        for index, (question, direction) in enumerate(blocks):
            target = direction[1]
            moving = np.zeros(len(partition.labels), bool)
            moving[inside] = leaving[:, index] > 0
            left_size, joined_size = partition.sizes[segment] - weights[index], partition.sizes[target] + weights[index]
            to_left, to_joined = (
                partition.sums[:, segment] - distances[:, index],
                partition.sums[:, target] + distances[:, index],
            )
            staying, entering = (partition.labels == segment) & ~moving, (partition.labels == target) | moving
            within = np.where(staying, to_left / max(left_size - 1, 1), partition.within)
            within = np.where(entering, to_joined / max(joined_size - 1, 1), within)
            of_pair = (
                np.where(staying, np.inf, to_left / left_size),
                np.where(entering, np.inf, to_joined / joined_size),
            )
            nearest_mean = np.minimum(partition.nearest_other(segment, target), np.minimum(*of_pair))
            singleton = (
                np.where(staying, left_size, np.where(entering, joined_size, partition.sizes[partition.labels])) <= 1
            )
            largest = np.maximum(within, nearest_mean)
            value = np.where(
                (largest > 0) & ~singleton, (nearest_mean - within) / np.where(largest > 0, largest, 1), 0.0
            )
            yield float(pairs.weights @ value / pairs.points.total), question, direction


def _candidate_blocks(pairs: PairwiseDistances, answers: Floats, partition: Partition) -> list[Block]:
    """Split and segments of the blocks with the largest sums of first-order row gains."""
    gains = move_gains(pairs, partition)
    found: list[tuple[float, int, tuple[int, int]]] = []
    for segment in range(partition.k):
        inside = np.flatnonzero(partition.labels == segment)
        weight = pairs.weights[inside] @ answers[inside]
        allowed = (weight > 0) & (partition.sizes[segment] - weight >= max(pairs.smallest, 1e-9))
        own_gains = gains[inside]
        own_gains[:, segment] = 0.0
        block_gains = answers[inside].T @ own_gains
        block_gains[~allowed] = -np.inf
        block_gains[:, segment] = -np.inf
        for index in np.argsort(-block_gains, axis=None, kind="stable")[:MAX_PER_SEGMENT]:
            question, target = divmod(int(index), partition.k)
            if np.isfinite(block_gains[question, target]):
                found.append((float(block_gains[question, target]), question, (segment, target)))
    found.sort(key=lambda item: -item[0])
    return [(question, direction) for _, question, direction in found[:MAX_BLOCKS]]
