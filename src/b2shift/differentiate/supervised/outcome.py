"""What a task hands back: whether it may be used, how good it is, and what it says of rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from b2shift.differentiate.contracts import ReliabilityBin, TrainMeasures
from b2shift.differentiate.supervised.learning import Learnt
from b2shift.differentiate.supervised.shapes import Columns, Floats

SURE = 1.2815515655446004
"""Standard errors by which the base must be beaten. Without signal, learners lose to the base on rows they have not
seen, by more than an error on average: `benchmarks/README.md` tells how often such tables pass."""
RANKED = 1.6448536269514722
"""Standard errors of chance by which events must rank above the others."""
NEARLY, RANKED_SURELY = 0.5, 2.3263478740408408
"""Standard errors of gain that are enough where the ranking alone is sure at 99 %."""
HARDLY = 0.02
"""Chance of an association as strong as the one found, under which it is taken for one."""
_SAMPLED = 400
Said = Mapping[str, Any]
"""Output columns by name."""


@dataclass(frozen=True)
class Outcome:
    """`own` says the rows that taught, each by models blind to it; `new` says others."""

    usable: bool
    verdict: str
    measures: TrainMeasures
    reliability: tuple[ReliabilityBin, ...]
    weights: dict[str, float]
    importance: dict[str, float]
    own: Callable[[], Said]
    new: Callable[[Columns], Said]
    times: tuple[float, ...] = ()


def gain_in_errors(gains: Floats, groups: Floats) -> float:
    """Mean gain over its standard error, rows of one group counted together; 0 when nothing varies."""
    _, group = np.unique(groups, return_inverse=True)
    sums = np.bincount(group, weights=gains - gains.mean())
    error = float(np.sqrt((sums**2).sum())) / len(gains)
    return float(gains.mean() / error) if error > 0 else 0.0


def has_signal(gain: float, ranked: float, chance: float = 1.0) -> bool:
    """Whether a yes or no beats the base rate: by both tests, or by a gain less sure and a ranking surer than asked.

    The ranking does not ask the level of each probability, so that on few rows a weak signal shows in it first; and
    where a shuffled label would hardly go with the columns as much (`chance`), any gain is enough.
    """
    return ranked > RANKED and (
        gain > SURE or (gain > NEARLY and ranked > RANKED_SURELY) or (gain > 0 and chance < HARDLY)
    )


def amount_has_signal(gain: float, chance: float) -> bool:
    """Whether a number is said better than by its mean: surely, or at all where chance hardly explains the columns."""
    return gain > SURE or (gain > 0 and chance < HARDLY)


def lifetime_has_signal(gain: float, nearer: float, chance: float, ranked: float = 0.0) -> bool:
    """Whether curves are told better than by the same one for everyone: surely; less surely, where the ranking is surer
    than asked; or by likelihood or by integrated Brier score (`nearer`) at all, where chance hardly explains the
    columns."""
    return gain > SURE or (gain > NEARLY and ranked > RANKED_SURELY) or (max(gain, nearer) > 0 and chance < HARDLY)


def weights_of(learnt: Learnt) -> dict[str, float]:
    """The share of each family."""
    names = [one.family for one in learnt.teachers[0].fitted]
    return dict(zip(names, np.round(learnt.stack.families, 4).tolist(), strict=True))


def importance_of(learnt: Learnt, columns: Columns) -> dict[str, float]:
    """Mean absolute contribution of each column over evenly drawn rows, largest first."""
    rows = np.unique(np.linspace(0, len(columns) - 1, min(_SAMPLED, len(columns))).astype(np.intp))
    mean = np.abs(learnt.own_contributions(columns, rows)).mean(axis=0)
    order = np.argsort(-mean, kind="stable")
    return {learnt.encoding.names[place]: round(float(mean[place]), 4) for place in order}
