"""The allocation of everyone's actions, its prices, and the greedy one it is compared with."""

from dataclasses import dataclass

import numpy as np

from b2shift.interact.actions import prices
from b2shift.interact.actions.fill import fill
from b2shift.interact.actions.problem import Allocation, Chosen, Numbers


@dataclass(frozen=True)
class Shared:
    """The allocation; the price of each limit; the value nothing can pass; and the greedy allocation."""

    chosen: Chosen
    prices: Numbers
    bound: float
    greedy: Chosen
    rounds: int

    @property
    def gap(self) -> float:
        """How far, at most, the allocation is from the best one: 0.01 is 1 %."""
        return max(0.0, 1 - self.chosen.value / self.bound) if self.bound > 0 else 0.0


def allocate(problem: Allocation) -> Shared:
    """Share the actions out; the same arrays give the same allocation. Never worse than the greedy one."""
    found = prices.find(problem)
    greedy = fill(problem, np.zeros(problem.limits.size))
    chosen = fill(problem, found.prices)
    return Shared(max(chosen, greedy, key=lambda one: one.value), found.prices, found.bound, greedy, found.rounds)
