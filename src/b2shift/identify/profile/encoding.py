"""Encode the columns of a table: values and ranks of numbers, codes of categories, indicators of missing values."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from b2shift.identify.profile.contracts import ColumnProfile
from b2shift.identify.profile.engine import Column, Engine
from b2shift.lake.api import literal, quote

SAMPLE = 250_000
MOST_CATEGORIES = 30
"""most frequent values with a code of their own; the rest share one"""
_MOST_COLUMNS = 60


@dataclass(frozen=True)
class EncodedTable:
    """Columns of the table `encoded`, by their name in the profiled table: number → `v<i>`, category → `c<i>`, column
    with missing values → `m<i>` (true where missing)."""

    rows: int
    numbers: dict[str, int]
    categories: dict[str, int]
    gaps: dict[str, int]
    labels: dict[str, list[str]]
    codes: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    """`c<i>` and `m<i>` as arrays, -1 where unknown"""
    ranks: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    """average ranks of the numbers among their known values, a column each; nan where unknown"""

    def counts(self, left: str, right: str) -> NDArray[np.float64]:
        """The contingency table of two of `codes`, without unknown values and empty margins."""
        a, b = self.codes[left], self.codes[right]
        both = (a >= 0) & (b >= 0)
        width = int(b.max(initial=0)) + 1
        flat = np.bincount(a[both] * width + b[both], minlength=width)
        table = np.pad(flat, (0, -len(flat) % width)).reshape(-1, width).astype(float)
        return table[table.sum(1) > 0][:, table.sum(0) > 0]


def encode(engine: Engine, columns: tuple[Column, ...], profiles: tuple[ColumnProfile, ...]) -> EncodedTable:
    """Write `encoded`; tables above 250,000 rows are sampled, reproducibly."""
    positions = {profile.name: i for i, profile in enumerate(profiles[:_MOST_COLUMNS])}
    numbers = {p.name: positions[p.name] for p in profiles[:_MOST_COLUMNS] if p.quantiles and p.distinct > 1}
    # Categories with more than one value whose frequent values are shown.
    categories = {p.name: positions[p.name] for p in profiles[:_MOST_COLUMNS] if p.frequent and p.distinct > 1}
    gaps = {p.name: positions[p.name] for p in profiles[:_MOST_COLUMNS] if 0 < p.missing < p.rows}
    labels = {p.name: _labels(engine, p) for p in profiles if p.name in categories}
    known = {column.name: column for column in columns}
    parts = [f"{known[name].number} AS v{i}" for name, i in numbers.items()]
    parts += [f"{_code(name, labels[name])} AS c{i}" for name, i in categories.items()]
    parts += [f"{quote(name)} IS NULL AS m{i}" for name, i in gaps.items()]
    total = profiles[0].rows if profiles else 0
    sample = f" USING SAMPLE reservoir({SAMPLE} ROWS) REPEATABLE (7)" if total > SAMPLE else ""
    engine.rows(f"CREATE OR REPLACE TEMP TABLE valued AS SELECT {', '.join(parts) or '0 AS nothing'} FROM now{sample}")
    valued = engine.connection.execute("SELECT * FROM valued").to_arrow_table()
    ranks = [_ranks(valued, i) for i in numbers.values()]
    engine.connection.register("encoded", valued)
    codes = {
        f"{mark}{i}": _codes(valued, f"{mark}{i}")
        for mark, indices in (("c", categories), ("m", gaps))
        for i in indices.values()
    }
    rank_matrix = np.column_stack(ranks) if ranks else np.empty((valued.num_rows, 0))
    return EncodedTable(min(total, SAMPLE), numbers, categories, gaps, labels, codes, rank_matrix)


def _ranks(valued: pa.Table, i: int) -> NDArray[np.float64]:
    """Ranks among the known values, ties averaged; nan where unknown."""
    from scipy.stats import rankdata  # on first use: it takes longer than most commands

    values = valued.column(f"v{i}").to_numpy()
    found: NDArray[np.float64] = rankdata(values, nan_policy="omit")
    return found


def _codes(valued: pa.Table, name: str) -> NDArray[np.int64]:
    codes: NDArray[np.int64] = valued.column(name).cast(pa.int64()).fill_null(pa.scalar(-1, pa.int64())).to_numpy()
    return codes


def _labels(engine: Engine, profile: ColumnProfile) -> list[str]:
    name = quote(profile.name)
    found = engine.rows(
        f"SELECT CAST({name} AS VARCHAR) FROM now WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 "
        f"LIMIT {MOST_CATEGORIES}"
    )
    return [str(value) for (value,) in found]


def _code(name: str, labels: list[str]) -> str:
    listed = ", ".join(map(literal, labels))
    position = f"list_position([{listed}], CAST({quote(name)} AS VARCHAR))"
    return f"CASE WHEN {quote(name)} IS NOT NULL THEN CAST(coalesce({position}, 0) AS UTINYINT) END"
