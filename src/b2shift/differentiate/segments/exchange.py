"""Larger steps than single rows: blocks of rows that answer a question alike, and one segment given up for another.

Rows that share an answer leave a segment together, which no single one of them would gain by; and where one pair of
segments is joined and another segment cut instead, the moves that follow go where they could not before.
"""

import numpy as np

from b2shift.differentiate.segments import reshape
from b2shift.differentiate.segments.distinct import Floats
from b2shift.differentiate.segments.moves import climb, gains_of_rows
from b2shift.differentiate.segments.pairwise import Pairwise, Partition
from b2shift.differentiate.segments.rules import Questions

BLOCKS, OF_EACH = 40, 12
"""Blocks measured exactly in each step, and of each segment at most, the most promising first."""
JOINED, CUTS, CLIMBED = 8, 6, 4
"""Pairs joined, cuts of each of these, and of all these the best that are climbed from."""
WORTH = 1e-3
"""Silhouette an exchange must bring: smaller ones would not come back on other samples of the customers."""
_RISE = 5e-5


def settled(pairs: Pairwise, asked: Questions, partition: Partition) -> Partition:
    """Rows and blocks of rows moved until neither helps."""
    while True:
        after = blocks_moved(pairs, asked, climb(pairs, partition))
        if after.silhouette <= partition.silhouette + _RISE:
            return max(partition, after, key=lambda one: one.silhouette)
        partition = after


def exchanged(pairs: Pairwise, asked: Questions, partition: Partition, *, rounds: int = 12) -> Partition:
    """The settled partition, with a pair joined and another segment cut as long as that brings WORTH."""
    best = settled(pairs, asked, partition)
    for _ in range(rounds if partition.k > 2 else 0):
        trials: dict[float, Partition] = {}
        for joined in reshape.merges(pairs, best, 3 * best.k)[:JOINED]:
            cuts = [*asked.cuts(joined, CUTS), *reshape.halves(pairs, joined)[:2]]
            trials |= {round(cut.silhouette, 7): cut for cut in cuts}
        climbed = [settled(pairs, asked, trials[key]) for key in sorted(trials, reverse=True)[:CLIMBED]]
        after = max((one for one in climbed if one.k == best.k), key=lambda one: one.silhouette, default=best)
        if after.silhouette <= best.silhouette + WORTH:
            break
        best = after
    return best


def blocks_moved(pairs: Pairwise, asked: Questions, partition: Partition, *, rounds: int = 40) -> Partition:
    """The block of rows whose move helps most moved, as long as one helps and the floor is kept."""
    answers = np.hstack([asked.flags, 1 - asked.flags])
    for _ in range(rounds if partition.k > 1 else 0):
        tried = [_moved(pairs, partition, answers[:, q], *way) for q, way in _promising(pairs, answers, partition)]
        best = max(tried, key=lambda one: one.silhouette, default=partition)
        if best.silhouette <= partition.silhouette + _RISE / 10:
            break
        partition = best
    return partition


def _promising(pairs: Pairwise, answers: Floats, partition: Partition) -> list[tuple[int, tuple[int, int]]]:
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


def _moved(pairs: Pairwise, partition: Partition, answer: Floats, segment: int, goal: int) -> Partition:
    rows = np.flatnonzero((partition.labels == segment) & (answer > 0))
    return pairs.moved(partition, rows, segment, goal)
