"""An allocation as arrays: N customers, A actions, W weeks; money in BRL."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NOBODY = -1


@dataclass(frozen=True)
class Allocation:
    """What is to be shared out.

    `gain` (N, A): expected benefit of an action begun this week, float32; it fades by `fade` a week. `fatigue` (N,):
    what one more contact costs. `eligible` (N, A). Per action: `cost`, `theme`, `role` and `channel` (positions, -1
    for none), `effort` (contacts' worth of a person). `capacity` (roles, W): contacts; `budget` (channels,): BRL.
    `most`: actions one customer may have at once.
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
    most: int = 2
    fade: float = 0.9

    @property
    def weeks(self) -> int:
        """Weeks planned."""
        return int(self.capacity.shape[1])

    @property
    def limits(self) -> Numbers:
        """Every capacity, then every budget: the right-hand sides, in the order of prices."""
        return np.concatenate([self.capacity.ravel(), self.budget])

    def every(self, step: int) -> "Allocation":
        """The same for every `step`-th customer, with limits as much smaller."""
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
        """How much of each limit these choices take."""
        used = np.zeros(self.limits.size)
        places, amounts = self.taken(actions, weeks)
        for place, amount in zip(places, amounts, strict=True):
            held = place >= 0
            np.add.at(used, place[held], amount[held])
        return used

    def taken(self, actions: Integers, weeks: Integers) -> tuple[tuple[Integers, Integers], tuple[Numbers, Numbers]]:
        """Of each choice: the limits it takes from (people, money; -1 for none) and how much."""
        role, channel = self.role[actions], self.channel[actions]
        people = np.where(role >= 0, role * self.weeks + weeks, NOBODY)
        money = np.where(channel >= 0, self.capacity.size + channel, NOBODY)
        return (people, money), (self.effort[actions].astype(float), self.cost[actions].astype(float))

    def net(self, customers: Integers, actions: Integers, weeks: Integers) -> Numbers:
        """What each choice is worth: the faded gain, less its cost and the customer's fatigue."""
        gain = self.gain[customers, actions] * self.fade**weeks
        return (gain - self.cost[actions] - self.fatigue[customers]).astype(float)


@dataclass(frozen=True)
class Chosen:
    """Who gets which action in which week."""

    customers: Integers
    actions: Integers
    weeks: Integers
    value: float

    def __len__(self) -> int:
        return len(self.customers)
