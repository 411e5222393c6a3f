"""Encodes columns as matrices; fitted on training rows without the label.

Every matrix column keeps its source column, so that contributions can be attributed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers, Words

MAX_LEVELS = 30
"""Levels of a category with an indicator of their own; rarer ones have none."""
MIN_ROWS = 10
"""Rows a level needs for an indicator (fewer in tables under 500 rows)."""
_MIN_MISSING = 0.005
_CLIP = 4.0
_KNOTS = 5
_CURVED_FROM = 8
"""Distinct values from which a number gets a spline."""
_LONG_TAIL = 8.0
_CODES_FROM, _MAX_CODES, _ROWS_PER_CODE = 10_000, 1_000, 20
"""Rows from which integers with not too many values may be codes (a region, a channel): each value, with so many rows
on average, is target-encoded too, as adjacent codes need not be alike."""
_SPIKE_SHARE = 0.1
"""Share of a splined number's rows from which one value (mostly zero) gets an indicator."""


@dataclass(frozen=True)
class _Number:
    name: str
    unit: float
    """Unit of the signed log transform; 0 where values are not transformed."""
    spike: float
    """The value of very many rows; NaN where there is none."""
    mean: float
    scale: float
    missing_flag: bool
    missing_share: float
    knots: Floats
    levels: Floats
    """Values of a number with only a few."""
    curve_mean: Floats
    curve_scale: Floats
    values: Floats
    """Values of a number that may be a code."""

    @classmethod
    def fit(cls, name: str, values: Floats) -> "_Number":
        present = values[np.isfinite(values)]
        unit = _unit(present)
        transformed = _logarithm(present, unit)
        distinct, counts = np.unique(present, return_counts=True)
        missing_share = float(1 - len(present) / max(len(values), 1))
        mean, scale = (float(transformed.mean()), float(transformed.std()) or 1.0) if len(transformed) else (0.0, 1.0)
        spike, knots, levels = np.nan, np.zeros(0), np.zeros(0)
        if len(distinct) >= _CURVED_FROM:
            knots = np.unique(
                np.clip((np.quantile(transformed, np.linspace(0.05, 0.95, _KNOTS)) - mean) / scale, -_CLIP, _CLIP)
            )
            spike = (
                float(distinct[counts.argmax()])
                if _SPIKE_SHARE <= counts.max() / len(present) <= 1 - _SPIKE_SHARE
                else np.nan
            )
        elif len(distinct) > 2:
            levels = distinct[counts >= min(MIN_ROWS, max(3, len(values) // 50))]
        number = cls(
            name, unit, spike, mean, scale, _MIN_MISSING < missing_share < 1 - _MIN_MISSING, missing_share, knots,
            levels, np.zeros(1), np.ones(1), distinct if _looks_like_codes(distinct, len(values)) else np.zeros(0),
        )  # fmt: skip
        curves = number.curves(values)
        return replace(number, curve_mean=curves.mean(axis=0), curve_scale=np.maximum(curves.std(axis=0), 1e-9))

    def standard(self, values: Floats) -> Floats:
        """Standardised and clipped; the mean where missing."""
        with np.errstate(invalid="ignore"):
            standardised = np.clip((_logarithm(values, self.unit) - self.mean) / self.scale, -_CLIP, _CLIP)
        return np.where(np.isfinite(standardised), standardised, 0.0)

    def curves(self, values: Floats) -> Floats:
        """Non-linear terms: a natural cubic spline, an indicator of the spike, or of each of a few values.

        Hastie et al., Elements of Statistical Learning, 5.2.1.
        """
        parts = [(values == level).astype(float) for level in (*self.levels, self.spike) if np.isfinite(level)]
        if len(self.knots) >= 3:
            standard = self.standard(values)
            last_knot, knot_before = self.knots[-1], self.knots[-2]

            def spline_basis(knot: float) -> Floats:
                excess = np.maximum(standard - knot, 0) ** 3 - np.maximum(standard - last_knot, 0) ** 3
                return np.asarray(excess / (last_knot - knot))

            parts += [spline_basis(knot) - spline_basis(knot_before) for knot in self.knots[:-2]]
        if not parts:
            return np.zeros((len(values), 0))
        return np.asarray((np.column_stack(parts) - self.curve_mean) / self.curve_scale)

    def codes(self, values: Floats) -> Integers:
        """Index of each row's value; one past the last where missing, -1 where unseen in training."""
        index = np.minimum(np.searchsorted(self.values, values), len(self.values) - 1)
        found = np.where(self.values[index] == values, index, -1)
        return np.where(np.isfinite(values), found, len(self.values)).astype(np.intp)


@dataclass(frozen=True)
class _Category:
    name: str
    levels: tuple[str, ...]
    """Levels with an indicator, `""` for missing."""
    code_of_level: dict[str, int]
    """Code of each level, for target encoding."""

    @classmethod
    def fit(cls, name: str, values: Words) -> "_Category":
        levels, counts = np.unique(_texts(values), return_counts=True)
        min_rows = min(MIN_ROWS, max(3, len(values) // 50))
        common = sorted(zip(-counts, levels, strict=True))[:MAX_LEVELS]
        with_column = tuple(str(level) for minus, level in common if -minus >= min_rows)
        return cls(name, with_column, {str(level): code for code, level in enumerate(levels)})

    def flags(self, values: Words) -> Floats:
        texts = _texts(values)
        return (
            np.column_stack([texts == level for level in self.levels]).astype(float)
            if self.levels
            else np.zeros((len(texts), 0))
        )

    def codes(self, values: Words) -> Integers:
        """Code of each row's level; -1 where unseen in training."""
        return np.array([self.code_of_level.get(text, -1) for text in _texts(values)], dtype=np.intp)

    @property
    def has_rare_levels(self) -> bool:
        """Whether some level has no indicator: it needs target encoding."""
        return len(self.code_of_level) > len(self.levels)


@dataclass(frozen=True)
class Matrices:
    """The same rows for linear learners and for trees, with the source column (by index) of each matrix column."""

    linear: Floats
    linear_source: Integers
    curves: Floats
    curves_source: Integers
    trees: Floats
    trees_source: Integers
    codes: Integers
    """Codes to target-encode: high-cardinality categories and numbers that may be codes (rows × such columns)."""
    codes_source: Integers

    def take(self, rows: Integers) -> "Matrices":
        """Some of the rows."""
        parts = {name: getattr(self, name)[rows] for name in ("linear", "curves", "trees", "codes")}
        return replace(self, **parts)


@dataclass(frozen=True)
class Encoding:
    """How the columns of a table become matrices."""

    names: tuple[str, ...]
    numbers: tuple[_Number, ...]
    categories: tuple[_Category, ...]

    @classmethod
    def fit(cls, columns: Columns) -> "Encoding":
        """Fit scales, knots and levels."""
        numbers = tuple(_Number.fit(name, values) for name, values in columns.numbers.items())
        categories = tuple(_Category.fit(name, values) for name, values in columns.words.items())
        return cls(columns.names, numbers, categories)

    def transform(self, columns: Columns) -> Matrices:
        """Encode rows; `linear` and `curves` are centred on the training mean or near it."""
        linear: list[tuple[Floats, int]] = []
        curved: list[tuple[Floats, int]] = []
        trees: list[tuple[Floats, int]] = []
        codes: list[tuple[Floats, int]] = []
        for index, number in enumerate(self.numbers):
            values = columns.numbers[number.name]
            standard = number.standard(values)
            linear.append((standard[:, None], index))
            if number.missing_flag:
                linear.append((~np.isfinite(values)[:, None] - number.missing_share, index))
            curved.append((number.curves(values), index))
            trees.append((values[:, None], index))
            if len(number.values):
                codes.append((number.codes(values)[:, None], index))
        for index, category in enumerate(self.categories, len(self.numbers)):
            flags = category.flags(columns.words[category.name])
            linear.append((flags, index))
            trees.append((flags, index))
            if category.has_rare_levels:
                codes.append((category.codes(columns.words[category.name])[:, None], index))
        rows = len(columns)
        return Matrices(
            *_hstacked(linear, rows),
            *_hstacked(curved, rows),
            *_hstacked(trees, rows),
            *_hstacked(codes, rows, np.intp),
        )


def encode(numbers: Mapping[str, Floats], words: Mapping[str, Words]) -> Matrices:
    """Columns (NaN and None where missing) as matrices, by their own scales, knots and levels."""
    columns = Columns(dict(numbers), dict(words))
    return Encoding.fit(columns).transform(columns)


def _hstacked(parts: list[tuple[Floats, int]], rows: int, kind: type = np.float64) -> tuple[Floats, Integers]:
    if not parts:
        return np.zeros((rows, 0), kind), np.zeros(0, np.intp)
    sources = np.concatenate([np.full(part.shape[1], index, np.intp) for part, index in parts])
    return np.hstack([part for part, _ in parts]).astype(kind), sources


def _looks_like_codes(distinct: Floats, rows: int) -> bool:
    if rows < _CODES_FROM or not _CURVED_FROM <= len(distinct) <= min(_MAX_CODES, rows // _ROWS_PER_CODE):
        return False
    return not (np.mod(distinct, 1) > 0).any()


def _unit(present: Floats) -> float:
    """Unit of the log transform for heavy tails, their median size; 0 where tails are short."""
    if not len(present):
        return 0.0
    low, high = np.quantile(present, [0.05, 0.95])
    if float(np.ptp(present)) <= _LONG_TAIL * max(float(high - low), 1e-12) / 2:
        return 0.0
    return float(np.median(np.abs(present[present != 0])))


def _logarithm(values: Floats, unit: float) -> Floats:
    return np.asarray(np.sign(values) * np.log1p(np.abs(values) / unit)) if unit else values


def _texts(values: Words) -> Words:
    return np.array(["" if value is None else str(value) for value in values], dtype=object)
