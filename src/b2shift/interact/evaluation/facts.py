"""One row per customer with every fact that a rule may refer to: `rule_facts`."""

from datetime import date

import pyarrow as pa

from b2shift.interact.contracts import Policy
from b2shift.interact.evaluation.archetypes import REVENUE_LINES, assign_archetypes
from b2shift.interact.evaluation.clock import Clock
from b2shift.interact.evaluation.contacts import allowed, last_contacts
from b2shift.interact.policy.check_conditions import placed
from b2shift.interact.policy.vocabulary import Metric, metrics
from b2shift.kernel.calendar import last_closed_month
from b2shift.lake.api import Session, quote

# What the code itself looks at, whatever the policy says: NPS bands, prudence, priority, samples of telemetry.
_ALWAYS = (
    "churn_band", "has_usage", "has_telemetry", "late_days_mean_6m", "nps_answers_12m", "nps_value", "overdue_count",
    "unpaid_share_6m", "usage_months_12m",
)  # fmt: skip
_TYPES = {"boolean": "BOOLEAN", "category": "VARCHAR", "list": "VARCHAR[]"}
# What is counted up to the day of asking, from columns of `rule_standing`.
_COUNTED = {
    "nps_days_since": "$as_of - nps_answered_on",
    "tenure_months": "date_sub('month', customer_since, $as_of)",
}
PERSUASION = "customer_persuasion"
"""Whom contacts bring what, where earlier campaigns tell it."""
HISTORY_MONTHS = 3
RENEWED_DAYS = 180


def column(metric: str) -> str:
    """The column of a metric in `rule_facts`."""
    return quote(f"metric_{metric}")


def build(session: Session, policy: Policy, clock: Clock) -> pa.Table:
    """Write `rule_facts`; return the archetype of each segment."""
    write_standing_facts(session, metrics_used(policy), usage_before(clock.as_of))
    governed = assign_archetypes(session, policy)
    write_facts(session, clock.as_of, last_contacts(clock.as_of))
    return governed


def write_standing_facts(session: Session, wanted: set[str], usage: str) -> None:
    """Write `rule_standing`: facts that change only with the features; `usage` is a SELECT like `usage_before`."""
    text = _standing(session, wanted, usage)
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE rule_standing AS {text}")


