"""What scores said and what happened, as programs read it."""

from datetime import date

from b2shift.kernel.contract import Contract
from b2shift.learn.contracts import AccuracyGrouping, CalibrationLevel
from b2shift.web.rest.column_descriptions import Columns
from b2shift.web.rest.contracts.base import Page

_accuracy, _calibration = Columns("score_accuracy"), Columns("score_calibration")


class ScoreAccuracy(Contract):
    """What a score said on one date, of the customers you look at or a group of them, and what happened."""

    score: str = _accuracy("score")
    as_of: date = _accuracy("as_of")
    model_version: str = _accuracy("model_version")
    grouping: AccuracyGrouping = _accuracy("grouping")
    group: str = _accuracy("group")
    customers: int = _accuracy("customers")
    events: int = _accuracy("events")
    predicted: float = _accuracy("predicted")
    observed: float = _accuracy("observed")
    observed_low: float = _accuracy("observed_low")
    observed_high: float = _accuracy("observed_high")
    ratio: float | None = _accuracy("ratio")
    auc: float | None = _accuracy("auc")
    auc_low: float | None = _accuracy("auc_low")
    auc_high: float | None = _accuracy("auc_high")
    brier: float = _accuracy("brier")
    ece: float | None = _accuracy("ece")
    ece_floor: float | None = _accuracy("ece_floor")


class ScoreAccuracyPage(Page[ScoreAccuracy]):
    """By score and date, everyone before the groups."""


class ScoreCalibration(Contract):
    """Whether a score and what happened agree over all dates, by a test that may be looked at with every delivery."""

    score: str = _calibration("score")
    grouping: AccuracyGrouping = _calibration("grouping")
    group: str = _calibration("group")
    level: CalibrationLevel = _calibration("level")
    alarmed_on: date | None = _calibration("alarmed_on")
    dates: int = _calibration("dates")
    first_as_of: date | None = _calibration("first_as_of")
    last_as_of: date | None = _calibration("last_as_of")
    customers: int = _calibration("customers")
    predicted: float = _calibration("predicted")
    observed: float = _calibration("observed")
    ratio: float | None = _calibration("ratio")
    ratio_low: float = _calibration("ratio_low")
    ratio_high: float = _calibration("ratio_high")


class ScoreCalibrationPage(Page[ScoreCalibration]):
    """By score, everyone before the groups."""
