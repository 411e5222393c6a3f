"""`model train`: a labelled table in, predictions with reasons out, and what may be believed of them."""

import time as clock
from collections.abc import Collection
from pathlib import Path

import numpy as np

from b2shift.differentiate.contracts import LeakFinding, TrainResult
from b2shift.differentiate.given import TABLES, write
from b2shift.differentiate.supervised.amounts import amounts
from b2shift.differentiate.supervised.drift import Moved, moved
from b2shift.differentiate.supervised.labels import REGRESSION, SURVIVAL, label_of
from b2shift.differentiate.supervised.predictions import of_new, of_own, parts_of, predictions
from b2shift.differentiate.supervised.prepared import Prepared, prepared
from b2shift.differentiate.supervised.reading import Labelled, Unlabelled, read_labelled, read_unlabelled
from b2shift.differentiate.supervised.resampling import seen_again
from b2shift.differentiate.supervised.shapes import Columns
from b2shift.differentiate.supervised.survival import survival
from b2shift.differentiate.supervised.yes_or_no import classes
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.kernel.money import format_number
from b2shift.kernel.progress import Progress
from b2shift.lake.api import check_output

STEP = "Aprender"
_FAR = 0.8
_SAYING = 0.07
"""Time to say a row by that to learn from one."""
_NEWEST = 0.3
SAID = ("probability", "prediction", "low", "high", "risk", "median_time", "reasons", "usable")
"""Columns of the predictions that a key may not be called."""
_FEW_AGAIN, _SHARE_AGAIN = 5, 0.01


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
    """Learn `label` from a file; predict the rows of `test`, or of the file itself out of fold, into `out`."""
    started = clock.perf_counter()
    check_output(out, *TABLES, read=(table, test))
    if identity in SAID:
        raise InputError("A chave tem o nome de uma coluna das previsões", value=identity, hint="Renomeie-a")
    if task == SURVIVAL and time is None:
        raise InputError("A sobrevivência precisa da duração", value=label, hint="Dê a coluna da duração em --time")
    progress(STEP, 0, 1, "leitura")
    read = read_labelled(table, label, time, identity)
    if task == SURVIVAL and read.dated:
        raise InputError("A duração é uma data", value=time, hint="Dê em --time os dias ou meses até o fato")
    fresh = read_unlabelled(test, read, identity) if test is not None else None
    read = read.shared(fresh.columns) if fresh else read.aged()
    for name in keep:
        if name not in read.columns.names:
            raise UnknownNameError("coluna", name, read.columns.names)
    wanted = label_of(read.label, task, positive)
    ready = prepared(read, wanted, label, keep, seed, fresh)
    learn = {REGRESSION: amounts, SURVIVAL: survival}.get(wanted.task, classes)
    rows = fresh or read
    models = _share_of_models(len(ready.came), rows.count)
    found = learn(ready, seed, lambda part: progress(STEP, models * part, 1, "modelos"))
    progress(STEP, models, 1, "previsões")
    moves, findings = _moves(ready, fresh.columns if fresh else None, seed)
    told = predictions(
        of_new(found) if fresh else of_own(read.count, ready.place, found), parts_of(rows), rows.count, identity,
        found.usable, lambda part: progress(STEP, models + (1 - models) * part, 1, "previsões"),
    )  # fmt: skip
    write(told, out, "As previsões não puderam ser gravadas")
    progress(STEP, 1, 1)
    return TrainResult(
        table=table, out=out, task=wanted.task, label=label, positive=wanted.positive, classes=wanted.classes,
        usable=found.usable, verdict=found.verdict, rows=read.count, rows_teaching=int((ready.weight > 0).sum()),
        drawn=ready.drawn, notes=_notes(read, fresh), columns=ready.columns.names,
        findings=(*map(_absent, read.absent), *ready.findings, *findings),
        validation=ready.validation, measures=found.measures, reliability=found.reliability, weights=found.weights,
        importance=found.importance,
        moved_auc=moves.auc if moves else None, times=found.times, predicted="test" if fresh else "out_of_fold",
        seed=seed, seconds=round(clock.perf_counter() - started, 2),
    )  # fmt: skip


def _notes(read: Labelled, fresh: Unlabelled | None) -> tuple[str, ...]:
    """What is told of rows left out, of those to predict apart."""
    told = fresh.notes if fresh else ()
    return (*read.notes, *(f"Na tabela a prever, {note}" for note in told))


def _absent(name: str) -> LeakFinding:
    words = "a tabela a prever não a tem, ou nenhum valor dela: nada se aprende do que lá não se sabe"
    return LeakFinding(kind="absent_in_test", column=name, left_out=True, evidence=words)


def _share_of_models(taught: int, said: int) -> float:
    """The part of the time that learning takes: as long for each row as saying some fourteen."""
    return float(np.clip(taught / (taught + _SAYING * said), 0.05, 0.95))


def _moves(ready: Prepared, fresh: Columns | None, seed: int) -> tuple[Moved | None, list[LeakFinding]]:
    """How far the rows to predict (or, over time, the newest) are from the others; and rows seen in training."""
    told: list[LeakFinding] = []
    columns = ready.columns
    if fresh is not None:
        apart = moved(columns, fresh, seed)
        again = seen_again(columns, _shown(fresh, columns))
        if again > max(_FEW_AGAIN, _SHARE_AGAIN * len(fresh)):
            words = f"{format_number(again)} linhas a prever são iguais a linhas de treino: a medida nelas engana"
            told.append(LeakFinding(kind="repeated_in_test", column=None, left_out=False, evidence=words))
    elif ready.time is not None and ready.label.task != SURVIVAL:
        newest = ready.time > np.quantile(ready.time, 1 - _NEWEST)
        apart = moved(columns.take(np.flatnonzero(~newest)), columns.take(np.flatnonzero(newest)), seed)
    else:
        return None, told
    for name, alone in (apart.alone if apart else {}).items():
        if abs(alone - 0.5) > _FAR - 0.5:
            words = f"sozinha separa as linhas novas das antigas (AUC {format_number(max(alone, 1 - alone), 2)})"
            told.append(LeakFinding(kind="moved_column", column=name, left_out=False, evidence=words))
    return apart, told


def _shown(columns: Columns, like: Columns) -> Columns:
    return Columns(
        {name: columns.numbers[name] for name in like.numbers}, {name: columns.words[name] for name in like.words}
    )
