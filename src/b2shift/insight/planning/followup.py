"""Follow-ups: what is said anew replaces what was asked, the rest stays."""

from datetime import date
from typing import get_args

from b2shift.insight.planning.comparing import is_a_time, len_in_months, unit_before
from b2shift.insight.planning.conditions import operator_of
from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.ranking import direction_of, said_order
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading import calendar
from b2shift.insight.reading.items import Reading
from b2shift.insight.reading.periods import Found
from b2shift.insight.reading.spans import same_in_year, says_same
from b2shift.kernel.calendar import add_months
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Comparison, Filter, Horizon, Intent, Order

WHOLE_WORDS = 6
"""Words from which a question that names its metric stands on its own."""
LAST = frozenset("ultimos ultimas last past".split())
ABOUT_GROUPS = frozenset({"actions", "profile"})
EXTREMES = frozenset({"mais", "menos", "most", "least", "fewest"})


def continues(reading: Reading, fresh: Draft, before: Draft) -> bool:
    """Whether a question after another one edits it rather than stands alone."""
    beside_customers = "customer" in before.dimensions
    text = reading.text
    if fresh.ranked and {"quem", "who"} & set(reading.folded[:2]) and not beside_customers:
        return False  # `quem são os piores?` after figures of regions asks anew
    turned = reading.cue("invert") or pattern("those_who").match(text)
    whole = bool(fresh.metrics) and not turned and len(reading.words) >= WHOLE_WORDS and not pattern("adds").match(text)
    if whole and not pattern("points").search(text):
        return False  # `compare o MRR de maio com o de abril` needs nothing of what came before
    if turned or pattern("starts").match(text) or pattern("points").search(text):
        return True
    if reading.cue("count") and len(reading.words) <= 5 and not (fresh.filters or fresh.days or fresh.dimensions):
        return True
    if not fresh.metrics and fresh.intent not in {"actions", "profile", "define"}:
        return len(reading.words) <= 8 or not (fresh.filters and pattern("whole").search(text))
    return len(reading.words) <= 3 and not pattern("whole").search(text)


def edited(before: Draft, fresh: Draft, reading: Reading, used: Used) -> Draft:
    """The last query with the new words in place."""
    out = before.copy()
    _same_unit(before, fresh, reading, used)
    _moved_back(before, fresh, reading)
    if fresh.metrics:
        if out.order and out.metrics and out.order.by.removesuffix(".change") in out.metrics:
            suffix = ".change" if out.order.by.endswith(".change") else ""
            out.order = Order(by=fresh.metrics[0] + suffix, dir=out.order.dir)
        out.metrics = list(dict.fromkeys([*before.metrics, *fresh.metrics])) if _adds(reading) else fresh.metrics
    _dimensions(out, fresh, reading)
    _bare_number(out, reading, used)
    _renewed(out, fresh, reading, used)
    _same_metric(out, fresh, reading, used)
    _ordinal(before, fresh, reading)
    _beside(out, fresh, reading)
    _filters(out, fresh, reading)
    _same_elsewhen(before, fresh, reading)
    if fresh.days and reading.cue("compare") and fresh.comparison is None and before.days and before.days != fresh.days:
        out.comparison, out.intent = Comparison(type="period", start=fresh.days[0], end=fresh.days[1]), "compare"
    elif fresh.days:
        out.days = fresh.days
    if out.intent == "forecast" and fresh.days and not fresh.forecast:
        out.days, start = before.days, fresh.days[0]
        first = reading.as_of.replace(day=1)
        opened = any(p.open_start for p in reading.periods) or start < first
        out.forecast = Horizon(start=None if opened else start, end=fresh.days[1])
    if fresh.forecast:
        out.forecast = fresh.forecast
        out.days = fresh.days if before.forecast is None else out.days  # `e a previsão para agosto?` after May
    if fresh.grain:
        out.grain = fresh.grain
    for slot in ("calculation", "comparison", "format", "schedule", "condition"):
        if getattr(fresh, slot) is not None:
            setattr(out, slot, getattr(fresh, slot))
    if reading.cue("absolute"):
        out.calculation = None
    _order(out, before, fresh, reading)
    _intent(out, before, fresh, reading)
    _both(out, before, reading, used)
    _settled(out, fresh)
    return out


