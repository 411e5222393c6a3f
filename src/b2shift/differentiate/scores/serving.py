"""What serves a score: the version just fitted, or the one that a person asked for."""

from collections.abc import Sequence
from typing import TypeVar

from b2shift.differentiate.scores.cards import Card
from b2shift.differentiate.scores.drift import reference
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Frame
from b2shift.differentiate.scores.kept.contract import Kept
from b2shift.differentiate.scores.registry import Served, fitted

K = TypeVar("K", bound=Kept)


def serve(evidence: Evidence, made: K, card: Card, learnt_on: Sequence[Frame], now: Frame) -> tuple[Served, K]:
    """The score of this run for the registry, and the version that says it to the customers of `now`."""
    new = fitted(made, card, evidence.as_of, reference(learnt_on, made.features))
    wished = evidence.promoted.get(made.score)
    if wished is not None and isinstance(wished.kept, type(made)):
        return Served(new, wished, now), wished.kept
    return Served(new, new, now), made
