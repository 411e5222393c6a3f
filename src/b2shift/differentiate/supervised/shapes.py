"""Array types of supervised learning, and the columns of a table."""

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
    """Numeric columns (NaN where missing; dates are days since 1970) and text columns (None where missing)."""

    numbers: dict[str, Floats]
    words: dict[str, Words]
    days: frozenset[str] = frozenset()
    """Numeric columns that are dates."""
    ages: frozenset[str] = frozenset()
    """Numeric columns that are days from a date to the row's time."""

    def __len__(self) -> int:
        every = [*self.numbers.values(), *self.words.values()]
        return len(every[0]) if every else 0

    @property
    def names(self) -> tuple[str, ...]:
        """All columns: numeric first."""
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
        """Dates as days before the row's time: tomorrow's rows then look like today's."""
        old = {name: time - self.numbers[name] for name in self.days}
        return Columns({**self.numbers, **old}, self.words, frozenset(), self.ages | self.days)
