"""Intervals of numbers, as conditions and bands write them."""

from dataclasses import dataclass
from math import inf

from b2shift.interact.contracts import Bounds, Condition


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`; an end is part of it unless it is open."""

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False

    @property
    def empty(self) -> bool:
        """Whether no number lies in it."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def meet(self, other: "Interval") -> "Interval":
        """What lies in both."""
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, high_closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Interval(low, high, low_open, not high_closed)


def interval(bounds: Bounds) -> Interval:
    """The numbers that satisfy all the bounds given."""
    found = Interval()
    if bounds.at_least is not None:
        found = found.meet(Interval(low=bounds.at_least))
    if bounds.above is not None:
        found = found.meet(Interval(low=bounds.above, low_open=True))
    if bounds.at_most is not None:
        found = found.meet(Interval(high=bounds.at_most))
    if bounds.below is not None:
        found = found.meet(Interval(high=bounds.below, high_open=True))
    return found


def held(condition: Condition) -> Interval:
    """The numbers for which a condition can be true, those between its limit and its release included."""
    found = interval(condition)
    if condition.release is None:
        return found
    if found.high < inf:
        return Interval(found.low, condition.release, found.low_open, True)
    return Interval(condition.release, found.high, True, found.high_open)
