"""What each customer of a campaign did after the lot fell, and what was known of it before."""

from collections.abc import Callable
from datetime import date

from b2shift.lake.api import literal

HORIZON_DAYS = 90
"""Days after the assignment within which an outcome counts, as for churn and propensity."""
COVARIATES = ("mrr_before", "won_before", "deals_before", "contacts_before", "tenure_years")
"""Numbers known before the lot fell, by which an effect is adjusted."""
ANSWER_DAYS = 30
"""Days after which a message that was not opened is taken not to be."""
Has = Callable[[str], bool]
"""Whether the house has rows of a table."""
_KINDS = {
    "sent": "sent", "opened": "open", "clicked": "click", "replied": "reply", "accepted": "accept",
    "rejected": "reject", "unsubscribed": "unsubscribe",
}  # fmt: skip

ASSIGNED = """
SELECT campaign_id, customer_id, arg_min(variant, "at") AS arm, min(CAST("at" AS DATE)) AS assigned_on,
       min(product_family) AS product_family, min(channel) AS channel
FROM campaign_events
WHERE kind = 'assigned' AND customer_id IS NOT NULL AND campaign_id IS NOT NULL AND variant IS NOT NULL
GROUP BY campaign_id, customer_id
HAVING count(DISTINCT variant) = 1 AND min(CAST("at" AS DATE)) <= {as_of}
"""
"""Customers by campaign as delivered; one whom two arms name is in neither."""
NOBODY = """
SELECT NULL::VARCHAR AS campaign_id, NULL::VARCHAR AS customer_id, NULL::VARCHAR AS arm, NULL::DATE AS assigned_on,
       NULL::VARCHAR AS product_family, NULL::VARCHAR AS channel WHERE false
"""


def outcomes_sql(has: Has, assigned: str, as_of: date) -> str:
    """Rows of `campaign_outcomes`, for `assigned`: campaign, customer, arm, day, product family, channel.

    What the house has no table of stays null, or 0 where it is only an adjustment.
    """
    day = f"CAST({literal(str(as_of))} AS DATE)"
    settled = f"r.sent AND b.assigned_on <= a.assigned_on - {ANSWER_DAYS}"
    bought = f"r.bought_on - a.assigned_on BETWEEN 0 AND {HORIZON_DAYS}"
    return f"""
WITH assigned AS ({assigned.format(as_of=day)}),
reacted AS ({_reacted(has)}),
deals AS ({_deals(has)}),
months AS ({_months(has)}),
spans AS (
    SELECT a.campaign_id, a.customer_id, before.mrr AS before, later.mrr AS later,
           date_trunc('month', a.assigned_on) + INTERVAL 3 MONTH <= (SELECT max(month) FROM months) AS known
    FROM assigned AS a
         LEFT JOIN months AS before ON before.customer_id = a.customer_id
              AND before.month = date_trunc('month', a.assigned_on) - INTERVAL 1 MONTH
         LEFT JOIN months AS later ON later.customer_id = a.customer_id
              AND later.month = date_trunc('month', a.assigned_on) + INTERVAL 3 MONTH),
earlier AS (
    SELECT a.campaign_id, a.customer_id, count(b.campaign_id) AS contacts,
           avg(CAST(r.opened AS INTEGER)) FILTER ({settled}) AS opened,
           avg(CAST(r.clicked AS INTEGER)) FILTER ({settled}) AS clicked
    FROM assigned AS a LEFT JOIN assigned AS b ON b.customer_id = a.customer_id AND b.campaign_id <> a.campaign_id
         AND b.assigned_on < a.assigned_on AND b.assigned_on >= a.assigned_on - 365
         LEFT JOIN reacted AS r ON r.campaign_id = b.campaign_id AND r.customer_id = b.customer_id
    GROUP BY ALL),
sold AS (
    SELECT a.campaign_id, a.customer_id,
           sum(value) FILTER (won AND closed_on > assigned_on AND closed_on <= assigned_on + {HORIZON_DAYS}
               AND (a.product_family IS NULL OR d.product_family = a.product_family)) AS won,
           sum(value) FILTER (won AND closed_on <= assigned_on AND closed_on > assigned_on - 365) AS won_before,
           count(*) FILTER (created_on <= assigned_on AND created_on > assigned_on - 365) AS deals_before
    FROM assigned AS a JOIN deals AS d USING (customer_id) GROUP BY ALL),
told AS (
    SELECT DISTINCT campaign_id, (SELECT bool_or(bought_on IS NOT NULL) FROM reacted) AS purchases FROM reacted)
SELECT a.campaign_id, a.customer_id, a.arm, a.assigned_on, least({HORIZON_DAYS}, {day} - a.assigned_on) AS days,
       a.product_family, a.channel,
       {", ".join(f"coalesce(r.{name}, false) AS {name}" for name in _KINDS)},
       CASE WHEN t.purchases THEN coalesce({bought}, false) END AS bought,
       CASE WHEN {bought} THEN r.bought_on - a.assigned_on END AS bought_after,
       {"coalesce(s.won, 0)" if has("opportunities") or has("orders") else "NULL"} AS won,
       CASE WHEN p.known THEN coalesce(p.later, 0) - coalesce(p.before, 0) END AS mrr_change,
       CASE WHEN p.known AND p.before > 0 THEN coalesce(p.later, 0) <= 0 END AS lost,
       p.before AS mrr_before, s.won_before, coalesce(s.deals_before, 0) AS deals_before,
       e.contacts AS contacts_before, e.opened AS opened_before, e.clicked AS clicked_before,
       (a.assigned_on - c.customer_since) / 365.25 AS tenure_years,
       c.market_segment, c.revenue_band
FROM assigned AS a JOIN spans AS p USING (campaign_id, customer_id) JOIN earlier AS e USING (campaign_id, customer_id)
     LEFT JOIN reacted AS r USING (campaign_id, customer_id) LEFT JOIN told AS t USING (campaign_id)
     LEFT JOIN sold AS s USING (campaign_id, customer_id) LEFT JOIN customers AS c USING (customer_id)
"""


