"""Whether a turn is a follow-up of the last query or a question of its own."""

from collections.abc import Callable

from b2shift.insight.planning.consuming import EDIT
from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.mentions import Reading

WHOLE_WORDS = 6
"""Words from which a question that names its metric stands on its own."""
SHORT = 4
"""Words in which one asks what to do with what was shown: `o que fazer?`."""


def continues(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """Whether a turn is a follow-up: the first rule of `_RULES` that holds decides."""
    return next((answer for holds, answer in _RULES if holds(reading, fresh, before)), False)


def _edits(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Quem está em primeiro?` after groups, `ordena por NPS`."""
    leads = before.dimensions and pattern("who_leads").match(reading.text)
    return bool(reading.cue(EDIT) or leads or pattern("orders_by").match(reading.text))


def _asks_who(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Quem são os piores?` after figures of regions."""
    return bool(fresh.ranked and {"quem", "who"} & set(reading.folded[:2]) and "customer" not in before.dimensions)


def _joins(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Inclui o MRR também`, `põe os de maior MRR primeiro`."""
    first = pattern("first_by").search(reading.text) and not reading.of("dimension")
    return bool(fresh.metrics and pattern("joins_in").search(reading.text) and not _whole(reading)) or bool(first)


def _sets_against(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Tem relação com o churn?`: correlation of this metric with that of the last query."""
    return bool(
        reading.cue("relationship") and len(set(fresh.metrics)) == 1 and set(before.metrics) - set(fresh.metrics)
    )


def _ranks_those(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Os 15 maiores em MRR` after a list or groups: their name is elided."""
    named = any(i.kind in {"dimension", "value"} for i in reading.mentions)
    return bool(before.dimensions and pattern("those_first").match(reading.text) and not named)


def _who_left(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Quais clientes saíram?` after the churn of a month: those of that month."""
    left = fresh.metrics == ["churned_customers"] and fresh.intent == "list" and not (fresh.days or fresh.filters)
    return left and bool(before.days) and bool({"churn_rate", "churned_mrr", "churned_customers"} & set(before.metrics))


def _of_those_listed(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Quantos são detratores?` after a list, `quais clientes devem mais lá?` after a place."""
    listed = before.intent in {"list", "rank"} and "customer" in before.dimensions
    text = reading.text
    return bool(
        (listed and pattern("how_many_are").match(text)) or (before.query().filters and pattern("there").search(text))
    )


def _another_list(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Contratos que vencem em outubro` after figures: a new list with filters of its own."""
    first = next((i for i in reading.mentions if i.name not in {"list", "which"}), None)
    named = first is not None and first.kind == "dimension" and first.name == "customer"
    listed = named and fresh.intent == "list" and bool(fresh.filters) and not fresh.metrics
    return listed and "customer" not in before.dimensions and before.metrics != ["active_customers"]


def _counts_anew(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Quantos clientes ativos temos?` after another metric: a count of all."""
    about = before.intent in {"list", "rank", "profile", "actions"} or "customer" in before.dimensions
    return bool(not about and pattern("how_many_in_all").match(reading.text))


def _what_to_do(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`O que fazer?`: advice on what was shown."""
    whose = fresh.filters or fresh.dimensions or fresh.metrics
    return fresh.intent == "actions" and not whose and len(reading.words) <= SHORT


def _needs_nothing(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Compare o MRR de maio com o de abril`: complete without the last query."""
    long = bool(fresh.metrics) and len(reading.words) >= WHOLE_WORDS
    text = reading.text
    return bool(long and not _turns(reading) and not pattern("adds").match(text) and not pattern("points").search(text))


def _points_back(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """An anaphora or ellipsis: `e no varejo?`, `e desses, quantos são premium?`, `os que menos usam`."""
    text = reading.text
    unsaid = pattern("subject_unsaid").match(text) and not any(
        i.kind in {"dimension", "value"} for i in reading.mentions
    )
    return bool(_turns(reading) or unsaid or pattern("starts").match(text) or pattern("points").search(text))


def _counts_them(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Quantos são?`: a count without a subject."""
    return bool(
        reading.cue("count") and len(reading.words) <= 5 and not (fresh.filters or fresh.days or fresh.dimensions)
    )


def _names_no_metric(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Só no Sul`: the metric is elided."""
    named = fresh.metrics or fresh.intent in {"actions", "profile", "define"}
    return not named and (len(reading.words) <= 8 or not (fresh.filters and _whole(reading)))


def _few_words(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """`Churn no Sul`: a fragment, not a question."""
    return len(reading.words) <= 3 and not _whole(reading)


def _turns(reading: Reading) -> bool:
    return bool(reading.cue("invert") or pattern("those_who").match(reading.text))


def _whole(reading: Reading) -> bool:
    return bool(pattern("whole").search(reading.text))


_RULES: tuple[tuple[Callable[[Reading, Draft, Draft], bool], bool], ...] = (
    (_edits, True),
    (_asks_who, False),
    (_joins, True),
    (_sets_against, True),
    (_ranks_those, True),
    (_who_left, True),
    (_of_those_listed, True),
    (_another_list, False),
    (_counts_anew, False),
    (_what_to_do, True),
    (_needs_nothing, False),
    (_points_back, True),
    (_counts_them, True),
    (_names_no_metric, True),
    (_few_words, True),
)
"""What may be seen in a question (as read), its own reading (`fresh`) and the one `before`; whether it then goes on."""