def _filters(out: Draft, fresh: Draft, reading: Reading) -> None:
    """A condition said anew replaces the one on the same field, or joins it, also among what is compared."""
    for said in fresh.filters:
        same = [f for f in out.filters if f.field == said.field]
        made = _with_before(said, same, reading)
        out.filters = [f for f in out.filters if f not in same or (f.op.startswith("neq") and made.op == "neq")]
        if out.comparison and out.comparison.field == made.field:
            if _adds(reading) and made.op == "eq" and out.comparison.values and not isinstance(made.value, tuple):
                together = (*out.comparison.values, made.value)  # `inclui o Norte` after comparing two regions
                out.comparison = out.comparison.model_copy(update={"values": tuple(dict.fromkeys(together))})
                continue
            out.comparison, out.dimensions = None, [d for d in out.dimensions if d != made.field]
            out.intent = "metric" if out.intent == "compare" else out.intent
        out.filters.append(made)


def _settled(out: Draft, fresh: Draft) -> None:
    """What the turn before asked of its groups or its metric, and the new ones cannot tell, goes."""
    out.each = fresh.each or (out.each if out.each in out.dimensions else None)
    apart = out.comparison
    if apart and apart.type == "members" and apart.field and apart.values and apart.field not in out.dimensions:
        out.comparison, out.intent = None, "metric" if out.intent == "compare" else out.intent
        out.add_filter(apart.field, "in", apart.values)  # `NRR por porte` after comparing two regions is about both
    kinds = {load_dictionary().metrics[name].additivity for name in out.metrics}
    unsound = {"share_of_total": "ratio" in kinds, "cumulative": kinds != {"additive"}}
    if fresh.calculation is None and out.calculation and unsound.get(out.calculation):
        out.calculation = None


def _with_before(made: Filter, same: list[Filter], reading: Reading) -> Filter:
    """`Inclui o agro` after a question about retail: one of both."""
    both = len(same) == 1 and _adds(reading) and same[0].op == made.op == "eq"
    return made.model_copy(update={"op": "in", "value": (same[0].value, made.value)}) if both else made


def _same_elsewhen(before: Draft, fresh: Draft, reading: Reading) -> None:
    """`E no mesmo mês de 2025?`: the period of the turn before, in that year."""
    if before.days and len(reading.periods) == 1 and says_same(reading.folded, reading.periods[0]):
        fresh.days = same_in_year(before.days, reading.periods[0].days[0].year)


def _same_unit(before: Draft, fresh: Draft, reading: Reading, used: Used) -> None:
    """`Nos últimos 12` after six months or quarters: so many of the same."""
    for amount in [a for a in reading.amounts if a not in used.amounts and not a.unit]:
        last = amount.start > 0 and reading.folded[amount.start - 1] in LAST
        if (
            last
            and before.days
            and isinstance(amount.value, int)
            and amount.end in {len(reading.words), len(reading.words) - 1}
        ):
            unit = before.grain if before.grain in {"quarter", "year"} else "month"
            fresh.days = calendar.last_closed(amount.value, unit, reading.as_of)
            reading.periods.append(Found(fresh.days, amount.start - 1, amount.end))
            used.amounts.add(amount)


def _moved_back(before: Draft, fresh: Draft, reading: Reading) -> None:
    """`E no trimestre anterior?`: the one before the time of the last turn, which is compared with nothing."""
    cue = reading.cue("previous_period")
    if cue is None or not is_a_time(reading, cue):
        return
    first, last = before.days or calendar.shifted("month", reading.as_of, 0)
    unit = unit_before(reading, cue)
    months = len_in_months((first, last))
    fresh.days = calendar.shifted(unit, first, -1) if unit else calendar.span(add_months(first, -months), months)
    fresh.comparison, fresh.intent = None, "metric"


