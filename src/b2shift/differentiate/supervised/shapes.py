"""The arrays of a supervised table, and its columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.intp]
Words = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Columns:
    """Columns of numbers (NaN where missing; days are days since 1970) and of words (None where missing)."""

    numbers: dict[str, Floats]
    words: dict[str, Words]
    days: frozenset[str] = frozenset()
    """Those of the numbers that are dates."""

    def __len__(self) -> int:
        every = [*self.numbers.values(), *self.words.values()]
        return len(every[0]) if every else 0

    @property
    def names(self) -> tuple[str, ...]:
        """All columns: numbers first."""
        return (*self.numbers, *self.words)

    def take(self, rows: Integers) -> "Columns":
        """Some of the rows, in that order."""
        return Columns(
            {name: values[rows] for name, values in self.numbers.items()},
            {name: values[rows] for name, values in self.words.items()},
            self.days,
        )

    def without(self, names: frozenset[str]) -> "Columns":
        """The other columns."""
        return Columns(
            {name: values for name, values in self.numbers.items() if name not in names},
            {name: values for name, values in self.words.items() if name not in names},
            self.days - names,
        )
