"""Stored propensities: one model of customer × family pairs, with family rates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from b2shift.differentiate.scores.affinity import DECLARED as RATES
from b2shift.differentiate.scores.affinity import OF_EVERYONE, Affinity
from b2shift.differentiate.scores.calibration import Calibration
from b2shift.differentiate.scores.fitted_models import FittedModel
from b2shift.differentiate.scores.frame import Design, Floats, Frame
from b2shift.differentiate.scores.interest import DECLARED as INTEREST
from b2shift.differentiate.scores.measures import sigmoid
from b2shift.differentiate.scores.outcomes import key_of
from b2shift.differentiate.scores.reasons import percentage_points
from b2shift.differentiate.scores.stored_models.parameters import model_from_parameters
from b2shift.differentiate.scores.stored_models.protocol import Prediction, columns_to_json, design_from_json, to_json

PROPENSITY = "propensity"
FAMILY_CARDS = "parts"
"""Key of the family cards in the pooled card."""
FAMILY_FEATURES = (*RATES, *INTEREST)
"""Features of a customer and a family together."""
_NAMES = frozenset(one.name for one in FAMILY_FEATURES)


def column_of(family: str) -> str:
    """Column of `scores`: `Distribuição` → `propensity_distribuicao`."""
    return f"{PROPENSITY}_{key_of(family)}"


@dataclass(frozen=True)
class FamilyModel:
    """`families_shown` are published; `shifts` moves each family's intercept in log-odds."""

    affinity: Affinity
    families_shown: tuple[str, ...]
    design: Design
    model: FittedModel
    calibration: Calibration
    shifts: tuple[float, ...]
    min_probability: float
    score: str = PROPENSITY

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it reads."""
        own = (name for name in self.design.features if name not in _NAMES)
        return tuple(dict.fromkeys((*own, "market_segment")))

    def with_family(self, frame: Frame, interest: Mapping[str, Floats], key: str) -> Frame:
        """Customers with the features of a family; `interest` as customers × families."""
        return with_family_features(
            frame, self.affinity.features(frame) | dict(interest), self.affinity.families.index(key)
        )

    def probability(self, matrix: Floats, family: int) -> Floats:
        """Probability of rows of one family."""
        log_odds = self.calibration.apply(self.model.log_odds(matrix)) + self.shifts[family]
        return np.clip(sigmoid(log_odds), self.min_probability, 1 - self.min_probability)

    def predict_family(self, frame: Frame, key: str) -> Prediction:
        """Predict one family for customers with its features."""
        matrix, family = self.design.matrix(frame), self.affinity.families.index(key)
        predicted = self.probability(matrix, family)
        parts = self.design.by_feature(self.model.contributions(matrix))
        parts[:, [name in OF_EVERYONE for name in self.design.features]] = 0.0  # no reason of anyone's
        return Prediction({column_of(key): predicted}, self.design.features, percentage_points(predicted, parts))

    def text(self) -> str:
        """Serialised model."""
        affinity = self.affinity
        return to_json(
            {
                "kind": PROPENSITY,
                "families": affinity.families,
                "common": affinity.common.tolist(),
                "lifts": affinity.lifts.tolist(),
                "segments": {name: values.tolist() for name, values in affinity.segments.items()},
                "held": affinity.held.tolist(),
                "held_in": {name: values.tolist() for name, values in affinity.held_in.items()},
                "shown": self.families_shown,
                "columns": columns_to_json(self.design),
                "model": self.model.parameters,
                "calibration": [self.calibration.name, self.calibration.numbers],
                "shifts": self.shifts,
                "least": self.min_probability,
            }
        )


def with_family_features(frame: Frame, pairs: Mapping[str, Floats], family: int) -> Frame:
    """Customers with the features of one family."""
    of_family = {name: values[:, family] for name, values in pairs.items()}
    return Frame(frame.as_of, frame.ids, frame.numbers | of_family, frame.words)


def load_family_model(stored: Mapping[str, Any], threads: int) -> FamilyModel:
    """Deserialise; versions older than `held` do not use it."""
    name, numbers = stored["calibration"]
    segments, held_in = (
        {segment: np.array(values) for segment, values in stored.get(key, {}).items()}
        for key in ("segments", "held_in")
    )
    common = np.array(stored["common"])
    return FamilyModel(
        affinity=Affinity(
            families=tuple(stored["families"]),
            common=common,
            lifts=np.array(stored["lifts"]),
            segments=segments,
            held=np.array(stored.get("held", np.zeros_like(common))),
            held_in=held_in,
        ),
        families_shown=tuple(stored["shown"]),
        design=design_from_json(stored["columns"]),
        model=model_from_parameters(stored["model"], threads),
        calibration=Calibration(name, tuple(map(tuple, numbers))),
        shifts=tuple(stored["shifts"]),
        min_probability=stored["least"],
    )