def _bare_number(out: Draft, reading: Reading, used: Used) -> None:
    """`E o 5?` after a question about cluster 3; `agora os 20` after the ten largest."""
    free = [amount for amount in reading.amounts if amount not in used.amounts and not amount.unit]
    if len(free) != 1 or not isinstance(free[0].value, int):
        return
    cluster = next((f for f in out.filters if f.field == "cluster" and f.op == "eq"), None)
    if out.condition and out.intent == "alert":
        out.condition = out.condition.model_copy(update={"value": free[0].value})  # `muda para 40`
    elif out.limit is not None and out.order:
        out.limit = free[0].value
    elif cluster and str(free[0].value) in load_dictionary().dimensions["cluster"].values:
        pair = {"op": "in", "value": (cluster.value, free[0].value)}
        told = pair if out.intent == "profile" and reading.cue("compare") else {"value": free[0].value}
        out.filters[out.filters.index(cluster)] = cluster.model_copy(update=told)
    else:
        return
    used.amounts.add(free[0])


def _same_metric(out: Draft, fresh: Draft, reading: Reading, used: Used) -> None:
    """`Acima de 50 mil` after a question about one metric."""
    known = load_dictionary().metrics
    measured = [*dict.fromkeys([*(f.field for f in out.filters if f.field in known), *out.metrics])]
    for amount in [a for a in reading.amounts if a not in used.amounts]:
        op, _ = operator_of(reading, amount)
        if op in {"gt", "gte", "lt", "lte"} and len(measured) == 1 and not fresh.metrics:
            fresh.add_filter(measured[0], op, amount.value)
            used.amounts.add(amount)


def _renewed(out: Draft, fresh: Draft, reading: Reading, used: Used) -> None:
    """`E em agosto?` after contracts that end in July."""
    renewal = next((f for f in out.filters if f.field == "renewal_date"), None)
    horizon = (fresh.forecast.start, fresh.forecast.end) if fresh.forecast else fresh.days
    if renewal and horizon and not fresh.metrics:
        days = tuple(day.isoformat() for day in horizon if day)
        out.filters[out.filters.index(renewal)] = renewal.model_copy(update={"op": "between", "value": days})
        fresh.days, fresh.forecast, used.periods, fresh.intent = None, None, reading.periods, None


def _ordinal(before: Draft, fresh: Draft, reading: Reading) -> None:
    """`Compare com o primeiro` after a half or a quarter: the one of the same year."""
    found = pattern("ordinal").search(reading.text)
    if not (found and before.days and not fresh.days and fresh.comparison is None):
        return
    unit = calendar.unit_of(before.days)
    index = calendar.INDEX.get(found[1])
    if unit is None or index is None:
        return
    first = date(before.days[0].year, 1, 1)
    fresh.days = calendar.span(add_months(first, calendar.MONTHS_IN[unit] * (index - 1)), calendar.MONTHS_IN[unit])


def _beside(out: Draft, fresh: Draft, reading: Reading) -> None:
    """`compara com o agro` after a question about retail: both are compared."""
    if not reading.cue("compare") or fresh.comparison:
        return
    for made in list(fresh.filters):
        same = next((f for f in out.filters if f.field == made.field and f.op == made.op == "eq"), None)
        if same and not isinstance(same.value, tuple) and not isinstance(made.value, tuple):
            out.comparison = Comparison(type="members", field=made.field, values=(same.value, made.value))
            out.intent, out.dimensions = "compare", list(dict.fromkeys([*out.dimensions, made.field]))
            out.filters.remove(same)
            fresh.filters.remove(made)


