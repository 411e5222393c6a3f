"""What fitting a task returns: usability, measures and predictors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from b2shift.differentiate.contracts import ReliabilityBin, TrainMeasures
from b2shift.differentiate.supervised.ensemble import Ensemble
from b2shift.differentiate.supervised.shapes import Columns

_SAMPLE_ROWS = 400
Predictions = Mapping[str, Any]
"""Output columns by name."""


@dataclass(frozen=True)
class TaskResult:
    """`predict_training` predicts the training rows out of fold; `predict_new` predicts others."""

    usable: bool
    verdict: str
    measures: TrainMeasures
    reliability: tuple[ReliabilityBin, ...]
    weights: dict[str, float]
    importance: dict[str, float]
    predict_training: Callable[[], Predictions]
    predict_new: Callable[[Columns], Predictions]
    times: tuple[float, ...] = ()


def family_weights(ensemble: Ensemble) -> dict[str, float]:
    """Stacking weight of each family."""
    names = [family.family for family in ensemble.members[0].families]
    return dict(zip(names, np.round(ensemble.stack.family_weights, 4).tolist(), strict=True))


def column_importance(ensemble: Ensemble, columns: Columns) -> dict[str, float]:
    """Mean absolute contribution of each column over a systematic sample of rows, largest first."""
    rows = np.unique(np.linspace(0, len(columns) - 1, min(_SAMPLE_ROWS, len(columns))).astype(np.intp))
    mean = np.abs(ensemble.out_of_fold_contributions(columns, rows)).mean(axis=0)
    order = np.argsort(-mean, kind="stable")
    return {ensemble.encoding.names[index]: round(float(mean[index]), 4) for index in order}
