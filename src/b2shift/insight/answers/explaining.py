"""Contribution analysis: the change between two periods, split by group into parts that add up to it."""

from typing import Any

from b2shift.insight.answers.numbers import Numbers, Row
from b2shift.kernel.errors import InputError
from b2shift.metrics.api import MAIN, OTHER, before, bucket, measures, metric
from b2shift.metrics.contracts import Period

SPLITS = ("segment", "region", "company_size", "cluster")
"""Dimensions a change is split by."""
Parts = dict[Any, tuple[float, float]]


def explain(numbers: Numbers) -> tuple[list[Row], Period]:
    """Rows of contributions (`contribution`, `share`) by group of each dimension, and the period compared with.

    A sum splits into the groups' own changes. A ratio N/D of groups with weight w = D_g/D and rate r = N_g/D_g splits
    into rate and mix: (r1-r0)(w0+w1)/2 + (w1-w0)((r0+r1)/2 - (R0+R1)/2), which add up to R1-R0. InputError where there
    is no past.
    """
    name = numbers.query.metrics[0]
    numbers.validate(name)
    measure = measures()["measures"][name]
    if measure.get("time") == "now" or "formula" in measure:
        raise InputError(
            f"A mudança de {metric(name).label} não se divide: ela não tem história ou vem de outras métricas",
            value=name,
            hint="Pergunte por MRR, churn, NPS ou outra métrica com história",
        )
    other = numbers.other() or before(numbers.period, numbers.as_of)
    buckets = [
        bucket(MAIN, numbers.period.start, min(numbers.period.end, numbers.as_of), numbers.closed),
        bucket(OTHER, other.start, other.end, numbers.closed),
    ]
    fixed = {one.field for one in numbers.query.filters if one.op == "eq"}
    asked = [d for d in numbers.query.dimensions if d != "customer"] or [d for d in SPLITS if d not in fixed]
    rows: list[Row] = []
    for dimension in asked:
        found = numbers.compute(name, buckets, (dimension,), numbers.query)
        rows += _split(
            dimension,
            found,
            "ratio" in measure,
            measure.get("ratio", measure.get("times", 1)),
            measure.get("of", "num"),
        )
    return sorted(rows, key=lambda row: (asked.index(row["dimension"]), -abs(row["contribution"]))), other


def _split(dimension: str, rows: list[Row], ratio: bool, scale: float, side: str) -> list[Row]:
    now, past = (
        {r[dimension]: (r["num"] or 0.0, r["den"] or 0.0) for r in rows if r["bucket"] == b} for b in (MAIN, OTHER)
    )
    parts = _mixed(now, past, scale) if ratio else _added(now, past, scale, 0 if side == "num" else 1)
    whole = sum(parts.values())
    return [
        {
            "dimension": dimension,
            "group": group,
            "before": _value(past.get(group), ratio, scale, side),
            "now": _value(now.get(group), ratio, scale, side),
            "contribution": part,
            "share": 100 * part / whole if whole else None,
        }
        for group, part in parts.items()
    ]


def _added(now: Parts, past: Parts, scale: float, side: int) -> dict[Any, float]:
    nothing = (0.0, 0.0)
    return {g: scale * (now.get(g, nothing)[side] - past.get(g, nothing)[side]) for g in {**now, **past}}


def _mixed(now: Parts, past: Parts, scale: float) -> dict[Any, float]:
    """Rate and mix effect of each group together; a group present in one period only counts as mix."""
    n1, d1, n0, d0 = (sum(pair[i] for pair in parts.values()) for parts in (now, past) for i in (0, 1))
    if not d1 or not d0:
        return {}
    middle = (n1 / d1 + n0 / d0) / 2
    out = {}
    for group in {**now, **past}:
        (num1, den1), (num0, den0) = now.get(group, (0.0, 0.0)), past.get(group, (0.0, 0.0))
        if not den1 and not den0:
            continue
        rate1 = num1 / den1 if den1 else num0 / den0
        rate0 = num0 / den0 if den0 else rate1
        w1, w0 = den1 / d1, den0 / d0
        out[group] = scale * ((rate1 - rate0) * (w0 + w1) / 2 + (w1 - w0) * ((rate0 + rate1) / 2 - middle))
    return out


def _value(pair: tuple[float, float] | None, ratio: bool, scale: float, side: str) -> float | None:
    if pair is None:
        return None
    if ratio:
        return scale * pair[0] / pair[1] if pair[1] else None
    return scale * pair[0 if side == "num" else 1]
