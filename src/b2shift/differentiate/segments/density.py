"""HDBSCAN on weighted rows: one spanning tree serves every minimum size, and repeated rows cost nothing.

Campello, Moulavi, Zimek and Sander (2015): mutual reachability, single linkage, condensed tree, excess of mass.
A row that occurs w times counts w times in core distances and in sizes.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.measures import distances

NOISE = -1
_NEAREST = 1e-3
"""Distance below which rows are as dense as density gets: keeps repeated rows from an infinite density."""


@dataclass(frozen=True)
class Linkage:
    """Merges in order of distance: left and right node, distance; nodes below n are rows, n + i is merge i."""

    left: Integers
    right: Integers
    distance: Floats
    core: Floats
    weights: Floats


def linkage(points: Distinct, min_samples: int) -> Linkage:
    """Single linkage of the mutual reachability distances (Prim's tree, one row of distances at a time)."""
    rows, weights = points.rows, points.weights
    count = len(rows)
    core = _core_distances(points, min_samples)
    source, target, length = np.zeros(count - 1, np.intp), np.zeros(count - 1, np.intp), np.zeros(count - 1)
    reach, came_from = np.full(count, np.inf), np.zeros(count, np.intp)
    outside = np.ones(count, bool)
    norms = (rows**2).sum(1)
    at = 0
    for step in range(count - 1):
        outside[at] = False
        apart = np.sqrt(np.clip(norms + norms[at] - 2 * rows @ rows[at], 0, None))
        apart = np.maximum(np.maximum(apart, core), core[at])
        nearer = outside & (apart < reach)
        reach[nearer], came_from[nearer] = apart[nearer], at
        at = int(np.where(outside, reach, np.inf).argmin())
        source[step], target[step], length[step] = came_from[at], at, reach[at]
    order = np.argsort(length, kind="stable")
    left, right = _merges(source[order], target[order], count)
    return Linkage(left, right, length[order], core, weights)


def clusters(tree: Linkage, min_size: float) -> Integers:
    """Label of each row by excess of mass, NOISE for those in no cluster; `min_size` counts customers."""
    count = len(tree.weights)
    sizes = np.concatenate([tree.weights, np.zeros(count - 1)])
    for i in range(count - 1):
        sizes[count + i] = sizes[tree.left[i]] + sizes[tree.right[i]]
    parent, mass, fell = _condense(tree, sizes, min_size)
    chosen = _excess_of_mass(parent, mass)
    label = np.full(len(parent), NOISE)
    for cluster in range(len(parent)):
        if cluster in chosen:
            label[cluster] = cluster
        elif parent[cluster] >= 0:
            label[cluster] = label[parent[cluster]]
    found = label[fell]
    names = np.unique(found[found >= 0])
    return np.where(found >= 0, np.searchsorted(names, found), NOISE)


def _core_distances(points: Distinct, min_samples: int) -> Floats:
    core = np.empty(len(points.rows))
    for start in range(0, len(core), 1_000):
        block = slice(start, min(start + 1_000, len(core)))
        apart = distances(points.rows[block], points.rows)
        apart[np.arange(apart.shape[0]), np.arange(block.start, block.stop)] = 0.0
        near = min(min_samples, apart.shape[1])
        index = np.argpartition(apart, near - 1, axis=1)[:, :near]
        close = np.take_along_axis(apart, index, axis=1)
        order = np.argsort(close, axis=1)
        close = np.take_along_axis(close, order, axis=1)
        seen = np.cumsum(points.weights[np.take_along_axis(index, order, axis=1)], axis=1)
        core[block] = close[np.arange(len(close)), np.minimum((seen < min_samples).sum(1), near - 1)]
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
    """Parent and mass of each cluster of the condensed tree, and the cluster each row fell out of."""
    count = len(tree.weights)
    parent, birth, mass = [-1], [0.0], [0.0]
    fell = np.zeros(count, np.intp)
    todo = [(2 * count - 2, 0)]
    while todo:
        node, cluster = todo.pop()
        if node < count:
            fell[node] = cluster
            mass[cluster] += tree.weights[node] * (1 / max(tree.core[node], _NEAREST) - birth[cluster])
            continue
        density = 1 / max(tree.distance[node - count], _NEAREST)
        sides = [int(tree.left[node - count]), int(tree.right[node - count])]
        large = [side for side in sides if sizes[side] >= min_size]
        if len(large) == 2:
            mass[cluster] += sizes[node] * (density - birth[cluster])
            for side in large:
                parent.append(cluster)
                birth.append(density)
                mass.append(0.0)
                todo.append((side, len(parent) - 1))
            continue
        for side in sides:
            if side in large:
                todo.append((side, cluster))
            else:
                mass[cluster] += sizes[side] * (density - birth[cluster])
                fell[_leaves(tree, side, count)] = cluster
    return parent, mass, fell


def _leaves(tree: Linkage, node: int, count: int) -> list[int]:
    found, todo = [], [node]
    while todo:
        at = todo.pop()
        if at < count:
            found.append(at)
        else:
            todo += [int(tree.left[at - count]), int(tree.right[at - count])]
    return found


def _excess_of_mass(parent: list[int], mass: list[float]) -> set[int]:
    """The clusters whose own mass exceeds what their descendants hold; the root is never one."""
    children: dict[int, list[int]] = {}
    for cluster, above in enumerate(parent):
        children.setdefault(above, []).append(cluster)
    best = list(mass)
    chosen: set[int] = set()
    for cluster in range(len(parent) - 1, 0, -1):
        below = sum(best[child] for child in children.get(cluster, []))
        if below > mass[cluster]:
            best[cluster] = below
        else:
            chosen.add(cluster)
    kept: set[int] = set()
    for cluster in range(1, len(parent)):
        above = parent[cluster]
        while above > 0 and above not in chosen:
            above = parent[above]
        if cluster in chosen and above <= 0:
            kept.add(cluster)
    return kept
