"""The stage: facts, archetypes, candidates, arbitration, and the three tables they end in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from b2shift.interact.contracts import Policy, Rule
from b2shift.interact.evaluation import arbitration, candidates, events, facts
from b2shift.interact.evaluation.clock import Clock
from b2shift.interact.evaluation.contacts import DETERRED
from b2shift.interact.evaluation.triggers import words
from b2shift.kernel.ids import stable_id
from b2shift.kernel.progress import Progress
from b2shift.lake.api import Session, literal, load_specs

CODE_VERSION = 6
INPUTS = (
    "activities", "campaign_events", "contacts", "customers", "features", "invoices", "nps_answers", "opportunities",
    "orders", "recurring_revenue", "scores", "segments", "tickets", "usage_monthly",
)  # fmt: skip
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")
_STEPS = ("clientes", "acontecimentos", "regras", "prioridades", "gravação", "pronto")
_ARCHETYPES_SHOWN = 3


def inputs(session: Session) -> tuple[str, ...]:
    """The tables that facts come from."""
    return (*INPUTS, facts.PERSUASION) if session.has(facts.PERSUASION) else INPUTS


def evaluate(session: Session, policy: Policy, as_of: date, progress: Progress) -> None:
    """Write `segment_archetypes`, `proposals` and `contact_rules` unless nothing they depend on has changed."""
    parameters = (CODE_VERSION, as_of, policy.model_dump_json())
    with session.stage("proposals", inputs=inputs(session), parameters=parameters) as stage:
        if not stage.stale:
            return
        clock = Clock(as_of)
        with scratch(session):
            _tell(progress, 0)
            clock.tables(session)
            governed = facts.build(session, policy, clock)
            _tell(progress, 1)
            events.build(session, policy, clock)
            _tell(progress, 2)
            candidates.terms(session, policy)
            candidates.build(session, policy, clock)
            _tell(progress, 3)
            stage.notes |= arbitration.build(session, policy)
            _tell(progress, 4)
            session.write(_SPECS["segment_archetypes"], governed, sort_by=["segment_id"])
            session.write(_SPECS["proposals"], _proposals(policy, as_of), sort_by=["customer_id", "rule_id"])
            session.write(_SPECS["contact_rules"], _rules(session, policy, clock), sort_by=["rule_id"])
            _tell(progress, 5)


def _proposals(policy: Policy, as_of: date) -> str:
    return f"""
        SELECT proposal_key(c.customer_id, t.rule_id, c.occasion) AS proposal_id, c.customer_id,
               DATE '{as_of}' AS as_of, t.rule_id, t.rule_name, $version AS policy_version, f.segment_id, t.trigger,
               t.kind, t.action, coalesce(t.objective, a.archetype_objective) AS objective,
               coalesce(t.message, a.archetype_message) AS message, c.channels, t.owner_role, f.owner_id, c.priority,
               b.day AS due_on, k.reason, k.evidence, f.mrr AS mrr_at_stake,
               CASE WHEN c.blocked THEN if(c.deterred, {literal(DETERRED)}, t.refusal) END AS blocked
        FROM rule_chosen c
        JOIN rule_candidates k USING (customer_id, rule_no)
        JOIN rule_terms t USING (rule_no)
        JOIN rule_facts f USING (customer_id)
        LEFT JOIN rule_archetypes a ON a.archetype = f.archetype
        JOIN rule_business_days b ON b.n = c.due_n
    """.replace("$version", "'" + policy.version.replace("'", "''") + "'")


def _rules(session: Session, policy: Policy, clock: Clock) -> pa.Table:
    reached = ", ".join(
        f"count(*) FILTER ({candidates.audience(rule)}) AS r{number}" for number, rule in enumerate(policy.rules)
    )
    customers = session.query(f"SELECT {reached} FROM rule_facts").to_pylist()[0]
    written = session.query("SELECT rule_no, count(*) AS due FROM rule_chosen GROUP BY rule_no").to_pylist()
    due = {row["rule_no"]: row["due"] for row in written}
    rows = [
        {
            "rule_id": rule.id,
            "name": rule.name,
            "archetype": _governed(policy, rule),
            "archetypes": [one.name for one in policy.archetypes if one.id in rule.audience.archetypes],
            "trigger": rule.trigger.kind,
            "condition": words(rule),
            "kind": rule.kind.value,
            "action": rule.action,
            "channels": [channel.value for channel in rule.channels],
            "owner_role": rule.owner_role.value,
            "priority": rule.priority,
            "customers": customers[f"r{number}"] if candidates.in_force(rule, clock) else 0,
            "due": due.get(number, 0),
        }
        for number, rule in enumerate(policy.rules)
    ]
    return pa.Table.from_pylist(rows)


def _governed(policy: Policy, rule: Rule) -> str:
    """The archetypes of a rule in few words, with its life stages."""
    names = [archetype.name for archetype in policy.archetypes if archetype.id in rule.audience.archetypes]
    shown = names if len(names) <= _ARCHETYPES_SHOWN else [*names[: _ARCHETYPES_SHOWN - 1], f"mais {len(names) - 2}"]
    stages = [f"estágio {stage.value}" for stage in rule.audience.life_stages]
    return ", ".join([*shown, *stages]) or "Todos"


@contextmanager
def scratch(session: Session) -> Iterator[None]:
    """The engine knows `stable_id` meanwhile, and forgets everything of this evaluation afterwards."""
    con = session.connection
    text = ["VARCHAR"] * 3
    con.create_function("proposal_key", _keys, text, "VARCHAR", type="arrow")
    try:
        yield
    finally:
        con.remove_function("proposal_key")
        made = con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE temporary AND starts_with(table_name, 'rule_')"
        )
        for (name,) in made.fetchall():
            con.execute(f"DROP TABLE {name}")


def _keys(customers: Any, rules: Any, occasions: Any) -> Any:
    parts = zip(customers.to_pylist(), rules.to_pylist(), occasions.to_pylist(), strict=True)
    return pa.array([stable_id("p", *part) for part in parts], pa.string())


def _tell(progress: Progress, step: int) -> None:
    progress("Régua", step, len(_STEPS) - 1, _STEPS[step])
