"""The report of a replay: counts by day, by rule, by role and week, and repeated contacts."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from b2shift.interact.contracts import (
    Channel,
    DayContacts,
    OwnerRole,
    Policy,
    Repeated,
    Replay,
    RuleContacts,
    WeekLoad,
)
from b2shift.interact.replay.snapshots import STAND_INS
from b2shift.lake.api import Session, literal

TWICE_DAYS = 7
_EXAMPLES = 20


def report(
    session: Session,
    policy: Policy,
    days: Sequence[date],
    taken: Sequence[date],
    unknown: set[str],
    *,
    forecast: bool,
    seconds: float,
) -> Replay:
    """The report of `rule_sent` and `rule_blocked`."""
    totals = session.query(
        "SELECT count(*) AS contacts, count(DISTINCT customer_id) AS contacted, "
        "(SELECT count(*) FROM customers) AS customers FROM rule_sent"
    ).to_pylist()[0]
    repeated, examples = _repeated(session, policy)
    return Replay(
        policy=policy.name,
        version=policy.version,
        start=days[0],
        end=days[-1],
        forecast=forecast,
        days=len(days),
        refreshed=len(taken),
        **totals,
        repeated=repeated,
        examples=examples,
        by_day=_by_day(session),
        by_rule=_by_rule(session, policy),
        by_week=_by_week(session, policy),
        unknown=tuple(sorted(unknown)),
        stand_ins=() if forecast else tuple(sorted(STAND_INS)),
        seconds=round(seconds, 2),
    )


def write_rows(session: Session, policy: Policy, path: Path) -> None:
    """Each contact of `rule_sent` as Parquet: day, customer_id, rule, channel; the oldest first."""
    sent = session.query("SELECT day, customer_id, rule_no, channel FROM rule_sent ORDER BY day, customer_id, rule_no")
    rules = pa.array([policy.rules[row["rule_no"]].id for row in sent.to_pylist()], pa.string())
    pq.write_table(sent.set_column(2, "rule", rules), path)


def _by_day(session: Session) -> tuple[DayContacts, ...]:
    rows = session.query(
        "SELECT day, count(*) AS contacts, count(DISTINCT customer_id) AS customers FROM rule_sent "
        "GROUP BY day ORDER BY day"
    )
    return tuple(DayContacts(**row) for row in rows.to_pylist())


def _by_rule(session: Session, policy: Policy) -> tuple[RuleContacts, ...]:
    rows = session.query(
        """
        SELECT rule_no, coalesce(contacts, 0) AS contacts, coalesce(customers, 0) AS customers,
               coalesce(blocked, 0) AS blocked
        FROM (SELECT rule_no, count(*) AS contacts, count(DISTINCT customer_id) AS customers
              FROM rule_sent GROUP BY rule_no)
        FULL JOIN (SELECT rule_no, count(DISTINCT customer_id) AS blocked FROM rule_blocked GROUP BY rule_no)
        USING (rule_no) ORDER BY contacts DESC, rule_no
        """
    ).to_pylist()
    rules = [(policy.rules[row.pop("rule_no")], row) for row in rows]
    return tuple(RuleContacts(rule=rule.id, name=rule.name, **row) for rule, row in rules)


def _by_week(session: Session, policy: Policy) -> tuple[WeekLoad, ...]:
    spoken = ", ".join(literal(channel.value) for channel in Channel if channel.by_people)
    rows = session.query(
        f"""
        SELECT owner_role AS role, CAST(date_trunc('week', day) AS DATE) AS week, count(*) AS contacts,
               count(*) FILTER (channel IN ({spoken})) AS spoken
        FROM rule_sent JOIN rule_terms USING (rule_no) GROUP BY ALL ORDER BY role, week
        """
    ).to_pylist()
    capacity = {one.role: one.people * one.weekly for one in policy.capacities}
    roles = [(OwnerRole(row.pop("role")), row) for row in rows]
    return tuple(WeekLoad(role=role, capacity=capacity.get(role), **row) for role, row in roles)


def _repeated(session: Session, policy: Policy) -> tuple[int, tuple[Repeated, ...]]:
    """How many customers, and those with the most contacts within the days."""
    rows = session.query(
        f"""
        SELECT customer_id, day, list_transform(list_sort(rules), lambda made: made.rule_no) AS rules FROM (
            SELECT customer_id, day, list({{'day': day, 'rule_no': rule_no}}) OVER recent AS rules FROM rule_sent
            WINDOW recent AS (PARTITION BY customer_id ORDER BY day
                              RANGE BETWEEN INTERVAL {TWICE_DAYS - 1} DAY PRECEDING AND CURRENT ROW)
        ) WHERE len(rules) > 1
        QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY len(rules) DESC, day) = 1
        ORDER BY len(rules) DESC, customer_id LIMIT {_EXAMPLES}
        """
    ).to_pylist()
    shown = [
        Repeated(customer_id=row["customer_id"], day=row["day"], rules=tuple(policy.rules[n].id for n in row["rules"]))
        for row in rows
    ]
    count = session.query(
        f"""
        SELECT count(DISTINCT customer_id) AS n FROM (
            SELECT customer_id, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap FROM rule_sent
        ) WHERE gap < {TWICE_DAYS}
        """
    ).to_pylist()[0]["n"]
    return count, tuple(shown)
