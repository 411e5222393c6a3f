"""Tests of whether a model has usable signal."""

import numpy as np

from b2shift.differentiate.supervised.shapes import Floats

MIN_GAIN_Z = 1.2815515655446004
"""z-score by which the baseline must be beaten. Without signal, learners lose to it on held-out rows by more than a
standard error on average: `benchmarks/README.md` has the false positive rates."""
MIN_RANK_Z = 1.6448536269514722
"""z-score by which events must rank above the others."""
MIN_WEAK_GAIN_Z, SURE_RANK_Z = 0.5, 2.3263478740408408
"""z-score of gain that is enough where the ranking alone is sure at 99 %."""
MAX_P_VALUE = 0.02
"""Permutation p-value below which an association is taken for real."""


def gain_z(gains: Floats, groups: Floats) -> float:
    """Mean gain over its cluster-robust standard error; 0 when nothing varies."""
    _, group = np.unique(groups, return_inverse=True)
    sums = np.bincount(group, weights=gains - gains.mean())
    error = float(np.sqrt((sums**2).sum())) / len(gains)
    return float(gains.mean() / error) if error > 0 else 0.0


def binary_has_signal(gain: float, rank_z: float, p_value: float = 1.0) -> bool:
    """Whether a binary model beats the base rate: by both tests, or by a weaker gain and a surer ranking.

    Ranking does not need calibrated levels, so that on few rows a weak signal shows in it first; where the permutation
    p-value is small, any gain is enough.
    """
    return rank_z > MIN_RANK_Z and (
        gain > MIN_GAIN_Z or (gain > MIN_WEAK_GAIN_Z and rank_z > SURE_RANK_Z) or (gain > 0 and p_value < MAX_P_VALUE)
    )


def regression_has_signal(gain: float, p_value: float) -> bool:
    """Whether a number is predicted better than by its mean: surely, or at all where the p-value is small."""
    return gain > MIN_GAIN_Z or (gain > 0 and p_value < MAX_P_VALUE)


def survival_has_signal(gain: float, brier_gain: float, p_value: float, rank_z: float = 0.0) -> bool:
    """Whether curves beat the baseline curve: surely; less surely with a surer ranking; or at all, by likelihood or
    integrated Brier score (`brier_gain`), where the p-value is small."""
    return (
        gain > MIN_GAIN_Z
        or (gain > MIN_WEAK_GAIN_Z and rank_z > SURE_RANK_Z)
        or (max(gain, brier_gain) > 0 and p_value < MAX_P_VALUE)
    )
