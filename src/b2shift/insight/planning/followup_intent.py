"""Intent of a follow-up, and the slots of the last query it keeps."""

from typing import get_args

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.mentions import Reading
from b2shift.metrics.contracts import Comparison, Intent

ABOUT_GROUPS = frozenset({"actions", "profile"})


def take_followup_intent(out: Draft, before: Draft, fresh: Draft, reading: Reading) -> None:
    """Fill the intent of a follow-up and the slots it requires."""
    counted = reading.cue("count") and set(fresh.metrics) <= {"active_customers"}
    if counted and before.intent in {"list", "rank", "profile", "actions"}:
        out.intent, out.metrics, out.order, out.limit = "metric", ["active_customers"], None, None
        out.dimensions = [d for d in out.dimensions if d != "customer"]
        return
    if _named_or_counted(out, before, fresh, reading):
        return
    strong: set[str] = set(get_args(Intent)) - {"metric", "list", "rank"}
    if fresh.intent in strong:
        out.intent = fresh.intent
        if out.intent == "explain":  # `por que o da logística foi tão alto?` after segments
            narrowed = {one.field for one in fresh.filters if one.op == "eq"}
            out.order, out.limit, out.dimensions = None, None, [d for d in out.dimensions if d not in narrowed]
        if fresh.intent == "compare" and not fresh.comparison and fresh.dimensions == []:
            out.intent = before.intent
    elif fresh.order or fresh.ranked or (out.order and (fresh.limit or out.order != before.order)):
        out.intent = "rank" if before.intent in {"metric", "rank", "list", "trend", "compare", None} else before.intent
    elif fresh.intent == "list" and reading.cue("list") and fresh.customers:
        out.intent, out.dimensions, out.order, out.limit = "list", ["customer"], None, None
        out.metrics = [name for name in out.metrics if name != "active_customers" or name in fresh.metrics]
    elif before.intent is None:
        out.intent = fresh.intent
    _names_whom(out, before, fresh)
    if out.intent == "list" and {*out.metrics} & {"churn_rate", "churned_mrr"} and not fresh.metrics:
        out.metrics = ["churned_customers"]  # `quais clientes foram?` after what was lost: those who left


def _names_whom(out: Draft, before: Draft, fresh: Draft) -> None:
    """A list needs customers; one grouped by something else becomes a count."""
    if out.intent == "list" and "customer" not in out.dimensions:
        if before.intent == "list" and fresh.dimensions:
            out.intent = "metric"
            out.metrics = out.metrics or ["active_customers"]
        else:
            out.dimensions = [*out.dimensions, "customer"]


def _named_or_counted(out: Draft, before: Draft, fresh: Draft, reading: Reading) -> bool:
    """One number of those listed or of a group, or the list of those counted."""
    if (
        before.intent in ABOUT_GROUPS
        and fresh.intent == "metric"
        and fresh.metrics
        and pattern("whole").search(reading.text)
    ):
        out.intent = "metric"  # `e qual é o churn dele?` after what to do with a cluster
        return True
    if (
        before.intent == "list"
        and fresh.intent in {"metric", "list"}
        and fresh.metrics
        and _asks_number(reading, fresh)
    ):
        out.intent, out.metrics, out.dimensions = (
            "metric",
            fresh.metrics,
            [d for d in out.dimensions if d != "customer"],
        )
        return True
    if _names_the_counted(before, fresh, reading):
        out.intent, out.dimensions, out.metrics = "list", ["customer"], []
        out.order = out.limit = out.grain = None
        return True
    return False


def _asks_number(reading: Reading, fresh: Draft) -> bool:
    """`Qual o MRR deles?`, `how much MRR is that?`: one number of those listed."""
    asked = pattern("one_number").match(reading.text) or pattern("subject_unsaid").match(reading.text)
    return bool(asked) and not (fresh.order or fresh.ranked or fresh.filters)


def _names_the_counted(before: Draft, fresh: Draft, reading: Reading) -> bool:
    """`Quais são?`, `me lista os da manufatura` after a count: the list."""
    counted = before.intent == "metric" and before.metrics == ["active_customers"]
    asked = reading.cue("list", "which") and not (
        fresh.metrics or fresh.ranked or fresh.order or reading.cue("count", "how_much")
    )
    return bool(counted and asked and set(fresh.dimensions) <= {"customer"})


def drop_unsupported_slots(out: Draft, before: Draft, fresh: Draft, reading: Reading) -> None:
    """Drop the slots of the last query that the new intent does not support."""
    if out.intent == "define":
        out.days, out.filters, out.dimensions, out.grain, out.comparison, out.calculation = (
            None,
            [],
            [],
            None,
            None,
            None,
        )
        out.order, out.limit = None, None
    elif out.intent == "forecast" and before.intent != "forecast" and not fresh.days:
        out.days = out.grain = None
    elif out.intent in {"list", "rank", "profile"}:
        out.forecast = None
    elif out.intent == "actions":
        out.dimensions = [d for d in out.dimensions if d != "customer"]
    if fresh.comparison is None and reading.cue("average_all") and pattern("against_average").search(reading.text):
        out.comparison, out.intent = Comparison(type="overall_average"), "compare"
    if reading.cue("relationship") and len(set(out.metrics)) == 1 and set(before.metrics) - set(out.metrics):
        out.metrics, out.intent = list(dict.fromkeys([*before.metrics, *out.metrics])), "relationship"
        out.order, out.limit, out.comparison = None, None, None
