"""What lately happened to customers, for the events this policy listens to: `rule_events`."""

from b2shift.interact.contracts import EventName, EventTrigger, Policy
from b2shift.interact.evaluation.clock import Clock
from b2shift.interact.evaluation.happenings import Happening, happenings
from b2shift.interact.evaluation.words import evidence, sentence
from b2shift.lake.api import Session, literal

_NONE = """SELECT '' AS customer_id, '' AS event, DATE '2000-01-01' AS on_day, '' AS key, '' AS phrase,
           [{'metric': '', 'label': '', 'value': '', 'threshold': '', 'source': ''}] AS proof WHERE FALSE"""


def build(session: Session, policy: Policy, clock: Clock) -> None:
    """Write `rule_events`: customer, event, day, key, phrase and proof, as far back as some rule looks."""
    parts = [_NONE, *(_found(event, happenings()[event], days, clock) for event, days in looked_back(policy).items())]
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE rule_events AS {' UNION ALL '.join(parts)}")


def dated(event: EventName, days: int, clock: Clock) -> str:
    """SELECT of the same without words: customer, event, day and key."""
    return f"""
        SELECT customer_id, {literal(event.value)} AS event, on_day, CAST(key AS VARCHAR) AS key
        FROM ({happenings()[event].found(clock.as_of)})
        WHERE customer_id IS NOT NULL AND on_day >= DATE '{clock.as_of}' - {days}
    """


def looked_back(policy: Policy) -> dict[EventName, int]:
    """The events this policy listens to, each with the days that some rule looks back."""
    back: dict[EventName, int] = {}
    for rule in policy.rules:
        if isinstance(rule.trigger, EventTrigger):
            back[rule.trigger.event] = max(back.get(rule.trigger.event, 0), rule.trigger.within_days)
    return back


def _found(event: EventName, happening: Happening, days: int, clock: Clock) -> str:
    values = {name: value.sql for name, value in happening.values.items()}
    proof = ", ".join(
        evidence(event.value, value.label, value.sql, happening.label, happening.source)
        for value in happening.values.values()
    )
    return f"""
        SELECT customer_id, {literal(event.value)} AS event, on_day, CAST(key AS VARCHAR) AS key,
               {sentence(happening.phrase, values)} AS phrase, [{proof}] AS proof
        FROM ({happening.found(clock.as_of)})
        WHERE customer_id IS NOT NULL AND on_day >= DATE '{clock.as_of}' - {days}
    """
