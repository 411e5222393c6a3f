"""A fitted score as text: everything that turns a customer's features into its probability, ends and contributions.

The text is JSON of numbers and words, and LightGBM's own text of trees; floats are written so that they read back to
the same bits. A score is always said by the model as its text has it, so that a dossier recomputes it exactly.
"""

import json
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from b2shift.differentiate.scores.calibration import Calibration
from b2shift.differentiate.scores.frame import Column, Design, Floats, Frame
from b2shift.differentiate.scores.learners import Learned, Parameters, blend, linear, trees
from b2shift.differentiate.scores.measures import logit, sigmoid
from b2shift.differentiate.scores.reasons import in_points
from b2shift.differentiate.scores.tiers import tiered


@dataclass(frozen=True)
class Said:
    """Of each customer: its probability, the ends of the 90 % interval, and the points each feature makes of it."""

    probability: Floats
    low: Floats
    high: Floats
    points: Floats


@dataclass(frozen=True)
class Kept:
    """One fitted score. `shift` moves the level, `reach` is half the interval in log-odds, `slope` what one log-odds of
    the model is worth after calibration, `least` the nearest that a probability comes to 0 or 1."""

    score: str
    seen: Design
    learned: Learned
    calibration: Calibration
    shift: float
    reach: float
    slope: float
    least: float

    def probability(self, frame: Frame) -> Floats:
        """Of every customer of the frame."""
        return self._probability(self.seen.matrix(frame))

    def say(self, frame: Frame) -> Said:
        """Everything about every customer of the frame."""
        matrix = self.seen.matrix(frame)
        probability = self._probability(matrix)
        if self.learned.interval:
            low, high = self.learned.interval(matrix)
        else:
            low, high = (sigmoid(logit(probability) + far) for far in (-self.reach, self.reach))
        parts = self.seen.by_feature(self.learned.contributions(matrix)) * self.slope
        return Said(probability, low, high, in_points(probability, parts))

    def _probability(self, matrix: Floats) -> Floats:
        log_odds = self.calibration.apply(self.learned.log_odds(matrix)) + self.shift
        return np.clip(sigmoid(log_odds), self.least, 1 - self.least)

    def text(self) -> str:
        """The model as it is kept."""
        return json.dumps(
            {
                "score": self.score,
                "columns": [[one.feature, one.level, one.compressed] for one in self.seen.columns],
                "model": self.learned.parameters,
                "calibration": [self.calibration.name, self.calibration.numbers],
                "shift": self.shift,
                "reach": self.reach,
                "slope": self.slope,
                "least": self.least,
            },
            ensure_ascii=False,
            sort_keys=True,
        )


def version_of(text: str) -> str:
    """The name of a model: a digest of its text."""
    return blake2b(text.encode(), digest_size=5).hexdigest()


def read_back(text: str, threads: int = 1) -> Kept:
    """The model that a text is of."""
    told = json.loads(text)
    name, numbers = told["calibration"]
    return Kept(
        score=told["score"],
        seen=Design(tuple(Column(feature, level, compressed) for feature, level, compressed in told["columns"])),
        learned=_learned(told["model"], threads),
        calibration=Calibration(name, tuple(map(tuple, numbers))),
        shift=told["shift"],
        reach=told["reach"],
        slope=told["slope"],
        least=told["least"],
    )


def _learned(told: Parameters, threads: int) -> Learned:
    if told["kind"] == "mean":
        one, other = told["of"]
        return blend(_learned(one, threads), _learned(other, threads))
    if told["kind"] == "trees":
        return trees(told, threads)
    return tiered(told) if told["kind"] == "tiers" else linear(told)
