"""Larger steps than single rows: blocks of rows that answer a question alike, and one segment given up for another.

Rows that share an answer leave a segment together, which no single one of them would gain by; and where one pair of
segments is joined and another segment cut instead, the moves that follow go where they could not before. Blocks come
back on other samples of the rows far more often than single rows do: `in_blocks` takes these steps only.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from b2shift.differentiate.segments import moves, reshape
from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.moves import climb, gains_of_rows
from b2shift.differentiate.segments.nearest_means import k_means
from b2shift.differentiate.segments.pairwise import Pairwise, Partition
from b2shift.differentiate.segments.rules import Questions

BLOCKS, OF_EACH = 40, 12
"""Blocks measured exactly in each step, and of each segment at most, the most promising first."""
CONSIDERED = 40
"""Pairs that may be joined and cuts that may be made, the best of each, put together."""
TRIES = 60
"""Exchanges climbed from, the most promising first, before a partition is left as it is."""
NEAR = 3e-3
"""Silhouette under the best so far within which rows also move by their answers after an exchange."""
WORTH = 1e-3
"""Silhouette an exchange must bring: smaller ones would not come back on other samples of the customers."""
_RISE = 5e-5


SHORT = 6e-3
"""Silhouette under the best so far up to which blocks are moved after an exchange."""


Cut = tuple[float, int, Integers]
"""The silhouette after a cut, the segment cut, and the rows that leave it."""
Block = tuple[int, tuple[int, int]]
"""The question whose yes moves, and the segments from and to."""
Valued = tuple[float, int, tuple[int, int]]
"""The silhouette after a block has moved, and the block."""


class Halves:
    """Segments cut in two by K-Means; of each what leaves is remembered, because most segments stay as they are."""

    def __init__(self, pairs: Pairwise) -> None:
        self.pairs = pairs
        self._leaving: dict[bytes, Integers] = {}

    def of(self, partition: Partition) -> list[Cut]:
        """The silhouette after each cut that keeps the floor, the segment, and the rows that leave it."""
        least, found = max(self.pairs.smallest, 1e-9), []
        for segment in np.flatnonzero(partition.sizes >= 2 * least):
            inside = np.flatnonzero(partition.labels == segment)
            if len(inside) < 2:
                continue
            key = inside.tobytes()
            if key not in self._leaving:
                self._leaving[key] = inside[k_means(self.pairs.points.part(inside), 2, seed=0, starts=2)[0] == 1]
            leaving = self._leaving[key]
            weight = self.pairs.weights[leaving].sum()
            if least <= weight <= partition.sizes[segment] - least:
                found.append((self.pairs.cut(partition, int(segment), leaving).silhouette, int(segment), leaving))
        return found


def settled(pairs: Pairwise, asked: Questions, partition: Partition) -> Partition:
    """Rows, many at a time, and blocks of rows moved until neither helps."""
    while True:
        after = blocks_moved(pairs, asked, climb(pairs, partition))
        if after.silhouette <= partition.silhouette + _RISE:
            return max(partition, after, key=lambda one: one.silhouette)
        partition = after


def topped(pairs: Pairwise, asked: Questions, partition: Partition) -> Partition:
    """The settled partition, then rows moved one by one while the exact silhouette rises."""
    return moves.topped(pairs, settled(pairs, asked, partition))


def exchanged(pairs: Pairwise, asked: Questions, partition: Partition, *, tries: int = TRIES) -> Partition:
    """The settled partition, a pair joined and another cut as long as one of `tries` brings WORTH; then topped."""
    known = Halves(pairs)

    def improved(trial: Partition, best: Partition) -> Partition:
        after = climb(pairs, trial)
        return settled(pairs, asked, after) if after.silhouette > best.silhouette - NEAR else after

    def cuts(best: Partition) -> list[Cut]:
        return [*asked.cuts_told(best), *known.of(best)]

    return moves.topped(pairs, _exchanged(pairs, settled(pairs, asked, partition), cuts, improved, tries))


def in_blocks(pairs: Pairwise, asked: Questions, partition: Partition, *, tries: int = TRIES) -> Partition:
    """Blocks moved and segments exchanged along questions, as `exchanged`: no row moves alone."""

    def improved(trial: Partition, best: Partition) -> Partition:
        return blocks_moved(pairs, asked, trial) if trial.silhouette > best.silhouette - SHORT else trial

    return _exchanged(pairs, blocks_moved(pairs, asked, partition), asked.cuts_told, improved, tries)


def _exchanged(
    pairs: Pairwise,
    best: Partition,
    cuts: Callable[[Partition], list[Cut]],
    improved: Callable[[Partition, Partition], Partition],
    tries: int,
) -> Partition:
    """The most promising exchange that ends WORTH higher once improved, again and again; nothing is tried twice."""
    seen: set[float] = set()

    def better() -> Partition | None:
        for kept, gone, (segment, leaving) in _exchanges(pairs, best, cuts(best))[:tries]:
            trial = pairs.merged(pairs.cut(best, segment, leaving), kept, gone)
            if (told := round(trial.silhouette, 7)) in seen:
                continue
            seen.add(told)
            after = improved(trial, best)
            if after.k == best.k and after.silhouette > best.silhouette + WORTH:
                return after
        return None

    while (after := better()) is not None:
        best = after
    return best


def _exchanges(
    pairs: Pairwise, partition: Partition, cuts: Sequence[Cut]
) -> list[tuple[int, int, tuple[int, Integers]]]:
    """Pairs to join, each with what to cut instead; best first, as if the two did not touch."""
    if partition.k < 3:
        return []
    joins = reshape.joins(pairs, partition)[:CONSIDERED]
    cuts = sorted(cuts, key=lambda one: -one[0])[:CONSIDERED]
    found = [
        (joined + cut, kept, gone, (segment, leaving))
        for joined, kept, gone in joins
        for cut, segment, leaving in cuts
        if segment not in (kept, gone)
    ]
    found.sort(key=lambda one: -one[0])
    return [one[1:] for one in found]


def blocks_moved(pairs: Pairwise, asked: Questions, partition: Partition, *, rounds: int = 40) -> Partition:
    """The block of rows whose move helps most moved, as long as one helps and the floor is kept."""
    answers = np.hstack([asked.flags, 1 - asked.flags])
    for _ in range(rounds if partition.k > 1 else 0):
        tried = _promising(pairs, answers, partition)
        value, question, way = max(_valued(pairs, answers, partition, tried), default=(0.0, 0, (0, 0)))
        if value <= partition.silhouette + _RISE / 10:
            break
        rows = np.flatnonzero((partition.labels == way[0]) & (answers[:, question] > 0))
        partition = pairs.moved(partition, rows, *way)
    return partition


def _valued(pairs: Pairwise, answers: Floats, partition: Partition, tried: Sequence[Block]) -> Iterator[Valued]:
    """The silhouette after each move, exact, from the sums that are there: only two segments change."""
    for segment in sorted({way[0] for _, way in tried}):
        blocks = [one for one in tried if one[1][0] == segment]
        inside = np.flatnonzero(partition.labels == segment)
        leave = answers[inside][:, [question for question, _ in blocks]]
        reached = (pairs.weighted[:, inside] @ leave.astype(np.float32)).astype(np.float64)
        weights = pairs.weights[inside] @ leave
        for at, (question, way) in enumerate(blocks):
            goal = way[1]
            gone = np.zeros(len(partition.labels), bool)
            gone[inside] = leave[:, at] > 0
            left, joined = partition.sizes[segment] - weights[at], partition.sizes[goal] + weights[at]
            to_left, to_joined = partition.sums[:, segment] - reached[:, at], partition.sums[:, goal] + reached[:, at]
            stay, come = (partition.labels == segment) & ~gone, (partition.labels == goal) | gone
            within = np.where(stay, to_left / max(left - 1, 1), partition.within)
            within = np.where(come, to_joined / max(joined - 1, 1), within)
            beside = np.where(stay, np.inf, to_left / left), np.where(come, np.inf, to_joined / joined)
            near = np.minimum(partition.nearest_but(segment, goal), np.minimum(*beside))
            alone = np.where(stay, left, np.where(come, joined, partition.sizes[partition.labels])) <= 1
            largest = np.maximum(within, near)
            value = np.where((largest > 0) & ~alone, (near - within) / np.where(largest > 0, largest, 1), 0.0)
            yield float(pairs.weights @ value / pairs.points.total), question, way


def _promising(pairs: Pairwise, answers: Floats, partition: Partition) -> list[Block]:
    """Question, and segments from and to, of the blocks with the greatest sums of their rows' own gains."""
    gains = gains_of_rows(pairs, partition)
    found: list[tuple[float, int, tuple[int, int]]] = []
    for segment in range(partition.k):
        inside = np.flatnonzero(partition.labels == segment)
        weight = pairs.weights[inside] @ answers[inside]
        fit = (weight > 0) & (partition.sizes[segment] - weight >= max(pairs.smallest, 1e-9))
        own = gains[inside]
        own[:, segment] = 0.0
        of_blocks = answers[inside].T @ own
        of_blocks[~fit] = -np.inf
        of_blocks[:, segment] = -np.inf
        for at in np.argsort(-of_blocks, axis=None, kind="stable")[:OF_EACH]:
            question, goal = divmod(int(at), partition.k)
            if np.isfinite(of_blocks[question, goal]):
                found.append((float(of_blocks[question, goal]), question, (segment, goal)))
    found.sort(key=lambda one: -one[0])
    return [(question, way) for _, question, way in found[:BLOCKS]]
