"""The rank of one customer in the base: aggregates that reveal nothing of any other customer."""

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from statistics import fmean

from b2shift.web.crm.cache import cached
from b2shift.web.crm.models import Customer, ScoreCard


@dataclass(frozen=True)
class Rank:
    """The rank by descending score among all that have one, and the mean."""

    place: int
    of: int
    mean: float


def churn_rank(customer: Customer) -> Rank | None:
    """The customer's rank by churn risk, 1 for the highest; None without a score."""
    if customer.churn_90d is None:
        return None
    scored = cached(("scored", "churn_90d"), _churn_scores)
    mean = cached(("mean", "churn_90d"), lambda: fmean(scored))
    return Rank(place=len(scored) - bisect_right(scored, customer.churn_90d) + 1, of=len(scored), mean=mean)


def _churn_scores() -> "array[float]":
    """The scores of every customer, ascending."""
    scored = Customer.objects.order_by("churn_90d")
    return array("d", [score for score in scored.values_list("churn_90d", flat=True) if score is not None])


def score_card(score: str) -> ScoreCard | None:
    """How far a score can be believed, for whoever sees the score itself."""
    return cached(("card", score), ScoreCard.objects.filter(score=score).first)
