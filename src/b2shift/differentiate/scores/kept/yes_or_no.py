"""A kept yes-or-no score: a model's calibrated probability with its 90 % interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from b2shift.differentiate.scores.calibration import Calibration
from b2shift.differentiate.scores.frame import Design, Floats, Frame
from b2shift.differentiate.scores.kept.contract import Said, as_text, columns_of, design_of
from b2shift.differentiate.scores.kept.models import model_of
from b2shift.differentiate.scores.learners import Learned
from b2shift.differentiate.scores.measures import logit, sigmoid
from b2shift.differentiate.scores.reasons import in_points


@dataclass(frozen=True)
class YesOrNo:
    """`shift` moves the level, `reach` is half the interval in log-odds, `slope` what one log-odds of the model is
    worth after calibration, `least` the nearest that a probability comes to 0 or 1. The interval lies around `middle`
    (level, slope of the score's log-odds), and always holds the score."""

    score: str
    seen: Design
    learned: Learned
    calibration: Calibration
    shift: float
    reach: float
    slope: float
    least: float
    middle: tuple[float, float] = (0.0, 1.0)

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it looks at."""
        return self.seen.features

    def probability(self, frame: Frame) -> Floats:
        """Of every customer of the frame."""
        return self._probability(self.seen.matrix(frame))

    def say(self, frame: Frame) -> Said:
        """The probability and the ends of its interval."""
        matrix = self.seen.matrix(frame)
        probability = self._probability(matrix)
        if self.learned.interval:
            low, high = self.learned.interval(matrix)
        else:
            level, slope = self.middle
            around = level + slope * logit(probability)
            low = np.minimum(sigmoid(around - self.reach), probability)
            high = np.maximum(sigmoid(around + self.reach), probability)
        parts = self.seen.by_feature(self.learned.contributions(matrix)) * self.slope
        columns = {self.score: probability, f"{self.score}_low": low, f"{self.score}_high": high}
        return Said(columns, self.features, in_points(probability, parts))

    def _probability(self, matrix: Floats) -> Floats:
        log_odds = self.calibration.apply(self.learned.log_odds(matrix)) + self.shift
        return np.clip(sigmoid(log_odds), self.least, 1 - self.least)

    def text(self) -> str:
        """The model as it is kept."""
        return as_text(
            {
                "score": self.score,
                "columns": columns_of(self.seen),
                "model": self.learned.parameters,
                "calibration": [self.calibration.name, self.calibration.numbers],
                "shift": self.shift,
                "reach": self.reach,
                "slope": self.slope,
                "least": self.least,
                "middle": self.middle,
            }
        )


def yes_or_no(told: Mapping[str, Any], threads: int) -> YesOrNo:
    """From its text."""
    name, numbers = told["calibration"]
    return YesOrNo(
        score=told["score"],
        seen=design_of(told["columns"]),
        learned=model_of(told["model"], threads),
        calibration=Calibration(name, tuple(map(tuple, numbers))),
        shift=told["shift"],
        reach=told["reach"],
        slope=told["slope"],
        least=told["least"],
        middle=tuple(told.get("middle", (0.0, 1.0))),
    )
