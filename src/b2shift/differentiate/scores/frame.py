"""Feature tables as arrays: numbers with NaN where missing, categories with None."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from b2shift.differentiate.contracts import FeatureDeclaration

Floats = npt.NDArray[Any]
Words = npt.NDArray[np.object_]
Flags = npt.NDArray[np.bool_]
_LONG_TAILED = {"money", "integer", "decimal", "days"}
_LONG = 50.0


@dataclass(frozen=True)
class Frame:
    """Customers known on a date, sorted by id, with their features."""

    as_of: date
    ids: Words
    numbers: dict[str, Floats]
    words: dict[str, Words]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: npt.NDArray[np.intp]) -> "Frame":
        """Some of the customers."""
        return Frame(
            self.as_of,
            self.ids[rows],
            {name: values[rows] for name, values in self.numbers.items()},
            {name: values[rows] for name, values in self.words.items()},
        )


def read_frame(table: pa.Table, as_of: date, declared: Iterable[FeatureDeclaration]) -> Frame:
    """Arrays of the declared columns, rows in the order of customer_id whatever the table's; lists are left out."""
    table = table.sort_by("customer_id")
    numbers: dict[str, Floats] = {}
    words: dict[str, Words] = {}
    for feature in declared:
        if feature.format == "list":
            continue
        column = table.column(feature.name)
        if feature.format == "category":
            words[feature.name] = np.array(column.to_pylist(), dtype=object)
        else:
            values = column.cast(pa.float64()) if feature.format != "boolean" else column.cast(pa.int8())
            numbers[feature.name] = np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float32)
    return Frame(as_of, np.array(table.column("customer_id").to_pylist(), dtype=object), numbers, words)


@dataclass(frozen=True)
class Column:
    """One column of a design matrix: a number, or one level of a category."""

    feature: str
    level: str | None = None
    compressed: bool = False


@dataclass(frozen=True)
class Design:
    """Columns of a model's matrix; fitted on the training dates."""

    columns: tuple[Column, ...]

    def matrix(self, frame: Frame) -> Floats:
        """One row per customer, float32; levels are 0 or 1, heavy tails are signed logs."""
        values = np.empty((len(frame), len(self.columns)), dtype=np.float32)
        for position, column in enumerate(self.columns):
            values[:, position] = _column(frame, column)
        return values

    @property
    def features(self) -> tuple[str, ...]:
        """The features behind the columns, each once."""
        return tuple(dict.fromkeys(column.feature for column in self.columns))

    def by_feature(self, contributions: Floats) -> Floats:
        """Contributions summed by feature, in the order of `features`."""
        order = {feature: position for position, feature in enumerate(self.features)}
        total = np.zeros((len(contributions), len(order)), dtype=np.float64)
        for position, column in enumerate(self.columns):
            total[:, order[column.feature]] += contributions[:, position]
        return total


def fit_design(
    frames: list[Frame], features: Iterable[str], formats: dict[str, str], rare: float = 0.01, max_levels: int = 15
) -> Design:
    """Columns for these features; levels below the share `rare` have none."""
    columns: list[Column] = []
    for feature in features:
        if formats[feature] == "category":
            words = np.concatenate([frame.words[feature] for frame in frames]) if frames else np.array([], dtype=object)
            levels, counts = np.unique([word for word in words if word is not None], return_counts=True)
            common = sorted(zip(-counts, levels, strict=True))[:max_levels]
            columns += [Column(feature, str(word)) for minus, word in common if -minus >= rare * len(words)]
        else:
            columns.append(Column(feature, compressed=formats[feature] in _LONG_TAILED and _is_long(frames, feature)))
    return Design(tuple(columns))


def _is_long(frames: list[Frame], feature: str) -> bool:
    return any(np.nanmax(np.abs(frame.numbers[feature]), initial=0) > _LONG for frame in frames)


def _column(frame: Frame, column: Column) -> Floats:
    if column.level is not None:
        return np.asarray(frame.words[column.feature] == column.level, dtype=np.float32)
    values = frame.numbers[column.feature]
    if column.compressed:
        return np.asarray(np.sign(values) * np.log1p(np.abs(values)), dtype=np.float32)
    return values
