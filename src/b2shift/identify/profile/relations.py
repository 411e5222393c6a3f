"""How columns go together: ranks with ranks, words with words, words with numbers, each with its own measure."""

from collections import defaultdict
from itertools import combinations
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from b2shift.identify.profile.coded import Coded
from b2shift.identify.profile.engine import Engine
from b2shift.identify.profile.shapes import Relation

_WEAK = 0.1
_FEWEST_ROWS = 30
_PAIRS_A_QUERY = 100
Counts = NDArray[np.float64]


def relations(engine: Engine, coded: Coded) -> tuple[Relation, ...]:
    """Every pair whose strength is at least 0.1 on at least 30 rows, the strongest first."""
    found = [*_spearman(engine, coded), *_cramer(coded), *_ratios(engine, coded)]
    kept = [one for one in found if abs(one.strength) >= _WEAK and one.n >= _FEWEST_ROWS]
    return tuple(sorted(kept, key=lambda one: (-abs(one.strength), one.left, one.right)))


def _spearman(engine: Engine, coded: Coded) -> list[Relation]:
    """Correlation of ranks, on the rows where both are known (ranked among the known of each column)."""
    pairs = list(combinations(coded.numbers.items(), 2))
    found = []
    for start in range(0, len(pairs), _PAIRS_A_QUERY):
        some = pairs[start : start + _PAIRS_A_QUERY]
        told = engine.rows("SELECT " + ", ".join(
            f"corr(r{i}, r{j}), regr_count(r{i}, r{j})" for (_, i), (_, j) in some) + " FROM coded")[0]  # fmt: skip
        for place, ((left, _), (right, _)) in enumerate(some):
            strength, n = told[2 * place], told[2 * place + 1]
            if strength is not None and np.isfinite(strength):
                found.append(Relation(left=left, right=right, measure="spearman", strength=strength, n=n))
    return found


def _cramer(coded: Coded) -> list[Relation]:
    found = []
    for (left, i), (right, j) in combinations(coded.words.items(), 2):
        table = coded.counts(f"c{i}", f"c{j}")
        found.append(
            Relation(left=left, right=right, measure="cramers_v", strength=cramers_v(table), n=int(table.sum()))
        )
    return found


def cramers_v(table: Counts) -> float:
    """Cramér's V corrected for the bias of small tables (Bergsma 2013), 0 to 1; 0 when either side has one value."""
    n, (rows, columns) = table.sum(), table.shape
    if n < 2 or min(rows, columns) < 2:
        return 0.0
    expected = np.outer(table.sum(1), table.sum(0)) / n
    phi = float(((table - expected) ** 2 / expected).sum() / n)
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    rows, columns = (size - (size - 1) ** 2 / (n - 1) for size in (rows, columns))
    least = min(rows, columns) - 1
    return min(1.0, sqrt(phi / least)) if least > 0 else 0.0


def _ratios(engine: Engine, coded: Coded) -> list[Relation]:
    found = []
    for word, i in coded.words.items():
        for number, (strength, n) in ratios(engine, f"c{i}", coded.numbers).items():
            found.append(Relation(left=word, right=number, measure="correlation_ratio", strength=strength, n=n))
    return found


def ratios(engine: Engine, group: str, numbers: dict[str, int]) -> dict[str, tuple[float, int]]:
    """Correlation ratio of each number within the groups (Fisher 1925) and its rows.

    η = √(between / total sum of squares), less what groups explain by chance (ε², Kelley 1935); computed on ranks, so
    that a few huge values do not hide the rest.
    """
    if not numbers:
        return {}
    each = ", ".join(f"count(r{i}), avg(r{i}), var_pop(r{i})" for i in numbers.values())
    told = engine.rows(f"SELECT {each} FROM coded WHERE {group} IS NOT NULL GROUP BY {group}")
    sums: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for row in told:
        for place, name in enumerate(numbers):
            if row[3 * place]:
                sums[name].append(row[3 * place : 3 * place + 3])
    return {name: _ratio(np.array(groups, dtype=float)) for name, groups in sums.items()}


def _ratio(groups: Counts) -> tuple[float, int]:
    n, means, spread = groups[:, 0], groups[:, 1], groups[:, 2]
    total, count = n.sum(), len(groups)
    between = float((n * (means - (n * means).sum() / total) ** 2).sum())
    within = float((n * spread).sum())
    if count < 2 or between + within == 0 or total <= count:
        return 0.0, int(total)
    explained = (between - (count - 1) * within / (total - count)) / (between + within)
    return sqrt(max(0.0, explained)), int(total)
