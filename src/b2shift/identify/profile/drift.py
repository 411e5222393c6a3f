"""Drift of a column between two versions: population stability index and Kolmogorov-Smirnov distance."""

from b2shift.identify.binning import stability, tenths, words
from b2shift.identify.profile.contracts import Drift, Shape
from b2shift.identify.profile.engine import Column, Engine
from b2shift.lake.api import quote

_MODERATE, _STRONG = 0.1, 0.25


def drift(engine: Engine, column: Column) -> Drift | None:
    """PSI and KS of a column between `before` and `now`; None when either has no rows, or it is not comparable.

    Without drift the index is distributed as (1/n + 1/m) χ² with bins - 1 degrees of freedom (Yurdakul 2018): below the
    95 % point of that the verdict is stable, whatever its size.
    """
    if column.shape is Shape.OTHER or column.personal:
        return None
    if column.shape is Shape.CATEGORY:
        bins = words(engine.rows, "before", f"CAST({quote(column.name)} AS VARCHAR)")
    else:
        bins = tenths(engine.rows, "before", column.number)
    counts = engine.rows(
        f"SELECT bin, count(*) FILTER (WHERE NOT newer), count(*) FILTER (WHERE newer) FROM ("
        f"SELECT {bins} AS bin, FALSE AS newer FROM before UNION ALL SELECT {bins}, TRUE FROM now) GROUP BY bin"
    )
    n, m = (sum(row[position] for row in counts) for position in (1, 2))
    index = stability([(row[1], row[2]) for row in counts])
    if index is None:
        return None
    from scipy.stats import chi2  # on first use: it takes longer than most commands

    bin_count = len(counts)
    chance = (1 / n + 1 / m) * float(chi2.ppf(0.95, bin_count - 1)) if bin_count > 1 else 0.0
    distance = None if column.shape is Shape.CATEGORY else _distance(engine, column)
    return Drift(psi=index, psi_by_chance=chance, ks=distance, n_before=n, n_after=m, verdict=_verdict(index, chance))


def _verdict(index: float, chance: float) -> str:
    if index < _MODERATE or index <= chance:
        return "stable"
    return "moderate" if index < _STRONG else "strong"


def _distance(engine: Engine, column: Column) -> float | None:
    """sup |F(now) - F(before)|, over the known values of both."""
    value = column.number
    found = engine.rows(
        "SELECT max(abs(a / nullif(n, 0) - b / nullif(m, 0))) FROM (SELECT "
        "sum(newer) OVER w AS a, sum(older) OVER w AS b, sum(newer) OVER () AS n, sum(older) OVER () AS m FROM ("
        "SELECT x, sum(newer) AS newer, sum(1 - newer) AS older FROM ("
        f"SELECT {value} AS x, 1 AS newer FROM now UNION ALL SELECT {value}, 0 FROM before) "
        "WHERE x IS NOT NULL GROUP BY x) WINDOW w AS (ORDER BY x))"
    )[0][0]
    return None if found is None else float(found)
