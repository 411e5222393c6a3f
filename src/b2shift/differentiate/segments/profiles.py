"""Prevalence of each trait in each segment, and its lift over all customers."""

from collections.abc import Sequence
from dataclasses import dataclass

from b2shift.differentiate.segments.distinct import Integers
from b2shift.differentiate.segments.traits import Trait
from b2shift.kernel.wilson import wilson


@dataclass(frozen=True)
class Prevalence:
    """One trait in one segment, with its Wilson 95 % interval."""

    trait: Trait
    members: int
    share: float
    low: float
    high: float
    overall: float

    @property
    def lift(self) -> float:
        """Share in the segment over share of all."""
        return self.share / self.overall

    @property
    def significant(self) -> bool:
        """Significantly more frequent here than overall."""
        return self.low > self.overall


def profiles(traits: Sequence[Trait], labels: Integers, k: int) -> list[list[Prevalence]]:
    """For each segment the traits that any customer has, by lift, then by name."""
    found: list[list[Prevalence]] = [[] for _ in range(k)]
    for trait in traits:
        total = int(trait.holders.sum())
        if not total:
            continue
        for segment in range(k):
            inside = labels == segment
            members, holders = int(inside.sum()), int(trait.holders[inside].sum())
            low, high = wilson(holders, members)
            share = holders / max(members, 1)
            found[segment].append(Prevalence(trait, holders, share, low, high, total / len(labels)))
    return [sorted(rows, key=lambda row: (-row.lift, row.trait.name)) for rows in found]
