"""Boosted trees of one split each, as steps along each column: what a column adds is looked up, not walked for.

The parts are those of TreeSHAP (Lundberg et al., 2018), which of a tree of one split are its value less its mean.
"""

from functools import cached_property
from typing import Any

import numpy as np

from b2shift.differentiate.supervised.shapes import Floats, Integers


class Stumps:
    """A booster whose trees have two leaves or one."""

    def __init__(self, booster: Any) -> None:
        self._booster = booster

    def parts(self, rows: Floats, counted: Floats, sources: Integers, width: int) -> Floats:
        """What each source column adds to each row (rows × width); `counted`: how much each tree counts."""
        told = np.zeros((len(rows), width))
        tree, column, edge, left, right, unknown = self._splits
        for at in np.unique(column):
            mine = np.flatnonzero(column == at)
            mine = mine[np.argsort(edge[mine], kind="stable")]
            share = counted[tree[mine].astype(np.intp)]
            low, high = share * left[mine], share * right[mine]
            steps = np.r_[0.0, np.cumsum(high - low)] + low.sum()
            values = rows[:, int(at)]
            part = steps[np.searchsorted(edge[mine], values, side="left")]
            told[:, sources[int(at)]] += np.where(np.isnan(values), share @ unknown[mine], part)
        return told

    @cached_property
    def _splits(self) -> Floats:
        """Of each split the tree, the column, the last value to its left, and what is left, right and unknown adds."""
        told = [
            _split(place, tree["tree_structure"])
            for place, tree in enumerate(self._booster.dump_model()["tree_info"])
            if "threshold" in tree["tree_structure"]
        ]
        return np.array(told, float).reshape(-1, 6).T


def _split(place: int, node: dict[str, Any]) -> tuple[float, ...]:
    low, high = node["left_child"], node["right_child"]
    values, rows = [one["leaf_value"] for one in (low, high)], [one["leaf_count"] for one in (low, high)]
    left, right = np.asarray(values) - np.average(values, weights=rows)
    to_left = node["default_left"] if node["missing_type"] == "NaN" else node["threshold"] >= 0
    return place, node["split_feature"], node["threshold"], left, right, left if to_left else right
