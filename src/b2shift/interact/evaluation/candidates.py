"""Every rule on every customer: who is in its audience, and for whom it fires."""

from datetime import timedelta

import pyarrow as pa

from b2shift.interact.contracts import Channel, Policy, Rule
from b2shift.interact.evaluation.clauses import all_of
from b2shift.interact.evaluation.clock import Clock, register
from b2shift.interact.evaluation.contacts import NEED_CONSENT
from b2shift.interact.evaluation.facts import column
from b2shift.interact.evaluation.trigger_sql import cooled_down
from b2shift.interact.evaluation.triggers import fired
from b2shift.interact.evaluation.words import BY_CHANNEL, listed
from b2shift.lake.api import Session, literal


def build(session: Session, policy: Policy, clock: Clock) -> None:
    """Write `rule_candidates`: customer, rule, occasion, business day, reason and evidence, before any arbitration."""
    limit = clock.number(clock.as_of + timedelta(days=policy.horizon_days))
    parts = [
        _candidates(number, rule, clock, limit) for number, rule in enumerate(policy.rules) if in_force(rule, clock)
    ]
    none = "SELECT NULL AS customer_id, 0 AS rule_no, '' AS occasion, 0 AS due_n, '' AS reason, proof AS evidence"
    union = " UNION ALL ".join([f"{none} FROM rule_events WHERE FALSE", *parts])
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE rule_candidates AS {union}")


def build_bare(session: Session, policy: Policy, clock: Clock) -> None:
    """Write `rule_candidates` without words: customer, rule, occasion and business day."""
    limit = clock.number(clock.as_of + timedelta(days=policy.horizon_days))
    parts = ["SELECT NULL AS customer_id, 0 AS rule_no, '' AS occasion, 0 AS due_n FROM rule_facts WHERE FALSE"]
    parts += [_due(number, rule, clock, limit) for number, rule in enumerate(policy.rules) if in_force(rule, clock)]
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE rule_candidates AS {' UNION ALL '.join(parts)}")


def audience(rule: Rule) -> str:
    """SQL of a customer being looked at by the rule, whatever its trigger says."""
    who = rule.audience
    tests = [_among("situation", who.situations)]
    if who.archetypes:
        tests.append(_among("archetype", who.archetypes))
    if who.life_stages:
        tests.append(_among("life_stage", who.life_stages))
    if who.business_units:
        tests.append(f"list_has_any(business_units, [{', '.join(map(literal, who.business_units))}])")
    if rule.credit_offer:
        tests.append(_prudent())
    return f"{' AND '.join(tests)} AND {all_of(who.where)}"


def in_force(rule: Rule, clock: Clock) -> bool:
    """Whether the day lies in the rule's validity."""
    begun = rule.valid_from is None or rule.valid_from <= clock.as_of
    return begun and (rule.valid_until is None or clock.as_of <= rule.valid_until)


def terms(session: Session, policy: Policy) -> None:
    """Write `rule_terms` and `rule_archetypes`: what a proposal copies from its rule and from the archetype."""
    columns = {
        "rule_no": pa.array(range(len(policy.rules)), pa.int32()),
        "rule_id": [rule.id for rule in policy.rules],
        "rule_name": [rule.name for rule in policy.rules],
        "trigger": [rule.trigger.kind for rule in policy.rules],
        "kind": [rule.kind.value for rule in policy.rules],
        "theme": [rule.theme for rule in policy.rules],
        "cap_group": [rule.cap_group for rule in policy.rules],
        "base_priority": pa.array([rule.priority for rule in policy.rules], pa.int32()),
        "action": [rule.action for rule in policy.rules],
        "objective": pa.array([rule.objective for rule in policy.rules], pa.string()),
        "message": pa.array([rule.message for rule in policy.rules], pa.string()),
        "wanted_channels": pa.array([[c.value for c in rule.channels] for rule in policy.rules], pa.list_(pa.string())),
        "owner_role": [rule.owner_role.value for rule in policy.rules],
        "refusal": [_refusal(rule.channels) for rule in policy.rules],
        "open_per_customer": pa.array([_cap(policy, rule) for rule in policy.rules], pa.int32()),
    }
    register(session, "rule_terms", pa.table(columns))
    archetypes = {
        "archetype": [archetype.id for archetype in policy.archetypes],
        "archetype_objective": [archetype.objective for archetype in policy.archetypes],
        "archetype_message": [archetype.message for archetype in policy.archetypes],
    }
    register(session, "rule_archetypes", pa.table(archetypes))


def _candidates(number: int, rule: Rule, clock: Clock, limit: int) -> str:
    trigger = fired(rule, clock)
    return f"""
        SELECT customer_id, {number} AS rule_no, {trigger.occasion} AS occasion, {trigger.due} AS due_n,
               {trigger.reason} AS reason, {trigger.evidence} AS evidence
        FROM {trigger.source}
        WHERE {audience(rule)} AND ({trigger.test}) AND {cooled_down(rule, clock)} AND {trigger.due} <= {limit}
    """


def _due(number: int, rule: Rule, clock: Clock, limit: int) -> str:
    trigger = fired(rule, clock)
    return f"""
        SELECT customer_id, {number} AS rule_no, {trigger.occasion} AS occasion, {trigger.due} AS due_n
        FROM {trigger.source}
        WHERE {audience(rule)} AND ({trigger.test}) AND {cooled_down(rule, clock)} AND {trigger.due} <= {limit}
    """


def _prudent() -> str:
    """Credit only to those who are known to pay, owe nothing that is due, and are not about to leave."""
    pays = f"{column('late_days_mean_6m')} IS NOT NULL AND coalesce({column('unpaid_share_6m')}, 0) = 0"
    owes = f"coalesce({column('overdue_count')}, 0) = 0"
    return f"{pays} AND {owes} AND {column('churn_band')} IS DISTINCT FROM 'alto'"


def _among(name: str, values: tuple[str, ...]) -> str:
    return f"{name} IN ({', '.join(map(literal, values))})"


def _refusal(channels: tuple[Channel, ...]) -> str:
    how = listed([BY_CHANNEL[channel] for channel in channels])
    if set(channels) <= set(NEED_CONSENT):
        return f"Ninguém do cliente consente em ser contatado {how}"
    return f"O cliente se descadastrou de contatos {how}"


def _cap(policy: Policy, rule: Rule) -> int:
    return next(cap.open_per_customer for cap in policy.caps if cap.group == rule.cap_group)
