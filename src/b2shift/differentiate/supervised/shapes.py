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
    ages: frozenset[str] = frozenset()
    """Those of the numbers that are days from a date to the time of the row."""

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
            self.ages,
        )

    def without(self, names: frozenset[str]) -> "Columns":
        """The other columns."""
        return Columns(
            {name: values for name, values in self.numbers.items() if name not in names},
            {name: values for name, values in self.words.items() if name not in names},
            self.days - names,
            self.ages - names,
        )

    def beside(self, others: "Columns") -> "Columns":
        """With other columns of the same rows."""
        numbers, words = self.numbers | others.numbers, self.words | others.words
        return Columns(numbers, words, self.days | others.days, self.ages | others.ages)

    def aged(self, time: Floats) -> "Columns":
        """Dates as days before the time of each row: what tomorrow's rows have as today's do."""
        old = {name: time - self.numbers[name] for name in self.days}
        return Columns({**self.numbers, **old}, self.words, frozenset(), self.ages | self.days)
