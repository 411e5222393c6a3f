"""Stored purchase models: time to next purchase, and expected expansion revenue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from b2shift.differentiate.scores.frame import Floats, Frame
from b2shift.differentiate.scores.hazard import HazardModel, median_days
from b2shift.differentiate.scores.measures import sigmoid
from b2shift.differentiate.scores.reasons import percentage_points
from b2shift.differentiate.scores.stored_models.contract_models import (
    hazards_from_json,
    hazards_to_json,
    points_by_feature,
)
from b2shift.differentiate.scores.stored_models.protocol import Prediction, to_json

PURCHASE, NEXT, EXPANSION = "purchase_90d", "next_purchase_days", "expansion_value_90d"
SIZES = ("mrr", "licensed_users", "families_count")
_MAX_DAYS = 1825


@dataclass(frozen=True)
class PurchaseModel:
    """`shift` is added to the log-odds of each quarter."""

    hazards: HazardModel
    shift: float
    score: str = PURCHASE

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it reads."""
        return self.hazards.design.features

    def predict(self, frame: Frame) -> Prediction:
        """The chance within 90 days, and the day by which it is even; points are of the chance."""
        chances = sigmoid(self.hazards.log_odds(frame) + self.shift)
        median = median_days(chances)
        columns = {PURCHASE: chances[:, 0], NEXT: np.where(median <= _MAX_DAYS, np.ceil(median), np.nan)}
        return Prediction(columns, self.features, percentage_points(chances[:, 0], self.hazards.contributions(frame)))

    def text(self) -> str:
        """Serialised model."""
        return to_json({"kind": PURCHASE, "hazards": hazards_to_json(self.hazards), "shift": self.shift})


@dataclass(frozen=True)
class ExpansionModel:
    """Probability of expansion, and its size: `scale` × exp(`slopes` · log sizes)."""

    hazards: HazardModel
    slopes: tuple[float, ...]
    scale: float
    score: str = EXPANSION

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it reads."""
        return tuple(dict.fromkeys((*self.hazards.design.features, *SIZES)))

    def chance_and_size(self, frame: Frame) -> tuple[Floats, Floats]:
        """Probability, and size given expansion."""
        return self.hazards.hazards(frame)[:, 0], self.scale * np.exp(
            (log_sizes(frame) * np.array(self.slopes)).sum(axis=1)
        )

    def predict(self, frame: Frame) -> Prediction:
        """Chance times size, to the cent; points are BRL."""
        chance, size = self.chance_and_size(frame)
        expected = chance * size
        by_chance = percentage_points(chance, self.hazards.contributions(frame)) * size[:, None] / 100
        shares = 1 - np.exp(-log_sizes(frame)[:, 1:] * np.array(self.slopes[1:]))
        by_size = {name: expected * shares[:, k] for k, name in enumerate(SIZES)}
        points = points_by_feature(self.hazards.design.features, list(by_chance.T), by_size)
        return Prediction({EXPANSION: np.round(expected, 2)}, tuple(points), np.column_stack(list(points.values())))

    def text(self) -> str:
        """Serialised model."""
        return to_json(
            {"kind": EXPANSION, "hazards": hazards_to_json(self.hazards), "slopes": self.slopes, "scale": self.scale}
        )


def log_sizes(frame: Frame) -> Floats:
    """Intercept and logs of the customer's sizes."""
    logs = [np.log1p(np.maximum(np.nan_to_num(frame.numbers[name].astype(np.float64)), 0)) for name in SIZES]
    return np.column_stack([np.ones(len(frame)), *logs])


def load_purchase(stored: Mapping[str, Any], threads: int) -> PurchaseModel:
    """Deserialise."""
    del threads
    return PurchaseModel(hazards_from_json(stored["hazards"]), stored["shift"])


def load_expansion(stored: Mapping[str, Any], threads: int) -> ExpansionModel:
    """Deserialise."""
    del threads
    return ExpansionModel(hazards_from_json(stored["hazards"]), tuple(stored["slopes"]), stored["scale"])
