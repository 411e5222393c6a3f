"""The measured candidate each preset of the search prefers, and whether segments are more than chance."""

from collections.abc import Sequence

from b2shift.differentiate.segments.candidates import Candidate
from b2shift.differentiate.segments.preset_declarations import MIN_STABILITY, Preset, best_by_weights
from b2shift.differentiate.segments.search_space import LATENT

CRITERIA = ("silhouette", "null_excess", "stability", "explainability", "churn_explained", "mrr_explained", "k")
"""Criteria of the Pareto front; more of each is better."""
MIN_NULL_EXCESS = 0.02
"""Silhouette above the shuffled null below which a table shows no segments: chance varies as much."""
CLEAR_NULL_EXCESS = 0.05
"""The same, from which segments are more than chance though unstable."""
MIN_REDUNDANCY = 1.25
"""Times over, beyond the first, that columns must identify latent classes for these to need no silhouette."""


def preferred(measured: Sequence[Candidate], preset: Preset) -> Candidate:
    """The candidate a preset chooses; a requirement that nothing meets is dropped."""
    if preset.prefer_groups and (groups := latent_groups(measured, preset)):
        return groups
    return best_by_weights(measured, preset)


def latent_groups(measured: Sequence[Candidate], preset: Preset) -> Candidate | None:
    """The latent classes, if stable and more than chance."""
    for candidate in measured:
        stable = (candidate.stability or 0.0) >= preset.min_stability
        if candidate.algorithm == LATENT and stable and beyond_chance(candidate) and preset.fits(candidate):
            return candidate
    return None


def beyond_chance(candidate: Candidate) -> bool | None:
    """Whether segments are more than chance; None where not measured.

    By the silhouette above the shuffled null, clearly, or by little where stable; or because several columns identify
    the same classes.
    """
    if candidate.null_excess is None:
        return None
    stable = (
        candidate.stability is None
        or candidate.stability >= MIN_STABILITY
        or candidate.null_excess >= CLEAR_NULL_EXCESS
    )
    return (candidate.null_excess >= MIN_NULL_EXCESS and stable) or (candidate.redundancy or 0.0) >= MIN_REDUNDANCY
