"""Predictions of every row in batches: millions of rows need no more memory than those held."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from b2shift.differentiate.supervised.reading import Labelled, Unlabelled
from b2shift.differentiate.supervised.sampling import BATCH_ROWS
from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers, Words
from b2shift.differentiate.supervised.task_result import Predictions, TaskResult

Predictor = Callable[[Columns, int], Predictions]
"""Predictions of a batch of rows; the integer is the position of the first."""
Batches = Iterator[tuple[Columns, Any]]


def predictor_of_new(model: TaskResult) -> Predictor:
    """Predictor of rows outside training."""
    return lambda columns, _start: model.predict_new(columns)


def predictor_of_training(count: int, position: Integers, model: TaskResult) -> Predictor:
    """Predictor of the file's own rows: out of fold where they trained (`position` in the file), by the ensemble
    elsewhere."""
    training_output = model.predict_training()
    training_row = np.full(count, -1, np.int32)
    training_row[position] = np.arange(len(position))

    def predict(columns: Columns, start: int) -> Predictions:
        own_row = training_row[start : start + len(columns)]
        unseen = np.flatnonzero(own_row < 0)
        unseen_output = model.predict_new(columns.take(unseen)) if len(unseen) else {}
        whole = {}
        for name, values in training_output.items():
            column = np.empty(len(columns), dtype=values.dtype)
            column[own_row >= 0] = values[own_row[own_row >= 0]]
            if len(unseen):
                column[unseen] = unseen_output[name]
            whole[name] = column
        return whole

    return predict


def batches_of(rows: Labelled | Unlabelled) -> Batches:
    """All rows of a table in batches, and their keys: from memory where held, else from the file."""
    if rows.count > len(rows.columns):
        yield from rows.reading.batches()
        return
    for start in range(0, rows.count, BATCH_ROWS):
        some = np.arange(start, min(start + BATCH_ROWS, rows.count))
        yield rows.columns.take(some), None if rows.keys is None else rows.keys.slice(start, len(some))


def prediction_batches(
    predict: Predictor,
    batches: Batches,
    count: int,
    identity: str | None,
    usable: bool,
    progress: Callable[[float], None],
) -> Iterator[pa.Table]:
    """Output tables in row order: the key (or `row`, from 0), the predictions, and `usable`."""
    start = 0
    for columns, keys in batches:
        output = {name: _column(values) for name, values in predict(columns, start).items()}
        end = start + len(columns)
        name, key = ("row", pa.array(np.arange(start, end))) if identity is None or keys is None else (identity, keys)
        yield pa.table({name: key} | output | {"usable": pa.array(np.full(len(columns), usable))})
        progress(float(end) / count)
        start = end


def _column(values: Floats | Words) -> "pa.Array[Any]":
    if values.dtype == object:
        return pa.array(list(values), pa.string())
    return pa.array(np.round(values, 9), pa.float64(), mask=~np.isfinite(values))
