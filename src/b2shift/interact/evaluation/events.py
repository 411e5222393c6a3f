"""Recent events of customers that the policy listens to: `rule_events`."""

from b2shift.interact.contracts import EventName, EventTrigger, Policy
from b2shift.interact.evaluation.clock import Clock
from b2shift.interact.evaluation.event_sources import EventSource, event_sources
from b2shift.interact.evaluation.words import evidence, sentence
from b2shift.lake.api import Session, literal

_NONE = """SELECT '' AS customer_id, '' AS event, DATE '2000-01-01' AS on_day, '' AS key, '' AS phrase,
           [{'metric': '', 'label': '', 'value': '', 'threshold': '', 'source': ''}] AS proof WHERE FALSE"""


def build(session: Session, policy: Policy, clock: Clock) -> None:
    """Write `rule_events`: customer, event, day, key, phrase and proof, within the longest lookback."""
    parts = [
        _NONE,
        *(_found(event, event_sources()[event], days, clock) for event, days in lookback_days(policy).items()),
    ]
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE rule_events AS {' UNION ALL '.join(parts)}")


def event_dates(event: EventName, days: int, clock: Clock) -> str:
    """SELECT of the same without text: customer, event, day and key."""
    return f"""
        SELECT customer_id, {literal(event.value)} AS event, on_day, CAST(key AS VARCHAR) AS key
        FROM ({event_sources()[event].found(clock.as_of)})
        WHERE customer_id IS NOT NULL AND on_day >= DATE '{clock.as_of}' - {days}
    """


def lookback_days(policy: Policy) -> dict[EventName, int]:
    """The events the policy listens to, each with its longest lookback in days."""
    back: dict[EventName, int] = {}
    for rule in policy.rules:
        if isinstance(rule.trigger, EventTrigger):
            back[rule.trigger.event] = max(back.get(rule.trigger.event, 0), rule.trigger.within_days)
    return back


def _found(event: EventName, source: EventSource, days: int, clock: Clock) -> str:
    values = {name: value.sql for name, value in source.values.items()}
    proof = ", ".join(
        evidence(event.value, value.label, value.sql, source.label, source.source) for value in source.values.values()
    )
    return f"""
        SELECT customer_id, {literal(event.value)} AS event, on_day, CAST(key AS VARCHAR) AS key,
               {sentence(source.phrase, values)} AS phrase, [{proof}] AS proof
        FROM ({source.found(clock.as_of)})
        WHERE customer_id IS NOT NULL AND on_day >= DATE '{clock.as_of}' - {days}
    """
