"""Regression: the stacked mean score with a conformal 90 % interval."""

from collections.abc import Callable

import numpy as np

from b2shift.differentiate.contracts import TrainMeasures
from b2shift.differentiate.supervised.association import association_p_value
from b2shift.differentiate.supervised.ensemble import fit_ensemble
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.preparation import TrainingSet
from b2shift.differentiate.supervised.reasons import reasons
from b2shift.differentiate.supervised.shapes import Columns, Floats
from b2shift.differentiate.supervised.signal_tests import gain_z, regression_has_signal
from b2shift.differentiate.supervised.task_result import Predictions, TaskResult, column_importance, family_weights
from b2shift.kernel.money import format_number

_COVERAGE = 0.9


def fit_regression(data: TrainingSet, seed: int, progress: Callable[[float], None]) -> TaskResult:
    """Fit the number and judge it out of fold."""
    mean, scale = float(data.target.mean()), float(data.target.std()) or 1.0
    ensemble = fit_ensemble(
        data.columns, (data.target - mean) / scale, data.weight, data.plan, Objective(binary=False), seed, progress,
    )  # fmt: skip
    measured = np.isfinite(ensemble.out_of_fold)
    measured[[row for split in data.plan.repeats[0] if split.backward for row in split.test]] = False
    target = data.target[measured]
    predicted, constant = mean + scale * ensemble.out_of_fold[measured], mean + scale * ensemble.base[measured]
    squared_error, constant_error = (target - predicted) ** 2, (target - constant) ** 2
    gain = gain_z(constant_error - squared_error, data.groups[measured])
    usable = regression_has_signal(gain, association_p_value(data, seed))
    residual = np.abs(target - (predicted if usable else constant))
    half_width = float(np.quantile(residual, min(1.0, _COVERAGE * (1 + 1 / len(residual)))))
    measures = TrainMeasures(
        rows=len(target), rmse=float(np.sqrt(squared_error.mean())), rmse_base=float(np.sqrt(constant_error.mean())),
        mae=float(np.abs(target - predicted).mean()),
        r2=float(1 - squared_error.mean() / constant_error.mean()),
        interval_90=_measured_coverage(residual), gain_z=gain,
    )  # fmt: skip

    def output(columns: Columns, scores: Floats, contributions: Callable[[], Floats]) -> Predictions:
        prediction = mean + scale * scores if usable else np.full(len(columns), mean)
        texts = np.full(len(columns), "", dtype=object)
        if usable:
            texts = reasons(columns, ensemble.encoding.names, scale * contributions(), "")
        return {
            "prediction": prediction,
            "low": prediction - half_width,
            "high": prediction + half_width,
            "reasons": texts,
        }

    def predict_training() -> Predictions:
        rows = np.arange(len(data.target))
        return output(
            data.columns, ensemble.out_of_fold, lambda: ensemble.out_of_fold_contributions(data.columns, rows)
        )

    def predict_new(columns: Columns) -> Predictions:
        return output(columns, ensemble.scores(columns), lambda: ensemble.contributions(columns))

    return TaskResult(
        usable,
        _verdict(usable, measures),
        measures,
        (),
        family_weights(ensemble),
        column_importance(ensemble, data.columns),
        predict_training,
        predict_new,
    )


def _measured_coverage(residual: Floats) -> float:
    """Coverage of intervals whose half-width comes from the other half of the rows."""
    even = np.arange(len(residual)) % 2 == 0
    inside = [
        (
            residual[tested] <= np.quantile(residual[~tested], min(1.0, _COVERAGE * (1 + 1 / max((~tested).sum(), 1))))
        ).mean()
        for tested in (even, ~even)
    ]
    return float(np.mean(inside))


def _verdict(usable: bool, measures: TrainMeasures) -> str:
    error, base = (format_number(value or 0, 3) for value in (measures.rmse, measures.rmse_base))
    if not usable:
        return f"Sem sinal utilizável: fora do treino o erro foi {error} e dizer a média a todos erra {base}."
    return f"Utilizável: fora do treino o erro quadrático médio foi {error} (a média sozinha: {base})."
