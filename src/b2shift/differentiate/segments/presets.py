"""What a person may ask a search to prefer, and which of the measured candidates that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from b2shift.differentiate.segments.candidates import Candidate
from b2shift.differentiate.segments.choice import STEADY
from b2shift.differentiate.segments.trials import LATENT, RULES

CRITERIA = ("silhouette", "null_excess", "stability", "explainability", "churn_explained", "mrr_explained", "k")
"""What the front is about; more of each is better."""
NEARLY_ALL = 0.9
"""Share of the rows from which a segment is the table itself, with a few odd rows set apart: tight, and of no use."""
CHANCE = 0.02
"""Silhouette above that of shuffled variables under which a table shows no segments: chance alone varies so much."""
CLEARLY = 0.05
"""The same from which segments are more than chance though refits bring back others."""
REPEATED = 1.25
"""Times over, beyond the first, that the columns must tell the groups of rows for these to need no silhouette."""
_LEEWAY = 0.05
"""Stability under the best within which candidates count as steady where none reaches what is asked."""


@dataclass(frozen=True)
class Preset:
    """Among the candidates that come back at least so steadily, the highest weighted share of each best value."""

    words: str
    weights: dict[str, float]
    steady: float = STEADY
    most: int = 40
    algorithms: tuple[str, ...] = ()
    groups: bool = False
    """Whether groups that tell their own number go before everything else, where they hold."""

    def fits(self, one: Candidate) -> bool:
        """Whether its kind and size are what is asked for, and no segment is nearly everybody."""
        kind = not self.algorithms or one.algorithm in self.algorithms
        return kind and one.k <= self.most and one.largest_share <= NEARLY_ALL


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
        steady=0.85,
        most=30,
        groups=True,
    ),
    EXPLAINABLE: Preset(
        "o mais fácil de explicar",
        {"silhouette": 2, "null_excess": 1, "stability": 1, "explainability": 2},
        steady=0.9,
        most=30,
        algorithms=(RULES,),
    ),
    STABLE: Preset("o mais nítido dos estáveis", {"silhouette": 1, "null_excess": 1}, steady=0.9),
    FINE: Preset(
        "o mais detalhado que se sustenta", {"silhouette": 2, "null_excess": 1, "stability": 1, "k": 2}, steady=0.85
    ),
}


def preferred(measured: Sequence[Candidate], asked: Preset) -> Candidate:
    """What a preset asks for; a demand that nothing meets is dropped."""
    if asked.groups and (told := telling(measured, asked)):
        return told
    fit = [one for one in measured if asked.fits(one)] or list(measured)
    steadiest = max((one.stability or 0.0) for one in fit)
    least = asked.steady if steadiest >= asked.steady else steadiest - _LEEWAY
    fit = [one for one in fit if (one.stability or 0.0) >= least]
    return max(fit, key=lambda one: (round(score(one, fit, asked), 9), -one.k, one.algorithm))


def telling(measured: Sequence[Candidate], asked: Preset) -> Candidate | None:
    """The groups that tell their own number, if they come back and are more than chance."""
    for one in measured:
        steady = (one.stability or 0.0) >= asked.steady
        if one.algorithm == LATENT and steady and beyond_chance(one) and asked.fits(one):
            return one
    return None


def beyond_chance(one: Candidate) -> bool | None:
    """Whether segments are more than chance would give; None where that was not measured.

    By the silhouette above that of shuffled variables, clearly or by little where refits bring the segments back; or
    because several columns tell the same groups.
    """
    if one.null_excess is None:
        return None
    held = one.stability is None or one.stability >= STEADY or one.null_excess >= CLEARLY
    return (one.null_excess >= CHANCE and held) or (one.told_over or 0.0) >= REPEATED


def score(one: Candidate, among: Sequence[Candidate], asked: Preset) -> float:
    """Weighted share of the best value of each criterion; 0 for what is not known or below zero."""
    told = 0.0
    for name, weight in asked.weights.items():
        best = max((getattr(other, name) or 0.0) for other in among)
        told += weight * max(getattr(one, name) or 0.0, 0.0) / best if best > 0 else 0.0
    return told
