"""From a question and its conversation to a plan: typed query, clarification or refusal."""

from collections.abc import Sequence
from datetime import date, timedelta

from b2shift.insight.contracts import Plan, Reason
from b2shift.insight.planning.changes import disambiguate_cues, presumed_change, take_paired_changes
from b2shift.insight.planning.clarification import METRIC_OPTIONS, RANKING_OPTIONS, clarify_or_refuse
from b2shift.insight.planning.comparing import take_comparison
from b2shift.insight.planning.conditions import take_conditions
from b2shift.insight.planning.consuming import EDIT
from b2shift.insight.planning.continuation import continues
from b2shift.insight.planning.coverage import uncovered
from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.edits import apply_edits, only_edits
from b2shift.insight.planning.followup import merge_followup
from b2shift.insight.planning.grouping import take_groups
from b2shift.insight.planning.guards import guard
from b2shift.insight.planning.intent import take_intent
from b2shift.insight.planning.measures import metrics_asked
from b2shift.insight.planning.negation import negated_values
from b2shift.insight.planning.personal_data import asks_for_personal_data, may_mean_personal_data
from b2shift.insight.planning.phrasing import asks_delivery, asks_when, looks_forward
from b2shift.insight.planning.ranking import SUPERLATIVES, take_order
from b2shift.insight.planning.renewal import asks_what_ends, ending_period, ends_when, joined_to, runs_until
from b2shift.insight.planning.wording import pattern, words
from b2shift.insight.reading.lexicon import Lexicon, product_lexicon
from b2shift.insight.reading.mentions import Reading
from b2shift.insight.reading.recognising import read
from b2shift.metrics.contracts import Filter

RISK_DAYS = timedelta(days=120)
"""A risk of 90 days answers for the quarter to come, wherever in this one it is asked."""


def plan(question: str, as_of: date, context: Sequence[str] = (), lexicon: Lexicon | None = None) -> Plan:
    """The plan of a question as of a date; `context` holds the earlier turns, oldest first."""
    known = lexicon or product_lexicon()
    last = _last_query(context, as_of, known)
    reading = read_question(question, as_of, known, ahead=_looks_ahead(last))
    before = apply_edits(reading, last) if last else None
    reason = _refused(question, reading) or ("pii" if asks_for_personal_data(reading, before) else None)
    if reason:
        return Plan(action="refuse", reason=reason)
    if last is None and _edits_nothing(reading):
        return Plan(action="clarify", reason="missing_metric", options=METRIC_OPTIONS)
    draft, used = _draft(reading, before)
    draft.presumed = presumed_change(reading) if draft.intent == "explain" else None
    if draft.ambiguous or draft.unresolved:
        return Plan(action="clarify", reason="ambiguous_entity", about=draft.ambiguous or draft.unresolved)
    blocked = clarify_or_refuse(reading, draft, known, is_followup=before is not None)
    if blocked is None and before is not None and not (context and question == context[-1]):
        blocked = _says_nothing_new(before, draft, reading)
    if blocked:
        return blocked
    unused = uncovered(reading, draft, used)
    if unused or may_mean_personal_data(reading, draft):
        return Plan(action="clarify", reason="ambiguous_entity", about=" ".join(unused) or question)
    return Plan(action="answer", query=draft.dated(as_of).query())


def _last_query(context: Sequence[str], as_of: date, lexicon: Lexicon) -> Draft | None:
    """The query after the earlier turns; a refused turn leaves it unchanged."""
    before: Draft | None = None
    for turn in context:
        reading = read_question(turn, as_of, lexicon, ahead=_looks_ahead(before))
        base = apply_edits(reading, before) if before else None
        if _refused(turn, reading) is None:
            made, used = _draft(reading, base)
            blocked = clarify_or_refuse(reading, made, lexicon, is_followup=base is not None)
            if (
                (blocked and blocked.reason == "ambiguous_entity")
                or (blocked is None and uncovered(reading, made, used))
                or (base is not None and blocked is None and _ambiguous_member(base, made, reading))
            ):
                made.unresolved = turn
            gone_back = before is not None and base is not None and base.previous is not before.previous
            made.previous, before = (base.previous if base and gone_back else before), made
    return before


def _edits_nothing(reading: Reading) -> bool:
    """`Volta`, `tira o filtro` as the first question."""
    taken = pattern("takes_off").match(reading.text) and any(
        w.lemma in words("parts_of_a_query") for w in reading.words
    )
    return bool(taken or pattern("goes_back").match(reading.text))


def _says_nothing_new(before: Draft, draft: Draft, reading: Reading) -> Plan | None:
    """A clarification for a turn that changes nothing (`os que importam`) or refers to one of many (`e o dele?`)."""
    same = draft.query() == before.query() and reading.cue(EDIT) is None
    if same and reading.cue(*SUPERLATIVES):
        return Plan(action="clarify", reason="ambiguous_ranking", options=RANKING_OPTIONS)
    shown = asks_delivery(reading) or pattern("shown_otherwise").search(reading.text)
    if (same and not shown) or _ambiguous_member(before, draft, reading):
        return Plan(action="clarify", reason="ambiguous_entity", about=reading.question)
    return None


