"""Bins made from one delivery and laid over another, so that their shares can be compared."""

from collections.abc import Callable, Sequence
from math import log
from typing import Any

from b2shift.lake.api import literal

TENTHS, WORDS = 10, 20
Ask = Callable[[str], list[tuple[Any, ...]]]
"""Rows of a statement."""


def tenths(ask: Ask, before: str, value: str) -> str:
    """SQL: the tenth of `before` a number falls into, -1 where it is unknown."""
    points = [place / TENTHS for place in range(1, TENTHS)]
    cuts = ask(f"SELECT quantile_disc({value}, {points}) FROM {before}")[0][0] or []
    steps = " ".join(f"WHEN {value} <= {cut!r} THEN {place}" for place, cut in enumerate(sorted(set(cuts))))
    return f"CASE WHEN {value} IS NULL THEN -1 {steps} ELSE {TENTHS} END"


def words(ask: Ask, before: str, text: str) -> str:
    """SQL: the place of a text among the twenty most frequent of `before`, 0 for any other, -1 where it is unknown."""
    found = ask(
        f"SELECT {text} FROM {before} WHERE {text} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {WORDS}"
    )
    listed = ", ".join(literal(word) for (word,) in found)
    return (
        f"CASE WHEN {text} IS NULL THEN -1 ELSE coalesce(list_position(CAST([{listed}] AS VARCHAR[]), {text}), 0) END"
    )


def stability(counts: Sequence[tuple[int, int]]) -> float | None:
    """Population stability index of bins (rows before, rows after); None when either side has no rows.

    PSI = Σ (a - b) ln(a / b) over shares of bins, half a row added to each so that an empty bin is not infinite.
    """
    n, m = (sum(each) for each in zip(*counts, strict=True)) if counts else (0, 0)
    if not n or not m:
        return None
    half = len(counts) / 2
    shares = [((b + 0.5) / (n + half), (a + 0.5) / (m + half)) for b, a in counts]
    return sum((a - b) * log(a / b) for b, a in shares)
