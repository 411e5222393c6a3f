"""Reconciliation of two readings: answered where they agree, a choice between them where they differ."""

import re
from collections.abc import Sequence
from datetime import date

from b2shift.insight.contracts import Plan, Reason
from b2shift.insight.evaluation.score import differing
from b2shift.metrics.api import default_period, metric
from b2shift.metrics.contracts import TypedQuery

NEVER: frozenset[Reason] = frozenset({"prompt_injection", "unsafe_write", "pii", "permission", "not_in_data"})
"""Refusals of the built-in reader that no model is asked about."""
PERSONAL = re.compile(r"@|\d[\d.\-/ ]{9,}\d")
"""An address or a long number: whatever it is, it does not leave the house."""


def worth_asking(built_in: Plan, question: str, context: Sequence[str] = ()) -> bool:
    """Whether a model may see a question: never one that the guards refuse or that looks personal.

    A word in capitals that the built-in reader does not know may be somebody's name.
    """
    if any(PERSONAL.search(text) for text in (question, *context)):
        return False
    if any(word[:1].isupper() for word in built_in.about.split()):
        return False
    if built_in.action == "refuse":
        return built_in.reason == "out_of_scope" and bool(built_in.about)
    return True


def agreed(built_in: Plan, by_model: Plan | None, as_of: date) -> Plan:
    """The plan that two readings agree on.

    Without a model's reading the built-in one stands. Two equal ones are answered as the built-in reader put it; of two
    that differ none is: each that is a query is offered, and a refusal or question of the built-in reader keeps its reason.
    """
    if by_model is None:
        return built_in
    readings = tuple(plan.query for plan in (built_in, by_model) if plan.query is not None)
    if not readings:
        return built_in
    if len(readings) == 2 and same(readings[0], readings[1], as_of):
        return built_in
    if built_in.query is None:
        # What the built-in reader could not explain stays told; the model's reading is one click away.
        doubt = {
            "action": "clarify",
            "reason": built_in.reason if built_in.action == "clarify" else "ambiguous_entity",
        }
        return built_in.model_copy(update={**doubt, "readings": readings})
    return Plan(action="clarify", reason="two_readings", readings=readings)


def same(one: TypedQuery, other: TypedQuery, as_of: date) -> bool:
    """Whether two queries are equivalent: order of names, default periods and ends around today are ignored."""
    return not differing(_plain(one, as_of), _plain(other, as_of), as_of)


def _plain(query: TypedQuery, as_of: date) -> dict[str, object]:
    fields = query.as_json()
    if query.time is None and query.metrics and query.intent in {"metric", "rank", "compare", "list"}:
        months = 12 if any(metric(name).default_period == "last_12_months" for name in query.metrics) else 1
        fields["time"] = {**default_period(as_of, months).model_dump(mode="json"), "grain": None}
    return fields
