"""The three linear families: plain, with curves, and with the products of pairs that explain what is left over."""

from collections.abc import Sequence

import numpy as np

from b2shift.differentiate.supervised.fitted import Fitted, Seen, by_source
from b2shift.differentiate.supervised.interactions import Products
from b2shift.differentiate.supervised.linear import logistic_path, squares_path
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.shapes import Floats

PENALTIES = (300.0, 100.0, 30.0, 10.0, 3.0, 1.0)
_CURVE_SCALE = _PAIR_SCALE = 0.5
_PAIRS_BY = 30.0
"""Penalty of the fit with curves that the pairs are found by."""


def regression(
    family: str,
    seen: Seen,
    came: Floats,
    weight: Floats,
    objective: Objective,
    penalties: Sequence[float],
    *,
    curved: bool = False,
    products: Products | None = None,
) -> Fitted:
    """A penalised regression at each of the falling penalties; pairs share their part between their two columns."""

    def terms(rows: Seen) -> Floats:
        parts = [rows.linear]
        if curved:
            parts.append(_CURVE_SCALE * rows.curves)
        if products is not None:
            parts.append(_PAIR_SCALE * products.of(rows.linear))
        return np.hstack(parts)

    matrix = terms(seen)
    if objective.binary:
        found = logistic_path(matrix, came, weight, np.asarray(penalties), seen.start)
    else:
        found = squares_path(matrix, came, weight, np.asarray(penalties))
    middle = np.average(matrix, axis=0, weights=weight)
    sources = seen.linear_of

    def parts(rows: Seen, strengths: Floats, width: int) -> Floats:
        told = (terms(rows) - middle) * (strengths @ found[:, 1:])
        first = np.r_[rows.linear_of, rows.curves_of] if curved else rows.linear_of
        summed = by_source(told[:, : len(first)], first, width)
        if products is not None:
            rest = told[:, len(first) :] / 2
            summed += by_source(rest, sources[products.left], width)
            summed += by_source(rest, sources[products.right], width)
        return summed

    return Fitted(
        family, np.arange(len(penalties)), len(penalties),
        lambda rows, places: rows.start + found[places, :1] + found[places, 1:] @ terms(rows).T, parts,
    )  # fmt: skip


def products_of(seen: Seen, came: Floats, weight: Floats, objective: Objective) -> Products:
    """The pairs of columns that go most with what curves alone leave over."""
    smooth = regression("", seen, came, weight, objective, (_PAIRS_BY,), curved=True)
    return Products.found(seen.linear, seen.linear_of, came, smooth.scores(seen)[0], weight, objective)
