"""The model families of the ensemble: three linear, three of trees, each at several strengths.

A fitted family gives one score per strength and row, so that strengths are chosen out of fold. All explain themselves
exactly: linear terms, or TreeSHAP.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from b2shift.differentiate.supervised.baseline_hazard import BaselineHazard
from b2shift.differentiate.supervised.encoding import Matrices
from b2shift.differentiate.supervised.fitted_family import Design, FittedFamily
from b2shift.differentiate.supervised.linear_families import PENALTIES, fit_linear, fit_products
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.shapes import Flags, Floats
from b2shift.differentiate.supervised.target_encoding import TargetEncoding
from b2shift.differentiate.supervised.tree_families import MANY_ROWS, BinnedRows, fit_boosting, fit_forest

RIDGE, CURVES, PAIRS = "regressão logística", "curvas", "curvas e pares"
STUMPS, TREES, FOREST = "boosting aditivo", "boosting de árvores", "floresta"
DEEP = frozenset({TREES, FOREST})
"""Families whose contributions cost a walk through every tree for every row."""
_ROUNDS = (20, 40, 80, 160, 320, 640)
_LEAVES = ((50_000, (24, 63, 127)), (10_000, (8, 24, 63)), (1500, (8, 24)), (0, (8,)))
"""Rows of a table from which trees of these sizes are tried."""
_LARGE_LEAVES_FROM = 1500
"""Rows of a table from which the leaves of forests are larger."""
Grid = Mapping[str, tuple[Any, ...]]
"""Strengths of each family: penalties, (leaves, rounds), or minimum rows of a leaf."""


def full_grid(rows: int) -> Grid:
    """Every family at every strength offered to a table of so many rows."""
    sizes = next(leaves for fewest, leaves in _LEAVES if rows >= fewest)
    min_leaf_rows = (3, 10) if rows < _LARGE_LEAVES_FROM else (5, 20) if rows < MANY_ROWS else (20,)
    return {
        RIDGE: PENALTIES, CURVES: PENALTIES, PAIRS: PENALTIES,
        STUMPS: tuple((2, rounds) for rounds in _ROUNDS),
        TREES: tuple((size, rounds) for size in sizes for rounds in _ROUNDS),
        FOREST: min_leaf_rows,
    }  # fmt: skip


@dataclass(frozen=True)
class EnsembleMember:
    """All families fitted on one training set, with its target encoding and baseline hazard."""

    encoding: TargetEncoding
    baseline: BaselineHazard
    families: tuple[FittedFamily, ...]

    @classmethod
    def fit(cls, rows: Matrices, target: Floats, weight: Floats, objective: Objective, seed: int, grid: Grid,
           period: int | None = None) -> "EnsembleMember":  # fmt: skip
        """Fit the grid on all rows of the matrices; `period`: source column of the period in person-period data."""
        encoding = TargetEncoding.fit(rows.codes, target, weight, objective)
        baseline = BaselineHazard.fit(rows, target, weight, period)
        design = _design(rows, encoding.out_of_fold, baseline)
        binned = BinnedRows(design, target, weight)
        offset_rows = binned if period is None else BinnedRows(design, target, weight, design.offset)
        fitted: list[FittedFamily] = []
        for family, strengths in grid.items():
            if family in (STUMPS, TREES):
                fitted.append(fit_boosting(family, offset_rows, objective, seed, strengths))
            elif family == FOREST:
                fitted.append(fit_forest(family, binned, target, weight, seed, objective, strengths))
            else:
                products = fit_products(design, target, weight, objective) if family == PAIRS else None
                fitted.append(
                    fit_linear(
                        family, design, target, weight, objective, strengths, curved=family != RIDGE, products=products
                    )
                )
        return cls(encoding, baseline, tuple(fitted))

    def design(self, rows: Matrices) -> Design:
        """Design matrices of rows outside training."""
        return _design(rows, self.encoding.transform(rows.codes), self.baseline)

    def select(self, selected: Mapping[str, Flags]) -> "EnsembleMember":
        """The same with fewer families and strengths."""
        return replace(
            self,
            families=tuple(one.select(selected[one.family]) for one in self.families if selected[one.family].any()),
        )


def _design(rows: Matrices, encoded: Floats, baseline: BaselineHazard) -> Design:
    return Design(
        np.hstack([rows.linear, encoded]), np.r_[rows.linear_source, rows.codes_source],
        rows.curves, rows.curves_source,
        np.hstack([rows.trees, encoded]), np.r_[rows.trees_source, rows.codes_source],
        baseline.offsets(rows),
    )  # fmt: skip
