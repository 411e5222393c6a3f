"""`model train`: a labelled table in; predictions with reasons, and their measured quality, out."""

import time as clock
from collections.abc import Collection
from pathlib import Path

import numpy as np

from b2shift.differentiate.contracts import LeakFinding, TrainResult
from b2shift.differentiate.given import TABLES, write_table
from b2shift.differentiate.supervised.classification import fit_classification
from b2shift.differentiate.supervised.drift import Drift, measure_drift
from b2shift.differentiate.supervised.labels import REGRESSION, SURVIVAL, parse_label
from b2shift.differentiate.supervised.predictions import (
    batches_of,
    prediction_batches,
    predictor_of_new,
    predictor_of_training,
)
from b2shift.differentiate.supervised.preparation import TrainingSet, prepare
from b2shift.differentiate.supervised.reading import Labelled, Unlabelled, read_labelled, read_unlabelled
from b2shift.differentiate.supervised.regression import fit_regression
from b2shift.differentiate.supervised.resampled_rows import count_known_rows
from b2shift.differentiate.supervised.shapes import Columns
from b2shift.differentiate.supervised.survival import fit_survival
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.money import format_number
from b2shift.kernel.progress import Progress
from b2shift.lake.api import check_output

STEP = "Aprender"
_MAX_AUC = 0.8
_PREDICTION_COST = 0.07
"""Time to predict a row relative to training on one."""
_NEWEST_SHARE = 0.3
OUTPUT_COLUMNS = ("probability", "prediction", "low", "high", "risk", "median_time", "reasons", "usable")
"""Columns of the predictions, whose names a key may not have."""
_MIN_REPEATED, _MIN_REPEATED_SHARE = 5, 0.01


def train_table(  # noqa: PLR0913 - each argument is an option of the command
    table: Path,
    label: str,
    out: Path,
    *,
    time: str | None,
    identity: str | None,
    test: Path | None,
    task: str | None,
    positive: str | None,
    keep: Collection[str],
    seed: int,
    progress: Progress,
) -> TrainResult:
    """Fit `label` from a file; predict the rows of `test`, or of the file itself out of fold, into `out`."""
    started = clock.perf_counter()
    check_output(out, *TABLES, read=(table, test))
    if identity in OUTPUT_COLUMNS:
        raise InputError("A chave tem o nome de uma coluna das previsões", value=identity, hint="Renomeie-a")
    if task == SURVIVAL and time is None:
        raise InputError("A sobrevivência precisa da duração", value=label, hint="Dê a coluna da duração em --time")
    progress(STEP, 0, 1, "leitura")
    training = read_labelled(table, label, time, identity)
    if task == SURVIVAL and training.dated:
        raise InputError("A duração é uma data", value=time, hint="Dê em --time os dias ou meses até o fato")
    unlabelled = read_unlabelled(test, training, identity) if test is not None else None
    training = training.with_columns_of(unlabelled.columns) if unlabelled else training.aged()
    for name in keep:
        if name not in training.columns.names:
            raise UnknownNameError("coluna", name, training.columns.names)
    target = parse_label(training.label, task, positive)
    data = prepare(training, target, label, keep, seed, unlabelled)
    fit_task = {REGRESSION: fit_regression, SURVIVAL: fit_survival}.get(target.task, fit_classification)
    rows = unlabelled or training
    fitting_share = _fitting_share(len(data.target), rows.count)
    result = fit_task(data, seed, lambda share: progress(STEP, fitting_share * share, 1, "modelos"))
    progress(STEP, fitting_share, 1, "previsões")
    drift, findings = _drift_findings(data, unlabelled.columns if unlabelled else None, seed)
    batches = prediction_batches(
        predictor_of_new(result) if unlabelled else predictor_of_training(training.count, data.position, result),
        batches_of(rows), rows.count, identity, result.usable,
        lambda share: progress(STEP, fitting_share + (1 - fitting_share) * share, 1, "previsões"),
    )  # fmt: skip
    write_table(batches, out, "As previsões não puderam ser gravadas")
    progress(STEP, 1, 1)
    return TrainResult(
        table=table, out=out, task=target.task, label=label, positive=target.positive, classes=target.classes,
        usable=result.usable, verdict=result.verdict, rows=training.count, rows_teaching=int((data.weight > 0).sum()),
        drawn=data.drawn, notes=_notes(training, unlabelled), columns=data.columns.names,
        findings=(*map(_absent_column, training.absent), *data.findings, *findings),
        validation=data.validation, measures=result.measures, reliability=result.reliability, weights=result.weights,
        importance=result.importance,
        moved_auc=drift.auc if drift else None, times=result.times, predicted="test" if unlabelled else "out_of_fold",
        seed=seed, seconds=round(clock.perf_counter() - started, 2),
    )  # fmt: skip


def _notes(training: Labelled, unlabelled: Unlabelled | None) -> tuple[str, ...]:
    """Notes on rows left out, those of the rows to predict marked."""
    notes = unlabelled.notes if unlabelled else ()
    return (*training.notes, *(f"Na tabela a prever, {note}" for note in notes))


def _absent_column(name: str) -> LeakFinding:
    evidence = "a tabela a prever não a tem, ou nenhum valor dela: nada se aprende do que lá não se sabe"
    return LeakFinding(kind="absent_in_test", column=name, left_out=True, evidence=evidence)


def _fitting_share(training_rows: int, predicted_rows: int) -> float:
    """Estimated share of the run time that fitting takes."""
    return float(np.clip(training_rows / (training_rows + _PREDICTION_COST * predicted_rows), 0.05, 0.95))


def _drift_findings(data: TrainingSet, unlabelled: Columns | None, seed: int) -> tuple[Drift | None, list[LeakFinding]]:
    """Drift between training rows and those to predict (or the newest), and rows to predict seen in training."""
    findings: list[LeakFinding] = []
    columns = data.columns
    if unlabelled is not None:
        drift = measure_drift(columns, unlabelled, seed)
        repeated = count_known_rows(columns, _columns_like(unlabelled, columns))
        if repeated > max(_MIN_REPEATED, _MIN_REPEATED_SHARE * len(unlabelled)):
            evidence = f"{format_number(repeated)} linhas a prever são iguais a linhas de treino: a medida nelas engana"
            findings.append(LeakFinding(kind="repeated_in_test", column=None, left_out=False, evidence=evidence))
    elif data.time is not None and data.label.task != SURVIVAL:
        newest = data.time > np.quantile(data.time, 1 - _NEWEST_SHARE)
        drift = measure_drift(columns.take(np.flatnonzero(~newest)), columns.take(np.flatnonzero(newest)), seed)
    else:
        return None, findings
    for name, auc in (drift.by_column if drift else {}).items():
        if abs(auc - 0.5) > _MAX_AUC - 0.5:
            evidence = f"sozinha separa as linhas novas das antigas (AUC {format_number(max(auc, 1 - auc), 2)})"
            findings.append(LeakFinding(kind="moved_column", column=name, left_out=False, evidence=evidence))
    return drift, findings


def _columns_like(columns: Columns, like: Columns) -> Columns:
    return Columns(
        {name: columns.numbers[name] for name in like.numbers}, {name: columns.words[name] for name in like.words}
    )
