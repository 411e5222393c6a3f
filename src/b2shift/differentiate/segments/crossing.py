"""Segments made of one variable crossed with others: each level of the first cut by the levels of one more, or whole.

The choices are few and each moves many customers, so other samples of the same customers give the same segments. Which
level is cut by what is settled for all levels together: a knapsack of gains, each measured exactly on the others as
they are, until nothing changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.pairwise import Pairwise, Partition
from b2shift.differentiate.segments.reshape import above_floor, merges

WAYS = 9
"""Levels set apart in one cut at most."""
ROOTS = 2
"""First variables that are tried."""
_ROUNDS = 8

State = tuple[int, ...]
"""For each segment of the root, which of its cuts is made."""


@dataclass(frozen=True)
class Cut:
    """Some levels of a variable (-1: none) set apart inside a segment; `sums` are the summed distances to each."""

    variable: int
    apart: tuple[Integers, ...]
    sums: Floats
    sizes: Floats


class Crossing:
    """The cuts of the segments of one root partition."""

    def __init__(self, pairs: Pairwise, levels: list[Integers], root: Partition, k: int) -> None:
        self.pairs, self.root, self.lacking = pairs, root, k - root.k
        most = min(WAYS, self.lacking)
        self.cuts = [list(self._cuts(levels, segment, most)) for segment in range(root.k)]

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
            for leaving in cut.apart:
                labels[leaving] = count
                count += 1
        return self.pairs.measured(labels, np.hstack(sums), np.concatenate(sizes))

    def settled(self) -> Partition:
        """The best partition reached from any start, with the wanted number of segments if any start reaches it."""
        ends = [self._settle(state) for state in self._starts()]
        return max(ends, key=lambda end: (end.k, end.silhouette))

    def _cuts(self, levels: list[Integers], segment: int, most: int) -> Iterator[Cut]:
        yield Cut(-1, (), np.zeros((len(self.root.labels), 0)), np.zeros(0))
        inside = np.flatnonzero(self.root.labels == segment)
        weighted, seen = self.pairs.weighted[:, inside], set[bytes]()
        for variable, codes in enumerate(levels):
            apart = set_apart(self.pairs, inside, codes, most)
            members = np.array([np.isin(inside, leaving) for leaving in apart], np.float64).reshape(-1, len(inside)).T
            sums = (weighted @ members.astype(np.float32)).astype(np.float64)
            sizes = self.pairs.weights[inside] @ members
            for many in range(1, len(apart) + 1):
                key = members[:, :many].tobytes()
                if key not in seen:
                    seen.add(key)
                    yield Cut(variable, tuple(apart[:many]), sums[:, :many], sizes[:many])

    def _starts(self) -> Iterator[State]:
        """No cut at all, and the largest segments cut by one variable."""
        yield (0,) * self.root.k
        for variable in sorted({cut.variable for cuts in self.cuts for cut in cuts} - {-1}):
            left, state = self.lacking, [0] * self.root.k
            for segment in np.argsort(-self.root.sizes, kind="stable"):
                fit = [
                    choice
                    for choice, cut in enumerate(self.cuts[segment])
                    if cut.variable == variable and len(cut.apart) <= left
                ]
                if fit:
                    state[segment] = max(fit, key=lambda choice: len(self.cuts[segment][choice].apart))
                    left -= len(self.cuts[segment][state[segment]].apart)
            if not left:
                yield tuple(state)

    def _settle(self, state: State) -> Partition:
        best = self.partition(state)
        for _ in range(_ROUNDS):
            gains = self.gains(state)
            for doubt in (0.0, 0.005, 0.02):
                other = self._knapsack(gains, state, doubt)
                after = self.partition(other)
                if (after.k, after.silhouette) > (best.k, best.silhouette + 1e-5):
                    break
            else:
                break
            state, best = other, after
        return best

    def gains(self, state: State) -> list[list[float]]:
        """For each segment of the root, the silhouette that each of its cuts would add to the state as it is."""
        blocks = [self._block(segment, choice) for segment, choice in enumerate(state)]
        own = self.root.labels
        near = np.column_stack([(sums / sizes).min(axis=1) for sums, sizes in blocks])
        near[np.arange(len(own)), own] = np.inf
        order = np.argsort(near, axis=1, kind="stable")[:, :2]
        least = np.take_along_axis(near, order, axis=1)
        within, beside = np.empty(len(own)), np.empty(len(own))
        for segment, (sums, sizes) in enumerate(blocks):
            rows = np.flatnonzero(own == segment)
            within[rows], beside[rows] = self._inside(segment, state[segment], rows, sums[rows], sizes)
        now = self.pairs.weights @ _silhouette(within, np.minimum(least[:, 0], beside))
        found: list[list[float]] = []
        for segment, cuts in enumerate(self.cuts):
            rest = np.where(order[:, 0] == segment, least[:, -1], least[:, 0]) if self.root.k > 1 else least[:, 0]
            rows = np.flatnonzero(own == segment)
            found.append([])
            for choice in range(len(cuts)):
                sums, sizes = self._block(segment, choice)
                nearest = np.minimum(np.minimum(rest, beside), (sums / sizes).min(axis=1))
                inner = within.copy()
                inner[rows], aside = self._inside(segment, choice, rows, sums[rows], sizes)
                nearest[rows] = np.minimum(least[rows, 0], aside)
                after = self.pairs.weights @ _silhouette(inner, nearest)
                found[-1].append(float(after - now) / self.pairs.points.total)
        return found

    def _block(self, segment: int, choice: int) -> tuple[Floats, Floats]:
        """Summed distances to what is left of a segment of the root and to what its cut sets apart, and the sizes."""
        cut = self.cuts[segment][choice]
        left = self.root.sums[:, segment] - cut.sums.sum(axis=1)
        return np.column_stack([left, cut.sums]), np.append(self.root.sizes[segment] - cut.sizes.sum(), cut.sizes)

    def _inside(self, segment: int, choice: int, rows: Integers, sums: Floats, sizes: Floats) -> tuple[Floats, Floats]:
        """For the rows of a cut segment: mean distance within their part, and to the nearest other part of it."""
        part = np.zeros(len(self.root.labels), np.intp)
        for number, leaving in enumerate(self.cuts[segment][choice].apart, 1):
            part[leaving] = number
        mine, index = part[rows], np.arange(len(rows))
        within = np.where(sizes[mine] > 1, sums[index, mine] / np.maximum(sizes[mine] - 1, 1), np.nan)
        means = sums / sizes
        means[index, mine] = np.inf
        return within, means.min(axis=1)

    def _knapsack(self, gains: list[list[float]], state: State, doubt: float) -> State:
        """The cuts with the greatest sum of gains, each change less `doubt`, for as many segments as can be had."""
        best: dict[int, tuple[float, State]] = {0: (0.0, ())}
        for segment, cuts in enumerate(self.cuts):
            wider: dict[int, tuple[float, State]] = {}
            for used, (value, chosen) in best.items():
                for choice, cut in enumerate(cuts):
                    total = used + len(cut.apart)
                    reached = value + gains[segment][choice] - doubt * (choice != state[segment])
                    if total <= self.lacking and (total not in wider or reached > wider[total][0]):
                        wider[total] = (reached, (*chosen, choice))
            best = wider
        return best[max(best)][1]


def _silhouette(within: Floats, nearest: Floats) -> Floats:
    """Of each row from its mean distances; 0 where it is alone (nan) or has no other segment."""
    largest = np.maximum(within, nearest)
    fit = np.isfinite(largest) & (largest > 0)
    value: Floats = np.where(fit, (nearest - within) / np.where(fit, largest, 1), 0.0)
    return value


def crossed(pairs: Pairwise, levels: list[Integers], k: int) -> Partition | None:
    """The best crossing with at most k segments; None when no variable has two levels above the floor."""
    ends = [Crossing(pairs, levels, root, k).settled() for root in _roots(pairs, levels, k)]
    return max(ends, key=lambda end: (end.k, end.silhouette), default=None)


def set_apart(pairs: Pairwise, inside: Integers, codes: Integers, most: int) -> list[Integers]:
    """The largest levels among these rows, up to `most`; what is left keeps the floor, as each of them does."""
    sizes = np.bincount(codes[inside], weights=pairs.weights[inside])
    left = float(sizes.sum())
    apart: list[Integers] = []
    for level in np.argsort(-sizes, kind="stable"):
        size = float(sizes[level])
        if len(apart) < most and size > 0 and min(size, left - size) >= max(pairs.smallest, 1e-9):
            apart.append(inside[codes[inside] == level])
            left -= size
    return apart


def _roots(pairs: Pairwise, levels: list[Integers], k: int) -> list[Partition]:
    """Partitions by one variable, the finest and the tightest, each also with the rare level that stands out apart."""
    everybody = np.arange(len(pairs.weights))
    found = []
    for codes in levels:
        labels = np.zeros(len(codes), np.intp)
        for number, leaving in enumerate(set_apart(pairs, everybody, codes, len(codes)), 1):
            labels[leaving] = number
        if labels.max() > 0:
            found.append(_at_most(pairs, pairs.partition(labels), k))
    tightest = sorted(found, key=lambda root: -root.silhouette)
    finest = sorted(tightest, key=lambda root: -root.k)
    best = list(dict.fromkeys(id(root) for root in (*finest[:1], *tightest)))[:ROOTS]
    return [one for root in tightest if id(root) in best for one in (root, *_pulled(pairs, levels, root, k))]


def _pulled(pairs: Pairwise, levels: list[Integers], root: Partition, k: int) -> Iterator[Partition]:
    if root.k >= k:
        return
    trials = []
    for codes in levels:
        for level in range(int(codes.max()) + 1):
            rows = codes == level
            size = float(pairs.weights[rows].sum())
            if max(pairs.smallest, 1e-9) <= size <= pairs.points.total / root.k:
                trials.append(above_floor(pairs, pairs.partition(np.where(rows, root.k, root.labels))))
    wider = [trial for trial in trials if trial.k > root.k]
    if wider:
        yield max(wider, key=lambda trial: trial.silhouette)


def _at_most(pairs: Pairwise, partition: Partition, k: int) -> Partition:
    while partition.k > k:
        partition = merges(pairs, partition, 2 * partition.k)[0]
    return partition
