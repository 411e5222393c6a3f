"""Recency, frequency and value of purchases, each from 1 (long ago, rare, little) to 5 (recent, often, much).

A purchase = all contract lines a customer signed on one day: the only purchases of the data that carry a date, cover
everyone and have one unit of value (proposals do not say whether they were accepted, hirings have no date). Lines
cancelled or exchanged since were bought too. Frequency counts purchases, value is the sum of their lines; a
sum below zero (credits) is zero.

Edges are quintiles or, where a company wants it (`rfm_config.py`), the gaps between five groups of values near each
other; it may count only the purchases of a window. They are learned once, stored with the segmentation and used
again: equal values always get equal scores, whoever else is in the base, and customers can be compared between
versions.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from b2shift.differentiate.lifecycle.rfm_classes import NO_PURCHASES, rfm_class
from b2shift.differentiate.lifecycle.rfm_config import RfmConfig
from b2shift.differentiate.segments.distinct import Floats, Integers, distinct
from b2shift.differentiate.segments.kmeans import kmeans_path

SCORES = 5
DRIFTED = 0.25
"""Edges are learned anew when this part of the customers (total variation) has another score than at that time."""
_FIGURES = ("days", "purchases", "value")


@dataclass(frozen=True)
class Edges:
    """For each figure the four values between scores, and the share of customers per score when they were learned."""

    values: Mapping[str, tuple[float, ...]]
    shares: Mapping[str, tuple[float, ...]]
    learned_as: str = RfmConfig().learned_as


@dataclass(frozen=True)
class Rfm:
    """Scores (null without purchases) and class of each customer asked for."""

    recency: list[int | None]
    frequency: list[int | None]
    monetary: list[int | None]
    classes: list[str]
    edges: Edges


def rfm(purchases: pa.Table, customers: list[str], known: Edges | None, rfm_config: RfmConfig) -> Rfm:
    """The scores of `customers`, from `purchases_sql`.

    `known` edges are used again unless the base has drifted or they were learned in another way.
    """
    figures = {name: purchases.column(name).to_numpy(zero_copy_only=False).astype(float) for name in _FIGURES}
    holds = known is not None and known.learned_as == rfm_config.learned_as and not drifted(figures, known)
    edges = known if known is not None and holds else learned(figures, rfm_config)
    scored = {name: scores(values, edges.values[name], rising=name != "days") for name, values in figures.items()}
    by_customer = dict(
        zip(
            purchases.column("customer_id").to_pylist(),
            zip(*(scored[name].tolist() for name in _FIGURES), strict=True),
            strict=True,
        )
    )
    rows = [by_customer.get(customer) for customer in customers]
    return Rfm(
        recency=[None if row is None else row[0] for row in rows],
        frequency=[None if row is None else row[1] for row in rows],
        monetary=[None if row is None else row[2] for row in rows],
        classes=[NO_PURCHASES if row is None else rfm_class(*row, weights=rfm_config.weights) for row in rows],
        edges=edges,
    )


def learned(figures: Mapping[str, Floats], rfm_config: RfmConfig) -> Edges:
    """Edges of these customers, each a value that occurs."""
    edges_of = kmeans_edges if rfm_config.bins == "kmeans" else quintile_edges
    values = {name: edges_of(figure) for name, figure in figures.items()}
    return Edges(values, _shares(figures, values), rfm_config.learned_as)


def quintile_edges(values: Floats) -> tuple[float, ...]:
    """The values at 20, 40, 60 and 80 % (the smallest that so many customers do not exceed); zeros for nobody."""
    if not len(values):
        return (0.0,) * (SCORES - 1)
    ordered = np.sort(values)
    ranks = np.ceil(np.arange(1, SCORES) / SCORES * len(ordered)).astype(int) - 1
    return tuple(float(ordered[max(rank, 0)]) for rank in ranks)


def kmeans_edges(values: Floats) -> tuple[float, ...]:
    """The largest value of each of five groups but the last, by K-Means on logarithms; quintiles below five values."""
    points = distinct(np.log1p(np.maximum(values, 0))[:, None])
    if len(points.rows) < SCORES:
        return quintile_edges(values)
    *_, (labels, _centres) = kmeans_path(points, SCORES)
    group = labels[points.inverse]
    return tuple(sorted(float(values[group == one].max()) for one in range(SCORES)))[:-1]


def scores(values: Floats, edges: tuple[float, ...], *, rising: bool) -> Integers:
    """1 plus the edges below the value; for figures better when small, 5 minus them. Depends on nobody else's value."""
    above = np.searchsorted(np.array(edges), values, side="left")
    return (above + 1 if rising else SCORES - above).astype(np.intp)


def drifted(figures: Mapping[str, Floats], edges: Edges) -> bool:
    """Whether the scores these edges give are spread otherwise than when the edges were learned."""
    now = _shares(figures, edges.values)
    return any(
        0.5 * sum(abs(a - b) for a, b in zip(now[name], edges.shares[name], strict=True)) > DRIFTED for name in _FIGURES
    )


def _shares(figures: Mapping[str, Floats], edges: Mapping[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
    shares = {}
    for name, values in figures.items():
        counts = np.bincount(scores(values, edges[name], rising=name != "days") - 1, minlength=SCORES)
        shares[name] = tuple(float(count) / max(len(values), 1) for count in counts)
    return shares
