"""Arbitration of candidates: highest priority first, one per theme, within the caps."""

from b2shift.interact.contracts import Kind, Policy
from b2shift.interact.evaluation.contacts import PEOPLE
from b2shift.lake.api import Session, literal

# What the customer's money and risk add to the priority of its rule.
MONEY_POINTS = 8
RISK_POINTS = {"alto": 6, "médio": 3}
_RESCUES = (Kind.RETENCAO, Kind.RECUPERACAO)
_FIRST = "blocked, priority DESC, due_n, rule_no"


def build(session: Session, policy: Policy) -> dict[str, object]:
    """Write `rule_chosen` from `rule_candidates`; gives back how many were left at each step."""
    choose(session, policy)
    steps = {"candidates": "rule_weighed", "after silences": "rule_heard", "proposals": "rule_chosen"}
    return {
        step: session.query(f"SELECT count(*) AS n FROM {table}").to_pylist()[0]["n"] for step, table in steps.items()
    }


def choose(session: Session, policy: Policy) -> None:
    """Write `rule_chosen` from `rule_candidates`."""
    run = session.connection.execute
    run(f"CREATE OR REPLACE TEMP TABLE rule_weighed AS {_with_priority()}")
    run(f"CREATE OR REPLACE TEMP TABLE rule_heard AS {_not_silenced(policy)}")
    run(
        f"""
        CREATE OR REPLACE TEMP TABLE rule_chosen AS
        SELECT * FROM (
            SELECT * FROM rule_heard
            QUALIFY row_number() OVER (PARTITION BY customer_id, theme ORDER BY {_FIRST}) = 1
        )
        QUALIFY row_number() OVER (PARTITION BY customer_id, cap_group ORDER BY {_FIRST}) <= open_per_customer
        """
    )


def _with_priority() -> str:
    """Candidates with their rule, the channels consent allows, and their priority.

    No message of retention goes to whom messages make leave: people speak to them.
    """
    risk = " ".join(f"WHEN {literal(band)} THEN {points}" for band, points in RISK_POINTS.items())
    rescues = ", ".join(literal(kind.value) for kind in _RESCUES)
    return f"""
        SELECT c.customer_id, c.rule_no, c.occasion, c.due_n, t.kind, t.theme, t.cap_group, t.open_per_customer,
               list_filter(t.wanted_channels, lambda channel: list_contains(f.allowed, channel)) AS reachable,
               f.deterred AND t.kind = {literal(Kind.RETENCAO.value)} AS by_people,
               list_filter(reachable, lambda channel: NOT by_people OR channel IN ({PEOPLE})) AS channels,
               len(channels) = 0 AS blocked, by_people AND len(reachable) > 0 AS deterred,
               CAST(greatest(0, least(100, round(
                   t.base_priority + {MONEY_POINTS} * f.mrr_rank
                   + CASE WHEN t.kind IN ({rescues}) THEN CASE f.metric_churn_band {risk} ELSE 0 END ELSE 0 END
               ))) AS INTEGER) AS priority
        FROM rule_candidates c JOIN rule_terms t USING (rule_no) JOIN rule_facts f USING (customer_id)
    """


def _not_silenced(policy: Policy) -> str:
    """Candidates not silenced: an offer waits while the customer is being retained or won back."""
    tests = []
    for silence in policy.silences:
        dropped = ", ".join(literal(kind.value) for kind in silence.drop)
        during = ", ".join(literal(kind.value) for kind in silence.during)
        open_ = f"bool_or(kind IN ({during}) AND NOT blocked) OVER (PARTITION BY customer_id)"
        tests.append(f"NOT (kind IN ({dropped}) AND {open_})")
    return "SELECT * FROM rule_weighed" + (f" QUALIFY {' AND '.join(tests)}" if tests else "")
