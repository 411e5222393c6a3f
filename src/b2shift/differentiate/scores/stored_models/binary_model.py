"""Stored binary score: calibrated probability with its 90 % interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from b2shift.differentiate.scores.calibration import Calibration
from b2shift.differentiate.scores.fitted_models import FittedModel
from b2shift.differentiate.scores.frame import Design, Floats, Frame
from b2shift.differentiate.scores.measures import logit, sigmoid
from b2shift.differentiate.scores.reasons import percentage_points
from b2shift.differentiate.scores.stored_models.parameters import model_from_parameters
from b2shift.differentiate.scores.stored_models.protocol import Prediction, columns_to_json, design_from_json, to_json


@dataclass(frozen=True)
class BinaryModel:
    """`shift` moves the intercept, `half_width` is the interval's in log-odds, `slope` the calibrated log-odds per
    model log-odds, `min_probability` the distance kept from 0 and 1. The interval is centred on `interval_line`
    (intercept, slope of the score's log-odds), and contains the score."""

    score: str
    design: Design
    model: FittedModel
    calibration: Calibration
    shift: float
    half_width: float
    slope: float
    min_probability: float
    interval_line: tuple[float, float] = (0.0, 1.0)

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it reads."""
        return self.design.features

    def probability(self, frame: Frame) -> Floats:
        """Of every customer of the frame."""
        return self._probability(self.design.matrix(frame))

    def predict(self, frame: Frame) -> Prediction:
        """Probability and interval."""
        matrix = self.design.matrix(frame)
        probability = self._probability(matrix)
        if self.model.interval:
            low, high = self.model.interval(matrix)
        else:
            level, slope = self.interval_line
            center = level + slope * logit(probability)
            low = np.minimum(sigmoid(center - self.half_width), probability)
            high = np.maximum(sigmoid(center + self.half_width), probability)
        parts = self.design.by_feature(self.model.contributions(matrix)) * self.slope
        columns = {self.score: probability, f"{self.score}_low": low, f"{self.score}_high": high}
        return Prediction(columns, self.features, percentage_points(probability, parts))

    def _probability(self, matrix: Floats) -> Floats:
        log_odds = self.calibration.apply(self.model.log_odds(matrix)) + self.shift
        return np.clip(sigmoid(log_odds), self.min_probability, 1 - self.min_probability)

    def text(self) -> str:
        """Serialised model."""
        return to_json(
            {
                "score": self.score,
                "columns": columns_to_json(self.design),
                "model": self.model.parameters,
                "calibration": [self.calibration.name, self.calibration.numbers],
                "shift": self.shift,
                "reach": self.half_width,
                "slope": self.slope,
                "least": self.min_probability,
                "middle": self.interval_line,
            }
        )


def load_binary(stored: Mapping[str, Any], threads: int) -> BinaryModel:
    """Deserialise."""
    name, numbers = stored["calibration"]
    return BinaryModel(
        score=stored["score"],
        design=design_from_json(stored["columns"]),
        model=model_from_parameters(stored["model"], threads),
        calibration=Calibration(name, tuple(map(tuple, numbers))),
        shift=stored["shift"],
        half_width=stored["reach"],
        slope=stored["slope"],
        min_probability=stored["least"],
        interval_line=tuple(stored.get("middle", (0.0, 1.0))),
    )
