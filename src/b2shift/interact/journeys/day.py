"""Entrants of a day and the facts of those inside: entries are evaluated as contact rules."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from b2shift.interact.contracts import Policy
from b2shift.interact.evaluation import candidates, events, facts
from b2shift.interact.evaluation.clock import Clock
from b2shift.interact.evaluation.evaluate import scratch
from b2shift.interact.evaluation.facts import column
from b2shift.interact.journeys.entry import entry_policy
from b2shift.interact.journeys.vocabulary import CLASSES, metrics_used
from b2shift.interact.shapes.journeys import CustomerClass, Entrant, Fact, Journey, JourneyDay
from b2shift.kernel.calendar import add_months
from b2shift.lake.api import Session, literal

_ANSWER_DAYS = 365
_PERIODS = {"now": "class_now", "months_3": "class_3m", "months_6": "class_6m", "months_12": "class_12m"}


def journey_day(
    session: Session,
    policy: Policy,
    journeys: Sequence[Journey],
    as_of: date,
    inside: Collection[str],
    others: Sequence[Journey] = (),
) -> JourneyDay:
    """Entrants of every journey as of a date, and the facts of those inside."""
    if not journeys:
        return JourneyDay(entrants=(), facts={})
    entries = entry_policy(policy, journeys, others)
    clock = Clock(as_of)
    with scratch(session):
        clock.tables(session)
        facts.build(session, entries, clock)
        events.build(session, entries, clock)
        candidates.terms(session, entries)
        candidates.build(session, entries, clock)
        entrants = find_entrants(session, journeys, as_of)
        wanted = {one.customer_id for one in entrants} | set(inside)
        return JourneyDay(entrants=tuple(entrants), facts=facts_of(session, (*journeys, *others), wanted))


def find_entrants(session: Session, journeys: Sequence[Journey], as_of: date) -> list[Entrant]:
    """Customers whose entry fires for the next business day, by customer and journey; needs `rule_candidates`."""
    write_classes(session, as_of)
    reason = "reason" if _has_reason(session) else "''"
    classes = " OR ".join(f"(rule_no = {n} AND {_of_classes(one)})" for n, one in enumerate(journeys))
    rows = session.query(
        f"SELECT customer_id, rule_no, occasion, {reason} AS reason FROM rule_candidates "
        f"JOIN rule_classes USING (customer_id) WHERE due_n <= 1 AND ({classes}) ORDER BY customer_id, rule_no"
    ).to_pylist()
    return [
        Entrant(
            journey=journeys[row["rule_no"]].id,
            customer_id=row["customer_id"],
            occasion=row["occasion"],
            reason=row["reason"],
        )
        for row in rows
    ]


def facts_of(session: Session, journeys: Iterable[Journey], wanted: Collection[str]) -> dict[str, dict[str, Fact]]:
    """Facts that steps may refer to, of these customers; needs `rule_facts` and `rule_classes` of the day."""
    if not wanted:
        return {}
    names = sorted(set().union(*(metrics_used(one) for one in journeys)))
    columns = "".join(f", {column(name)} AS {name}" for name in names)
    rows = session.query(
        f"SELECT customer_id{columns}, {', '.join(CLASSES)} FROM rule_facts JOIN rule_classes USING (customer_id) "
        f"WHERE customer_id IN ({', '.join(map(literal, sorted(wanted)))}) ORDER BY customer_id"
    ).to_pylist()
    return {row.pop("customer_id"): {name: _plain(value) for name, value in row.items()} for row in rows}


def write_classes(session: Session, as_of: date) -> None:
    """Write `rule_classes`: each customer's NPS class on the day and 3, 6 and 12 months before."""
    columns = ", ".join(f"{_class(add_months(as_of, -months))} AS {name}" for name, months in CLASSES.items())
    session.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE rule_classes AS
        WITH answers AS (
            SELECT customer_id, answered_on, min(score) AS score FROM nps_answers
            WHERE survey = 'relacional' AND score IS NOT NULL AND answered_on <= DATE '{as_of}' GROUP BY ALL
        )
        SELECT c.customer_id, {columns} FROM (SELECT DISTINCT customer_id FROM customers) c
        LEFT JOIN answers USING (customer_id) GROUP BY c.customer_id
        """
    )


def _class(day: date) -> str:
    """SQL of the class of a group of answers as known on a day."""
    recent = f"answered_on <= DATE '{day}' AND answered_on > DATE '{day}' - {_ANSWER_DAYS}"
    score = f"max_by(score, answered_on) FILTER ({recent})"
    return (
        f"CASE WHEN {score} >= 9 THEN '{CustomerClass.PROMOTOR}' WHEN {score} >= 8 THEN '{CustomerClass.SATISFEITO}' "
        f"WHEN {score} >= 7 THEN '{CustomerClass.NEUTRO}' WHEN {score} IS NOT NULL THEN '{CustomerClass.DETRATOR}' "
        f"ELSE '{CustomerClass.SEM_RESPOSTA}' END"
    )


def _of_classes(journey: Journey) -> str:
    tests = [
        f"{name} IN ({', '.join(literal(one.value) for one in wanted)})"
        for period, name in _PERIODS.items()
        if (wanted := getattr(journey.enter.classes, period))
    ]
    return " AND ".join(tests) or "TRUE"


def _has_reason(session: Session) -> bool:
    return "reason" in {row["column_name"] for row in session.query("DESCRIBE rule_candidates").to_pylist()}


def _plain(value: Any) -> Fact:
    if value is None or isinstance(value, bool | str):
        return value
    return float(value)
