"""The families of learners that are averaged: three linear ones, three of trees; each at several strengths.

A fitted family says one score per strength and row, so that strengths are chosen by what they said of rows that did not
teach. All of them explain themselves exactly: linear terms, or TreeSHAP.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from b2shift.differentiate.supervised.encoding import Matrices
from b2shift.differentiate.supervised.fitted import Fitted, Seen
from b2shift.differentiate.supervised.grown import MANY_ROWS, Binned, boosting, forest
from b2shift.differentiate.supervised.levels import Levels
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.rates import Rates
from b2shift.differentiate.supervised.regressions import PENALTIES, products_of, regression
from b2shift.differentiate.supervised.shapes import Flags, Floats

RIDGE, SMOOTH, PAIRS = "regressão logística", "curvas", "curvas e pares"
STUMPS, TREES, FOREST = "boosting aditivo", "boosting de árvores", "floresta"
DEEP = frozenset({TREES, FOREST})
"""Whose reasons cost a walk through every tree for every row."""
_ROUNDS = (20, 40, 80, 160, 320, 640)
_LEAVES = ((50_000, (24, 63, 127)), (10_000, (8, 24, 63)), (1500, (8, 24)), (0, (8,)))
"""Rows of a table from which trees of these sizes are tried."""
_DEEP_FROM = 1500
"""Rows of a table from which leaves of forests are larger."""
Plan = Mapping[str, tuple[Any, ...]]
"""The strengths of each family that are fitted: penalties, (leaves, rounds), or rows of the smallest leaf."""


def whole_plan(rows: int) -> Plan:
    """Every family at every strength that a table of so many rows is offered."""
    sizes = next(leaves for fewest, leaves in _LEAVES if rows >= fewest)
    least = (3, 10) if rows < _DEEP_FROM else (5, 20) if rows < MANY_ROWS else (20,)
    return {
        RIDGE: PENALTIES, SMOOTH: PENALTIES, PAIRS: PENALTIES,
        STUMPS: tuple((2, rounds) for rounds in _ROUNDS),
        TREES: tuple((size, rounds) for size in sizes for rounds in _ROUNDS),
        FOREST: least,
    }  # fmt: skip


@dataclass(frozen=True)
class Teacher:
    """Fits families on some rows of a table; keeps the rates of levels learnt on them."""

    rates: Rates
    levels: Levels
    fitted: tuple[Fitted, ...]

    @classmethod
    def of(cls, rows: Matrices, came: Floats, weight: Floats, objective: Objective, seed: int, plan: Plan,
           period: int | None = None) -> "Teacher":  # fmt: skip
        """Fit what is planned on all rows of the matrices; `period`: the source column that tells a row's period."""
        rates = Rates.of(rows.codes, came, weight, objective)
        levels = Levels.of(rows, came, weight, period)
        seen = _seen(rows, rates.own, levels)
        binned = Binned(seen, came, weight)
        started = binned if period is None else Binned(seen, came, weight, seen.start)
        told: list[Fitted] = []
        for family, strengths in plan.items():
            if family in (STUMPS, TREES):
                told.append(boosting(family, started, objective, seed, strengths))
            elif family == FOREST:
                told.append(forest(family, binned, came, weight, seed, objective, strengths))
            else:
                products = products_of(seen, came, weight, objective) if family == PAIRS else None
                told.append(
                    regression(
                        family, seen, came, weight, objective, strengths, curved=family != RIDGE, products=products
                    )
                )
        return cls(rates, levels, tuple(told))

    def see(self, rows: Matrices) -> Seen:
        """Rows that did not teach, with the rates of their levels."""
        return _seen(rows, self.rates.of_rows(rows.codes), self.levels)

    def only(self, kept: Mapping[str, Flags]) -> "Teacher":
        """The same with fewer families and strengths."""
        return replace(self, fitted=tuple(one.only(kept[one.family]) for one in self.fitted if kept[one.family].any()))


def _seen(rows: Matrices, rates: Floats, levels: Levels) -> Seen:
    return Seen(
        np.hstack([rows.linear, rates]), np.r_[rows.linear_of, rows.codes_of],
        rows.curves, rows.curves_of,
        np.hstack([rows.trees, rates]), np.r_[rows.trees_of, rows.codes_of],
        levels.of_rows(rows),
    )  # fmt: skip
