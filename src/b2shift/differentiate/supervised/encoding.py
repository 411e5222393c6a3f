"""Columns as the matrices that learners see; learnt on the training rows without looking at the label.

Every matrix keeps, for each of its columns, the table's column it comes from, so that contributions can be told.
"""

from dataclasses import dataclass, replace

import numpy as np

from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers, Words

LEVELS = 30
"""Levels of a category with a column of their own; the rarer ones share one."""
FEWEST = 10
"""Rows a level needs for a column of its own (fewer in tables under 500 rows)."""
_RARELY = 0.005
_CLIP = 4.0
_KNOTS = 5
_CURVED = 8
"""Different values from which a number may be curved."""
_LONG_TAIL = 8.0
_CODES_FROM, _MOST_CODES, _ROWS_A_CODE = 10_000, 1_000, 20
"""Rows from which whole numbers of not too many values may be codes (of a region, a channel): each value, which has so
many rows on average, is rated as well, as neighbours need not be alike."""
_SPIKE = 0.1
"""Share of a curved number's rows from which one value (mostly nothing at all) is told apart from the others."""


@dataclass(frozen=True)
class _Number:
    name: str
    unit: float
    """What values are counted in before their logarithm is taken; 0 where they are seen as they are."""
    spike: float
    """The value that very many rows share; NaN where there is none."""
    middle: float
    spread: float
    flagged: bool
    share_missing: float
    knots: Floats
    levels: Floats
    """The values of a number that has only a few."""
    curve_middle: Floats
    curve_spread: Floats
    values: Floats
    """The values of a number that may be a code."""

    @classmethod
    def of(cls, name: str, values: Floats) -> "_Number":
        known = values[np.isfinite(values)]
        unit = _unit(known)
        seen = _logarithm(known, unit)
        found, counts = np.unique(known, return_counts=True)
        share = float(1 - len(known) / max(len(values), 1))
        middle, spread = (float(seen.mean()), float(seen.std()) or 1.0) if len(seen) else (0.0, 1.0)
        spike, knots, levels = np.nan, np.zeros(0), np.zeros(0)
        if len(found) >= _CURVED:
            knots = np.unique(
                np.clip((np.quantile(seen, np.linspace(0.05, 0.95, _KNOTS)) - middle) / spread, -_CLIP, _CLIP)
            )
            spike = float(found[counts.argmax()]) if _SPIKE <= counts.max() / len(known) <= 1 - _SPIKE else np.nan
        elif len(found) > 2:
            levels = found[counts >= min(FEWEST, max(3, len(values) // 50))]
        plain = cls(
            name, unit, spike, middle, spread, _RARELY < share < 1 - _RARELY, share, knots, levels,
            np.zeros(1), np.ones(1), found if _may_be_codes(found, len(values)) else np.zeros(0),
        )  # fmt: skip
        curves = plain.curves(values)
        return replace(plain, curve_middle=curves.mean(axis=0), curve_spread=np.maximum(curves.std(axis=0), 1e-9))

    def standard(self, values: Floats) -> Floats:
        """Standardised and clipped; the mean where missing."""
        with np.errstate(invalid="ignore"):
            told = np.clip((_logarithm(values, self.unit) - self.middle) / self.spread, -_CLIP, _CLIP)
        return np.where(np.isfinite(told), told, 0.0)

    def curves(self, values: Floats) -> Floats:
        """What bends beyond the line: a natural cubic spline, the value very many rows share, or each of a few values.

        Hastie et al., Elements of Statistical Learning, 5.2.1.
        """
        told = [(values == one).astype(float) for one in (*self.levels, self.spike) if np.isfinite(one)]
        if len(self.knots) >= 3:
            standard = self.standard(values)
            last, before = self.knots[-1], self.knots[-2]

            def piece(knot: float) -> Floats:
                above = np.maximum(standard - knot, 0) ** 3 - np.maximum(standard - last, 0) ** 3
                return np.asarray(above / (last - knot))

            told += [piece(knot) - piece(before) for knot in self.knots[:-2]]
        if not told:
            return np.zeros((len(values), 0))
        return np.asarray((np.column_stack(told) - self.curve_middle) / self.curve_spread)

    def codes(self, values: Floats) -> Integers:
        """The place of each row's value; the next after all where it is missing, -1 where training never saw it."""
        place = np.minimum(np.searchsorted(self.values, values), len(self.values) - 1)
        told = np.where(self.values[place] == values, place, -1)
        return np.where(np.isfinite(values), told, len(self.values)).astype(np.intp)


@dataclass(frozen=True)
class _Category:
    name: str
    levels: tuple[str, ...]
    """Those with a column of their own, `""` for missing."""
    every: dict[str, int]
    """The code of each level known: what rates by level are kept under."""

    @classmethod
    def of(cls, name: str, values: Words) -> "_Category":
        found, counts = np.unique(_texts(values), return_counts=True)
        fewest = min(FEWEST, max(3, len(values) // 50))
        common = sorted(zip(-counts, found, strict=True))[:LEVELS]
        kept = tuple(str(level) for minus, level in common if -minus >= fewest)
        return cls(name, kept, {str(level): code for code, level in enumerate(found)})

    def flags(self, values: Words) -> Floats:
        told = _texts(values)
        return (
            np.column_stack([told == level for level in self.levels]).astype(float)
            if self.levels
            else np.zeros((len(told), 0))
        )

    def codes(self, values: Words) -> Integers:
        """The code of each row's level; -1 where training never saw it."""
        return np.array([self.every.get(text, -1) for text in _texts(values)], dtype=np.intp)

    @property
    def many(self) -> bool:
        """Whether some level has no column: its rate must be told another way."""
        return len(self.every) > len(self.levels)


@dataclass(frozen=True)
class Matrices:
    """The same rows for linear learners and for trees, and the source column (by place) of each of their columns."""

    linear: Floats
    linear_of: Integers
    curves: Floats
    curves_of: Integers
    trees: Floats
    trees_of: Integers
    codes: Integers
    """Codes of the categories of many levels, and of numbers that may be codes (rows × such columns)."""
    codes_of: Integers

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
    def of(cls, columns: Columns) -> "Encoding":
        """Learn scales, knots and levels."""
        numbers = tuple(_Number.of(name, values) for name, values in columns.numbers.items())
        categories = tuple(_Category.of(name, values) for name, values in columns.words.items())
        return cls(columns.names, numbers, categories)

    def matrices(self, columns: Columns) -> Matrices:
        """The rows as matrices; all of `linear` and `curves` are centred on the training mean or near it."""
        linear: list[tuple[Floats, int]] = []
        curved: list[tuple[Floats, int]] = []
        trees: list[tuple[Floats, int]] = []
        codes: list[tuple[Floats, int]] = []
        for place, one in enumerate(self.numbers):
            values = columns.numbers[one.name]
            standard = one.standard(values)
            linear.append((standard[:, None], place))
            if one.flagged:
                linear.append((~np.isfinite(values)[:, None] - one.share_missing, place))
            curved.append((one.curves(values), place))
            trees.append((values[:, None], place))
            if len(one.values):
                codes.append((one.codes(values)[:, None], place))
        for place, category in enumerate(self.categories, len(self.numbers)):
            flags = category.flags(columns.words[category.name])
            linear.append((flags, place))
            trees.append((flags, place))
            if category.many:
                codes.append((category.codes(columns.words[category.name])[:, None], place))
        rows = len(columns)
        return Matrices(
            *_joined(linear, rows), *_joined(curved, rows), *_joined(trees, rows), *_joined(codes, rows, np.intp)
        )


def _joined(parts: list[tuple[Floats, int]], rows: int, kind: type = np.float64) -> tuple[Floats, Integers]:
    if not parts:
        return np.zeros((rows, 0), kind), np.zeros(0, np.intp)
    of = np.concatenate([np.full(part.shape[1], place, np.intp) for part, place in parts])
    return np.hstack([part for part, _ in parts]).astype(kind), of


def _may_be_codes(found: Floats, rows: int) -> bool:
    if rows < _CODES_FROM or not _CURVED <= len(found) <= min(_MOST_CODES, rows // _ROWS_A_CODE):
        return False
    return not (np.mod(found, 1) > 0).any()


def _unit(known: Floats) -> float:
    """What values with long tails are counted in: their usual size; 0 where the tails are short."""
    if not len(known):
        return 0.0
    low, high = np.quantile(known, [0.05, 0.95])
    if float(np.ptp(known)) <= _LONG_TAIL * max(float(high - low), 1e-12) / 2:
        return 0.0
    return float(np.median(np.abs(known[known != 0])))


def _logarithm(values: Floats, unit: float) -> Floats:
    return np.asarray(np.sign(values) * np.log1p(np.abs(values) / unit)) if unit else values


def _texts(values: Words) -> Words:
    return np.array(["" if value is None else str(value) for value in values], dtype=object)
