"""The models inside kept scores, from their parameters."""

from b2shift.differentiate.scores.learners import Learned, Parameters, blend, linear, trees
from b2shift.differentiate.scores.tiers import tiered


def model_of(told: Parameters, threads: int = 1) -> Learned:
    """A fitted model that says the same, to the last bit, as the one that was fitted."""
    if told["kind"] == "mean":
        one, other = told["of"]
        return blend(model_of(one, threads), model_of(other, threads))
    if told["kind"] == "trees":
        return trees(told, threads)
    return tiered(told) if told["kind"] == "tiers" else linear(told)
