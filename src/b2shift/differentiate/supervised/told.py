"""A row's reasons in words: the columns that move its score most, with their value and how much they move it."""

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
    for row in range(len(points)):
        up, down, parts = 0, 0, []
        for place in order[row]:
            value = points[row, place]
            if abs(value) < _LEAST_POINTS or min(up, down) >= EACH_WAY:
                break
            if (up if value > 0 else down) >= EACH_WAY:
                continue
            up, down = up + (value > 0), down + (value < 0)
            sign = "+" if value > 0 else "−"
            size = format_number(abs(value), 1 if abs(value) < 1000 else 0)
            parts.append(f"{names[place]} = {_value(columns, names[place], row)} ({sign}{size}{unit})")
        told[row] = "; ".join(parts)
    return told


def _value(columns: Columns, name: str, row: int) -> str:
    if name in columns.words:
        word = columns.words[name][row]
        return "sem dado" if word is None else str(word)
    number = float(columns.numbers[name][row])
    if not np.isfinite(number):
        return "sem dado"
    if name in columns.ages:
        return f"{format_number(number)} dias antes"
    if name in columns.days:
        return str(np.datetime64(0, "D") + np.timedelta64(int(number), "D"))
    return format_number(number, 0 if number == int(number) else 2)
