"""Feature columns as levels: a small integer per customer and variable, -1 where missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from b2shift.differentiate.segments.distinct import Floats
from b2shift.differentiate.segments.trait_declarations import Level, Variable

Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
MISSING = -1


@dataclass(frozen=True)
class Trait:
    """One level of one variable, and the customers that have it."""

    variable: Variable
    level: Level
    holders: Flags

    @property
    def name(self) -> str:
        """The key, `variable=level`."""
        return f"{self.variable.name}={self.level.key}"


@dataclass(frozen=True)
class Levels:
    """Level of each customer for each variable, with the fitted cut points."""

    variables: tuple[Variable, ...]
    codes: Mapping[str, Codes]
    cuts: Mapping[str, tuple[float, ...]]

    def traits(self) -> tuple[Trait, ...]:
        """Every level of every variable, in order; the missing one last."""
        return tuple(
            Trait(variable, level, self.codes[variable.name] == code)
            for variable in self.variables
            for code, level in _level_codes(variable)
        )


def levels_of(features: pa.Table, variables: Sequence[Variable]) -> Levels:
    """Levels of every customer; quantile cut points are fitted on them."""
    codes: dict[str, Codes] = {}
    cuts: dict[str, tuple[float, ...]] = {}
    for variable in variables:
        column = features.column(variable.source)
        if variable.numeric:
            values = _numbers(column, variable, features)
            cuts[variable.name] = _cuts(values, variable)
            codes[variable.name] = _binned(values, cuts[variable.name])
        else:
            codes[variable.name] = _category_codes(column, variable)
    return Levels(tuple(variables), codes, cuts)


def _level_codes(variable: Variable) -> list[tuple[int, Level]]:
    missing = [] if variable.missing is None else [(MISSING, variable.missing)]
    return [*enumerate(variable.levels), *missing]


def _numbers(column: "pa.ChunkedArray[Any]", variable: Variable, features: pa.Table) -> Floats:
    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    if variable.present is not None:
        present = np.array(features.column(variable.present).to_pylist(), dtype=object)
        values[present != True] = np.nan  # noqa: E712 - null is not present either
    if variable.zero_is_missing:
        values[values == 0] = np.nan
    return values


def _cuts(values: Floats, variable: Variable) -> tuple[float, ...]:
    known = np.sort(values[np.isfinite(values)])
    if not variable.quantiles:
        return tuple(level.upto for level in variable.levels if level.upto is not None)
    if not len(known):
        return tuple(0.0 for _ in variable.quantiles)
    ranks = np.rint(np.array(variable.quantiles) * len(known)).astype(int) - 1
    return tuple(float(known[max(rank, 0)]) for rank in ranks)


def _binned(values: Floats, cuts: tuple[float, ...]) -> Codes:
    codes = np.searchsorted(np.array(cuts), values, side="left").astype(np.int8)
    return np.where(np.isfinite(values), codes, MISSING).astype(np.int8)


def _category_codes(column: "pa.ChunkedArray[Any]", variable: Variable) -> Codes:
    known = {value: code for code, level in enumerate(variable.levels) for value in level.values}
    dictionary = column.combine_chunks().dictionary_encode()
    lookup = np.array([known.get(value.as_py(), MISSING) for value in dictionary.dictionary], np.int8)
    index = dictionary.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp)
    lookup = np.append(lookup, np.int8(MISSING))  # position -1 is null
    coded: Codes = lookup[index]
    return coded