def _reacted(has: Has) -> str:
    flags = ", ".join(f"bool_or(kind = '{kind}') AS {name}" for name, kind in _KINDS.items())
    bought = "min(CAST(\"at\" AS DATE)) FILTER (kind = 'purchase') AS bought_on"
    if not has("campaign_events"):
        none = ", ".join(f"CAST(NULL AS BOOLEAN) AS {name}" for name in _KINDS)
        return (
            f"SELECT NULL::VARCHAR AS campaign_id, NULL::VARCHAR AS customer_id, {none}, NULL::DATE AS bought_on "
            "WHERE false"
        )
    return (
        f"SELECT campaign_id, customer_id, {flags}, {bought} FROM campaign_events "
        "WHERE customer_id IS NOT NULL AND campaign_id IS NOT NULL GROUP BY campaign_id, customer_id"
    )


def _deals(has: Has) -> str:
    """Deals, or the orders of a house that has none."""
    if has("opportunities"):
        return (
            "SELECT customer_id, product_family, value, created_on, closed_on, result = 'ganho' AS won "
            "FROM opportunities WHERE customer_id IS NOT NULL"
        )
    if has("orders"):
        return (
            "SELECT customer_id, product_family, amount AS value, ordered_on AS created_on, ordered_on AS closed_on, "
            "status IS DISTINCT FROM 'CANCELADO' AS won FROM orders WHERE customer_id IS NOT NULL"
        )
    return (
        "SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS product_family, NULL::DECIMAL(18,2) AS value, "
        "NULL::DATE AS created_on, NULL::DATE AS closed_on, NULL::BOOLEAN AS won WHERE false"
    )


def _months(has: Has) -> str:
    if not has("recurring_revenue"):
        return "SELECT NULL::VARCHAR AS customer_id, NULL::DATE AS month, NULL::DECIMAL(18,2) AS mrr WHERE false"
    return "SELECT customer_id, month, sum(mrr) AS mrr FROM recurring_revenue GROUP BY ALL"
