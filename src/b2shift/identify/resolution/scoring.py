"""Points of candidate pairs: the weights learnt, more for a rare city, less where other candidates fit as well."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from b2shift.identify.resolution.companies import CUSTOMER, Company
from b2shift.identify.resolution.evidence import CITY, LETTER_MOVED, NAME
from b2shift.identify.resolution.weights import Floats, Levels, Weights, total_points

# A pair that is the same company at less than one chance in ten is no rival of another pair: log2 of its odds.
_DIFFERENT = math.log2(0.1 / 0.9)


def city_rarity(cities: Counter[str]) -> dict[str, float]:
    """Points more for agreeing on a rare city, less on a frequent one: log2 of the chance that two companies share any
    city over that city's share (frequency-based matching: W. E. Winkler, U.S. Census Bureau RR/1989; A. B. Sunter)."""
    total = sum(cities.values())
    usual = sum((n / total) ** 2 for n in cities.values()) if total else 1.0
    return {city: float(np.log2(usual * total / n)) for city, n in cities.items()}


def pair_points(levels: Levels, cities: Sequence[str | None], weights: Weights, rarity: dict[str, float]) -> Floats:
    """Bits of every pair: prior, evidence, and the rarity of the city both are in."""
    shared = [rarity.get(city or "", 0.0) if level == 0 else 0.0
              for level, city in zip(levels[:, CITY], cities, strict=True)]  # fmt: skip
    return np.asarray(total_points(levels, weights) + np.array(shared, dtype=float).reshape(-1))


class Scored(NamedTuple):
    """A candidate pair: its levels and its points."""

    levels: tuple[int, ...]
    points: float


Pairs = Mapping[tuple[int, int], Scored]


class Rivals:
    """Candidates that exclude each other: a record is one company, so it cannot be two different ones.

    A prospect's customers always exclude each other. Of prospects only those do whose rare word lacks a letter: several
    companies can be one letter away from it.
    """

    def __init__(self, companies: Sequence[Company], pairs: Pairs) -> None:
        self.companies, self.pairs = companies, pairs
        self.near: dict[int, list[int]] = defaultdict(list)
        for (one, other), scored in pairs.items():
            if scored.points < _DIFFERENT:
                continue
            if companies[other].kind == CUSTOMER:
                self.near[one].append(other)
            elif _ambiguous(scored):
                self.near[one].append(other)
                self.near[other].append(one)

    def chance(self, one: int, other: int) -> float:
        """Probability that a pair is the same, given what else either could be instead: its odds over one plus the
        odds of all that exclude it."""
        scored = self.pairs[one, other]
        own, against = _odds(scored.points), 0.0
        if self.companies[other].kind == CUSTOMER:
            against = self._against(one, other)
        elif _ambiguous(scored):
            against = self._against(one, other) + self._against(other, one)
        return own / (1 + own + against)

    def _against(self, one: int, other: int) -> float:
        kind = self.companies[other].kind
        rivals = [r for r in self.near[one] if r != other and self.companies[r].kind == kind]
        return sum(_odds(self._between(one, rival)) for rival in rivals if self._between(rival, other) < 0)

    def _between(self, one: int, other: int) -> float:
        scored = self.pairs.get((one, other)) or self.pairs.get((other, one))
        return scored.points if scored else -np.inf


def _ambiguous(scored: Scored) -> bool:
    return scored.levels[NAME] == LETTER_MOVED


def _odds(bits: float) -> float:
    return float(2.0 ** max(-500.0, min(500.0, bits)))
