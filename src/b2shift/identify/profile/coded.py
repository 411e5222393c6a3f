"""The columns as codes: ranks and values of numbers, small numbers for words, so that relations are plain sums."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from b2shift.identify.profile.engine import Column, Engine
from b2shift.identify.profile.shapes import ColumnProfile
from b2shift.lake.api import literal, quote

SAMPLE = 250_000
WORDS = 30
"""Most frequent values kept apart; the rest count as one."""
_MOST_COLUMNS = 60


@dataclass(frozen=True)
class Coded:
    """Columns of the table `coded`, by their name in the profiled table: number → `v<i>`, word → `c<i>`, column with
    gaps → `m<i>` (its value is absent)."""

    rows: int
    numbers: dict[str, int]
    words: dict[str, int]
    gaps: dict[str, int]
    labels: dict[str, list[str]]
    codes: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    """`c<i>` and `m<i>` as arrays, -1 where unknown"""
    ranks: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    """Average ranks of the numbers among their known values, a column each; nan where unknown"""

    def counts(self, left: str, right: str) -> NDArray[np.float64]:
        """The contingency table of two of `codes`, rows where either is unknown and empty lines left out."""
        a, b = self.codes[left], self.codes[right]
        both = (a >= 0) & (b >= 0)
        width = int(b.max(initial=0)) + 1
        flat = np.bincount(a[both] * width + b[both], minlength=width)
        table = np.pad(flat, (0, -len(flat) % width)).reshape(-1, width).astype(float)
        return table[table.sum(1) > 0][:, table.sum(0) > 0]


def code(engine: Engine, columns: tuple[Column, ...], profiles: tuple[ColumnProfile, ...]) -> Coded:
    """Write `coded`; tables beyond 250,000 rows are sampled by a hash of the row, the same rows every time."""
    places = {profile.name: i for i, profile in enumerate(profiles[:_MOST_COLUMNS])}
    numbers = {p.name: places[p.name] for p in profiles[:_MOST_COLUMNS] if p.quantiles and p.distinct > 1}
    # Categories, known and shown, that are not one value and not nearly all different.
    words = {p.name: places[p.name] for p in profiles[:_MOST_COLUMNS] if p.frequent and p.distinct > 1}
    gaps = {p.name: places[p.name] for p in profiles[:_MOST_COLUMNS] if 0 < p.missing < p.rows}
    labels = {p.name: _labels(engine, p) for p in profiles if p.name in words}
    known = {column.name: column for column in columns}
    parts = [f"{known[name].number} AS v{i}" for name, i in numbers.items()]
    parts += [f"{_code(name, labels[name])} AS c{i}" for name, i in words.items()]
    parts += [f"{quote(name)} IS NULL AS m{i}" for name, i in gaps.items()]
    total = profiles[0].rows if profiles else 0
    sample = f" USING SAMPLE reservoir({SAMPLE} ROWS) REPEATABLE (7)" if total > SAMPLE else ""
    engine.rows(f"CREATE OR REPLACE TEMP TABLE valued AS SELECT {', '.join(parts) or '0 AS nothing'} FROM now{sample}")
    valued = engine.connection.execute("SELECT * FROM valued").to_arrow_table()
    ranks = [_ranks(valued, i) for i in numbers.values()]
    engine.connection.register("coded", valued)
    codes = {
        f"{mark}{i}": _codes(valued, f"{mark}{i}") for mark, told in (("c", words), ("m", gaps)) for i in told.values()
    }
    told = np.column_stack(ranks) if ranks else np.empty((valued.num_rows, 0))
    return Coded(min(total, SAMPLE), numbers, words, gaps, labels, codes, told)


def _ranks(valued: pa.Table, i: int) -> NDArray[np.float64]:
    """Ranks among the known values, equal values sharing their average; nan where unknown."""
    from scipy.stats import rankdata  # on first use: it takes longer than most commands

    values = valued.column(f"v{i}").to_numpy()
    found: NDArray[np.float64] = rankdata(values, nan_policy="omit")
    return found


def _codes(valued: pa.Table, name: str) -> NDArray[np.int64]:
    told: NDArray[np.int64] = valued.column(name).cast(pa.int64()).fill_null(pa.scalar(-1, pa.int64())).to_numpy()
    return told


def _labels(engine: Engine, profile: ColumnProfile) -> list[str]:
    name = quote(profile.name)
    found = engine.rows(
        f"SELECT CAST({name} AS VARCHAR) FROM now WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 "
        f"LIMIT {WORDS}"
    )
    return [str(value) for (value,) in found]


def _code(name: str, labels: list[str]) -> str:
    listed = ", ".join(map(literal, labels))
    place = f"list_position([{listed}], CAST({quote(name)} AS VARCHAR))"
    return f"CASE WHEN {quote(name)} IS NOT NULL THEN CAST(coalesce({place}, 0) AS UTINYINT) END"
