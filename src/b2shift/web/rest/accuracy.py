"""What scores said and what happened, among the customers you see. Totals only."""

from django.http import HttpRequest
from ninja import Router

from b2shift.web.accounts.permissions import Capability
from b2shift.web.crm.score_accuracy import accuracies_of
from b2shift.web.rest.authentication import caller_of, secured
from b2shift.web.rest.contracts.accuracy import (
    ScoreAccuracy,
    ScoreAccuracyPage,
    ScoreCalibration,
    ScoreCalibrationPage,
)
from b2shift.web.rest.pagination import single_page
from b2shift.web.rest.validators import conditional

router = Router(tags=["scores"])


@router.get("/accuracy", response=ScoreAccuracyPage, summary="Predicted and observed", **secured(Capability.MODELS))
@conditional
def list_score_accuracies(request: HttpRequest) -> ScoreAccuracyPage:
    """Of every date whose 90 days are over and whose revenue was delivered; none before the first of them."""
    found = accuracies_of(caller_of(request).person).rows
    return single_page(ScoreAccuracyPage, (ScoreAccuracy(**one.model_dump()) for one in found))


@router.get("/calibration", response=ScoreCalibrationPage, summary="Scores that deviate", **secured(Capability.MODELS))
@conditional
def list_score_calibration(request: HttpRequest) -> ScoreCalibrationPage:
    """Every score and its groups, with the alarm where one stands."""
    found = accuracies_of(caller_of(request).person).calibration
    return single_page(ScoreCalibrationPage, (ScoreCalibration(**one.model_dump()) for one in found))
