"""Points of candidate pairs: match weights, term-frequency adjustment for cities, and competition between matches."""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from b2shift.identify.resolution.companies import CUSTOMER
from b2shift.identify.resolution.comparisons import CITY, LETTER_MOVED, NAME
from b2shift.identify.resolution.fellegi_sunter import Floats, Levels, MatchModel, total_points

COMPETES_FROM = math.log2(0.1 / 0.9)
"""Pairs below a match probability of one in ten compete with no other: log2 of its odds."""


def city_adjustments(cities: Counter[str]) -> dict[str, float]:
    """Bits to add for agreement on a city: log2 of the probability that two companies share any city over the share of
    this one (term-frequency adjustment: W. E. Winkler, U.S. Census Bureau RR/1989)."""
    total = sum(cities.values())
    any_city = sum((n / total) ** 2 for n in cities.values()) if total else 1.0
    return {city: float(np.log2(any_city * total / n)) for city, n in cities.items()}


def pair_points(
    levels: Levels, cities: Sequence[str | None], model: MatchModel, adjustments: Mapping[str, float]
) -> Floats:
    """Points of each pair in bits: the model's, and the adjustment for the city where both are in the same."""
    adjusted = [adjustments.get(city or "", 0.0) if level == 0 else 0.0
                for level, city in zip(levels[:, CITY], cities, strict=True)]  # fmt: skip
    return np.asarray(total_points(levels, model) + np.array(adjusted, dtype=float).reshape(-1))


class ScoredPair(NamedTuple):
    """A candidate pair: its comparison vector and its points in bits."""

    levels: tuple[int, ...]
    points: float

    @property
    def ambiguous(self) -> bool:
        """Whether its names are one inserted, deleted or transposed letter apart."""
        return self.levels[NAME] == LETTER_MOVED


class Scored(Protocol):
    """The points of a pair in bits, and whether its names are a letter apart."""

    @property
    def points(self) -> float: ...
    @property
    def ambiguous(self) -> bool: ...


Record = TypeVar("Record", bound=Hashable)


class CompetingMatches(Generic[Record]):
    """Match probabilities where pairs exclude each other: a record is one company, not two different ones.

    The customers of a prospect always compete. Prospects compete only where the names are one inserted, deleted or
    transposed letter apart: several companies can be that near to one name.
    """

    def __init__(self, kinds: Mapping[Record, str], pairs: Mapping[tuple[Record, Record], Scored]) -> None:
        """`kinds` of the records, and the `pairs` of a prospect with what it may be."""
        self.kinds, self.pairs = kinds, pairs
        self._competitors: dict[Record, list[Record]] = defaultdict(list)
        for (one, other), scored in pairs.items():
            if scored.points < COMPETES_FROM:
                continue
            if kinds[other] == CUSTOMER:
                self._competitors[one].append(other)
            elif scored.ambiguous:
                self._competitors[one].append(other)
                self._competitors[other].append(one)

    def probability(self, one: Record, other: Record) -> float:
        """Match probability of a pair: its odds over one plus its odds plus those of all competing pairs."""
        odds = _odds(self.pairs[one, other].points)
        competing = sum(_odds(self._points(record, rival)) for record, rival in self.rivals(one, other))
        return odds / (1 + odds + competing)

    def rivals(self, one: Record, other: Record) -> Iterator[tuple[Record, Record]]:
        """A record of the pair with another it may be instead: the competing pairs."""
        if self.kinds[other] == CUSTOMER:
            yield from self._rivals_of(one, other)
        elif self.pairs[one, other].ambiguous:
            yield from self._rivals_of(one, other)
            yield from self._rivals_of(other, one)

    def _rivals_of(self, one: Record, other: Record) -> Iterator[tuple[Record, Record]]:
        """The records of the kind of `other` that `one` may be instead, unless they match `other` too."""
        kind = self.kinds[other]
        for rival in self._competitors[one]:
            if rival != other and self.kinds[rival] == kind and self._points(rival, other) < 0:
                yield one, rival

    def _points(self, one: Record, other: Record) -> float:
        scored = self.pairs.get((one, other)) or self.pairs.get((other, one))
        return scored.points if scored else -np.inf


def _odds(bits: float) -> float:
    return float(2.0 ** max(-500.0, min(500.0, bits)))
