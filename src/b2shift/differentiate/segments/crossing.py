"""Segments by crossing variables: levels of one variable, each split by levels of another or not.

Choices are few and move many customers, so that they recur under resampling. The splits of all levels are chosen
together: a knapsack of exact gains, iterated until nothing changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.merge_split import cheapest_merges, merge_below_floor
from b2shift.differentiate.segments.partitions import PairwiseDistances, Partition

MAX_LEVELS = 9
"""Levels separated in one cut at most."""
MAX_ROOTS = 2
"""Root variables tried."""
_MAX_ROUNDS = 8

State = tuple[int, ...]
"""Chosen cut of each root segment."""


@dataclass(frozen=True)
class Cut:
    """Levels of a variable (-1: none) separated inside a segment; `sums` are the summed distances to each."""

    variable: int
    levels: tuple[Integers, ...]
    sums: Floats
    sizes: Floats


class Crossing:
    """The cuts of the segments of one root partition."""

    def __init__(self, pairs: PairwiseDistances, levels: list[Integers], root: Partition, k: int) -> None:
        self.pairs, self.root, self.extra = pairs, root, k - root.k
        max_levels = min(MAX_LEVELS, self.extra)
        self.cuts = [list(self._cuts(levels, segment, max_levels)) for segment in range(root.k)]

    def partition(self, state: State) -> Partition:
        """The root with these cuts made."""
        labels, sums, sizes = self.root.labels.copy(), [self.root.sums.copy()], [self.root.sizes.copy()]
        count = self.root.k
        for segment, choice in enumerate(state):
            cut = self.cuts[segment][choice]
            sums[0][:, segment] -= cut.sums.sum(axis=1)
            sizes[0][segment] -= cut.sizes.sum()
            sums.append(cut.sums)
            sizes.append(cut.sizes)
            for leaving in cut.levels:
                labels[leaving] = count
                count += 1
        return self.pairs.evaluated(labels, np.hstack(sums), np.concatenate(sizes))

    def solve(self) -> Partition:
        """The best partition from any start, at k if any start reaches it."""
        ends = [self._iterate(state) for state in self._starts()]
        return max(ends, key=lambda end: (end.k, end.silhouette))

    def _cuts(self, variables: list[Integers], segment: int, max_levels: int) -> Iterator[Cut]:
        yield Cut(-1, (), np.zeros((len(self.root.labels), 0)), np.zeros(0))
        inside = np.flatnonzero(self.root.labels == segment)
        weighted, seen = self.pairs.weighted[:, inside], set[bytes]()
        for variable, codes in enumerate(variables):
            chosen = largest_levels(self.pairs, inside, codes, max_levels)
            members = np.array([np.isin(inside, leaving) for leaving in chosen], np.float64).reshape(-1, len(inside)).T
            sums = (weighted @ members.astype(np.float32)).astype(np.float64)
            sizes = self.pairs.weights[inside] @ members
            for number in range(1, len(chosen) + 1):
                key = members[:, :number].tobytes()
                if key not in seen:
                    seen.add(key)
                    yield Cut(variable, tuple(chosen[:number]), sums[:, :number], sizes[:number])

    def _starts(self) -> Iterator[State]:
        """No cut, and the largest segments cut by one variable."""
        yield (0,) * self.root.k
        for variable in sorted({cut.variable for cuts in self.cuts for cut in cuts} - {-1}):
            remaining, state = self.extra, [0] * self.root.k
            for segment in np.argsort(-self.root.sizes, kind="stable"):
                choices = [
                    choice
                    for choice, cut in enumerate(self.cuts[segment])
                    if cut.variable == variable and len(cut.levels) <= remaining
                ]
                if choices:
                    state[segment] = max(choices, key=lambda choice: len(self.cuts[segment][choice].levels))
                    remaining -= len(self.cuts[segment][state[segment]].levels)
            if not remaining:
                yield tuple(state)

    def _iterate(self, state: State) -> Partition:
        best = self.partition(state)
        for _ in range(_MAX_ROUNDS):
            gains = self.gains(state)
            for switching_cost in (0.0, 0.005, 0.02):
                other = self._knapsack(gains, state, switching_cost)
                after = self.partition(other)
                if (after.k, after.silhouette) > (best.k, best.silhouette + 1e-5):
                    break
            else:
                break
            state, best = other, after
        return best

    def gains(self, state: State) -> list[list[float]]:
        """Silhouette gain of each cut of each root segment, given the others."""
        blocks = [self._block(segment, choice) for segment, choice in enumerate(state)]
        segment_of = self.root.labels
        near_means = np.column_stack([(sums / sizes).min(axis=1) for sums, sizes in blocks])
        near_means[np.arange(len(segment_of)), segment_of] = np.inf
        order = np.argsort(near_means, axis=1, kind="stable")[:, :2]
        two_nearest = np.take_along_axis(near_means, order, axis=1)
        within, nearest_part = np.empty(len(segment_of)), np.empty(len(segment_of))
        for segment, (sums, sizes) in enumerate(blocks):
            rows = np.flatnonzero(segment_of == segment)
            within[rows], nearest_part[rows] = self._inside(segment, state[segment], rows, sums[rows], sizes)
        current = self.pairs.weights @ _silhouette(within, np.minimum(two_nearest[:, 0], nearest_part))
        gains_found: list[list[float]] = []
        for segment, cuts in enumerate(self.cuts):
            nearest_elsewhere = (
                np.where(order[:, 0] == segment, two_nearest[:, -1], two_nearest[:, 0])
                if self.root.k > 1
                else two_nearest[:, 0]
            )
            rows = np.flatnonzero(segment_of == segment)
            gains_found.append([])
            for choice in range(len(cuts)):
                sums, sizes = self._block(segment, choice)
                nearest = np.minimum(np.minimum(nearest_elsewhere, nearest_part), (sums / sizes).min(axis=1))
                within_after = within.copy()
                within_after[rows], part_after = self._inside(segment, choice, rows, sums[rows], sizes)
                nearest[rows] = np.minimum(two_nearest[rows, 0], part_after)
                after = self.pairs.weights @ _silhouette(within_after, nearest)
                gains_found[-1].append(float(after - current) / self.pairs.points.total)
        return gains_found

    def _block(self, segment: int, choice: int) -> tuple[Floats, Floats]:
        """Summed distances to the rest of a root segment and to its separated levels, and the sizes."""
        cut = self.cuts[segment][choice]
        remaining = self.root.sums[:, segment] - cut.sums.sum(axis=1)
        return np.column_stack([remaining, cut.sums]), np.append(self.root.sizes[segment] - cut.sizes.sum(), cut.sizes)

    def _inside(self, segment: int, choice: int, rows: Integers, sums: Floats, sizes: Floats) -> tuple[Floats, Floats]:
        """For rows of a cut segment: mean distance within their part, and to its nearest other part."""
        part = np.zeros(len(self.root.labels), np.intp)
        for number, leaving in enumerate(self.cuts[segment][choice].levels, 1):
            part[leaving] = number
        own_part, index = part[rows], np.arange(len(rows))
        within = np.where(sizes[own_part] > 1, sums[index, own_part] / np.maximum(sizes[own_part] - 1, 1), np.nan)
        means = sums / sizes
        means[index, own_part] = np.inf
        return within, means.min(axis=1)

    def _knapsack(self, gains: list[list[float]], state: State, switching_cost: float) -> State:
        """Cuts with the greatest total gain, each change less a switching cost, for as many segments as possible."""
        best: dict[int, tuple[float, State]] = {0: (0.0, ())}
        for segment, cuts in enumerate(self.cuts):
            wider: dict[int, tuple[float, State]] = {}
            for used, (value, chosen) in best.items():
                for choice, cut in enumerate(cuts):
                    total = used + len(cut.levels)
                    value_reached = value + gains[segment][choice] - switching_cost * (choice != state[segment])
                    if total <= self.extra and (total not in wider or value_reached > wider[total][0]):
                        wider[total] = (value_reached, (*chosen, choice))
            best = wider
        return best[max(best)][1]


def _silhouette(within: Floats, nearest: Floats) -> Floats:
    """Of each row from its mean distances; 0 where it is alone (nan) or has no other segment."""
    largest = np.maximum(within, nearest)
    choices = np.isfinite(largest) & (largest > 0)
    value: Floats = np.where(choices, (nearest - within) / np.where(choices, largest, 1), 0.0)
    return value


def best_crossing(pairs: PairwiseDistances, levels: list[Integers], k: int) -> Partition | None:
    """The best crossing with at most k segments; None when no variable has two levels above the minimum size."""
    ends = [Crossing(pairs, levels, root, k).solve() for root in _roots(pairs, levels, k)]
    return max(ends, key=lambda end: (end.k, end.silhouette), default=None)


def largest_levels(pairs: PairwiseDistances, inside: Integers, codes: Integers, max_levels: int) -> list[Integers]:
    """The largest levels among these rows, up to `max_levels`; each and the rest meet the minimum size."""
    sizes = np.bincount(codes[inside], weights=pairs.weights[inside])
    remaining = float(sizes.sum())
    chosen: list[Integers] = []
    for level in np.argsort(-sizes, kind="stable"):
        size = float(sizes[level])
        if len(chosen) < max_levels and size > 0 and min(size, remaining - size) >= max(pairs.smallest, 1e-9):
            chosen.append(inside[codes[inside] == level])
            remaining -= size
    return chosen


def _roots(pairs: PairwiseDistances, levels: list[Integers], k: int) -> list[Partition]:
    """Partitions by one variable, the finest and the tightest, each also with a distinctive rare level separated."""
    all_rows = np.arange(len(pairs.weights))
    roots = []
    for codes in levels:
        labels = np.zeros(len(codes), np.intp)
        for number, leaving in enumerate(largest_levels(pairs, all_rows, codes, len(codes)), 1):
            labels[leaving] = number
        if labels.max() > 0:
            roots.append(_at_most(pairs, pairs.partition(labels), k))
    tightest = sorted(roots, key=lambda root: -root.silhouette)
    finest = sorted(tightest, key=lambda root: -root.k)
    best = list(dict.fromkeys(id(root) for root in (*finest[:1], *tightest)))[:MAX_ROOTS]
    return [
        partition
        for root in tightest
        if id(root) in best
        for partition in (root, *_with_rare_level(pairs, levels, root, k))
    ]


def _with_rare_level(pairs: PairwiseDistances, levels: list[Integers], root: Partition, k: int) -> Iterator[Partition]:
    if root.k >= k:
        return
    trials = []
    for codes in levels:
        for level in range(int(codes.max()) + 1):
            rows = codes == level
            size = float(pairs.weights[rows].sum())
            if max(pairs.smallest, 1e-9) <= size <= pairs.points.total / root.k:
                trials.append(merge_below_floor(pairs, pairs.partition(np.where(rows, root.k, root.labels))))
    wider = [trial for trial in trials if trial.k > root.k]
    if wider:
        yield max(wider, key=lambda trial: trial.silhouette)


def _at_most(pairs: PairwiseDistances, partition: Partition, k: int) -> Partition:
    while partition.k > k:
        partition = cheapest_merges(pairs, partition, 2 * partition.k)[0]
    return partition