def _refused(question: str, reading: Reading) -> Reason | None:
    """Why a turn is refused; removing a filter is an edit of the view, not a write."""
    reason = guard(question, reading.text)
    return None if reason in {"prompt_injection", "unsafe_write"} and only_edits(reading) else reason


def _ambiguous_member(before: Draft, draft: Draft, reading: Reading) -> bool:
    """Whether one of several rows is meant and none was singled out: `quanto ele tem em atraso?` after a ranking."""
    ranked = before.intent == "rank" and before.order and pattern("one_of_them").search(reading.text)
    grouped = before.dimensions and not before.filters and pattern("of_one").search(reading.text)
    blocked = draft.intent == "explain" or pattern("whole").search(reading.text)
    placed = blocked and before.dimensions and pattern("nth_of_them").search(reading.text)
    there = before.dimensions and pattern("there").search(reading.text)
    return bool(ranked or grouped or placed or there) and not reading.of("value")


def _looks_ahead(before: Draft | None) -> bool:
    """Whether a month without a year in the next turn is a future one."""
    return before is not None and (
        before.intent == "forecast" or any(f.field == "renewal_date" for f in before.filters)
    )


def read_question(question: str, as_of: date, lexicon: Lexicon, *, ahead: bool = False) -> Reading:
    """Read a question; when it looks ahead, months without a year are future ones."""
    reading = read(question, as_of, lexicon, ahead=ahead)
    coming = (
        looks_forward(reading)
        or (reading.cue("renewal") and not reading.of("metric"))
        or asks_what_ends(reading)
        or ends_when(reading)
        or runs_until(reading)
    )
    renewed = reading.cue("renewal") and any(i.name in {"customer", "renewal_date"} for i in reading.of("dimension"))
    if not (coming or renewed) or not reading.periods:
        return reading
    later = read(question, as_of, lexicon, ahead=True)
    if len(reading.periods) == len(later.periods) > 1 and reading.cue("renewal"):
        ending = ending_period(later)
        coming_ones = [ending, *joined_to(later, ending)]
        later.periods = [b if b in coming_ones else a for a, b in zip(reading.periods, later.periods, strict=True)]
    return later


def _draft(reading: Reading, before: Draft | None) -> tuple[Draft, Used]:
    fresh = Draft()
    disambiguate_cues(reading)
    used = take_conditions(reading, fresh)
    used.negated = negated_values(reading)
    take_paired_changes(reading, fresh, used)
    take_destinations(reading, used)
    take_groups(reading, fresh, used)
    fresh.metrics = metrics_asked(reading, fresh, used)
    take_comparison(reading, fresh, used)
    take_order(reading, fresh, used)
    _value_filters(reading, fresh, used.negated, used.mentions)
    take_future_churn(reading, fresh, used)
    take_intent(reading, fresh, used)
    if before is not None and continues(reading, fresh, before):
        return merge_followup(before, fresh, reading, used), used
    if fresh.intent == "rank" and fresh.order and not fresh.dimensions and not asks_when(reading):
        fresh.dimensions = ["customer"]
    if not fresh.metrics and fresh.intent in {"metric", "trend", "forecast", "explain", "report"}:
        fresh.metrics = [
            f.field for f in fresh.filters if f.field in {m.name for m in used.mentions if m.kind == "metric"}
        ]
    return fresh, used


def take_destinations(reading: Reading, used: Used) -> None:
    """Consume values that filter nothing: the channel of delivery, the band that others shall move to."""
    if asks_delivery(reading):
        used.mentions.update(value for value in reading.of("value") if value.name == "channel")
    found = pattern("becoming").search(reading.text)
    bands = [value for value in reading.of("value") if value.name in {"nps_band", "risk_band", "plan"}]
    if found is None or len(bands) < 2:
        return
    first = reading.text[: found.start()].count(" ")
    used.mentions.add(bands[1])
    used.mentions.update(m for m in reading.of("metric") if m.start == first)


def take_future_churn(reading: Reading, draft: Draft, used: Used) -> None:
    """`Quais clientes devem cancelar nos próximos 90 dias?`: the risk band; how many is a forecast of churn."""
    at_risk = Filter(field="risk_band", op="eq", value="alto")
    free = [p for p in reading.periods if p.ahead and p not in used.periods]
    horizon = [p for p in free if p.days[1] - reading.as_of <= RISK_DAYS]
    if at_risk not in draft.filters or not horizon or set(draft.metrics) - {"active_customers"}:
        return
    if reading.cue("count"):
        draft.filters.remove(at_risk)
        draft.metrics = ["churned_customers"]
        used.mentions.update(value for value in reading.of("value") if value.name == "risk_band")
    else:
        draft.days, used.periods = None, used.periods + horizon


def _value_filters(reading: Reading, draft: Draft, negated: set, used: set) -> None:  # type: ignore[type-arg]
    """Values as filters: one is `eq`, several of one dimension are `in`, negated ones are `neq`."""
    by_field: dict[str, list] = {}  # type: ignore[type-arg]
    for mention in reading.of("value"):
        if mention in negated:
            draft.add_filter(mention.name, "neq", mention.value)
        elif mention not in used:
            kept = by_field.setdefault(mention.name, [])
            if mention.value not in kept:
                kept.append(mention.value)
    for name, values in by_field.items():
        if len(values) == 1:
            draft.add_filter(name, "eq", values[0])
        else:
            draft.add_filter(name, "in", tuple(values))
