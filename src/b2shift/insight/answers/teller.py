"""Numbers in sentences: each one is a number of the rows, or it is not said."""

import math
from collections.abc import Iterable

from b2shift.insight.answers.numbers import Row
from b2shift.insight.answers.voice import Voice
from b2shift.kernel.errors import StateError


class Teller:
    """Writes numbers that stand in the rows; StateError for one that does not."""

    def __init__(self, rows: Iterable[Row], further: Iterable[float] = (), voice: Voice | None = None) -> None:
        self.voice = voice or Voice()
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
        return self.voice.figure(value, unit)

    def size(self, change: float, unit: str) -> str:
        """How large a change is, without its sign; a change of percentages is in points."""
        self.figure(change, unit)
        if unit == "percent":
            return self.voice.say("{points} p.p.", points=self.voice.number(abs(change), 2))
        return self.voice.figure(abs(change), unit)
