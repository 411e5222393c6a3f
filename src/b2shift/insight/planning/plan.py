"""From a question, and the ones before it, to a plan."""

from collections.abc import Sequence
from datetime import date, timedelta

from b2shift.insight.contracts import Plan, Reason
from b2shift.insight.planning.accounting import lost
from b2shift.insight.planning.changes import both_changed, retold
from b2shift.insight.planning.comparing import take_comparison
from b2shift.insight.planning.conditions import take_conditions
from b2shift.insight.planning.denials import negated_values
from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.edits import only_edits, reshaped
from b2shift.insight.planning.followup import edited
from b2shift.insight.planning.gate import METRIC_OPTIONS, RANKING_OPTIONS, gate
from b2shift.insight.planning.grouping import take_groups
from b2shift.insight.planning.guards import guard
from b2shift.insight.planning.intent import settle
from b2shift.insight.planning.measures import measured
from b2shift.insight.planning.persons import asks_for_persons, may_mean_persons
from b2shift.insight.planning.phrasing import asks_when, looks_forward, sends
from b2shift.insight.planning.ranking import SUPERLATIVES, take_order
from b2shift.insight.planning.renewal import asks_what_ends, ending_period, ends_when, joined_to, runs_until
from b2shift.insight.planning.standing import continues
from b2shift.insight.planning.taking import EDIT
from b2shift.insight.planning.wording import pattern, words
from b2shift.insight.reading.items import Reading
from b2shift.insight.reading.lexicon import Lexicon, product_lexicon
from b2shift.insight.reading.recognising import read
from b2shift.metrics.contracts import Filter

RISK_DAYS = timedelta(days=120)
"""A risk of 90 days answers for the quarter to come, wherever in this one it is asked."""


def plan(question: str, as_of: date, context: Sequence[str] = (), lexicon: Lexicon | None = None) -> Plan:
    """What a question asks for, seen from `as_of`; `context` holds the earlier turns, oldest first."""
    known = lexicon or product_lexicon()
    last = _last_query(context, as_of, known)
    reading = read_question(question, as_of, known, ahead=_looks_ahead(last))
    before = reshaped(reading, last) if last else None
    reason = _refused(question, reading) or ("pii" if asks_for_persons(reading, before) else None)
    if reason:
        return Plan(action="refuse", reason=reason)
    if last is None and _edits_nothing(reading):
        return Plan(action="clarify", reason="missing_metric", options=METRIC_OPTIONS)
    draft, used = _draft(reading, before)
    if draft.unsure or draft.unclear:
        return Plan(action="clarify", reason="ambiguous_entity", about=draft.unsure or draft.unclear)
    held_back = gate(reading, draft, known, followed=before is not None)
    if held_back is None and before is not None and not (context and question == context[-1]):
        held_back = _says_nothing_new(before, draft, reading)
    if held_back:
        return held_back
    unused = lost(reading, draft, used)
    if unused or may_mean_persons(reading, draft):
        return Plan(action="clarify", reason="ambiguous_entity", about=" ".join(unused) or question)
    return Plan(action="answer", query=draft.dated(as_of).query())


def _last_query(context: Sequence[str], as_of: date, lexicon: Lexicon) -> Draft | None:
    """The query after the earlier turns; one that is refused leaves it as it was."""
    before: Draft | None = None
    for turn in context:
        reading = read_question(turn, as_of, lexicon, ahead=_looks_ahead(before))
        held = reshaped(reading, before) if before else None
        if _refused(turn, reading) is None:
            made, used = _draft(reading, held)
            asked = gate(reading, made, lexicon, followed=held is not None)
            if (
                (asked and asked.reason == "ambiguous_entity")
                or (asked is None and lost(reading, made, used))
                or (held is not None and asked is None and _one_of_many(held, made, reading))
            ):
                made.unclear = turn
            gone_back = before is not None and held is not None and held.earlier is not before.earlier
            made.earlier, before = (held.earlier if held and gone_back else before), made
    return before


def _edits_nothing(reading: Reading) -> bool:
    """`Volta`, `tira o filtro` as the first question."""
    taken = pattern("takes_off").match(reading.text) and any(
        w.lemma in words("parts_of_a_query") for w in reading.words
    )
    return bool(taken or pattern("goes_back").match(reading.text))


def _says_nothing_new(before: Draft, draft: Draft, reading: Reading) -> Plan | None:
    """What a turn leaves as it was, `os que importam`, or says of one of many, `e o dele?`."""
    same = draft.query() == before.query() and reading.cue(EDIT) is None
    if same and reading.cue(*SUPERLATIVES):
        return Plan(action="clarify", reason="ambiguous_ranking", options=RANKING_OPTIONS)
    shown = sends(reading) or pattern("shown_otherwise").search(reading.text)
    if (same and not shown) or _one_of_many(before, draft, reading):
        return Plan(action="clarify", reason="ambiguous_entity", about=reading.question)
    return None


