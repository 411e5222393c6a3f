"""Drops families and strengths of large tables after the first member, where they clearly lose.

They would get no weight in the end, and cost most of the time.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from b2shift.differentiate.supervised.families import DEEP, Grid
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.shapes import Flags, Floats
from b2shift.differentiate.supervised.stacking import fit_stack

SELECT_FROM = 2_000
"""Test rows of one member from which its families are judged."""
_MAX_LOSS_GAP = 12.0
"""Nats behind the best strength of its family at which one is dropped: all members together would score several times
as many rows, and weights fall by e every four nats."""
_MIN_WEIGHT = 0.05


def select_strengths(
    grid: Grid, scores: Sequence[Floats], target: Floats, weight: Floats, objective: Objective
) -> dict[str, Flags]:
    """Strengths of each family to keep; at least the best additive family, for explanations."""
    stacked = fit_stack(list(scores), target, weight, objective)
    best_additive = max(
        (index for index, family in enumerate(grid) if family not in DEEP),
        key=lambda index: stacked.family_weights[index],
    )
    scale = (
        1.0
        if objective.binary
        else max(
            2
            * min(float(_losses(family_scores, target, weight, objective).min()) for family_scores in scores)
            / len(target),
            1e-12,
        )
    )
    selected = {}
    for index, family in enumerate(grid):
        losses = _losses(scores[index], target, weight, objective) / scale
        close: Flags = losses <= losses.min() + _MAX_LOSS_GAP
        selected[family] = close & (stacked.family_weights[index] >= _MIN_WEIGHT or index == best_additive)
    return selected


def restrict_grid(grid: Grid, selected: Mapping[str, Flags]) -> Grid:
    """The grid with only the selected strengths."""
    return {
        family: tuple(strength for strength, keep in zip(strengths, selected[family], strict=True) if keep)
        for family, strengths in grid.items()
        if selected[family].any()
    }


def _losses(scores: Floats, target: Floats, weight: Floats, objective: Objective) -> Floats:
    return np.asarray(objective.losses(target, scores) @ (weight / weight.mean()))
