"""Univariate distribution of each column: counts, quantiles, histogram, frequent values, outliers."""

from typing import Any

from b2shift.identify.profile.contracts import Bin, ColumnProfile, Outliers, Shape, Value
from b2shift.identify.profile.engine import Column, Engine
from b2shift.lake.api import quote

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_BINS, _FREQUENT, _FAR_OUT = 20, 10, 3.0
# Above this share of distinct values a text is an identifier, whose frequent values say nothing.
_IDENTIFIER_SHARE = 0.5


def distributions(engine: Engine, columns: tuple[Column, ...]) -> tuple[ColumnProfile, ...]:
    """One profile for each column of `now`."""
    counts = ", ".join(f"count({quote(c.name)}), {_distinct(c)}" for c in columns)
    row = engine.rows(f"SELECT count(*), {counts} FROM now")[0]
    numbers = {c.name: spread for c, spread in _spreads(engine, [c for c in columns if _is_numeric(c)])}
    return tuple(
        _profile(engine, column, row[0], row[1 + 2 * i], row[2 + 2 * i], numbers.get(column.name))
        for i, column in enumerate(columns)
    )


def _is_numeric(column: Column) -> bool:
    return column.shape in (Shape.NUMBER, Shape.DAY) and not column.personal


def _distinct(column: Column) -> str:
    return f"count(DISTINCT {quote(column.name)})" if column.shape is not Shape.OTHER else "0"


def _spreads(engine: Engine, columns: list[Column]) -> list[tuple[Column, tuple[Any, ...]]]:
    """(minimum, maximum, mean, deviation, quantiles) of every number, in one pass."""
    if not columns:
        return []
    selected = ", ".join(
        f"min({c.number}), max({c.number}), avg({c.number}), stddev_samp({c.number}), "
        f"quantile_cont({c.number}, {list(_QUANTILES)})"
        for c in columns
    )
    row = engine.rows(f"SELECT {selected} FROM now")[0]
    return [(column, row[5 * i : 5 * i + 5]) for i, column in enumerate(columns) if row[5 * i] is not None]


def _profile(
    engine: Engine, column: Column, rows: int, known: int, distinct: int, spread: tuple[Any, ...] | None
) -> ColumnProfile:
    profile = ColumnProfile(
        name=column.name, type=column.type, shape=column.shape, personal=column.personal,
        description=column.description, rows=rows, missing=rows - known, distinct=distinct,
    )  # fmt: skip
    if spread is not None:
        low, high, mean, deviation, inner = spread
        return profile.model_copy(
            update={
                "mean": mean,
                "deviation": deviation,
                "quantiles": (low, *inner, high),
                "histogram": _histogram(engine, column, low, high),
                "outliers": _outliers(engine, column, inner[1], inner[3]),
            }
        )
    if column.shape is Shape.CATEGORY and not column.personal and distinct <= max(2, _IDENTIFIER_SHARE * known):
        return profile.model_copy(update={"frequent": _frequent(engine, column)})
    return profile


def _histogram(engine: Engine, column: Column, low: float, high: float) -> tuple[Bin, ...]:
    if low == high:
        return ()
    width = (high - low) / _BINS
    counts: dict[int, int] = dict(
        engine.rows(
            f"SELECT least(CAST(floor(({column.number} - {low!r}) / {width!r}) AS INTEGER), {_BINS - 1}) AS bin, "
            f"count(*) FROM now WHERE {column.number} IS NOT NULL GROUP BY 1"
        )
    )
    return tuple(Bin(low=low + i * width, high=low + (i + 1) * width, rows=counts.get(i, 0)) for i in range(_BINS))


def _outliers(engine: Engine, column: Column, lower: float, upper: float) -> Outliers | None:
    """Outliers by Tukey's far-out fences; None where the interquartile range is 0."""
    margin = _FAR_OUT * (upper - lower)
    if margin == 0:
        return None
    low, high = lower - margin, upper + margin
    below, above = engine.rows(
        f"SELECT count(*) FILTER (WHERE {column.number} < {low!r}), count(*) FILTER (WHERE {column.number} > {high!r}) "
        "FROM now"
    )[0]
    return Outliers(below=below, above=above, low_fence=low, high_fence=high)


def _frequent(engine: Engine, column: Column) -> tuple[Value, ...]:
    name = quote(column.name)
    counts = engine.rows(
        f"SELECT CAST({name} AS VARCHAR), count(*) AS rows FROM now WHERE {name} IS NOT NULL "
        f"GROUP BY 1 ORDER BY rows DESC, 1 LIMIT {_FREQUENT}"
    )
    return tuple(Value(value=str(value), rows=rows) for value, rows in counts)
