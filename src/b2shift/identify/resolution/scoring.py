"""Points of candidate pairs: match weights, term-frequency adjustment for cities, and competition between matches."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from b2shift.identify.resolution.companies import CUSTOMER, Company
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


class CompetingMatches:
    """Match probabilities where pairs exclude each other: a record is one company, not two different ones.

    The customers of a prospect always compete. Prospects compete only where the names are one inserted, deleted or
    transposed letter apart: several companies can be that near to one name.
    """

    def __init__(self, companies: Sequence[Company], pairs: Mapping[tuple[int, int], ScoredPair]) -> None:
        self.companies, self.pairs = companies, pairs
        self._competitors: dict[int, list[int]] = defaultdict(list)
        for (one, other), scored in pairs.items():
            if scored.points < COMPETES_FROM:
                continue
            if companies[other].kind == CUSTOMER:
                self._competitors[one].append(other)
            elif _ambiguous(scored):
                self._competitors[one].append(other)
                self._competitors[other].append(one)

    def probability(self, one: int, other: int) -> float:
        """Match probability of a pair: its odds over one plus its odds plus those of all competing pairs."""
        scored = self.pairs[one, other]
        odds, competing = _odds(scored.points), 0.0
        if self.companies[other].kind == CUSTOMER:
            competing = self._competing_odds(one, other)
        elif _ambiguous(scored):
            competing = self._competing_odds(one, other) + self._competing_odds(other, one)
        return odds / (1 + odds + competing)

    def _competing_odds(self, one: int, other: int) -> float:
        """Odds of the records of the kind of `other` that `one` may be instead, unless they match `other` too."""
        kind = self.companies[other].kind
        rivals = [r for r in self._competitors[one] if r != other and self.companies[r].kind == kind]
        return sum(_odds(self._points(one, rival)) for rival in rivals if self._points(rival, other) < 0)

    def _points(self, one: int, other: int) -> float:
        scored = self.pairs.get((one, other)) or self.pairs.get((other, one))
        return scored.points if scored else -np.inf


def _ambiguous(scored: ScoredPair) -> bool:
    return scored.levels[NAME] == LETTER_MOVED


def _odds(bits: float) -> float:
    return float(2.0 ** max(-500.0, min(500.0, bits)))
