"""Presets of the search: what each prefers among candidates that were measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

RULES = "regras"
MIN_STABILITY = 0.7
"""Stability below which a segmentation would be another one next month."""
MAX_LARGEST_SHARE = 0.9
"""Share of rows above which a segment is the whole table with outliers set apart: tight, and useless."""
_STABILITY_MARGIN = 0.05
"""Stability below the best that still counts as stable where nothing reaches the minimum."""
Measured = TypeVar("Measured")
"""What has the measures of a candidate, unknown ones as None; a largest share that is not known is no objection."""


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

    def fits(self, candidate: Any) -> bool:
        """Whether algorithm and k are allowed, and no segment is nearly everybody."""
        kind = not self.algorithms or candidate.algorithm in self.algorithms
        return bool(kind and candidate.k <= self.max_segments) and largest_share(candidate) <= MAX_LARGEST_SHARE


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


def preset_choices(measured: Sequence[Measured]) -> dict[str, Measured]:
    """What each preset of the search (explainable, stable, fine) prefers among candidates measured whole; rows of
    `segment_models` are some. Empty where none was."""
    whole = [one for one in measured if stability(one)]
    return {name: best_by_weights(whole, PRESETS[name]) for name in (EXPLAINABLE, STABLE, FINE)} if whole else {}


def best_by_weights(measured: Sequence[Measured], preset: Preset) -> Measured:
    """The candidate a preset chooses by its weights; a requirement that nothing meets is dropped."""
    eligible = [candidate for candidate in measured if preset.fits(candidate)] or list(measured)
    best_stability = max(stability(candidate) for candidate in eligible)
    min_stability = (
        preset.min_stability if best_stability >= preset.min_stability else best_stability - _STABILITY_MARGIN
    )
    eligible = [candidate for candidate in eligible if stability(candidate) >= min_stability]
    return max(
        eligible,
        key=lambda candidate: (round(score(candidate, eligible, preset), 9), *_order(candidate)),
    )


def largest_share(candidate: Any) -> float:
    """Share of the largest segment, 0 where nobody kept it."""
    return float(getattr(candidate, "largest_share", 0.0))


def stability(candidate: Any) -> float:
    """Stability, 0 where it was not measured."""
    return float(candidate.stability or 0.0)


def _order(candidate: Any) -> tuple[int, str]:
    return -candidate.k, candidate.algorithm


def score(candidate: Any, among: Sequence[Any], preset: Preset) -> float:
    """Weighted share of the best value of each criterion; 0 for unknown or negative values."""
    total = 0.0
    for name, weight in preset.weights.items():
        best = max((getattr(other, name) or 0.0) for other in among)
        total += weight * max(getattr(candidate, name) or 0.0, 0.0) / best if best > 0 else 0.0
    return total
