"""Presets of the search, and the measured candidate each prefers."""

from collections.abc import Sequence
from dataclasses import dataclass

from b2shift.differentiate.segments.candidates import Candidate
from b2shift.differentiate.segments.search_space import LATENT, RULES
from b2shift.differentiate.segments.selection import MIN_STABILITY

CRITERIA = ("silhouette", "null_excess", "stability", "explainability", "churn_explained", "mrr_explained", "k")
"""Criteria of the Pareto front; more of each is better."""
MAX_LARGEST_SHARE = 0.9
"""Share of rows above which a segment is the whole table with outliers set apart: tight, and useless."""
MIN_NULL_EXCESS = 0.02
"""Silhouette above the shuffled null below which a table shows no segments: chance varies as much."""
CLEAR_NULL_EXCESS = 0.05
"""The same, from which segments are more than chance though unstable."""
MIN_REDUNDANCY = 1.25
"""Times over, beyond the first, that columns must identify latent classes for these to need no silhouette."""
_STABILITY_MARGIN = 0.05
"""Stability below the best that still counts as stable where nothing reaches the minimum."""


@dataclass(frozen=True)
class Preset:
    """Chooses, among stable candidates, the highest weighted share of each best value."""

    praise: str
    weights: dict[str, float]
    min_stability: float = MIN_STABILITY
    max_segments: int = 40
    algorithms: tuple[str, ...] = ()
    prefer_groups: bool = False
    """Whether latent classes, where they hold, come before everything else."""

    def fits(self, candidate: Candidate) -> bool:
        """Whether algorithm and k are allowed, and no segment is nearly everybody."""
        kind = not self.algorithms or candidate.algorithm in self.algorithms
        return kind and candidate.k <= self.max_segments and candidate.largest_share <= MAX_LARGEST_SHARE


BALANCED, EXPLAINABLE, STABLE, FINE = "balanced", "explainable", "stable", "fine"
PRESETS: dict[str, Preset] = {
    BALANCED: Preset(
        "o melhor equilíbrio",
        {
            "silhouette": 1,
            "null_excess": 1,
            "stability": 1,
            "explainability": 1,
            "churn_explained": 1,
            "mrr_explained": 1,
        },
        min_stability=0.85,
        max_segments=30,
        prefer_groups=True,
    ),
    EXPLAINABLE: Preset(
        "o mais fácil de explicar",
        {"silhouette": 2, "null_excess": 1, "stability": 1, "explainability": 2},
        min_stability=0.9,
        max_segments=30,
        algorithms=(RULES,),
    ),
    STABLE: Preset("o mais nítido dos estáveis", {"silhouette": 1, "null_excess": 1}, min_stability=0.9),
    FINE: Preset(
        "o mais detalhado que se sustenta",
        {"silhouette": 2, "null_excess": 1, "stability": 1, "k": 2},
        min_stability=0.85,
    ),
}


def preferred(measured: Sequence[Candidate], preset: Preset) -> Candidate:
    """The candidate a preset chooses; a requirement that nothing meets is dropped."""
    if preset.prefer_groups and (groups := latent_groups(measured, preset)):
        return groups
    eligible = [candidate for candidate in measured if preset.fits(candidate)] or list(measured)
    best_stability = max((candidate.stability or 0.0) for candidate in eligible)
    min_stability = (
        preset.min_stability if best_stability >= preset.min_stability else best_stability - _STABILITY_MARGIN
    )
    eligible = [candidate for candidate in eligible if (candidate.stability or 0.0) >= min_stability]
    return max(
        eligible,
        key=lambda candidate: (round(score(candidate, eligible, preset), 9), -candidate.k, candidate.algorithm),
    )


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


def score(candidate: Candidate, among: Sequence[Candidate], preset: Preset) -> float:
    """Weighted share of the best value of each criterion; 0 for unknown or negative values."""
    total = 0.0
    for name, weight in preset.weights.items():
        best = max((getattr(other, name) or 0.0) for other in among)
        total += weight * max(getattr(candidate, name) or 0.0, 0.0) / best if best > 0 else 0.0
    return total
