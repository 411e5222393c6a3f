"""Figures grounded in the rows of an answer: a number that no row holds is not written."""

import math
from collections.abc import Iterable

from b2shift.insight.answers.locale import Locale
from b2shift.insight.answers.numbers import Row
from b2shift.kernel.errors import StateError


class GroundedFigures:
    """Formats numbers of the rows; raises StateError for any other."""

    def __init__(self, rows: Iterable[Row], further: Iterable[float] = (), locale: Locale | None = None) -> None:
        self.locale = locale or Locale()
        values = [value for row in rows for value in row.values()]
        self._known = sorted(
            float(v)
            for v in (*values, *further)
            if isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)
        )

    def figure(self, value: float, unit: str) -> str:
        """A number of the rows, formatted; its sign is ignored."""
        if not any(math.isclose(abs(value), abs(known), rel_tol=1e-12, abs_tol=1e-12) for known in self._known):
            raise StateError("Um número da frase não está nas linhas da resposta", value=value)
        return self.locale.figure(value, unit)

    def magnitude(self, change: float, unit: str) -> str:
        """The absolute size of a change; of a percentage in points."""
        self.figure(change, unit)
        if unit == "percent":
            return self.locale.say("{points} p.p.", points=self.locale.number(abs(change), 2))
        return self.locale.figure(abs(change), unit)
