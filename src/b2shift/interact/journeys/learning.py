"""Splits that learn: which ones a journey has, and what their evidence is of."""

from hashlib import blake2b

from b2shift.interact.journeys.transitions import reachable_steps
from b2shift.interact.shapes.journeys import Journey, SplitStep


def learning_splits(journey: Journey) -> tuple[SplitStep, ...]:
    """The splits that learn, in the order of the text."""
    return tuple(one for one in journey.steps if isinstance(one, SplitStep) and one.learns)


def evidence_key(journey: Journey, step: SplitStep) -> str:
    """The same for versions in which the split, everything after it and the measure are the same: only these outcomes
    tell of one another (24 letters)."""
    after = reachable_steps(journey, step.id)
    told = [one.model_dump_json() for one in journey.steps if one.id in after]
    return blake2b("\0".join([journey.measure.model_dump_json(), *told]).encode(), digest_size=12).hexdigest()
