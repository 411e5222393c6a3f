"""Any table laid out in columns of numbers: what each column becomes is learned once, of all rows or of drawn ones."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.reading import LEVELS, Column, Grouped, unit_of
from b2shift.differentiate.segments.representations import Tails, tails
from b2shift.differentiate.segments.variables import together
from b2shift.differentiate.segments.view import RARE, View, view_of
from b2shift.kernel.errors import InputError


@dataclass(frozen=True)
class Number:
    """A column of numbers: gaps take the median, and a flag of their own where they are common; long tails are cut."""

    name: str
    unit: float
    median: float
    flagged: bool
    tails: Tails | None

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns."""
        return (self.name, f"{self.name} vazio")[: 1 + self.flagged]

    def told(self, values: Floats) -> Floats:
        """Rows x its columns."""
        known = np.isfinite(values)
        filled = np.where(known, values / self.unit, self.median)
        flag = [(~known).astype(np.float64)] if self.flagged else []
        return np.column_stack([self.tails.cut(filled) if self.tails else filled, *flag])


@dataclass(frozen=True)
class Words:
    """A column of categories: one for each of its commonest levels, and one for all others where there are more."""

    name: str
    levels: tuple[str, ...]
    more: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns."""
        return tuple(f"{self.name}={level}" for level in (*self.levels, *["outros"][: self.more]))

    def told(self, words: Column) -> Floats:
        """Rows x its columns; a text that was not there when levels were learned is among the others, or none."""
        texts, codes = _coded(words)
        places = {text: place for place, text in enumerate(self.levels)}
        levels = np.array([places.get(text, len(places)) for text in texts], np.intp)[codes]
        wide = len(self.levels) + self.more
        return (levels[:, None] == np.arange(wide)).astype(np.float64)


@dataclass(frozen=True)
class Layout:
    """What each column of a table becomes; `ignored` are the names of those left out."""

    columns: tuple[Number | Words, ...]
    ignored: tuple[str, ...]

    @property
    def wide(self) -> int:
        """Columns of numbers that the table becomes."""
        return sum(len(column.names) for column in self.columns)

    def parts(self, numbers: Mapping[str, Floats], words: Mapping[str, Column]) -> list[Floats]:
        """Rows x columns of each column of the table."""
        return [
            column.told(numbers[column.name]) if isinstance(column, Number) else column.told(words[column.name])
            for column in self.columns
        ]

    def view(self, columns: Grouped) -> View:
        """The table as columns of numbers and their variables."""
        parts = self.parts(columns.numbers, columns.words)
        named = [(column.names, part) for column, part in zip(self.columns, parts, strict=True)]
        view = view_of("tabela", named).of(columns.owner)
        return view if columns.words else replace(view, variables=together(view.distinct))


def layout_of(columns: Grouped) -> Layout:
    """Learned of these rows. Columns that do not vary, and words that name rows, are left out.

    Numbers keep their values unless their tails are their spread (`tails`). InputError where no column is left.
    """
    kept: list[Number | Words] = []
    counts = np.bincount(columns.owner)
    ignored: list[str] = []
    for name, values in columns.numbers.items():
        known, unit = np.isfinite(values), unit_of(values)
        values = values / unit
        if not known.any() or (known.all() and np.ptp(values) == 0):
            ignored.append(name)
            continue
        median = float(np.median(np.repeat(values[known], counts[known])))
        flagged = bool(np.average(~known, weights=counts) >= RARE)
        kept.append(Number(name, unit, median, flagged, tails(np.where(known, values, median), counts)))
    for name, words in columns.words.items():
        texts, codes = _coded(words)
        if len(texts) < 2:
            ignored.append(name)
            continue
        rows = np.bincount(codes, weights=counts, minlength=len(texts))
        common = sorted(range(len(texts)), key=lambda code: (-rows[code], texts[code]))[:LEVELS]
        kept.append(Words(name, tuple(texts[code] for code in common), len(texts) > LEVELS))
    if not kept:
        raise InputError(
            "Nenhuma coluna separa as linhas",
            value=", ".join([*ignored, *columns.ignored]),
            hint="Acrescente uma que varie de linha a linha",
        )
    return Layout(tuple(kept), (*ignored, *columns.ignored))


def _coded(words: Column) -> tuple[list[str], Integers]:
    """The different texts, nothing as an empty one, and which of them each row says."""
    said = words.combine_chunks().fill_null("").dictionary_encode()
    return [str(text) for text in said.dictionary.to_pylist()], said.indices.to_numpy()
