"""Rows of the published segment tables."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa

from b2shift.differentiate.lifecycle.rfm import Rfm
from b2shift.differentiate.lifecycle.stages import Stages
from b2shift.differentiate.segments.descriptions import paragraph, top_traits
from b2shift.differentiate.segments.distinct import Floats
from b2shift.differentiate.segments.identity import PreviousSegmentation
from b2shift.differentiate.segments.names import Name
from b2shift.differentiate.segments.profiles import Prevalence
from b2shift.differentiate.segments.segmentation import Segmentation
from b2shift.differentiate.segments.selection import Verdict
from b2shift.lake.api import Session

MIN_NPS_ANSWERS = 3
_FIGURES = """
    SELECT c.customer_id, c.mrr, {scores}, n.votes, n.answers
    FROM customers c {join}
    LEFT JOIN (
        SELECT customer_id, count(*) AS answers,
               sum(CASE WHEN score >= 9 THEN 1 WHEN score <= 6 THEN -1 ELSE 0 END) AS votes
        FROM nps_answers
        WHERE score IS NOT NULL AND answered_on <= DATE '{as_of}'
          AND answered_on > DATE '{as_of}' - INTERVAL 12 MONTH
        GROUP BY customer_id
    ) n USING (customer_id)
    ORDER BY c.customer_id
"""
_MEASURES = (
    "view",
    "representation",
    "algorithm",
    "k",
    "silhouette",
    "davies_bouldin",
    "calinski_harabasz",
    "null_silhouette",
    "null_excess",
    "stability",
    "smallest_share",
    "explainability",
    "churn_explained",
    "mrr_explained",
    "seconds",
)


def customer_rows(  # noqa: PLR0913 - each column comes from another room
    as_of: date,
    customers: Sequence[str],
    model: Segmentation,
    keys: Sequence[str],
    names: Sequence[Name],
    map_points: Floats,
    stages: Stages,
    purchases: Rfm,
    previous: PreviousSegmentation | None,
) -> pa.Table:
    """`segments`: one row per customer."""
    segment_ids = [keys[label] for label in model.labels]
    previous_ids = [None if previous is None else previous.members.get(customer) for customer in customers]
    return pa.table(
        {
            "customer_id": list(customers),
            "as_of": [as_of] * len(customers),
            "segment_id": segment_ids,
            "segment_name": [names[label].text for label in model.labels],
            "confidence": model.confidence,
            "x": map_points[:, 0],
            "y": map_points[:, 1],
            "life_stage": stages.names,
            "life_stage_probability": stages.probability,
            "rfm_recency": pa.array(purchases.recency, pa.int8()),
            "rfm_frequency": pa.array(purchases.frequency, pa.int8()),
            "rfm_monetary": pa.array(purchases.monetary, pa.int8()),
            "rfm_class": purchases.classes,
            "migrated_from": pa.array(
                [
                    previous_key if previous_key is not None and previous_key != current else None
                    for previous_key, current in zip(previous_ids, segment_ids, strict=True)
                ],
                pa.string(),
            ),
        }
    )


def profile_rows(keys: Sequence[str], profiles: Sequence[Sequence[Prevalence]]) -> pa.Table:
    """`segment_profiles`: one row per segment and trait."""
    rows = [
        {
            "segment_id": key,
            "trait": row.trait.name,
            "label": row.trait.level.phrase,
            "prevalence": row.share,
            "low": row.low,
            "high": row.high,
            "overall": row.overall,
            "lift": row.lift,
            "members": row.members,
        }
        for key, profile in zip(keys, profiles, strict=True)
        for row in profile
    ]
    return pa.Table.from_pylist(rows)


def catalogue_rows(
    session: Session,
    as_of: date,
    customers: Sequence[str],
    model: Segmentation,
    keys: Sequence[str],
    names: Sequence[Name],
    profiles: Sequence[Sequence[Prevalence]],
) -> pa.Table:
    """`segment_catalogue`: one row per segment, its figures over its members."""
    scored = session.has("scores")
    text = _FIGURES.format(
        as_of=as_of,
        scores="s.churn_90d AS churn, s.health" if scored else "NULL AS churn, NULL AS health",
        join="LEFT JOIN scores s USING (customer_id)" if scored else "",
    )
    figures = session.query(text).to_pylist()
    rows = []
    for segment, key in enumerate(keys):
        members = [figures[i] for i in np.flatnonzero(model.labels == segment)]
        top = top_traits(profiles[segment])
        money = _figures(members)
        rows.append(
            {
                "segment_id": key,
                "name": names[segment].text,
                "paragraph": paragraph(
                    customers=len(members),
                    share=len(members) / len(customers),
                    mrr=money["mrr"],
                    mrr_median=money["mrr_median"],
                    churn=money["churn_mean"],
                    health=money["health_mean"],
                    nps=money["nps"],
                    traits=top,
                ),
                "customers": len(members),
                "share": len(members) / len(customers),
                **money,
                "top_traits": [row.trait.level.phrase for row in top],
                "exemplars": model.exemplars(customers, segment),
            }
        )
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    money_type = pa.decimal128(18, 2)
    columns["mrr"] = pa.array(columns["mrr"], money_type)
    columns["mrr_median"] = pa.array(columns["mrr_median"], money_type)
    for name in ("churn_mean", "nps", "health_mean"):
        columns[name] = pa.array(columns[name], pa.float64())
    for name in ("top_traits", "exemplars"):
        columns[name] = pa.array(columns[name], pa.list_(pa.string()))
    return pa.table(columns)


def candidate_rows(verdicts: Sequence[Verdict]) -> pa.Table:
    """`segment_models`: one row per candidate."""
    columns: dict[str, Any] = {name: [getattr(one.candidate, name) for one in verdicts] for name in _MEASURES}
    for name in _MEASURES[4:]:
        columns[name] = pa.array(columns[name], pa.float64())
    for name in ("meets_floor", "on_front", "chosen", "reason"):
        columns[name] = [getattr(one, name) for one in verdicts]
    return pa.table(columns)


def _figures(members: Sequence[dict[str, Any]]) -> dict[str, Any]:
    revenues = [row["mrr"] for row in members if row["mrr"]]
    churn = [row["churn"] for row in members if row["churn"] is not None]
    health = [row["health"] for row in members if row["health"] is not None]
    answers = sum(row["answers"] or 0 for row in members)
    votes = sum(row["votes"] or 0 for row in members)
    return {
        "mrr": sum(revenues, Decimal("0.00")),
        "mrr_median": Decimal(median(revenues)).quantize(Decimal("0.01")) if revenues else None,
        "churn_mean": float(np.mean(churn)) if churn else None,
        "nps": 100 * float(votes) / answers if answers >= MIN_NPS_ANSWERS else None,
        "health_mean": float(np.mean(health)) if health else None,
    }