def _refused(question: str, reading: Reading) -> Reason | None:
    """Why a turn is refused; one that only edits the view of the last query writes nothing, `remove o filtro de região`."""
    reason = guard(question, reading.text)
    return None if reason in {"prompt_injection", "unsafe_write"} and only_edits(reading) else reason


def _one_of_many(before: Draft, draft: Draft, reading: Reading) -> bool:
    """`Quanto ele tem em atraso?`, `por que o primeiro caiu?` after a ranking or groups of which none was singled out."""
    ranked = before.intent == "rank" and before.order and pattern("one_of_them").search(reading.text)
    grouped = before.dimensions and not before.filters and pattern("of_one").search(reading.text)
    asked = draft.intent == "explain" or pattern("whole").search(reading.text)
    placed = asked and before.dimensions and pattern("nth_of_them").search(reading.text)
    there = before.dimensions and pattern("there").search(reading.text)
    return bool(ranked or grouped or placed or there) and not reading.of("value")


def _looks_ahead(before: Draft | None) -> bool:
    """Whether a month without a year after this query is one to come."""
    return before is not None and (
        before.intent == "forecast" or any(f.field == "renewal_date" for f in before.filters)
    )


def read_question(question: str, as_of: date, lexicon: Lexicon, *, ahead: bool = False) -> Reading:
    """Read a question; once more with months as coming ones when it looks ahead."""
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
    retold(reading)
    used = take_conditions(reading, fresh)
    used.negated = negated_values(reading)
    both_changed(reading, fresh, used)
    take_aims(reading, used)
    take_groups(reading, fresh, used)
    fresh.metrics = measured(reading, fresh, used)
    take_comparison(reading, fresh, used)
    take_order(reading, fresh, used)
    _values(reading, fresh, used.negated, used.items)
    take_leavers(reading, fresh, used)
    settle(reading, fresh, used)
    if before is not None and continues(reading, fresh, before):
        return edited(before, fresh, reading, used), used
    if fresh.intent == "rank" and fresh.order and not fresh.dimensions and not asks_when(reading):
        fresh.dimensions = ["customer"]
    if not fresh.metrics and fresh.intent in {"metric", "trend", "forecast", "explain", "report"}:
        fresh.metrics = [
            f.field for f in fresh.filters if f.field in {m.name for m in used.items if m.kind == "metric"}
        ]
    return fresh, used


def take_aims(reading: Reading, used: Used) -> None:
    """What narrows nothing: where an answer is sent, and what neutrals shall become (nor is `converter` a conversion rate)."""
    if sends(reading):
        used.items.update(value for value in reading.of("value") if value.name == "channel")
    found = pattern("becoming").search(reading.text)
    bands = [value for value in reading.of("value") if value.name in {"nps_band", "risk_band", "plan"}]
    if found is None or len(bands) < 2:
        return
    first = reading.text[: found.start()].count(" ")
    used.items.add(bands[1])
    used.items.update(m for m in reading.of("metric") if m.start == first)


def take_leavers(reading: Reading, draft: Draft, used: Used) -> None:
    """`Quais clientes devem cancelar nos próximos 90 dias?`: the risk is that of the days to come; how many will have left
    by then is a forecast."""
    at_risk = Filter(field="risk_band", op="eq", value="alto")
    free = [p for p in reading.periods if p.ahead and p not in used.periods]
    near = [p for p in free if p.days[1] - reading.as_of <= RISK_DAYS]
    if at_risk not in draft.filters or not near or set(draft.metrics) - {"active_customers"}:
        return
    if reading.cue("count"):
        draft.filters.remove(at_risk)
        draft.metrics = ["churned_customers"]
        used.items.update(value for value in reading.of("value") if value.name == "risk_band")
    else:
        draft.days, used.periods = None, used.periods + near


def _values(reading: Reading, draft: Draft, negated: set, used: set) -> None:  # type: ignore[type-arg]
    """Values as filters: one is `eq`, several of one dimension are `in`, those left out are `neq`."""
    by_field: dict[str, list] = {}  # type: ignore[type-arg]
    for item in reading.of("value"):
        if item in negated:
            draft.add_filter(item.name, "neq", item.value)
        elif item not in used:
            kept = by_field.setdefault(item.name, [])
            if item.value not in kept:
                kept.append(item.value)
    for name, values in by_field.items():
        if len(values) == 1:
            draft.add_filter(name, "eq", values[0])
        else:
            draft.add_filter(name, "in", tuple(values))
