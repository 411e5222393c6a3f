"""HDBSCAN on weighted rows: one spanning tree serves every minimum size.

Campello, Moulavi, Zimek and Sander (2015): mutual reachability, single linkage, condensed tree, excess of mass. A row
of weight w counts w times in core distances and sizes.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.measures import distances

NOISE = -1
_MIN_DISTANCE = 1e-3
"""Lower bound of distances: repeated rows would have infinite density."""


@dataclass(frozen=True)
class Linkage:
    """Merges by distance: left and right node, distance; nodes below n are rows, n + i is merge i."""

    left: Integers
    right: Integers
    distance: Floats
    core: Floats
    weights: Floats


def linkage(points: Distinct, min_samples: int) -> Linkage:
    """Single linkage of mutual reachability distances (Prim's algorithm, one row of distances at a time)."""
    rows, weights = points.rows, points.weights
    count = len(rows)
    core = _core_distances(points, min_samples)
    source, target, lengths = np.zeros(count - 1, np.intp), np.zeros(count - 1, np.intp), np.zeros(count - 1)
    best_distance, nearest_inside = np.full(count, np.inf), np.zeros(count, np.intp)
    outside = np.ones(count, bool)
    norms = (rows**2).sum(1)
    current = 0
    for step in range(count - 1):
        outside[current] = False
        distance = np.sqrt(np.clip(norms + norms[current] - 2 * rows @ rows[current], 0, None))
        distance = np.maximum(np.maximum(distance, core), core[current])
        nearer = outside & (distance < best_distance)
        best_distance[nearer], nearest_inside[nearer] = distance[nearer], current
        current = int(np.where(outside, best_distance, np.inf).argmin())
        source[step], target[step], lengths[step] = nearest_inside[current], current, best_distance[current]
    order = np.argsort(lengths, kind="stable")
    left, right = _merges(source[order], target[order], count)
    return Linkage(left, right, lengths[order], core, weights)


def clusters(tree: Linkage, min_size: float) -> Integers:
    """Label of each row by excess of mass, NOISE outside clusters; `min_size` counts customers."""
    count = len(tree.weights)
    sizes = np.concatenate([tree.weights, np.zeros(count - 1)])
    for i in range(count - 1):
        sizes[count + i] = sizes[tree.left[i]] + sizes[tree.right[i]]
    parent, mass, exit_cluster = _condense(tree, sizes, min_size)
    chosen = _excess_of_mass(parent, mass)
    label = np.full(len(parent), NOISE)
    for cluster in range(len(parent)):
        if cluster in chosen:
            label[cluster] = cluster
        elif parent[cluster] >= 0:
            label[cluster] = label[parent[cluster]]
    found = label[exit_cluster]
    kept_clusters = np.unique(found[found >= 0])
    return np.where(found >= 0, np.searchsorted(kept_clusters, found), NOISE)


def _core_distances(points: Distinct, min_samples: int) -> Floats:
    core = np.empty(len(points.rows))
    for start in range(0, len(core), 1_000):
        block = slice(start, min(start + 1_000, len(core)))
        distance = distances(points.rows[block], points.rows)
        distance[np.arange(distance.shape[0]), np.arange(block.start, block.stop)] = 0.0
        neighbours = min(min_samples, distance.shape[1])
        index = np.argpartition(distance, neighbours - 1, axis=1)[:, :neighbours]
        nearest = np.take_along_axis(distance, index, axis=1)
        order = np.argsort(nearest, axis=1)
        nearest = np.take_along_axis(nearest, order, axis=1)
        cumulative = np.cumsum(points.weights[np.take_along_axis(index, order, axis=1)], axis=1)
        core[block] = nearest[np.arange(len(nearest)), np.minimum((cumulative < min_samples).sum(1), neighbours - 1)]
    return core


def _merges(source: Integers, target: Integers, count: int) -> tuple[Integers, Integers]:
    root = np.arange(2 * count - 1)

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = int(root[node])
        return node

    left, right = np.empty(count - 1, np.intp), np.empty(count - 1, np.intp)
    for i, (a, b) in enumerate(zip(source.tolist(), target.tolist(), strict=True)):
        left[i], right[i] = find(a), find(b)
        root[left[i]] = root[right[i]] = count + i
    return left, right


def _condense(tree: Linkage, sizes: Floats, min_size: float) -> tuple[list[int], list[float], Integers]:
    """Parent and mass of each cluster of the condensed tree, and the cluster each row leaves."""
    count = len(tree.weights)
    parent, birth, mass = [-1], [0.0], [0.0]
    exit_cluster = np.zeros(count, np.intp)
    stack = [(2 * count - 2, 0)]
    while stack:
        node, cluster = stack.pop()
        if node < count:
            exit_cluster[node] = cluster
            mass[cluster] += tree.weights[node] * (1 / max(tree.core[node], _MIN_DISTANCE) - birth[cluster])
            continue
        density = 1 / max(tree.distance[node - count], _MIN_DISTANCE)
        sides = [int(tree.left[node - count]), int(tree.right[node - count])]
        large = [side for side in sides if sizes[side] >= min_size]
        if len(large) == 2:
            mass[cluster] += sizes[node] * (density - birth[cluster])
            for side in large:
                parent.append(cluster)
                birth.append(density)
                mass.append(0.0)
                stack.append((side, len(parent) - 1))
            continue
        for side in sides:
            if side in large:
                stack.append((side, cluster))
            else:
                mass[cluster] += sizes[side] * (density - birth[cluster])
                exit_cluster[_leaves(tree, side, count)] = cluster
    return parent, mass, exit_cluster


def _leaves(tree: Linkage, node: int, count: int) -> list[int]:
    leaves, stack = [], [node]
    while stack:
        current = stack.pop()
        if current < count:
            leaves.append(current)
        else:
            stack += [int(tree.left[current - count]), int(tree.right[current - count])]
    return leaves


def _excess_of_mass(parent: list[int], mass: list[float]) -> set[int]:
    """Clusters whose mass exceeds that of their descendants; never the root."""
    children: dict[int, list[int]] = {}
    for cluster, ancestor in enumerate(parent):
        children.setdefault(ancestor, []).append(cluster)
    best = list(mass)
    chosen: set[int] = set()
    for cluster in range(len(parent) - 1, 0, -1):
        descendants = sum(best[child] for child in children.get(cluster, []))
        if descendants > mass[cluster]:
            best[cluster] = descendants
        else:
            chosen.add(cluster)
    kept: set[int] = set()
    for cluster in range(1, len(parent)):
        ancestor = parent[cluster]
        while ancestor > 0 and ancestor not in chosen:
            ancestor = parent[ancestor]
        if cluster in chosen and ancestor <= 0:
            kept.add(cluster)
    return kept
