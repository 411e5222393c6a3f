"""Kept chances of buying: when the next purchase comes, and how much revenue is expected to be added."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from b2shift.differentiate.scores.frame import Floats, Frame
from b2shift.differentiate.scores.hazard import Hazards, median_days
from b2shift.differentiate.scores.kept.contract import Said, as_text
from b2shift.differentiate.scores.kept.lasting import as_numbers, hazards_of, points_by_name
from b2shift.differentiate.scores.measures import sigmoid
from b2shift.differentiate.scores.reasons import in_points

PURCHASE, NEXT, EXPANSION = "purchase_90d", "next_purchase_days", "expansion_value_90d"
SIZES = ("mrr", "licensed_users", "families_count")
_FARTHEST_DAYS = 1825


@dataclass(frozen=True)
class Buying:
    """`shift` is added to the log-odds of buying in each quarter."""

    hazards: Hazards
    shift: float
    score: str = PURCHASE

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it looks at."""
        return self.hazards.seen.features

    def say(self, frame: Frame) -> Said:
        """The chance within 90 days, and the day by which it is even; points are of the chance."""
        chances = sigmoid(self.hazards.log_odds(frame) + self.shift)
        median = median_days(chances)
        columns = {PURCHASE: chances[:, 0], NEXT: np.where(median <= _FARTHEST_DAYS, np.ceil(median), np.nan)}
        return Said(columns, self.features, in_points(chances[:, 0], self.hazards.contributions(frame)))

    def text(self) -> str:
        """The model as it is kept."""
        return as_text({"kind": PURCHASE, "hazards": as_numbers(self.hazards), "shift": self.shift})


@dataclass(frozen=True)
class Growing:
    """The chance of any expansion, and its size when it comes: `scale` x exp(sum of `slopes` x log of the sizes)."""

    hazards: Hazards
    slopes: tuple[float, ...]
    scale: float
    score: str = EXPANSION

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it looks at."""
        return tuple(dict.fromkeys((*self.hazards.seen.features, *SIZES)))

    def parts(self, frame: Frame) -> tuple[Floats, Floats]:
        """The chance, and the size when it comes."""
        return self.hazards.of(frame)[:, 0], self.scale * np.exp((sizes_of(frame) * np.array(self.slopes)).sum(axis=1))

    def say(self, frame: Frame) -> Said:
        """Chance times size, to the cent; points are BRL."""
        chance, size = self.parts(frame)
        expected = chance * size
        by_chance = in_points(chance, self.hazards.contributions(frame)) * size[:, None] / 100
        shares = 1 - np.exp(-sizes_of(frame)[:, 1:] * np.array(self.slopes[1:]))
        more = {name: expected * shares[:, k] for k, name in enumerate(SIZES)}
        points = points_by_name(self.hazards.seen.features, list(by_chance.T), more)
        return Said({EXPANSION: np.round(expected, 2)}, tuple(points), np.column_stack(list(points.values())))

    def text(self) -> str:
        """The model as it is kept."""
        return as_text(
            {"kind": EXPANSION, "hazards": as_numbers(self.hazards), "slopes": self.slopes, "scale": self.scale}
        )


def sizes_of(frame: Frame) -> Floats:
    """1 and the logarithms of the customer's sizes."""
    logs = [np.log1p(np.maximum(np.nan_to_num(frame.numbers[name].astype(np.float64)), 0)) for name in SIZES]
    return np.column_stack([np.ones(len(frame)), *logs])


def buying(told: Mapping[str, Any], threads: int) -> Buying:
    """From its text."""
    del threads
    return Buying(hazards_of(told["hazards"]), told["shift"])


def growing(told: Mapping[str, Any], threads: int) -> Growing:
    """From its text."""
    del threads
    return Growing(hazards_of(told["hazards"]), tuple(told["slopes"]), told["scale"])
