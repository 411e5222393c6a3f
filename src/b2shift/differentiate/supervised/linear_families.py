"""The three linear families: plain, with spline curves, and with pairwise products."""

from collections.abc import Sequence

import numpy as np

from b2shift.differentiate.supervised.fitted_family import Design, FittedFamily, sum_by_source
from b2shift.differentiate.supervised.interactions import Products
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.penalty_path import logistic_path, ridge_path
from b2shift.differentiate.supervised.shapes import Floats

PENALTIES = (300.0, 100.0, 30.0, 10.0, 3.0, 1.0)
_CURVE_SCALE = _PAIR_SCALE = 0.5
_PAIR_PENALTY = 30.0
"""Penalty of the spline fit whose residuals select the pairs."""


def fit_linear(
    family: str,
    design: Design,
    target: Floats,
    weight: Floats,
    objective: Objective,
    penalties: Sequence[float],
    *,
    curved: bool = False,
    products: Products | None = None,
) -> FittedFamily:
    """Penalised regression along falling penalties; a product's contribution is shared by its two columns."""

    def terms(rows: Design) -> Floats:
        parts = [rows.linear]
        if curved:
            parts.append(_CURVE_SCALE * rows.curves)
        if products is not None:
            parts.append(_PAIR_SCALE * products.transform(rows.linear))
        return np.hstack(parts)

    matrix = terms(design)
    if objective.binary:
        coefficients = logistic_path(matrix, target, weight, np.asarray(penalties), design.offset)
    else:
        coefficients = ridge_path(matrix, target, weight, np.asarray(penalties))
    mean = np.average(matrix, axis=0, weights=weight)
    sources = design.linear_source

    def contributions(rows: Design, strengths: Floats, width: int) -> Floats:
        of_terms = (terms(rows) - mean) * (strengths @ coefficients[:, 1:])
        main_sources = np.r_[rows.linear_source, rows.curves_source] if curved else rows.linear_source
        total = sum_by_source(of_terms[:, : len(main_sources)], main_sources, width)
        if products is not None:
            pair_share = of_terms[:, len(main_sources) :] / 2
            total += sum_by_source(pair_share, sources[products.left], width)
            total += sum_by_source(pair_share, sources[products.right], width)
        return total

    return FittedFamily(
        family, np.arange(len(penalties)), len(penalties),
        lambda rows, at: rows.offset + coefficients[at, :1] + coefficients[at, 1:] @ terms(rows).T, contributions,
    )  # fmt: skip


def fit_products(design: Design, target: Floats, weight: Floats, objective: Objective) -> Products:
    """Pairs of columns whose product best explains the residuals of the spline fit."""
    curved = fit_linear("", design, target, weight, objective, (_PAIR_PENALTY,), curved=True)
    return Products.fit(design.linear, design.linear_source, target, curved.scores(design)[0], weight, objective)
