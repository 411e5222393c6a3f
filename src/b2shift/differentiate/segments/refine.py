"""Local search on the measured silhouette itself: move one distinct row at a time, every segment keeps its floor.

The silhouette is recomputed exactly for each accepted pass, from one matrix of distances between distinct rows.
"""

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.measures import distances, one_hot, silhouette_of

MATRIX_UP_TO = 6_000
"""Distinct rows for which the matrix of distances is held (288 MB as float64 at the limit)."""


class Search:
    """Silhouette of changing labels over fixed points."""

    def __init__(self, points: Distinct, floor: float) -> None:
        self.points = points
        self.smallest = floor * points.total
        self.apart = distances(points.rows, points.rows)
        np.fill_diagonal(self.apart, 0.0)
        self.weighted = self.apart * points.weights

    def sums(self, labels: Integers, k: int) -> Floats:
        """Summed distances of each row to each segment."""
        total: Floats = self.weighted @ one_hot(labels, k)
        return total

    def sizes(self, labels: Integers, k: int) -> Floats:
        """Customers of each segment."""
        return np.bincount(labels, weights=self.points.weights, minlength=k)

    def value(self, sums: Floats, labels: Integers, sizes: Floats) -> float:
        """Mean silhouette of customers."""
        return float(self.points.weights @ silhouette_of(sums, labels, sizes) / self.points.total)

    def climb(self, labels: Integers, k: int, *, passes: int = 30) -> tuple[Integers, float]:
        """Move rows while the silhouette rises; never takes a segment below the floor."""
        labels = labels.copy()
        sums, sizes = self.sums(labels, k), self.sizes(labels, k)
        best = self.value(sums, labels, sizes)
        for _ in range(passes):
            before = best
            labels, best = self._batch(labels, k, best)
            labels, best = self._single(labels, k, best)
            if best - before < 1e-5:
                break
        return labels, best

    def _wish(self, labels: Integers, sums: Floats, sizes: Floats) -> tuple[Integers, Floats]:
        """The other segment nearest on average, and how much nearer it is than the own one."""
        index = np.arange(len(labels))
        means = sums / np.maximum(sizes, 1e-300)
        own = sums[index, labels] / np.maximum(sizes[labels] - 1, 1)
        means[index, labels] = np.inf
        goal = means.argmin(axis=1)
        return goal, own - means[index, goal]

    def _batch(self, labels: Integers, k: int, best: float) -> tuple[Integers, float]:
        """Move many misplaced rows at once, fewer when that does not help."""
        fraction = 1.0
        while fraction > 0.02:
            sums, sizes = self.sums(labels, k), self.sizes(labels, k)
            goal, gain = self._wish(labels, sums, sizes)
            order = np.argsort(-gain, kind="stable")
            order = order[gain[order] > 1e-9]
            trial, room = labels.copy(), sizes.copy()
            for row in order[: max(1, int(fraction * len(order)))]:
                weight = self.points.weights[row]
                if room[trial[row]] - weight >= self.smallest:
                    room[trial[row]] -= weight
                    room[goal[row]] += weight
                    trial[row] = goal[row]
            value = self.value(self.sums(trial, k), trial, room)
            if value > best + 1e-7:
                labels, best = trial, value
            else:
                fraction /= 2
        return labels, best

    def _single(self, labels: Integers, k: int, best: float) -> tuple[Integers, float]:
        """Try each doubtful row alone, with the exact effect on everyone's silhouette."""
        sums, sizes = self.sums(labels, k), self.sizes(labels, k)
        goal, gain = self._wish(labels, sums, sizes)
        doubtful = np.argsort(-gain * self.points.weights, kind="stable")[: min(len(labels), 250)]
        for row in doubtful:
            old, weight = int(labels[row]), self.points.weights[row]
            if sizes[old] - weight < self.smallest:
                continue
            new = int(goal[row])
            column = self.apart[:, row] * weight
            sums[:, old] -= column
            sums[:, new] += column
            sizes[old] -= weight
            sizes[new] += weight
            labels[row] = new
            value = self.value(sums, labels, sizes)
            if value > best + 1e-9:
                best = value
                continue
            labels[row] = old
            sums[:, old] += column
            sums[:, new] -= column
            sizes[old] += weight
            sizes[new] -= weight
        return labels, best

    def reduce(self, labels: Integers, k: int) -> Integers:
        """Merge segments until k are left: first those under the floor, then the pair that costs least silhouette."""
        labels = np.unique(labels, return_inverse=True)[1].reshape(-1)
        count = int(labels.max()) + 1
        while count > 1:
            sizes = self.sizes(labels, count)
            small = int(sizes.argmin())
            if sizes[small] >= self.smallest and count <= k:
                break
            pairs = self._near_pairs(labels, count, small if sizes[small] < self.smallest else None)
            best, chosen = -np.inf, pairs[0]
            for a, b in pairs:
                trial = np.where(labels == b, a, labels)
                value = self.value(self.sums(trial, count), trial, self.sizes(trial, count))
                if value > best:
                    best, chosen = value, (a, b)
            labels = np.where(labels == chosen[1], chosen[0], labels)
            labels = np.unique(labels, return_inverse=True)[1].reshape(-1)
            count -= 1
        return labels

    def _near_pairs(self, labels: Integers, k: int, only: int | None) -> list[tuple[int, int]]:
        sums, sizes = self.sums(labels, k), self.sizes(labels, k)
        members = one_hot(labels, k) * self.points.weights[:, None]
        between = (members.T @ sums) / np.outer(sizes, sizes)
        if only is not None:
            between[only, only] = np.inf
            return [(int(b), only) for b in np.argsort(between[only], kind="stable")[:3]]
        upper = np.triu_indices(k, 1)
        order = np.argsort(between[upper], kind="stable")[: 2 * k]
        return [(int(upper[0][i]), int(upper[1][i])) for i in order]

    def split(self, labels: Integers, k: int) -> Integers:
        """One segment more: cut in two the one whose cut gives the best silhouette."""
        from b2shift.differentiate.segments.nearest_means import k_means

        best, chosen = -np.inf, labels
        sizes = self.sizes(labels, k)
        for segment in np.flatnonzero(sizes >= 2 * self.smallest):
            inside = np.flatnonzero(labels == segment)
            if len(inside) < 2:
                continue
            part = Distinct(self.points.rows[inside], self.points.weights[inside], np.arange(len(inside)))
            halves, _ = k_means(part, 2, seed=0, starts=3)
            weight = part.weights[halves == 1].sum()
            if not self.smallest <= weight <= sizes[segment] - self.smallest:
                continue
            trial = labels.copy()
            trial[inside[halves == 1]] = k
            value = self.value(self.sums(trial, k + 1), trial, self.sizes(trial, k + 1))
            if value > best:
                best, chosen = value, trial
        return chosen
