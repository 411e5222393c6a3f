"""The tables the rules look at, as they were on a day, under the names the rules know them by.

Temporary tables come before the lake's views of the same name, so the evaluation reads the past without knowing it.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from b2shift.differentiate.api import customers_at, feature_declarations, features_at
from b2shift.interact.contracts import Policy
from b2shift.interact.evaluation.contacts import last_contacts, later_contacts
from b2shift.interact.evaluation.facts import metrics_used
from b2shift.interact.policy.vocabulary import metrics
from b2shift.kernel.progress import Progress
from b2shift.lake.api import Session, columns_named, quote

# What a past date has no snapshot of is read off the monthly usage: a month of idleness is 21 business days.
STAND_INS = {
    "usage_ratio": "usage_month_ratio",
    "usage_percentile": "usage_month_percentile",
    "days_disconnected": "21 * usage_idle_months",
}
_LINES = ("saas", "cdu", "sms", "cloud", "consultoria", "outros")
CONTACTED, KNOWN = "SELECT * FROM rule_contacted", "SELECT * FROM past_known"
_ONE = timedelta(days=1)
_CUSTOMER = (
    "customer_id, situation, mrr, business_units, owner_id, market_segment, contract_band, revenue_band, tenure_band, "
    "onboarding, customer_since, employees, as_of"
)
_SHADOWS = {
    "activities": """
        SELECT customer_id, kind, result, max("at") AS "at" FROM main.activities
        WHERE CAST("at" AS DATE) < $start GROUP BY ALL
    """,
    "campaign_events": """
        SELECT customer_id, kind, channel, "at", event_id, campaign_id, product_family
        FROM main.campaign_events WHERE kind IN ('accept', 'unsubscribe')
        UNION ALL
        SELECT customer_id, kind, channel, max("at"), NULL, NULL, NULL
        FROM main.campaign_events WHERE kind = 'sent' AND CAST("at" AS DATE) < $start GROUP BY ALL
    """,
    "invoices": "SELECT * FROM main.invoices WHERE paid_on IS NULL OR paid_on >= $start",
    "tickets": "SELECT * FROM main.tickets WHERE priority IN ('high', 'urgent')",
    "nps_answers": "SELECT customer_id, survey, answered_on, score FROM main.nps_answers WHERE survey = 'relacional'",
    "opportunities": "SELECT * FROM main.opportunities",
    "contacts": "SELECT * FROM main.contacts",
    "segments": "SELECT * FROM main.segments",
}


def snapshots(session: Session, policy: Policy, days: Sequence[date], progress: Progress) -> set[str]:
    """Write `past_customers` and `past_features` for every day; return the metrics known today and on none of them."""
    run, names = session.connection.execute, _features(policy)
    columns = ", ".join(
        f"coalesce({name}, {STAND_INS[name]}) AS {name}" if name in STAND_INS else quote(name) for name in names
    )
    wanted = set(names).union(*(columns_named(STAND_INS[name]) for name in names if name in STAND_INS))
    for position, day in enumerate(days):
        progress("Passado", position, len(days), f"{day:%d/%m/%Y}")
        statement = "CREATE OR REPLACE TEMP TABLE" if position == 0 else "INSERT INTO"
        link = " AS" if position == 0 else ""
        run(f"CREATE OR REPLACE TEMP TABLE past_known AS {customers_at(session, day)}")
        session.connection.register("_features", features_at(session, day, names=wanted, known=KNOWN))
        run(f"{statement} past_features{link} SELECT DATE '{day}' AS taken_on, customer_id, {columns} FROM _features")
        session.connection.unregister("_features")
        run(f"{statement} past_customers{link} SELECT DATE '{day}' AS taken_on, {_CUSTOMER} FROM past_known")
    looked_at = [name for name in metrics_used(policy) if metrics()[name].source == "features"]
    counts = ", ".join(f"count({quote(name)}) AS {quote(name)}" for name in looked_at)
    known, today = (
        session.query(f"SELECT {counts} FROM {table}").to_pylist()[0] for table in ("past_features", "main.features")
    )
    return {name for name, count in known.items() if not count and today[name]} | {
        name for name in metrics_used(policy) if metrics()[name].source == "scores"
    }


def current_snapshot(session: Session, day: date) -> set[str]:
    """The same for the lake's own date, whose features and scores all exist."""
    select = f"SELECT DATE '{day}' AS taken_on,"
    session.connection.execute(f"CREATE TEMP TABLE past_features AS {select} * FROM main.features")
    session.connection.execute(f"CREATE TEMP TABLE past_customers AS {select} {_CUSTOMER} FROM main.customers")
    return set()


def shadow_ledgers(session: Session, start: date, *, scored: bool) -> None:
    """Temporary copies of the ledgers that shadow them, without contacts made from `start` on."""
    for name, text in _SHADOWS.items():
        session.connection.execute(f"CREATE TEMP TABLE {name} AS {text.replace('$start', _day(start))}")
    session.connection.execute(f"CREATE TEMP TABLE scores AS SELECT * FROM main.scores WHERE {scored}")
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE rule_contacted AS {last_contacts(start - _ONE)}")


def record_contacts(session: Session, day: date) -> None:
    """Make the contacts of a day in `rule_sent` the newest ones."""
    sent = f"SELECT customer_id, channel, day AS on_day FROM rule_sent WHERE day = {_day(day)}"
    text = later_contacts(CONTACTED, sent)
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE rule_contacted AS {text}")


def use_snapshot(session: Session, taken_on: date) -> None:
    """Shadow `customers` and `features` with a snapshot."""
    for name in ("customers", "features"):
        session.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS "
            f"SELECT * EXCLUDE (taken_on) FROM past_{name} WHERE taken_on = {_day(taken_on)}"
        )


def drop_snapshots(session: Session) -> None:
    """Drop every shadowing table."""
    for name in (*_SHADOWS, "scores", "customers", "features", "past_known", "past_customers", "past_features"):
        session.connection.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _features(policy: Policy) -> list[str]:
    """The features that evaluating the policy reads."""
    declared = {feature.name for feature in feature_declarations()}
    names = {name for name in metrics_used(policy) if metrics()[name].source == "features"}
    return sorted(names | ({"nps_days_since", *(f"line_{line}" for line in _LINES)} & declared))


def _day(day: date) -> str:
    return f"DATE '{day}'"
