"""What randomised campaigns of a product family brought, in chance of buying it: the only lever that was measured.

Each campaign drew by lot who is left out (variant `control`). Within a campaign the two arms differ by chance alone;
campaigns are put together by Mantel and Haenszel's weights, with the variance of a weighted sum of differences.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.outcomes import HORIZON_DAYS, key_of
from b2shift.kernel.wilson import Z95
from b2shift.lake.api import Lake

FEWEST = 100
"""Customers in each arm, over all campaigns of a family, under which nothing is told."""
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
class Effect:
    """Chance of buying with a campaign less that without, its 95 % interval, and the customers it rests on."""

    difference: float
    low: float
    high: float
    campaigns: int
    treated: int
    held: int


def effect(lake: Lake, day: date, family: str) -> Effect | None:
    """Of the campaigns of a family (its key) whose 90 days had passed by a day; None with too few customers."""
    if not lake.has("campaign_events"):
        return None
    arms: dict[str, dict[bool, tuple[int, int]]] = {}
    for row in lake.query(_ARMS, {"day": day, "days": HORIZON_DAYS}).to_pylist():
        if key_of(row["product_family"]) == family:
            arms.setdefault(row["campaign_id"], {})[row["held"]] = row["customers"], row["bought"]
    told = np.array([[*arm[False], *arm[True]] for arm in arms.values() if len(arm) == 2], dtype=float).reshape(-1, 4)
    if min(told[:, 0].sum(), told[:, 2].sum()) < FEWEST:
        return None
    difference, error = pooled(told)
    return Effect(
        difference=difference,
        low=difference - Z95 * error,
        high=difference + Z95 * error,
        campaigns=len(told),
        treated=int(told[:, 0].sum()),
        held=int(told[:, 2].sum()),
    )


def pooled(arms: Floats) -> tuple[float, float]:
    """Difference and its standard error; a row for each experiment: treated, of these events, held, of these events.

    Arms without an event, or with nothing but, take the half of one that Agresti and Caffo add, for the error only.
    """
    treated, gained, held, kept = arms.T
    weight = treated * held / (treated + held)
    difference = float(weight @ (gained / treated - kept / held) / weight.sum())
    one, other = (gained + 0.5) / (treated + 1), (kept + 0.5) / (held + 1)
    variance = one * (1 - one) / treated + other * (1 - other) / held
    return difference, float(np.sqrt(weight**2 @ variance) / weight.sum())
