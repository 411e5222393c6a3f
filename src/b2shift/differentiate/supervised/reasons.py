"""Reasons of a prediction: the columns that contribute most, with value and size, in Portuguese."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from b2shift.differentiate.supervised.objective import probability
from b2shift.differentiate.supervised.shapes import Columns, Floats, Words
from b2shift.kernel.money import format_number

MAX_PER_SIGN = 3
_MIN_POINTS = 0.05


def percentage_points(scores: Floats, contributions: Floats) -> Floats:
    """Log-odds contributions as percentage points: what the probability would lose without each."""
    probabilities = probability(scores)
    return np.asarray(100 * (probabilities[:, None] - probability(scores[:, None] - contributions)))


def reasons(columns: Columns, names: tuple[str, ...], points: Floats, unit: str) -> Words:
    """Up to three columns of each sign for every row, strongest first: `plano = mensal (+8,1 p.p.)`."""
    texts = np.empty(len(points), dtype=object)
    ranking = np.argsort(-np.abs(points), axis=1, kind="stable")
    values = [_value_texts(columns, name) for name in names]
    for row, (order, row_points) in enumerate(zip(ranking.tolist(), points.tolist(), strict=True)):
        positive, negative, parts = 0, 0, []
        for index in order:
            value = row_points[index]
            if abs(value) < _MIN_POINTS or min(positive, negative) >= MAX_PER_SIGN:
                break
            if (positive if value > 0 else negative) >= MAX_PER_SIGN:
                continue
            positive, negative = positive + (value > 0), negative + (value < 0)
            sign = "+" if value > 0 else "−"
            size = _size_text(round(abs(value), 1 if abs(value) < 1000 else 0))
            parts.append(f"{names[index]} = {values[index](row)} ({sign}{size}{unit})")
        texts[row] = "; ".join(parts)
    return texts


@lru_cache(1 << 16)
def _size_text(value: float) -> str:
    return format_number(value, 1 if value < 1000 else 0)


def _value_texts(columns: Columns, name: str) -> Callable[[int], str]:
    """Formats the value of a column in a row."""
    if name in columns.words:
        texts = columns.words[name]
        return lambda row: "sem dado" if texts[row] is None else str(texts[row])
    numbers = columns.numbers[name].tolist()
    text_of_value = _age_text if name in columns.ages else _date_text if name in columns.days else _number_text
    return lambda row: text_of_value(numbers[row]) if math.isfinite(numbers[row]) else "sem dado"


@lru_cache(1 << 16)
def _age_text(value: float) -> str:
    return f"{format_number(value)} dias antes"


@lru_cache(1 << 16)
def _date_text(value: float) -> str:
    return str(np.datetime64(0, "D") + np.timedelta64(int(value), "D"))


@lru_cache(1 << 16)
def _number_text(value: float) -> str:
    return format_number(value, 0 if value == int(value) else 2)