def _both(out: Draft, before: Draft, reading: Reading, used: Used) -> None:
    """`Compara os dois`: what the last two turns asked for, which differ in a period or in one value."""
    first = before.earlier
    if first is None or not (pattern("both").search(reading.text) and reading.cue("compare")):
        return
    used.amounts.update(a for a in reading.amounts if reading.folded[a.start] in {"dois", "duas", "two"})
    if first.days and before.days and first.days != before.days:
        old, new = sorted((first.days, before.days))
        out.days, out.comparison = new, Comparison(type="period", start=old[0], end=old[1])
        out.intent = "compare"
        return
    pairs = [
        (a, b) for a in first.filters for b in before.filters if a.field == b.field and a.op == b.op == "eq" and a != b
    ]
    if len(pairs) == 1:
        a, b = pairs[0]
        if not isinstance(a.value, tuple) and not isinstance(b.value, tuple):
            out.filters.remove(b)
            out.comparison = Comparison(type="members", field=a.field, values=(a.value, b.value))
            out.intent, out.dimensions = "compare", list(dict.fromkeys([*out.dimensions, a.field]))


def _adds(reading: Reading) -> bool:
    return bool(pattern("joins_in").search(reading.text))


def _dimensions(out: Draft, fresh: Draft, reading: Reading) -> None:
    if not fresh.dimensions:
        return
    if out.each and len(fresh.dimensions) == 1 and not fresh.each:  # `e de cada porte?`
        ranked = [name for name in out.dimensions if name not in {out.each, *fresh.dimensions}]
        out.each, out.dimensions = fresh.dimensions[0], [*fresh.dimensions, *ranked]
        return
    keep = out.dimensions if _adds(reading) else []
    replaced = [
        d
        for d in fresh.dimensions
        if d != "customer"
        or out.intent not in {"metric", "trend"}
        or any(i.name == "customer" for i in reading.of("dimension"))
    ]
    if replaced:
        out.dimensions = list(dict.fromkeys([*keep, *replaced]))


def _order(out: Draft, before: Draft, fresh: Draft, reading: Reading) -> None:
    if fresh.order:
        out.order = fresh.order
    elif out.metrics and (fresh.ranked or (before.ranked and out.order is None) or said_order(reading, out.metrics[0])):
        way = said_order(reading, out.metrics[0]) or direction_of(
            fresh.ranked or before.ranked or "top", out.metrics[0]
        )
        out.order = Order(by=out.metrics[0], dir=way)
    elif out.metrics and (last := next((w for w in reversed(reading.folded) if w.isalnum()), "")) in EXTREMES:
        out.order = Order(by=out.metrics[0], dir="desc" if last in {"mais", "most"} else "asc")
    elif reading.cue("invert") and out.order:
        out.order = Order(by=out.order.by, dir="asc" if out.order.dir == "desc" else "desc")
    if fresh.limit:
        out.limit = fresh.limit
        if out.order is None and out.metrics:
            out.order = Order(by=out.metrics[0], dir="desc")


def _intent(out: Draft, before: Draft, fresh: Draft, reading: Reading) -> None:
    counted = reading.cue("count") and set(fresh.metrics) <= {"active_customers"}
    if counted and before.intent in {"list", "rank", "profile", "actions"}:
        out.intent, out.metrics, out.order, out.limit = "metric", ["active_customers"], None, None
        out.dimensions = [d for d in out.dimensions if d != "customer"]
        return
    if (
        before.intent in ABOUT_GROUPS
        and fresh.intent == "metric"
        and fresh.metrics
        and pattern("whole").search(reading.text)
    ):
        out.intent = "metric"  # `e qual é o churn dele?` after what to do with a cluster
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
    if out.intent == "list" and "customer" not in out.dimensions:
        if before.intent == "list" and fresh.dimensions:
            out.intent = "metric"
            out.metrics = out.metrics or ["active_customers"]
        else:
            out.dimensions = [*out.dimensions, "customer"]
