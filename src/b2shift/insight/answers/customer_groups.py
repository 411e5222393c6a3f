"""Groups of customers: profile, recommended actions, rank correlation."""

import math
from typing import Any

import numpy as np

from b2shift.insight.answers.numbers import Numbers, Row
from b2shift.kernel.errors import InputError
from b2shift.metrics.api import customers
from b2shift.metrics.contracts import TypedQuery

PROFILE_METRICS = ("active_customers", "mrr", "arpa", "nps", "health_score", "churn_risk", "tickets_per_customer")
TRAITS = 8
SHOWN = 50
QUINTILES = 5
FEWEST = 30
"""Customers below which two measures are not compared."""


def profile(numbers: Numbers) -> list[Row]:
    """Headline metrics of the filtered customers and of the base; then the distinguishing traits of a cluster."""
    everybody = numbers.query.model_copy(update={"filters": ()})
    rows: list[Row] = []
    for name in PROFILE_METRICS:
        one, all_of = (
            numbers.compute(name, numbers.filter_buckets()[:1], (), query) for query in (numbers.query, everybody)
        )
        rows.append({"metric": name, "value": _first(one, name), "base": _first(all_of, name)})
    cluster = next((f.value for f in numbers.query.filters if f.field == "cluster" and f.op == "eq"), None)
    return rows + (_traits(numbers, cluster) if isinstance(cluster, int) else [])


def _first(rows: list[Row], name: str) -> Any:
    return rows[0][name] if rows else None


def _traits(numbers: Numbers, cluster: int) -> list[Row]:
    found = numbers.lake.query(
        "SELECT p.trait, p.label, p.prevalence, p.overall, p.lift FROM segment_profiles p "
        "WHERE try_cast(regexp_extract(p.segment_id, '[0-9]+') AS INTEGER) = $cluster AND p.low > p.overall "
        "ORDER BY p.lift DESC, p.trait LIMIT $most",
        {"cluster": cluster, "most": TRAITS},
    ).to_pylist()
    return [
        {"trait": row["label"], "value": 100 * row["prevalence"], "base": 100 * row["overall"], "lift": row["lift"]}
        for row in found
    ]


def recommended_actions(numbers: Numbers) -> list[Row]:
    """Proposals of the contact rules for the filtered customers, most urgent first, with the money at stake."""
    statement = customers(
        numbers.query.filters, numbers.scope, filtered=numbers.filter_buckets(), rolled=numbers.rolled
    )
    numbers.statements.append(statement.sql)
    most = statement.bind(SHOWN)
    return numbers.lake.query(
        f"WITH chosen AS ({statement.sql}) SELECT p.customer_id AS customer, c.name, p.action, p.reason, p.kind, p.priority, "
        "p.due_on, p.mrr_at_stake::DOUBLE AS mrr_at_stake, count(*) OVER () AS proposed, "
        "sum(p.mrr_at_stake) OVER ()::DOUBLE AS at_stake, count(DISTINCT p.customer_id) OVER () AS concerned "
        "FROM proposals p JOIN chosen c ON c.customer = p.customer_id WHERE p.blocked IS NULL "
        f"ORDER BY p.priority DESC, p.mrr_at_stake DESC, p.proposal_id LIMIT {most}",
        statement.parameters,
    ).to_pylist()


def rank_correlation(numbers: Numbers) -> tuple[list[Row], dict[str, float]]:
    """The mean of the second measure by quintile of the first, and Spearman's rank correlation.

    The interval of 95 % is Fisher's, with the variance (1 + r²/2)/(n - 3) of Bonett and Wright (2000). Raises InputError
    under 30 customers with both.
    """
    from scipy.stats import rankdata  # on first use: it takes longer than most commands

    names = [*numbers.query.metrics, *(d for d in numbers.query.dimensions if d == "tenure_months")][:2]
    if len(names) < 2:
        raise InputError("Uma relação precisa de duas medidas", value=", ".join(names), hint="Diga a outra")
    one, other = (_by_customer(numbers, name) for name in names)
    both = sorted(one.keys() & other.keys())
    if len(both) < FEWEST:
        raise InputError("Poucos clientes têm as duas medidas", value=len(both), hint="Alargue o período ou o filtro")
    x, y = np.array([one[c] for c in both]), np.array([other[c] for c in both])
    r = float(np.corrcoef(rankdata(x), rankdata(y))[0, 1])
    if not math.isfinite(r):
        raise InputError("Uma das medidas é igual em todos os clientes: não há relação a medir", value=", ".join(names))
    wide = 1.96 * math.sqrt((1 + r * r / 2) / (len(both) - 3))
    low, high = (math.tanh(math.atanh(max(-0.999999, min(0.999999, r))) + side) for side in (-wide, wide))
    return _quintiles(names, x, y), {"correlation": r, "low": low, "high": high, "customers": float(len(both))}


def _by_customer(numbers: Numbers, name: str) -> dict[str, float]:
    if name == "tenure_months":
        sql = "SELECT customer_id, round(tenure_years * 12, 1) AS value FROM customers WHERE tenure_years IS NOT NULL"
        query: TypedQuery = numbers.query.model_copy(update={"metrics": ("active_customers",)})
        seen = {
            row["customer"]
            for row in numbers.compute("active_customers", numbers.filter_buckets()[:1], ("customer",), query)
        }
        return {r["customer_id"]: r["value"] for r in numbers.lake.query(sql).to_pylist() if r["customer_id"] in seen}
    rows = numbers.compute(name, numbers.filter_buckets()[:1], ("customer",), numbers.query)
    return {row["customer"]: row[name] for row in rows if row[name] is not None}


def _quintiles(names: list[str], x: np.ndarray, y: np.ndarray) -> list[Row]:
    order = np.argsort(x, kind="stable")
    return [
        {"fifth": position, f"{names[0]}_low": float(x[part].min()), f"{names[0]}_high": float(x[part].max()),
         names[1]: float(y[part].mean()), "customers": len(part)}
        for position, part in enumerate(np.array_split(order, QUINTILES), 1)
    ]  # fmt: skip
