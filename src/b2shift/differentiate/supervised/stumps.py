"""SHAP values of boosted stumps, looked up as step functions instead of walking the trees.

For a tree of one split TreeSHAP (Lundberg et al., 2018) gives the leaf value less the mean.
"""

from functools import cached_property
from typing import Any

import numpy as np

from b2shift.differentiate.supervised.shapes import Floats, Integers


class Stumps:
    """A LightGBM booster whose trees have at most two leaves."""

    def __init__(self, booster: Any) -> None:
        self._booster = booster

    def contributions(self, rows: Floats, tree_weights: Floats, sources: Integers, width: int) -> Floats:
        """Contribution of each source column to each row (rows × width); `tree_weights`: weight of each tree."""
        contributions = np.zeros((len(rows), width))
        tree_index, features, thresholds, left_values, right_values, missing = self._splits
        for feature in np.unique(features):
            trees = np.flatnonzero(features == feature)
            trees = trees[np.argsort(thresholds[trees], kind="stable")]
            weights = tree_weights[tree_index[trees].astype(np.intp)]
            low, high = weights * left_values[trees], weights * right_values[trees]
            steps = np.r_[0.0, np.cumsum(high - low)] + low.sum()
            values = rows[:, int(feature)]
            contribution = steps[np.searchsorted(thresholds[trees], values, side="left")]
            contributions[:, sources[int(feature)]] += np.where(
                np.isnan(values), weights @ missing[trees], contribution
            )
        return contributions

    @cached_property
    def _splits(self) -> Floats:
        """Six rows: tree, feature, threshold, and the contribution to the left, to the right and for missing values."""
        splits = [
            _split(index, tree["tree_structure"])
            for index, tree in enumerate(self._booster.dump_model()["tree_info"])
            if "threshold" in tree["tree_structure"]
        ]
        return np.array(splits, float).reshape(-1, 6).T


def _split(index: int, node: dict[str, Any]) -> tuple[float, ...]:
    low, high = node["left_child"], node["right_child"]
    values, rows = [child["leaf_value"] for child in (low, high)], [child["leaf_count"] for child in (low, high)]
    left, right = np.asarray(values) - np.average(values, weights=rows)
    missing_left = node["default_left"] if node["missing_type"] == "NaN" else node["threshold"] >= 0
    return index, node["split_feature"], node["threshold"], left, right, left if missing_left else right
