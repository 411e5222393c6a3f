"""Outcomes of customers by date: revenue ends, NPS answers, purchases."""

from datetime import date

import numpy as np

from b2shift.differentiate.scores.frame import Flags, Floats, Words
from b2shift.kernel.calendar import last_closed_month
from b2shift.kernel.text import as_code
from b2shift.lake.api import Session

HORIZON_DAYS = 90

# The newest month is complete when it has at least half the customers of the month before: a ledger that is still
# arriving would make everyone look gone.
_NEWEST_MONTH = """
WITH months AS (
    SELECT month, count(DISTINCT customer_id) AS customers FROM recurring_revenue
    WHERE mrr > 0 AND month <= $closed GROUP BY month)
SELECT max(month) AS newest, (SELECT min(month) FROM months) AS first
FROM (SELECT month, customers, lag(customers) OVER (ORDER BY month) AS before FROM months)
WHERE customers >= 0.5 * coalesce(before, 0)
"""

# A customer's last row of revenue is in the month it cancelled. The day is that of the lost renewal of that month, or
# the 15th. One that still has revenue in the newest month has ended only if it lost its renewal in that month.
_ENDS = """
WITH paid AS (
    SELECT customer_id, max(month) AS last_month FROM recurring_revenue
    WHERE mrr > 0 AND month <= $newest GROUP BY customer_id),
lost AS (
    SELECT customer_id, max(closed_on) FILTER (result = 'perdido') AS lost_on,
           max(closed_on) FILTER (result = 'ganho') AS won_on
    FROM opportunities WHERE kind = 'renovacao' AND closed_on <= $as_of AND customer_id IS NOT NULL
    GROUP BY customer_id)
SELECT customer_id,
       CASE WHEN date_trunc('month', lost_on) = last_month AND coalesce(won_on <= lost_on, TRUE) THEN lost_on
            WHEN last_month < $newest THEN CAST(last_month + 14 AS DATE) END AS ended_on
FROM paid LEFT JOIN lost USING (customer_id)
"""

# The first day with an answer after the date; of several that day the lowest counts.
_ANSWERS = """
SELECT customer_id, CAST(arg_min(score, (answered_on, score)) <= 6 AS DOUBLE) AS detractor
FROM nps_answers
WHERE customer_id IS NOT NULL AND score IS NOT NULL AND answered_on > $start AND answered_on <= $end
GROUP BY customer_id
"""

# A won sale to a customer, or revenue of a family that it had in none of the months up to the date.
_PURCHASES = """
SELECT DISTINCT customer_id, product_family FROM opportunities
WHERE kind IN ('cross_sell', 'upsell') AND result = 'ganho' AND customer_id IS NOT NULL
  AND product_family IS NOT NULL AND closed_on > $start AND closed_on <= $end
UNION
SELECT customer_id, product_family FROM recurring_revenue
WHERE mrr > 0 GROUP BY customer_id, product_family
HAVING min(month) > $start AND min(month) <= $end
   AND customer_id IN (SELECT customer_id FROM recurring_revenue WHERE mrr > 0 AND month <= $start)
"""

# Who is in a campaign is drawn by lot, so that these stand for all customers, not for those that sellers went to.
_CAMPAIGN_PURCHASES = """
SELECT DISTINCT customer_id, product_family FROM campaign_events
WHERE kind = 'purchase' AND customer_id IS NOT NULL AND product_family IS NOT NULL
  AND CAST("at" AS DATE) > $start AND CAST("at" AS DATE) <= $end
"""

_PURCHASE_DAYS = """
SELECT customer_id, closed_on AS day FROM opportunities
WHERE kind IN ('cross_sell', 'upsell') AND result = 'ganho' AND customer_id IS NOT NULL
  AND product_family IS NOT NULL AND closed_on <= $as_of
UNION
SELECT customer_id, CAST(began + 14 AS DATE) FROM (
    SELECT customer_id, product_family, min(month) AS began,
           min(min(month)) OVER (PARTITION BY customer_id) AS first
    FROM recurring_revenue WHERE mrr > 0 AND month <= $as_of GROUP BY customer_id, product_family)
WHERE began > first
ORDER BY 1, 2
"""