def write_facts(session: Session, as_of: date, contacts: str) -> None:
    """Write `rule_facts` from `rule_standing`, `rule_cells` and facts of the day; `contacts`: a `last_contacts`."""
    session.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE rule_facts AS
        SELECT p.*, c.archetype, answered.n AS nps_answered_n, cycle.n AS cycle_n
        FROM ({_of_day(as_of, contacts)}) p
        LEFT JOIN rule_cells c ON c.segment_id IS NOT DISTINCT FROM p.segment_id
                              AND c.market_segment IS NOT DISTINCT FROM p.market_segment
        LEFT JOIN rule_days answered ON answered.day = p.nps_answered_on
        LEFT JOIN rule_days cycle ON cycle.day = p.cycle_on
        """
    )


def write_metrics(session: Session, wanted: set[str], as_of: date) -> None:
    """Write `rule_people` with these metrics and those the code itself needs, and `as_of_day`."""
    write_standing_facts(session, wanted | set(_ALWAYS), usage_before(as_of))
    session.connection.execute(
        "CREATE OR REPLACE TEMP TABLE rule_people AS "
        f"SELECT *, DATE '{as_of}' AS as_of_day FROM ({_of_day(as_of, last_contacts(as_of))})"
    )


def metrics_used(policy: Policy) -> set[str]:
    """Every metric that evaluating the policy refers to."""
    return {c.metric for index, rule in enumerate(policy.rules) for _, c in placed(index, rule)} | set(_ALWAYS)


def _standing(session: Session, wanted: set[str], usage: str) -> str:
    known = {table: _columns(session, table) for table in ("features", "scores")}
    measured = ", ".join(_measured(metrics()[name], known) for name in sorted(wanted - set(_COUNTED)))
    remembered = sorted(name for name in wanted if metrics()[name].remembered)
    past = ", ".join(f"list_prepend(f.{name}, coalesce(h.{name}, [])) AS past_{name}" for name in remembered)
    lines = ", ".join(f"coalesce(f.line_{line}, false) AS line_{line}" for line in REVENUE_LINES)
    return f"""
        SELECT c.customer_id, c.situation, c.mrr, c.business_units, c.owner_id, c.market_segment, c.contract_band,
               c.revenue_band, c.tenure_band, c.onboarding, c.customer_since, s.segment_id, s.life_stage, {lines},
               CASE WHEN c.mrr > 0 THEN percent_rank() OVER (PARTITION BY c.mrr > 0 ORDER BY c.mrr) ELSE 0 END
                   AS mrr_rank,
               c.as_of - CAST(f.nps_days_since AS INTEGER) AS nps_answered_on,
               md5_number_lower(c.customer_id) AS draw, coalesce(d.deterred, false) AS deterred,
               {measured}{", " + past if past else ""}
        FROM customers c
        LEFT JOIN features f USING (customer_id)
        LEFT JOIN segments s USING (customer_id)
        LEFT JOIN scores k USING (customer_id)
        LEFT JOIN ({usage}) h USING (customer_id)
        LEFT JOIN ({_deterred(session)}) d USING (customer_id)
    """


def _deterred(session: Session) -> str:
    """SELECT of customers of a group that messages were seen to make leave (see `learn`: campaigns with a lot)."""
    if not session.has(PERSUASION):
        return "SELECT NULL::VARCHAR AS customer_id, NULL::BOOLEAN AS deterred WHERE false"
    return f"SELECT customer_id, true AS deterred FROM {PERSUASION} WHERE measure = 'lost' AND harmed"


def _of_day(as_of: date, contacts: str) -> str:
    day = f"DATE '{as_of}'"
    counted = ", ".join(
        f"CAST({sql.replace('$as_of', day)} AS DOUBLE) AS {column(name)}" for name, sql in _COUNTED.items()
    )
    return f"""
        SELECT p.*, l.* EXCLUDE (customer_id), a.allowed, r.renewal_on, r.renewal_known, y.cycle_on, y.anniversary_on,
               {counted}
        FROM rule_standing p
        LEFT JOIN ({contacts}) l USING (customer_id)
        LEFT JOIN ({allowed(as_of)}) a USING (customer_id)
        LEFT JOIN ({_years(as_of)}) y USING (customer_id)
        LEFT JOIN ({_renewals(as_of)}) r USING (customer_id)
    """


def _columns(session: Session, table: str) -> set[str]:
    return {row["column_name"] for row in session.query(f"DESCRIBE {table}").to_pylist()}


def _measured(metric: Metric, known: dict[str, set[str]]) -> str:
    """A metric as a column; null when this lake does not have it (a score that could not be trained)."""
    alias = {"features": "f", "scores": "k", "customers": "c"}[metric.source]
    sql = f"{alias}.{quote(metric.name)}"
    if metric.source in known and metric.name not in known[metric.source]:
        sql = "NULL"
    if metric.numeric:
        return f"nullif(CAST({sql} AS DOUBLE), 'nan'::DOUBLE) AS {column(metric.name)}"
    return f"CAST({sql} AS {_TYPES[metric.format]}) AS {column(metric.name)}"


def _years(as_of: date) -> str:
    """SELECT of the day the running contract year began and the day it ends."""
    years = f"date_sub('year', customer_since, DATE '{as_of}')"
    return f"""
        SELECT customer_id, CAST(customer_since + to_years(CAST({years} AS INTEGER)) AS DATE) AS cycle_on,
               CAST(customer_since + to_years(CAST({years} + 1 AS INTEGER)) AS DATE) AS anniversary_on
        FROM customers WHERE customer_since <= DATE '{as_of}'
    """


def _renewals(as_of: date) -> str:
    """SELECT of the next renewal: the open one, else the end of the contract year unless one was won lately."""
    return f"""
        SELECT customer_id, coalesce(open_on, CASE WHEN won_on IS NULL THEN anniversary_on END) AS renewal_on,
               open_on IS NOT NULL AS renewal_known
        FROM ({_years(as_of)}) LEFT JOIN (
            SELECT customer_id,
                   min(expected_close_on) FILTER (
                       (closed_on IS NULL OR closed_on > DATE '{as_of}') AND expected_close_on > DATE '{as_of}'
                   ) AS open_on,
                   max(closed_on) FILTER (
                       result = 'ganho' AND closed_on <= DATE '{as_of}' AND closed_on > DATE '{as_of}' - {RENEWED_DAYS}
                   ) AS won_on
            FROM opportunities
            WHERE kind = 'renovacao' AND created_on <= DATE '{as_of}' AND customer_id IS NOT NULL
            GROUP BY customer_id
        ) USING (customer_id)
    """


def usage_before(as_of: date) -> str:
    """SELECT of usage ratio and percentile, as the features define them, of the newest closed months, newest first."""
    return f"""
        WITH newest AS (
            SELECT max(month) AS month FROM usage_monthly WHERE month <= DATE '{last_closed_month(as_of)}'
        ),
        months AS (
            SELECT CAST(month - to_months(CAST(back AS INTEGER)) AS DATE) AS month
            FROM newest, range({HISTORY_MONTHS}) AS t(back)
        ),
        began AS (
            SELECT customer_id, min(month) AS first_month FROM usage_monthly WHERE hours > 0 GROUP BY customer_id
        ),
        used AS (
            SELECT customer_id, month, sum(CAST(round(hours * 60) AS BIGINT)) AS minutes
            FROM usage_monthly SEMI JOIN months USING (month) GROUP BY ALL
        ),
        every_month AS (
            SELECT customer_id, month, market_segment, coalesce(minutes, 0) AS minutes
            FROM began JOIN months ON month >= first_month LEFT JOIN used USING (customer_id, month)
            JOIN customers USING (customer_id)
        ),
        ratios AS (
            SELECT customer_id, month, market_segment,
                   minutes / avg(nullif(minutes, 0)) OVER (PARTITION BY market_segment, month) AS ratio
            FROM every_month
        ),
        ranked AS (
            SELECT *, 50 * (cume_dist() OVER peers + (rank() OVER peers - 1) / count(*) OVER everyone) AS percentile
            FROM ratios WHERE ratio IS NOT NULL
            WINDOW peers AS (PARTITION BY market_segment, month ORDER BY ratio),
                   everyone AS (PARTITION BY market_segment, month)
        )
        SELECT customer_id, list(ratio ORDER BY month DESC) AS usage_ratio,
               list(percentile ORDER BY month DESC) AS usage_percentile
        FROM ranked GROUP BY customer_id
    """
