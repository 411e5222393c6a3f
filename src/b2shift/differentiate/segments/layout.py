"""Encodes any table as numeric columns; fitted once, on all rows or a sample."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.reading import MAX_LEVELS, Column, DistinctTable, scale_unit
from b2shift.differentiate.segments.representations import LogTransform, fit_log_transform
from b2shift.differentiate.segments.variables import group_one_hot
from b2shift.differentiate.segments.view import MIN_LEVEL_SHARE, View, build_view
from b2shift.kernel.errors import InputError


@dataclass(frozen=True)
class Number:
    """Numeric encoder: gaps take the median, with an indicator where common; heavy tails are log-transformed."""

    name: str
    unit: float
    median: float
    missing_flag: bool
    log_transform: LogTransform | None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its columns."""
        return (self.name, f"{self.name} vazio")[: 1 + self.missing_flag]

    def transform(self, values: Floats) -> Floats:
        """Rows × its columns."""
        present = np.isfinite(values)
        filled = np.where(present, values / self.unit, self.median)
        flag = [(~present).astype(np.float64)] if self.missing_flag else []
        return np.column_stack([self.log_transform.transform(filled) if self.log_transform else filled, *flag])


@dataclass(frozen=True)
class Category:
    """Categorical encoder: an indicator for each of the commonest levels, and one for the rest if there is any."""

    name: str
    levels: tuple[str, ...]
    has_others: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its columns."""
        return tuple(f"{self.name}={level}" for level in (*self.levels, *["outros"][: self.has_others]))

    def transform(self, values: Column) -> Floats:
        """Rows × its columns; a level unseen in fitting is among the rest, or none."""
        texts, codes = _dictionary_encoded(values)
        index_of = {text: index for index, text in enumerate(self.levels)}
        levels = np.array([index_of.get(text, len(index_of)) for text in texts], np.intp)[codes]
        width = len(self.levels) + self.has_others
        return (levels[:, None] == np.arange(width)).astype(np.float64)


@dataclass(frozen=True)
class Layout:
    """Encoder of each column of a table; `ignored` are the columns left out."""

    columns: tuple[Number | Category, ...]
    ignored: tuple[str, ...]

    @property
    def width(self) -> int:
        """Numeric columns after encoding."""
        return sum(len(column.names) for column in self.columns)

    def transform(self, numbers: Mapping[str, Floats], values: Mapping[str, Column]) -> list[Floats]:
        """Encoded block (rows × columns) of each column of the table."""
        return [
            column.transform(numbers[column.name])
            if isinstance(column, Number)
            else column.transform(values[column.name])
            for column in self.columns
        ]

    def view(self, columns: DistinctTable) -> View:
        """The table as encoded columns and their variables."""
        blocks = self.transform(columns.numbers, columns.words)
        named = [(column.names, block) for column, block in zip(self.columns, blocks, strict=True)]
        view = build_view("tabela", named).take(columns.inverse)
        return view if columns.words else replace(view, variables=group_one_hot(view.distinct))


def fit_layout(columns: DistinctTable) -> Layout:
    """Fit on these rows. Constant columns, and texts that identify rows, are left out.

    Numbers keep their scale unless heavy-tailed. InputError where no column is left.
    """
    encoders: list[Number | Category] = []
    counts = np.bincount(columns.inverse)
    ignored: list[str] = []
    for name, values in columns.numbers.items():
        present, unit = np.isfinite(values), scale_unit(values)
        values = values / unit
        if not present.any() or (present.all() and np.ptp(values) == 0):
            ignored.append(name)
            continue
        median = float(np.median(np.repeat(values[present], counts[present])))
        missing_flag = bool(np.average(~present, weights=counts) >= MIN_LEVEL_SHARE)
        encoders.append(
            Number(name, unit, median, missing_flag, fit_log_transform(np.where(present, values, median), counts))
        )
    for name, words in columns.words.items():
        texts, codes = _dictionary_encoded(words)
        if len(texts) < 2:
            ignored.append(name)
            continue
        rows = np.bincount(codes, weights=counts, minlength=len(texts))
        common = sorted(range(len(texts)), key=lambda code: (-rows[code], texts[code]))[:MAX_LEVELS]
        encoders.append(Category(name, tuple(texts[code] for code in common), len(texts) > MAX_LEVELS))
    if not encoders:
        raise InputError(
            "Nenhuma coluna separa as linhas",
            value=", ".join([*ignored, *columns.ignored]),
            hint="Acrescente uma que varie de linha a linha",
        )
    return Layout(tuple(encoders), (*ignored, *columns.ignored))


def _dictionary_encoded(values: Column) -> tuple[list[str], Integers]:
    """Distinct texts (missing as an empty one) and each row's code."""
    encoded = values.combine_chunks().fill_null("").dictionary_encode()
    return [str(text) for text in encoded.dictionary.to_pylist()], encoded.indices.to_numpy()
