"""Predicted against observed as a version of the lake tells it, over the whole base or among some customers."""

from collections.abc import Sequence
from datetime import timedelta

from b2shift.lake.api import Lake
from b2shift.learn.accuracy.build import judgements, told
from b2shift.learn.accuracy.figures import figures
from b2shift.learn.accuracy.records import HAPPENED, HORIZON_DAYS, SAID
from b2shift.learn.contracts import Accuracies, ScoreAccuracy, ScoreCalibration

_LABELS = "SELECT score, label FROM score_cards"
_FIRST = f"SELECT min(as_of) AS first, max(as_of) AS last, count(DISTINCT as_of) AS dates FROM {SAID}"
_AMONG = f"SELECT * FROM {HAPPENED} WHERE customer_id IN (SELECT unnest($customers::VARCHAR[]))"


def accuracies(lake: Lake) -> Accuracies:
    """Over the whole base; empty in versions from before predictions were kept."""
    if not lake.has("score_accuracy"):
        return Accuracies(labels={}, first_said=None, first_outcomes=None, rows=(), calibration=())
    rows = lake.query('SELECT * FROM score_accuracy ORDER BY score, as_of, grouping, "group"').to_pylist()
    levels = lake.query('SELECT * FROM score_calibration ORDER BY score, grouping, "group"').to_pylist()
    return _told(
        lake,
        [ScoreAccuracy.model_validate(row) for row in rows],
        [ScoreCalibration.model_validate(row) for row in levels],
    )


def accuracies_among(lake: Lake, customers: Sequence[str]) -> Accuracies:
    """The same among some customers only, measured when asked."""
    if not lake.has("score_accuracy"):
        return accuracies(lake)
    rows = list(figures(lake.query(_AMONG, {"customers": list(customers)})))
    return _told(lake, rows, [told(key, one) for key, one in judgements(rows).items()])


def _told(lake: Lake, rows: Sequence[ScoreAccuracy], levels: Sequence[ScoreCalibration]) -> Accuracies:
    first = lake.query(_FIRST).to_pylist()[0]["first"]
    return Accuracies(
        labels={row["score"]: row["label"] for row in lake.query(_LABELS).to_pylist()},
        first_said=first,
        first_outcomes=first + timedelta(days=HORIZON_DAYS) if first else None,
        rows=tuple(rows),
        calibration=tuple(levels),
    )
