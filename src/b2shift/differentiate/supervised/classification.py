"""Classification: one binary ensemble for two classes, one-vs-rest with normalised probabilities for more."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from b2shift.differentiate.contracts import ReliabilityBin, TrainMeasures
from b2shift.differentiate.scores import measures
from b2shift.differentiate.supervised.association import association_p_value
from b2shift.differentiate.supervised.ensemble import Ensemble, fit_ensemble
from b2shift.differentiate.supervised.objective import Objective, probability
from b2shift.differentiate.supervised.permutation_check import shuffled_auc
from b2shift.differentiate.supervised.preparation import TrainingSet
from b2shift.differentiate.supervised.reasons import percentage_points, reasons
from b2shift.differentiate.supervised.shapes import Columns, Flags, Floats
from b2shift.differentiate.supervised.signal_tests import MIN_GAIN_Z, binary_has_signal, gain_z
from b2shift.differentiate.supervised.task_result import Predictions, TaskResult, column_importance, family_weights
from b2shift.kernel.money import format_number, format_percent

BINARY = Objective(binary=True)
_UNIT = " p.p."


def fit_classification(data: TrainingSet, seed: int, progress: Callable[[float], None]) -> TaskResult:
    """Fit the classes and judge them out of fold."""
    if data.label.positive is not None:
        return _fit_binary(data, seed, progress)
    return _fit_multiclass(data, seed, progress)


def _fit_binary(data: TrainingSet, seed: int, progress: Callable[[float], None]) -> TaskResult:
    ensemble = _fit(data, data.target, seed, progress)
    predicted, measured = probability(ensemble.out_of_fold), _measured(data, ensemble)
    base = probability(ensemble.base)
    target = data.target
    quality, gain = _measures(data, target, predicted, base, measured, seed)
    usable = binary_has_signal(
        gain, _auc_z(quality, len(np.unique(data.groups[measured]))), association_p_value(data, seed)
    )
    rate = float(np.average(target, weights=data.weight))
    margin = 0.5 / len(target)

    def output(columns: Columns, log_odds: Floats, contributions: Callable[[], Floats]) -> Predictions:
        if not usable:
            return {"probability": np.full(len(columns), rate), "reasons": np.full(len(columns), "", dtype=object)}
        points = percentage_points(log_odds, contributions())
        return {
            "probability": np.clip(probability(log_odds), margin, 1 - margin),
            "reasons": reasons(columns, ensemble.encoding.names, points, _UNIT),
        }

    def predict_training() -> Predictions:
        rows = np.arange(len(target))
        return output(
            data.columns, ensemble.out_of_fold, lambda: ensemble.out_of_fold_contributions(data.columns, rows)
        )

    def predict_new(columns: Columns) -> Predictions:
        log_odds = ensemble.scores(columns) if usable else np.zeros(len(columns))
        return output(columns, log_odds, lambda: ensemble.contributions(columns))

    bins = measures.reliability(target[measured], predicted[measured])
    return TaskResult(
        usable, _verdict(usable, quality), quality,
        tuple(ReliabilityBin(predicted=b["predicted"], observed=b["observed"], rows=int(b["customers"])) for b in bins),
        family_weights(ensemble), column_importance(ensemble, data.columns), predict_training, predict_new,
    )  # fmt: skip


def _fit_multiclass(data: TrainingSet, seed: int, progress: Callable[[float], None]) -> TaskResult:
    names = data.label.classes
    ensembles: list[Ensemble] = []
    for index in range(len(names)):
        target = (data.target == index).astype(float)
        ensembles.append(_fit(data, target, seed, partial(_class_progress, progress, index, len(names))))
    predicted = _shares([one.out_of_fold for one in ensembles])
    base = _shares([one.base for one in ensembles])
    measured = np.all([_measured(data, one) for one in ensembles], axis=0)
    true_class = data.target.astype(int)[measured]
    row = np.arange(len(true_class))
    losses = -np.log(np.clip(predicted[measured][row, true_class], 1e-6, 1))
    losses_base = -np.log(np.clip(base[measured][row, true_class], 1e-6, 1))
    gain = gain_z(losses_base - losses, data.groups[measured])
    usable = gain > MIN_GAIN_Z
    correct = predicted[measured].argmax(axis=1) == true_class
    quality = TrainMeasures(
        rows=len(true_class), log_loss=float(losses.mean()), log_loss_base=float(losses_base.mean()), gain_z=gain,
        brier=float(((predicted[measured] - np.eye(len(names))[true_class]) ** 2).sum(axis=1).mean()),
        ece=measures.ece(correct.astype(float), predicted[measured].max(axis=1)),
        ece_floor=measures.ece_floor(predicted[measured].max(axis=1), seed),
    )  # fmt: skip
    class_rates = np.bincount(data.target.astype(int), weights=data.weight, minlength=len(names)) / data.weight.sum()

    def output(columns: Columns, shares: Floats, explain: Callable[[int], tuple[Floats, Floats]]) -> Predictions:
        shares = shares if usable else np.tile(class_rates, (len(columns), 1))
        best = shares.argmax(axis=1)
        texts = np.full(len(columns), "", dtype=object)
        for index in np.unique(best) if usable else ():
            rows = np.flatnonzero(best == index)
            log_odds, contributions = explain(int(index))
            points = percentage_points(log_odds[rows], contributions[rows])
            texts[rows] = reasons(columns.take(rows), ensembles[index].encoding.names, points, _UNIT)
        by_class = {f"probability_{name}": shares[:, index] for index, name in enumerate(names)}
        return {"prediction": np.array(names, dtype=object)[best], **by_class, "reasons": texts}

    def predict_training() -> Predictions:
        rows = np.arange(len(data.target))
        return output(
            data.columns,
            predicted,
            lambda index: (
                ensembles[index].out_of_fold,
                ensembles[index].out_of_fold_contributions(data.columns, rows),
            ),
        )

    def predict_new(columns: Columns) -> Predictions:
        scores = [one.scores(columns) for one in ensembles]
        return output(columns, _shares(scores), lambda index: (scores[index], ensembles[index].contributions(columns)))

    importance: dict[str, float] = {}
    for one in ensembles:
        for name, value in column_importance(one, data.columns).items():
            importance[name] = importance.get(name, 0.0) + value / len(ensembles)
    ordered = dict(sorted(importance.items(), key=lambda pair: -pair[1]))
    return TaskResult(
        usable,
        _verdict(usable, quality),
        quality,
        (),
        family_weights(ensembles[0]),
        ordered,
        predict_training,
        predict_new,
    )


def _class_progress(progress: Callable[[float], None], index: int, count: int, share: float) -> None:
    progress((index + share) / count)


def _fit(data: TrainingSet, target: Floats, seed: int, progress: Callable[[float], None]) -> Ensemble:
    return fit_ensemble(data.columns, target, data.weight, data.plan, BINARY, seed, progress)


def _measured(data: TrainingSet, ensemble: Ensemble) -> Flags:
    measured: Flags = np.isfinite(ensemble.out_of_fold) & (data.weight > 0)
    measured[[row for split in data.plan.repeats[0] if split.backward for row in split.test]] = False
    return measured


def _measures(
    data: TrainingSet, target: Floats, predicted: Floats, base: Floats, measured: Flags, seed: int
) -> tuple[TrainMeasures, float]:
    outcome, probabilities, constant = target[measured], predicted[measured], base[measured]
    losses, losses_base = measures.log_losses(outcome, probabilities), measures.log_losses(outcome, constant)
    gain = gain_z(losses_base - losses, data.groups[measured])
    return TrainMeasures(
        rows=len(outcome), events=int(outcome.sum()), base_rate=float(outcome.mean()),
        log_loss=float(losses.mean()), log_loss_base=float(losses_base.mean()),
        auc=measures.auc(outcome, probabilities),
        auc_shuffled=shuffled_auc(data.columns, target, data.plan.repeats[0], seed),
        brier=measures.brier(outcome, probabilities), ece=measures.ece(outcome, probabilities),
        ece_floor=measures.ece_floor(probabilities, seed),
        gain_z=gain,
    ), gain  # fmt: skip


def _auc_z(quality: TrainMeasures, groups: int) -> float:
    """z-score of the AUC against one half (Mann-Whitney); the effective sample size is the number of groups."""
    events, rows = quality.events or 0, quality.rows
    if quality.auc is None or not 0 < events < rows:
        return 0.0
    share = groups / rows
    return (quality.auc - 0.5) / float(np.sqrt((groups + 1) / (12 * share**2 * events * (rows - events))))


def _shares(scores: Sequence[Floats]) -> Floats:
    probabilities = np.column_stack([probability(one) for one in scores])
    return np.asarray(probabilities / probabilities.sum(axis=1, keepdims=True))


def _verdict(usable: bool, quality: TrainMeasures) -> str:
    loss, base = format_number(quality.log_loss or 0, 3), format_number(quality.log_loss_base or 0, 3)
    if not usable:
        return (
            f"Sem sinal utilizável: fora do treino a perda foi {loss} e dizer a todos a taxa base perde {base}. "
            "A previsão é a taxa base."
        )
    ranked = f", AUC {format_number(quality.auc, 2)}" if quality.auc is not None else ""
    rate = f", taxa base {format_percent(quality.base_rate)}" if quality.base_rate is not None else ""
    return f"Utilizável: fora do treino a perda foi {loss} (taxa base sozinha: {base}){ranked}{rate}."
