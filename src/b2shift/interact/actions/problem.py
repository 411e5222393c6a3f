"""The allocation problem as arrays: N customers, A actions, W weeks; money in BRL."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NO_LIMIT = -1


@dataclass(frozen=True)
class AllocationProblem:
    """Gains, costs and limits of an allocation.

    `gain` (N, A): expected benefit of an action begun this week, float32, discounted by `weekly_discount`. `fatigue`
    (N,): what one more contact costs. `eligible` (N, A). Per action: `cost`, `theme`, `role` and `channel` (index, -1
    for none), `effort` (contacts' worth of a person). `capacity` (roles, W): contacts; `budget` (channels,): BRL.
    `max_actions`: actions one customer may have at once.
    """

    gain: Floats
    fatigue: Floats
    eligible: Flags
    cost: Floats
    effort: Floats
    theme: Integers
    role: Integers
    channel: Integers
    capacity: Numbers
    budget: Numbers
    max_actions: int = 2
    weekly_discount: float = 0.9

    @property
    def weeks(self) -> int:
        """Weeks planned."""
        return int(self.capacity.shape[1])

    @property
    def limits(self) -> Numbers:
        """Right-hand sides: every capacity, then every budget, in the order of prices."""
        return np.concatenate([self.capacity.ravel(), self.budget])

    def sample(self, step: int) -> "AllocationProblem":
        """The problem of every `step`-th customer, with limits scaled down."""
        rows = slice(None, None, step)
        part = len(self.fatigue[rows]) / len(self.fatigue)
        return replace(
            self,
            gain=self.gain[rows],
            fatigue=self.fatigue[rows],
            eligible=self.eligible[rows],
            capacity=self.capacity * part,
            budget=self.budget * part,
        )

    def usage(self, actions: Integers, weeks: Integers) -> Numbers:
        """Usage of each limit by these choices."""
        used = np.zeros(self.limits.size)
        limits, amounts = self.consumption(actions, weeks)
        for limit_of, amount in zip(limits, amounts, strict=True):
            limited = limit_of >= 0
            np.add.at(used, limit_of[limited], amount[limited])
        return used

    def consumption(
        self, actions: Integers, weeks: Integers
    ) -> tuple[tuple[Integers, Integers], tuple[Numbers, Numbers]]:
        """For each choice: the limits it uses (people, money; -1 for none) and how much."""
        role, channel = self.role[actions], self.channel[actions]
        people = np.where(role >= 0, role * self.weeks + weeks, NO_LIMIT)
        money = np.where(channel >= 0, self.capacity.size + channel, NO_LIMIT)
        return (people, money), (self.effort[actions].astype(float), self.cost[actions].astype(float))

    def net(self, customers: Integers, actions: Integers, weeks: Integers) -> Numbers:
        """Net value of each choice: discounted gain less cost and fatigue."""
        gain = self.gain[customers, actions] * self.weekly_discount**weeks
        return (gain - self.cost[actions] - self.fatigue[customers]).astype(float)


@dataclass(frozen=True)
class Choices:
    """Assignments of an action and a week to customers."""

    customers: Integers
    actions: Integers
    weeks: Integers
    value: float

    def __len__(self) -> int:
        return len(self.customers)
