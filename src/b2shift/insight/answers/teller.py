"""Numbers in sentences: each one is a number of the rows, or it is not said."""

import math
from collections.abc import Iterable
from datetime import date

from b2shift.insight.answers.numbers import Row
from b2shift.kernel.calendar import add_months, first_of_month
from b2shift.kernel.errors import StateError
from b2shift.kernel.money import format_brl_short, format_number
from b2shift.metrics.contracts import Period

MONTH_NAMES = "jan fev mar abr mai jun jul ago set out nov dez".split()


class Teller:
    """Writes numbers that stand in the rows; StateError for one that does not."""

    def __init__(self, rows: Iterable[Row], further: Iterable[float] = ()) -> None:
        told = [value for row in rows for value in row.values()]
        self._known = sorted(
            float(v)
            for v in (*told, *further)
            if isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)
        )

    def figure(self, value: float, unit: str) -> str:
        """A number of the rows as people read it; its sign is the sentence's business."""
        if not any(math.isclose(abs(value), abs(known), rel_tol=1e-12, abs_tol=1e-12) for known in self._known):
            raise StateError("Um número da frase não está nas linhas da resposta", value=value)
        return written(value, unit)

    def size(self, change: float, unit: str) -> str:
        """How large a change is, without its sign; a change of percentages is in points."""
        self.figure(change, unit)
        return f"{format_number(abs(change), 2)} p.p." if unit == "percent" else written(abs(change), unit)


def written(value: float, unit: str) -> str:
    """A number with its unit: `R$ 1,2 mi`, `3,4%`, `1.234 h`, `42`."""
    match unit:
        case "brl":
            return f"R$ {format_number(value / 1e6, 2)} mi" if 1e6 <= abs(value) < 1e8 else format_brl_short(value)
        case "percent":
            return f"{format_number(value, 1)}%"
        case "hours":
            return f"{format_number(value, 0 if abs(value) >= 100 else 1)} h"
        case "share":
            return f"{format_number(value, 0 if abs(value) >= 10 else 1)}%"
        case "correlation":
            return format_number(value, 2)
        case _:
            return format_number(value, 0 if value == int(value) or abs(value) >= 100 else 1)


def month_words(day: date) -> str:
    """`mai/2026`."""
    return f"{MONTH_NAMES[day.month - 1]}/{day.year}"


def period_words(period: Period) -> str:
    """`mai/2026`, `jan/2026 a mar/2026`, or days where months are not whole."""
    whole = (
        period.start.day == 1 and add_months(first_of_month(period.end), 1).toordinal() - period.end.toordinal() == 1
    )
    if not whole:
        return f"{period.start:%d/%m/%Y} a {period.end:%d/%m/%Y}"
    first, last = month_words(period.start), month_words(period.end)
    return first if first == last else f"{first} a {last}"
