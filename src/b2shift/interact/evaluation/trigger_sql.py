"""A trigger as SQL over `rule_facts`: test, occasion, due business day, reason, evidence."""

from dataclasses import dataclass

from b2shift.interact.contracts import Rule
from b2shift.interact.evaluation.clauses import all_of, phrases, proofs
from b2shift.interact.evaluation.clock import Clock
from b2shift.interact.evaluation.contacts import newest
from b2shift.interact.evaluation.words import BY_CHANNEL, day, evidence
from b2shift.lake.api import literal

NO_CONTACT = "sem registro"
_CONTACTS = "activities, campaign_events"


@dataclass(frozen=True)
class TriggerSql:
    """SQL expressions of a trigger; `due` is a business-day number, `reason` a whole sentence."""

    test: str
    occasion: str
    due: str
    reason: str
    evidence: str
    source: str = "rule_facts"
    """The relation the expressions are over: `rule_facts`, or that with more columns."""


def cooled_down(rule: Rule, clock: Clock) -> str:
    """SQL: no contact on the rule's channels within its cool-down."""
    if rule.cooldown_days == 0:
        return "TRUE"
    last = newest(rule.channels)
    return f"({last} IS NULL OR {last} <= DATE '{clock.as_of}' - {rule.cooldown_days})"


def with_conditions(rule: Rule, fired: TriggerSql) -> TriggerSql:
    """The same with the audience's conditions in test, reason and evidence."""
    where = rule.audience.where
    if not where:
        return fired
    return TriggerSql(
        test=f"{fired.test} AND {all_of(where)}",
        occasion=fired.occasion,
        due=fired.due,
        reason=f"{fired.reason} || ' Além disso, ' || ({phrases(where)}) || '.'",
        evidence=f"list_concat({fired.evidence}, {proofs(where)})",
        source=fired.source,
    )


def with_last_contact(rule: Rule, fired: TriggerSql) -> TriggerSql:
    """The same with the newest contact by any channel in reason and evidence."""
    channels = " ".join(f"WHEN {literal(c.value)} THEN {literal(words)}" for c, words in BY_CHANNEL.items())
    talk = (
        f"CASE WHEN last_contact_on IS NULL THEN {literal(NO_CONTACT)} "
        f"ELSE {day('last_contact_on')} || ', ' || CASE last_contact_channel {channels} END END"
    )
    rest = f"descanso de {rule.cooldown_days} dias nos canais da regra" if rule.cooldown_days else "sem descanso"
    return TriggerSql(
        test=fired.test,
        occasion=fired.occasion,
        due=fired.due,
        reason=f"{fired.reason} || ' Último contato: ' || ({talk}) || '.'",
        evidence=f"list_append({fired.evidence}, {evidence('last_contact', 'Último contato', talk, rest, _CONTACTS)})",
        source=fired.source,
    )


def due_after(anchor: str, days: int) -> str:
    """SQL of the business-day number `days` after an anchor; a lapsed term recurs from its end.

    So a contact nobody made comes up again in due course, and the backlog of a first run does not fall on one day.
    """
    if days == 0:
        return not_past(anchor)
    again = f"1 + (({anchor} - 1) % {days} + {days}) % {days}"
    return f"CAST(CASE WHEN {anchor} + {days} >= 1 THEN {anchor} + {days} ELSE {again} END AS INTEGER)"


def not_past(due: str) -> str:
    """SQL of a business-day number, at least the next one."""
    return f"greatest(CAST({due} AS INTEGER), 1)"
