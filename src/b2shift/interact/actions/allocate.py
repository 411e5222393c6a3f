"""Allocation of actions to customers: Lagrangian relaxation with a feasible solution, and the greedy baseline."""

from dataclasses import dataclass

import numpy as np

from b2shift.interact.actions import prices
from b2shift.interact.actions.primal import feasible_solution
from b2shift.interact.actions.problem import AllocationProblem, Choices, Numbers


@dataclass(frozen=True)
class Solution:
    """The allocation, the shadow price of each limit, the upper bound, and the greedy baseline."""

    chosen: Choices
    prices: Numbers
    bound: float
    greedy: Choices
    rounds: int

    @property
    def gap(self) -> float:
        """How far, at most, the allocation is from the best one: 0.01 is 1 %."""
        return max(0.0, 1 - self.chosen.value / self.bound) if self.bound > 0 else 0.0


def allocate(problem: AllocationProblem) -> Solution:
    """Solve an allocation problem deterministically. Never worse than the greedy baseline."""
    found = prices.shadow_prices(problem)
    greedy = feasible_solution(problem, np.zeros(problem.limits.size))
    chosen = feasible_solution(problem, found.prices)
    return Solution(max(chosen, greedy, key=lambda one: one.value), found.prices, found.bound, greedy, found.rounds)
