"""The shapes of choosing: who was drawn into which arm, what came of it, the shares that follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from b2shift.kernel.contract import Contract

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
NEVER = -1
"""Days after which something came that has not come."""


class ShareReason(StrEnum):
    """Why an arm has its share."""

    STARTING = "starting"
    """Too little is known: the shares the arms began with."""
    LEARNT = "learnt"
    """The probability that the arm is the best, and the floor."""
    STOPPED = "stopped"
    """Customers of the arm asked to be left alone credibly more often than those of the others."""


@dataclass(frozen=True)
class Arms:
    """The arms one chooses among: names, shares to begin with, the least an arm gets, days a success may take."""

    names: Sequence[str]
    starting: Sequence[float]
    floor: float
    window: int


@dataclass(frozen=True)
class Trials:
    """Who was drawn, one place a trial in every array (n).

    `arm` and `group`: places in the lists of names they are told with; `age`: days since the draw; `success_after` and
    `left_after`: days until the success, and until somebody asked to be left alone, `NEVER` where it has not come;
    `shares`: those each was drawn by (n, arms).
    """

    arm: Integers
    group: Integers
    age: Integers
    success_after: Integers
    left_after: Integers
    shares: Floats

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, int, int]], shares: Sequence[Sequence[float]] | Floats) -> "Trials":
        """From rows of arm, group, age, success_after, left_after, and the shares of each."""
        arm, group, age, success_after, left_after = np.array(rows, np.int64).reshape(-1, 5).T
        return cls(arm, group, age, success_after, left_after, np.asarray(shares, float))


class ArmShare(Contract):
    """The share of one arm among customers of one group, and what is believed of its rate of success.

    `mean`, `low` and `high`: of the posterior, the two ends its 2.5 % and 97.5 % quantiles. Counts are of the group's
    trials. In the group of everyone the share is for a group not seen yet; what is believed and counted is of all.
    """

    group: str
    arm: str
    share: float
    mean: float
    low: float
    high: float
    trials: int
    successes: int
    known: float
    """Trials counted by how much of their success has usually come by their age."""
    left: int
    """Trials of which somebody asked to be left alone."""
    reason: ShareReason


class ArmValue(Contract):
    """The rate of success of one arm had everyone been given it, with its 95 % interval."""

    arm: str
    trials: int
    """Trials of the arm whose window is over."""
    successes: int
    mean: float
    error: float
    low: float
    high: float
