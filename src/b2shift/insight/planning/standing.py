"""Whether a turn stands alone or goes on with the last query."""

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.taking import EDIT
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.items import Reading

WHOLE_WORDS = 6
"""Words from which a question that names its metric stands on its own."""
SHORT = 4
"""Words in which one asks what to do with what was shown: `o que fazer?`."""


def continues(reading: Reading, fresh: Draft, before: Draft) -> bool:  # noqa: PLR0911 - one reason per line
    """Whether a question after another one edits it rather than stands alone."""
    beside_customers = "customer" in before.dimensions
    text = reading.text
    leads = before.dimensions and pattern("who_leads").match(text)
    if reading.cue(EDIT) or leads or pattern("orders_by").match(text):
        return True
    if fresh.ranked and {"quem", "who"} & set(reading.folded[:2]) and not beside_customers:
        return False  # `quem são os piores?` after figures of regions asks anew
    joined = bool(fresh.metrics) and pattern("joins_in").search(text) and not pattern("whole").search(text)
    joined = joined or (pattern("first_by").search(text) is not None and not reading.of("dimension"))
    if joined or _sets_against(reading, fresh, before) or _ranks_those(reading, fresh, before):
        return True
    if _who_left(fresh, before):
        return True
    listed = before.intent in {"list", "rank"} and beside_customers
    if (listed and pattern("how_many_are").match(text)) or (before.query().filters and pattern("there").search(text)):
        return True
    if _another_list(reading, fresh, before) or _counts_anew(reading, fresh, before):
        return False
    whose = fresh.filters or fresh.dimensions or fresh.metrics
    if fresh.intent == "actions" and not whose and len(reading.words) <= SHORT:
        return True
    turned = reading.cue("invert") or pattern("those_who").match(text)
    whole = bool(fresh.metrics) and not turned and len(reading.words) >= WHOLE_WORDS and not pattern("adds").match(text)
    if whole and not pattern("points").search(text):
        return False  # `compare o MRR de maio com o de abril` needs nothing of what came before
    unsaid = pattern("subject_unsaid").match(text) and not any(i.kind in {"dimension", "value"} for i in reading.items)
    if turned or unsaid or pattern("starts").match(text) or pattern("points").search(text):
        return True
    if reading.cue("count") and len(reading.words) <= 5 and not (fresh.filters or fresh.days or fresh.dimensions):
        return True
    if not fresh.metrics and fresh.intent not in {"actions", "profile", "define"}:
        return len(reading.words) <= 8 or not (fresh.filters and pattern("whole").search(text))
    return len(reading.words) <= 3 and not pattern("whole").search(text)


def _sets_against(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Tem relação com o churn?`: the metric that is named and the one before it."""
    return bool(
        reading.cue("relationship") and len(set(fresh.metrics)) == 1 and set(before.metrics) - set(fresh.metrics)
    )


def _ranks_those(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Os 15 maiores em MRR` after a list or groups: of those, whose name is not said again."""
    named = any(i.kind in {"dimension", "value"} for i in reading.items)
    return bool(before.dimensions and pattern("those_first").match(reading.text) and not named)


def _who_left(fresh: Draft, before: Draft) -> bool:
    """`Quais clientes saíram?` after the churn of a month: those of that month."""
    left = fresh.metrics == ["churned_customers"] and fresh.intent == "list" and not (fresh.days or fresh.filters)
    return left and bool(before.days) and bool({"churn_rate", "churned_mrr", "churned_customers"} & set(before.metrics))


def _another_list(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Contratos que vencem em outubro` after figures: customers named first, under a condition of their own."""
    first = next((i for i in reading.items if i.name not in {"list", "which"}), None)
    named = first is not None and first.kind == "dimension" and first.name == "customer"
    listed = named and fresh.intent == "list" and bool(fresh.filters) and not fresh.metrics
    return listed and "customer" not in before.dimensions and before.metrics != ["active_customers"]


def _counts_anew(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Quantos clientes ativos temos?` after a number of something else counts all of them."""
    about = before.intent in {"list", "rank", "profile", "actions"} or "customer" in before.dimensions
    return bool(not about and pattern("how_many_in_all").match(reading.text))
