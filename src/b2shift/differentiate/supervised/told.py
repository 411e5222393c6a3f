"""A row's reasons in words: the columns that move its score most, with their value and how much they move it."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from b2shift.differentiate.supervised.objective import probability
from b2shift.differentiate.supervised.shapes import Columns, Floats, Words
from b2shift.kernel.money import format_number

EACH_WAY = 3
_LEAST_POINTS = 0.05


def in_points(scores: Floats, contributions: Floats) -> Floats:
    """Contributions in log-odds as percentage points: what the probability would lose without each."""
    said = probability(scores)
    return np.asarray(100 * (said[:, None] - probability(scores[:, None] - contributions)))


def reasons(columns: Columns, names: tuple[str, ...], points: Floats, unit: str) -> Words:
    """Up to three columns each way for every row, strongest first: `plano = mensal (+8,1 p.p.)`."""
    told = np.empty(len(points), dtype=object)
    order = np.argsort(-np.abs(points), axis=1, kind="stable")
    values = [_values(columns, name) for name in names]
    for row, (ordered, sizes) in enumerate(zip(order.tolist(), points.tolist(), strict=True)):
        up, down, parts = 0, 0, []
        for place in ordered:
            value = sizes[place]
            if abs(value) < _LEAST_POINTS or min(up, down) >= EACH_WAY:
                break
            if (up if value > 0 else down) >= EACH_WAY:
                continue
            up, down = up + (value > 0), down + (value < 0)
            sign = "+" if value > 0 else "−"
            size = _size(round(abs(value), 1 if abs(value) < 1000 else 0))
            parts.append(f"{names[place]} = {values[place](row)} ({sign}{size}{unit})")
        told[row] = "; ".join(parts)
    return told


@lru_cache(1 << 16)
def _size(value: float) -> str:
    return format_number(value, 1 if value < 1000 else 0)


def _values(columns: Columns, name: str) -> Callable[[int], str]:
    """The value of the column in a row, in words."""
    if name in columns.words:
        words = columns.words[name]
        return lambda row: "sem dado" if words[row] is None else str(words[row])
    numbers = columns.numbers[name].tolist()
    say = _ago if name in columns.ages else _day if name in columns.days else _number
    return lambda row: say(numbers[row]) if math.isfinite(numbers[row]) else "sem dado"


@lru_cache(1 << 16)
def _ago(value: float) -> str:
    return f"{format_number(value)} dias antes"


@lru_cache(1 << 16)
def _day(value: float) -> str:
    return str(np.datetime64(0, "D") + np.timedelta64(int(value), "D"))


@lru_cache(1 << 16)
def _number(value: float) -> str:
    return format_number(value, 0 if value == int(value) else 2)