# Rises of a family without more users are adjustments of its price, not expansion.
_EXPANSIONS = """
WITH families AS (
    SELECT customer_id, product_family,
           coalesce(sum(mrr) FILTER (month = $before), 0) AS mrr_before,
           coalesce(sum(mrr) FILTER (month = $after), 0) AS mrr_after,
           coalesce(sum(licensed_users) FILTER (month = $before), 0) AS users_before,
           coalesce(sum(licensed_users) FILTER (month = $after), 0) AS users_after
    FROM recurring_revenue WHERE month IN ($before, $after) AND mrr > 0 GROUP BY ALL)
SELECT customer_id, CAST(sum(mrr_after - mrr_before) AS DOUBLE) AS added FROM families
WHERE mrr_after > mrr_before AND (mrr_before = 0 OR users_after > users_before)
GROUP BY customer_id
HAVING customer_id IN (SELECT customer_id FROM recurring_revenue WHERE month = $before AND mrr > 0)
"""


def key_of(family: str) -> str:
    """A product family's name in lower case, ASCII, words joined by _."""
    return as_code(family)


def revenue_span(session: Session, as_of: date) -> tuple[date, date] | None:
    """First and newest complete month of recurring revenue on a date; None when there is none."""
    row = session.query(_NEWEST_MONTH, {"closed": last_closed_month(as_of)}).to_pylist()[0]
    return (row["first"], row["newest"]) if row["newest"] is not None else None


def ends(session: Session, as_of: date, newest: date) -> dict[str, date]:
    """When each customer that has ended its recurring revenue did so, as known on `as_of`."""
    rows = session.query(_ENDS, {"as_of": as_of, "newest": newest}).to_pylist()
    return {row["customer_id"]: row["ended_on"] for row in rows if row["ended_on"] is not None}


def at_risk(ids: Words, mrr: Floats, ended: dict[str, date], day: date) -> Flags:
    """Customers with recurring revenue on the day that had not ended by then."""
    has_ended = np.array([customer in ended and ended[customer] <= day for customer in ids], dtype=bool)
    return np.asarray((np.nan_to_num(mrr) > 0) & ~has_ended)


def ended_between(ids: Words, ended: dict[str, date], start: date, end: date) -> Floats:
    """1 for those who ended after `start` and not after `end`."""
    return np.array([float(customer in ended and start < ended[customer] <= end) for customer in ids])


def answers(session: Session, start: date, end: date) -> dict[str, float]:
    """Whether the next answer was a detractor's, of the customers that gave one in the window."""
    rows = session.query(_ANSWERS, {"start": start, "end": end}).to_pylist()
    return {row["customer_id"]: row["detractor"] for row in rows}


def purchase_days(session: Session, as_of: date) -> dict[str, list[date]]:
    """Every day on which each customer bought, as known on `as_of`; new families on the 15th of their first month."""
    days: dict[str, list[date]] = {}
    for row in session.query(_PURCHASE_DAYS, {"as_of": as_of}).to_pylist():
        days.setdefault(row["customer_id"], []).append(row["day"])
    return days


def expansions(session: Session, before: date, after: date) -> dict[str, float]:
    """MRR that customers added between two months (their first days): new families, and families with more users."""
    rows = session.query(_EXPANSIONS, {"before": before, "after": after}).to_pylist()
    return {row["customer_id"]: row["added"] for row in rows}


def purchases(session: Session, start: date, end: date) -> set[tuple[str, str]]:
    """Customers and the product families they bought in the window."""
    rows = session.query(_PURCHASES, {"start": start, "end": end}).to_pylist()
    return {(row["customer_id"], row["product_family"]) for row in rows}


def campaign_purchases(session: Session, start: date, end: date) -> set[tuple[str, str]]:
    """Customers and the product families that a campaign sold them in the window."""
    rows = session.query(_CAMPAIGN_PURCHASES, {"start": start, "end": end}).to_pylist()
    return {(row["customer_id"], row["product_family"]) for row in rows}
