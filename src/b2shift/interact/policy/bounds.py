"""Intervals of numbers, as conditions and bands write them."""

from dataclasses import dataclass
from math import inf

from b2shift.interact.contracts import Bounds, Condition


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`; an end is included unless open."""

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False

    @property
    def empty(self) -> bool:
        """Whether no number lies in it."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def intersection(self, other: "Interval") -> "Interval":
        """The intersection of two intervals."""
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, high_closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Interval(low, high, low_open, not high_closed)


def interval(bounds: Bounds) -> Interval:
    """The numbers that satisfy all the bounds given."""
    found = Interval()
    if bounds.at_least is not None:
        found = found.intersection(Interval(low=bounds.at_least))
    if bounds.above is not None:
        found = found.intersection(Interval(low=bounds.above, low_open=True))
    if bounds.at_most is not None:
        found = found.intersection(Interval(high=bounds.at_most))
    if bounds.below is not None:
        found = found.intersection(Interval(high=bounds.below, high_open=True))
    return found


def hysteresis_interval(condition: Condition) -> Interval:
    """Values for which a condition can hold, including the band between limit and release."""
    found = interval(condition)
    if condition.release is None:
        return found
    if found.high < inf:
        return Interval(found.low, condition.release, found.low_open, True)
    return Interval(condition.release, found.high, True, found.high_open)
