"""Effect of randomised campaigns of a product family on purchases.

Each campaign randomised a control group. Campaigns are pooled by Mantel-Haenszel weights.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.outcomes import HORIZON_DAYS, key_of
from b2shift.kernel.wilson import Z95
from b2shift.lake.api import Lake

MIN_PER_ARM = 100
"""Customers in each arm over all campaigns of a family, below which nothing is reported."""
_ARMS = """
WITH assigned AS (
    SELECT campaign_id, product_family, customer_id, min(CAST("at" AS DATE)) AS day,
           bool_or(variant = 'control') AS held
    FROM campaign_events
    WHERE kind = 'assigned' AND customer_id IS NOT NULL AND product_family IS NOT NULL GROUP BY ALL),
bought AS (
    SELECT campaign_id, customer_id, min(CAST("at" AS DATE)) AS day
    FROM campaign_events WHERE kind = 'purchase' AND customer_id IS NOT NULL GROUP BY ALL)
SELECT campaign_id, product_family, held, count(*) AS customers,
       count(*) FILTER (b.day IS NOT NULL AND b.day - a.day <= $days) AS bought
FROM assigned a LEFT JOIN bought b USING (campaign_id, customer_id)
WHERE a.day <= CAST($day AS DATE) - $days
GROUP BY ALL
"""


@dataclass(frozen=True)
class CampaignEffect:
    """Difference in purchase probability, its 95 % interval, and sample sizes."""

    difference: float
    low: float
    high: float
    campaigns: int
    treated: int
    control: int


def campaign_effect(lake: Lake, day: date, family: str) -> CampaignEffect | None:
    """Of the campaigns of a family (its key) that ended 90 days before a day; None with too few customers."""
    if not lake.has("campaign_events"):
        return None
    arms: dict[str, dict[bool, tuple[int, int]]] = {}
    for row in lake.query(_ARMS, {"day": day, "days": HORIZON_DAYS}).to_pylist():
        if key_of(row["product_family"]) == family:
            arms.setdefault(row["campaign_id"], {})[row["held"]] = row["customers"], row["bought"]
    counts = np.array([[*arm[False], *arm[True]] for arm in arms.values() if len(arm) == 2], dtype=float).reshape(-1, 4)
    if min(counts[:, 0].sum(), counts[:, 2].sum()) < MIN_PER_ARM:
        return None
    difference, error = pooled_difference(counts)
    return CampaignEffect(
        difference=difference,
        low=difference - Z95 * error,
        high=difference + Z95 * error,
        campaigns=len(counts),
        treated=int(counts[:, 0].sum()),
        control=int(counts[:, 2].sum()),
    )


def pooled_difference(arms: Floats) -> tuple[float, float]:
    """Difference and standard error; a row per experiment: treated, their events, controls, their events.

    Arms with only events or none get half an event (Agresti and Caffo), for the error only.
    """
    treated, treated_events, control, control_events = arms.T
    weight = treated * control / (treated + control)
    difference = float(weight @ (treated_events / treated - control_events / control) / weight.sum())
    treated_rate, control_rate = (treated_events + 0.5) / (treated + 1), (control_events + 0.5) / (control + 1)
    variance = treated_rate * (1 - treated_rate) / treated + control_rate * (1 - control_rate) / control
    return difference, float(np.sqrt(weight**2 @ variance) / weight.sum())
