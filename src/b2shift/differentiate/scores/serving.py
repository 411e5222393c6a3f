"""Selects the serving version of a score: just fitted, or promoted by a person."""

from collections.abc import Sequence
from typing import TypeVar

from b2shift.differentiate.scores.cards import Card
from b2shift.differentiate.scores.drift import reference
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Frame
from b2shift.differentiate.scores.registry import Served, new_version
from b2shift.differentiate.scores.stored_models.protocol import StoredModel

K = TypeVar("K", bound=StoredModel)


def serve(
    evidence: Evidence, made: K, card: Card, learnt_on: Sequence[Frame], now: Frame, contest: str = ""
) -> tuple[Served, K]:
    """The registry entry of this run, and the version that scores the customers of `now`; `contest` says how the new
    one did against one that a person asked for."""
    new = new_version(made, card, evidence.as_of, reference(learnt_on, made.features))
    wished = evidence.promoted.get(made.score)
    if wished is not None and isinstance(wished.model, type(made)):
        return Served(new, wished, now, contest), wished.model
    return Served(new, new, now), made
