"""Which families and strengths large tables go on with after their first teacher: those that may still count.

What lost clearly on thousands of rows would get no weight in the end, and costs most of the time.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from b2shift.differentiate.supervised.families import DEEP, Plan
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.shapes import Flags, Floats
from b2shift.differentiate.supervised.stacking import stack

NARROWED_FROM = 2_000
"""Rows said by one teacher from which its families are judged."""
_BEHIND = 12.0
"""Nats behind the best strength of its family at which one is dropped: all teachers together would say several times
as many, and weights fall by e every four."""
_LEAST_SHARE = 0.05


def narrowed(
    plan: Plan, said: Sequence[Floats], came: Floats, weight: Floats, objective: Objective
) -> dict[str, Flags]:
    """The strengths of each family to go on with; of families that add up at least the best one, for the reasons."""
    weighed = stack(list(said), came, weight, objective)
    best_additive = max(
        (place for place, family in enumerate(plan) if family not in DEEP), key=lambda place: weighed.families[place]
    )
    spread = (
        1.0
        if objective.binary
        else max(2 * min(float(_losses(one, came, weight, objective).min()) for one in said) / len(came), 1e-12)
    )
    told = {}
    for place, family in enumerate(plan):
        losses = _losses(said[place], came, weight, objective) / spread
        kept: Flags = losses <= losses.min() + _BEHIND
        told[family] = kept & (weighed.families[place] >= _LEAST_SHARE or place == best_additive)
    return told


def narrower(plan: Plan, kept: Mapping[str, Flags]) -> Plan:
    """The plan with only those strengths."""
    return {
        family: tuple(one for one, stays in zip(strengths, kept[family], strict=True) if stays)
        for family, strengths in plan.items()
        if kept[family].any()
    }


def _losses(said: Floats, came: Floats, weight: Floats, objective: Objective) -> Floats:
    return np.asarray(objective.losses(came, said) @ (weight / weight.mean()))
