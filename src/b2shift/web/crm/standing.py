"""Where one customer stands in the base: figures of the whole base that tell nothing of any other customer."""

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from statistics import fmean

from b2shift.web.crm.models import Customer, ScoreCard
from b2shift.web.crm.remembered import remembered


@dataclass(frozen=True)
class Rank:
    """The place of a customer when all that have the score are sorted, the highest first, and the mean of all."""

    place: int
    of: int
    mean: float


def churn_rank(customer: Customer) -> Rank | None:
    """The customer's place by churn risk, 1 for the riskiest; None when it has no score."""
    if customer.churn_90d is None:
        return None
    scored = remembered(("scored", "churn_90d"), _churn_scores)
    mean = remembered(("mean", "churn_90d"), lambda: fmean(scored))
    return Rank(place=len(scored) - bisect_right(scored, customer.churn_90d) + 1, of=len(scored), mean=mean)


def _churn_scores() -> "array[float]":
    """Every customer's, the lowest first."""
    scored = Customer.objects.order_by("churn_90d")
    return array("d", [score for score in scored.values_list("churn_90d", flat=True) if score is not None])


def score_card(score: str) -> ScoreCard | None:
    """How far a score can be believed, for whoever sees the score itself."""
    return remembered(("card", score), ScoreCard.objects.filter(score=score).first)
