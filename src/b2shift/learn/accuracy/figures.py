"""The rows of `score_accuracy`: each date's predictions of a score against what happened, of everyone and by group."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date

import numpy as np
import pyarrow as pa

from b2shift.differentiate.api import accuracy
from b2shift.kernel.wilson import wilson
from b2shift.learn.contracts import EVERY, FAMILIES, AccuracyGrouping, ScoreAccuracy

FEWEST = 30
"""Customers of a group from which it is told."""
SEED = 7


def figures(outcomes: pa.Table) -> Iterator[ScoreAccuracy]:
    """Of rows of `score_outcomes`, by score and date; then of all families of products, which are one model."""
    columns = {name: np.array(outcomes.column(name).to_pylist(), dtype=object) for name in _WORDS}
    numbers = {name: outcomes.column(name).to_numpy().astype(float) for name in ("predicted", "observed")}
    families = np.array([str(score).startswith(f"{FAMILIES}_") for score in columns["score"]], dtype=bool)
    told = [(score, columns["score"] == score) for score in sorted(set(columns["score"].tolist()))]
    for score, of_score in [*told, (FAMILIES, families)]:
        for day in sorted(set(columns["as_of"][of_score].tolist())):
            rows = of_score & (columns["as_of"] == day)
            yield from _of_date(
                score, day, {name: values[rows] for name, values in columns.items()},
                numbers["predicted"][rows], numbers["observed"][rows],
            )  # fmt: skip


_WORDS = ("score", "as_of", "model_version", *(one.value for one in AccuracyGrouping if one.value))


def _of_date(
    score: str, day: date, words: Mapping[str, np.ndarray], predicted: np.ndarray, observed: np.ndarray
) -> Iterator[ScoreAccuracy]:
    version = str(words["model_version"][0])
    for grouping in AccuracyGrouping:
        named = words[grouping.value] if grouping.value else np.full(len(predicted), EVERY, dtype=object)
        for group in sorted({str(one) for one in named if one is not None}):
            mine = named == group
            if mine.sum() >= FEWEST or not grouping.value:
                yield _row(score, day, version, grouping, group, predicted[mine], observed[mine])


def _row(
    score: str,
    day: date,
    version: str,
    grouping: AccuracyGrouping,
    group: str,
    predicted: np.ndarray,
    observed: np.ndarray,
) -> ScoreAccuracy:
    n, events, expected = len(observed), float(observed.sum()), float(predicted.sum())
    low, high = wilson(events, n)
    return ScoreAccuracy(
        score=score, as_of=day, model_version=version, grouping=grouping, group=group,
        customers=n, events=int(events), predicted=expected / n, observed=events / n, observed_low=low,
        observed_high=high, ratio=events / expected if expected else None,
        **asdict(accuracy(observed, predicted, SEED)),
    )  # fmt: skip
