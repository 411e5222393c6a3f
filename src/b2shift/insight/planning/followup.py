"""Follow-up questions: the slots of the turn are merged into those of the last query."""

from b2shift.insight.hypothetical import supposes_a_change
from b2shift.insight.planning.conditions import operator_of
from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.edits import COUNTED
from b2shift.insight.planning.followup_intent import drop_unsupported_slots, take_followup_intent
from b2shift.insight.planning.geography import without_other_places
from b2shift.insight.planning.ranking import direction_of, stated_order
from b2shift.insight.planning.relative_time import inherit_unit, resolve_ordinal, same_period_of_year, shift_back
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.mentions import Reading
from b2shift.insight.reading.numbers import Amount
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Comparison, Filter, Horizon, Order

EXTREMES = frozenset({"mais", "menos", "most", "least", "fewest"})


def merge_followup(before: Draft, fresh: Draft, reading: Reading, used: Used) -> Draft:
    """The last query with the slots of the turn merged in."""
    out = before.copy()
    inherit_unit(before, fresh, reading, used)
    shift_back(before, fresh, reading)
    _of_those_counted(out, before, fresh, reading)
    if fresh.metrics:
        if out.order and not _adds(reading) and out.order.by.removesuffix(".change") in out.metrics:
            suffix = ".change" if out.order.by.endswith(".change") else ""
            out.order = Order(by=fresh.metrics[0] + suffix, dir=out.order.dir)
        kept = _adds(reading) or pattern("orders_by").match(reading.text)
        out.metrics = list(dict.fromkeys([*before.metrics, *fresh.metrics])) if kept else fresh.metrics
    _churn_in_money(out, before, fresh, reading)
    _dimensions(out, fresh, reading)
    _bare_number(out, reading, used)
    _renewed(out, fresh, reading, used)
    _same_metric(out, fresh, reading, used)
    resolve_ordinal(before, fresh, reading)
    _compare_members(out, fresh, reading)
    _filters(out, fresh, reading, used)
    same_period_of_year(before, fresh, reading)
    _times(out, before, fresh, reading)
    if fresh.grain:
        out.grain = fresh.grain
    for slot in ("calculation", "comparison", "format", "schedule", "condition"):
        if getattr(fresh, slot) is not None:
            setattr(out, slot, getattr(fresh, slot))
    if reading.cue("absolute") or (reading.cue("in_money") and fresh.calculation is None):
        out.calculation = None
    _order(out, before, fresh, reading)
    take_followup_intent(out, before, fresh, reading)
    _compare_last_two(out, before, reading, used)
    _drop_invalid(out, fresh)
    drop_unsupported_slots(out, before, fresh, reading)
    _mark_ambiguous(out, before, fresh, reading)
    return out


def _times(out: Draft, before: Draft, fresh: Draft, reading: Reading) -> None:
    """Merge the period: of the numbers, of what they are compared with, or of a forecast."""
    if fresh.days and reading.cue("compare") and fresh.comparison is None and before.days and before.days != fresh.days:
        out.comparison, out.intent = Comparison(type="period", start=fresh.days[0], end=fresh.days[1]), "compare"
    elif fresh.days and before.days and before.days != fresh.days and _joins_a_time(before, fresh, reading):
        one, other = sorted((before.days, fresh.days))
        out.days, out.comparison, out.intent = other, Comparison(type="period", start=one[0], end=one[1]), "compare"
    elif fresh.days:
        out.days = fresh.days
    if _against_another(out, before, fresh, reading):
        out.days = before.days
    if out.intent == "forecast" and fresh.days and not fresh.forecast:
        out.days, start = before.days, fresh.days[0]
        first = reading.as_of.replace(day=1)
        opened = any(p.open_start for p in reading.periods) or start < first
        out.forecast = Horizon(start=None if opened else start, end=fresh.days[1])
    if fresh.forecast:
        out.forecast = fresh.forecast
        out.days = fresh.days if before.forecast is None else out.days  # `e a previsão para agosto?` after May


def _mark_ambiguous(out: Draft, before: Draft, fresh: Draft, reading: Reading) -> None:
    """Mark what must be asked: an unresolved reference, a ranking without groups, an earlier unresolved turn."""
    if fresh.filters or out.intent == "explain":
        out.unresolved = ""
    everybody = out.intent == "list" and before.intent != "list" and not out.filters and not out.order
    if everybody and pattern("those").search(reading.text):
        out.ambiguous = reading.question  # `quais clientes são esses?`: nothing says who
    if (out.intent == "rank" and not out.dimensions and not out.grain) or _ends_before_it_begins(out, before):
        out.ambiguous = reading.question
    each_is_one = out.intent == "rank" and "customer" in out.dimensions and {*out.metrics} <= COUNTED
    supposed = supposes_a_change(reading.text) and any(f.op.startswith("change") for f in fresh.filters)
    of_the_first = before.limit is not None and fresh.filters and _of_those(reading)
    if each_is_one or supposed or of_the_first:
        out.ambiguous = reading.question


def _of_those(reading: Reading) -> bool:
    """`Quais deles são detratores?` after a top ten: a filter applies before a limit, not after."""
    return bool(pattern("those").search(reading.text) or pattern("how_many_are").match(reading.text))


def _ends_before_it_begins(out: Draft, before: Draft) -> bool:
    """`E do semestre?` after a forecast of the next quarter: the current half is nearly over."""
    was, now = before.forecast, out.forecast
    return bool(was and now and was.start and now.start is None and now.end and now.end < was.start)


def _churn_in_money(out: Draft, before: Draft, fresh: Draft, reading: Reading) -> None:
    """`E em receita?` after churn: churned revenue."""
    lost = before.metrics in (["churn_rate"], ["churned_customers"])
    if lost and fresh.metrics in ([], ["mrr"]) and pattern("as_money").search(reading.text):
        out.metrics = ["churned_mrr"]
        out.order = out.order and Order(by="churned_mrr", dir=out.order.dir)


def _of_those_counted(out: Draft, before: Draft, fresh: Draft, reading: Reading) -> None:
    """`Qual o MRR deles?` after a count: churned MRR of those who left; of new customers only the count is known."""
    counted = [name for name in before.metrics if name in {"new_customers", "churned_customers"}]
    if not counted or not fresh.metrics or {*fresh.metrics} <= COUNTED or not pattern("those").search(reading.text):
        return
    if counted == ["churned_customers"] and fresh.metrics == ["mrr"]:
        fresh.metrics = ["churned_mrr"]
    else:
        out.ambiguous = reading.question


def _joins_a_time(before: Draft, fresh: Draft, reading: Reading) -> bool:
    """`Mostra também o mês de abril` after May: both periods compared."""
    bare = not (fresh.metrics or fresh.filters or fresh.dimensions or fresh.grain or fresh.comparison)
    return bare and _adds(reading) and before.intent == "metric" and before.comparison is None


def _against_another(out: Draft, before: Draft, fresh: Draft, reading: Reading) -> bool:
    """`E com maio do ano passado?` after a comparison: its other period changes."""
    compared = before.comparison
    if not (compared and pattern("with_another").match(reading.text) and fresh.comparison is None):
        return False
    if fresh.days and compared.type != "members":
        out.comparison, out.intent = Comparison(type="period", start=fresh.days[0], end=fresh.days[1]), before.intent
        return True
    return False


def _filters(out: Draft, fresh: Draft, reading: Reading, used: Used) -> None:
    """Merge filters: a new one replaces that on its field or joins its values, also among compared members."""
    for new in fresh.filters:
        if not _adds(reading):
            out.filters = without_other_places(out.filters, new)
        same = [f for f in out.filters if f.field == new.field]
        if _restores(out, new, same, reading):
            used.mentions.update(value for value in reading.of("value") if value.name == new.field)
            continue
        made = _union(new, same, reading)
        if _completes_range(new, same):
            same = []
        out.filters = [f for f in out.filters if f not in same or (f.op.startswith("neq") and made.op == "neq")]
        if out.comparison and out.comparison.field == made.field:
            if _adds(reading) and made.op == "eq" and out.comparison.values and not isinstance(made.value, tuple):
                together = (*out.comparison.values, made.value)  # `inclui o Norte` after comparing two regions
                out.comparison = out.comparison.model_copy(update={"values": tuple(dict.fromkeys(together))})
                continue
            values = out.comparison.values
            if pattern("with_another").match(reading.text) and values and len(values) == 2 and made.op == "eq":
                out.comparison = out.comparison.model_copy(update={"values": (values[0], made.value)})
                continue
            out.comparison, out.dimensions = None, [d for d in out.dimensions if d != made.field]
            out.intent = "metric" if out.intent == "compare" else out.intent
        out.filters.append(made)


def _drop_invalid(out: Draft, fresh: Draft) -> None:
    """Drop slots of the last query that its new groups or metrics do not support."""
    out.each = fresh.each or (out.each if out.each in out.dimensions else None)
    compared = out.comparison
    if (
        compared
        and compared.type == "members"
        and compared.field
        and compared.values
        and compared.field not in out.dimensions
    ):
        out.comparison, out.intent = None, "metric" if out.intent == "compare" else out.intent
        out.add_filter(
            compared.field, "in", compared.values
        )  # `NRR por porte` after comparing two regions is about both
    kinds = {load_dictionary().metrics[name].additivity for name in out.metrics}
    unsound = {"share_of_total": "ratio" in kinds, "cumulative": kinds != {"additive"}}
    if fresh.calculation is None and out.calculation and unsound.get(out.calculation):
        out.calculation = None


def _restores(out: Draft, new: Filter, same: list[Filter], reading: Reading) -> bool:
    """`Inclui o premium de novo` after it was excluded."""
    left_out = [f for f in same if f.op == "neq" and f.value == new.value]
    if not (left_out and new.op == "eq" and _adds(reading)):
        return False
    out.filters = [f for f in out.filters if f not in left_out]
    return True


def _completes_range(new: Filter, same: list[Filter]) -> bool:
    """`E menos de 20` after more than 10: both bounds of a range, where it is not empty."""
    if len(same) != 1 or not isinstance(new.value, int | float) or not isinstance(same[0].value, int | float):
        return False
    low, high = (same[0], new) if new.op.startswith("lt") else (new, same[0])
    return low.op in {"gt", "gte"} and high.op in {"lt", "lte"} and float(low.value) < float(high.value)  # type: ignore[arg-type]


def _union(made: Filter, same: list[Filter], reading: Reading) -> Filter:
    """`Inclui o agro` after retail: a filter on either value."""
    if len(same) != 1 or not _adds(reading) or made.op not in {"eq", "in"} or same[0].op not in {"eq", "in"}:
        return made
    current, new = ([*one.value] if isinstance(one.value, tuple) else [one.value] for one in (same[0], made))
    return made.model_copy(update={"op": "in", "value": tuple(dict.fromkeys([*current, *new]))})


def _bare_number(out: Draft, reading: Reading, used: Used) -> None:
    """A bare number: another cluster (`e o 5?`), another limit (`agora os 20`) or another threshold."""
    free = [amount for amount in reading.amounts if amount not in used.amounts]
    if len(free) == 1 and out.condition and out.intent == "alert":
        out.condition = out.condition.model_copy(update={"value": free[0].value})  # `muda para 2,5%`
        used.amounts.add(free[0])
        return
    free = [amount for amount in free if not amount.unit]
    if len(free) != 1 or not isinstance(free[0].value, int):
        return
    cluster = next((f for f in out.filters if f.field == "cluster" and f.op == "eq"), None)
    if out.limit is not None and out.order:
        if any(f.field in load_dictionary().metrics for f in out.filters) and len(_plain(reading)) <= 2:
            out.ambiguous = reading.question  # `e 30?`: as many of them, or the line of the condition
        out.limit = free[0].value
    elif out.metrics and out.dimensions and pattern("first_ones").search(reading.text):
        least = pattern("at_the_other_end").search(reading.text)
        out.limit = free[0].value
        out.order = out.order or Order(by=out.metrics[0], dir="asc" if least else "desc")
    elif cluster and str(free[0].value) in load_dictionary().dimensions["cluster"].values:
        pair = {"op": "in", "value": (cluster.value, free[0].value)}
        update = pair if out.intent == "profile" and reading.cue("compare") else {"value": free[0].value}
        out.filters[out.filters.index(cluster)] = cluster.model_copy(update=update)
    else:
        return
    used.amounts.add(free[0])


def _plain(reading: Reading) -> list[str]:
    return [word for word in reading.folded if word.isalnum()]


def _same_metric(out: Draft, fresh: Draft, reading: Reading, used: Used) -> None:
    """A threshold without a metric takes the only one of the last query: `acima de 50 mil`."""
    known = load_dictionary().metrics
    measured = [*dict.fromkeys([*(f.field for f in out.filters if f.field in known), *out.metrics])]
    for amount in [a for a in reading.amounts if a not in used.amounts]:
        op, _ = operator_of(reading, amount)
        if op in {"gt", "gte", "lt", "lte"} and len(measured) == 1 and not fresh.metrics:
            if _of_something_else(amount, measured[0], reading):
                out.ambiguous = reading.question
            elif reading.cue("alert"):
                fresh.condition = Filter(field=measured[0], op=op, value=amount.value)
            else:
                fresh.add_filter(measured[0], op, amount.value)
            used.amounts.add(amount)


def _of_something_else(amount: Amount, metric: str, reading: Reading) -> bool:
    """Whether an amount cannot be of the metric: percent of hours, customers of a mean."""
    people = any(i.name == "customer" and i.start == amount.end for i in reading.of("dimension"))
    percent = amount.unit == "%" and load_dictionary().metrics[metric].unit != "percent"
    return percent or (people and metric not in COUNTED)


def _renewed(out: Draft, fresh: Draft, reading: Reading, used: Used) -> None:
    """`E em agosto?` after contracts that end in July: another period of the renewal filter."""
    renewal = next((f for f in out.filters if f.field == "renewal_date"), None)
    period = reading.periods[0] if len(reading.periods) == 1 else None
    horizon = (fresh.forecast.start, fresh.forecast.end) if fresh.forecast else fresh.days
    if period:
        horizon = (reading.as_of if period.open_start else period.days[0], period.days[1])
    if renewal and horizon and not fresh.metrics:
        days = tuple(day.isoformat() for day in horizon if day)
        if _adds(reading) and isinstance(renewal.value, tuple) and len(days) == 2:  # `e agosto também`
            days = min(str(renewal.value[0]), days[0]), max(str(renewal.value[1]), days[1])
        out.filters[out.filters.index(renewal)] = renewal.model_copy(update={"op": "between", "value": days})
        fresh.days, fresh.forecast, used.periods, fresh.intent = None, None, reading.periods, None


def _compare_members(out: Draft, fresh: Draft, reading: Reading) -> None:
    """`Compara com o agro` after retail: members compared."""
    if not reading.cue("compare") or fresh.comparison:
        return
    for made in list(fresh.filters):
        same = next((f for f in out.filters if f.field == made.field and f.op == made.op == "eq"), None)
        if same and not isinstance(same.value, tuple) and not isinstance(made.value, tuple):
            out.comparison = Comparison(type="members", field=made.field, values=(same.value, made.value))
            out.intent, out.dimensions = "compare", list(dict.fromkeys([*out.dimensions, made.field]))
            out.filters.remove(same)
            fresh.filters.remove(made)


def _compare_last_two(out: Draft, before: Draft, reading: Reading, used: Used) -> None:
    """`Compara os dois`: the last two queries, which differ in a period or in one value."""
    first = before.previous
    which = pattern("which_of_both").search(reading.text)
    unnamed = out.intent == "rank" and not out.dimensions
    if first is None or not (which or unnamed or (_names_both(reading) and reading.cue("compare"))):
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
            out.order = out.limit = None
            out.comparison = Comparison(type="members", field=a.field, values=(a.value, b.value))
            out.intent, out.dimensions = "compare", list(dict.fromkeys([*out.dimensions, a.field]))


def _names_both(reading: Reading) -> bool:
    return bool(pattern("both").search(reading.text) or pattern("between_both").match(reading.text))


def _adds(reading: Reading) -> bool:
    return bool(pattern("joins_in").search(reading.text))


def _dimensions(out: Draft, fresh: Draft, reading: Reading) -> None:
    if not fresh.dimensions or _narrows_to_customers(out, fresh, reading):
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
        or out.intent not in {"metric", "trend", "rank"}
        or any(i.name == "customer" for i in reading.of("dimension"))
    ]
    if replaced:
        out.dimensions = list(dict.fromkeys([*keep, *replaced]))


def _narrows_to_customers(out: Draft, fresh: Draft, reading: Reading) -> bool:
    """`Only customers with more than 24 months` after a grouping: a filter, not a list."""
    only = (
        pattern("only_word").search(reading.text) is not None
        and fresh.dimensions == ["customer"]
        and bool(fresh.filters)
    )
    return only and out.intent not in {"list", "rank", "profile", "actions"}


def _order(out: Draft, before: Draft, fresh: Draft, reading: Reading) -> None:
    by = fresh.metrics[:1] or (before.metrics if len(before.metrics) == 1 else [])
    ends = pattern("first_by").search(reading.text)
    leads = pattern("who_leads").match(reading.text)
    if ends and fresh.metrics:
        out.order = Order(by=fresh.metrics[0], dir="asc" if ends["least"] else "desc")
    elif leads and by and out.dimensions:
        out.order, out.limit = Order(by=by[0], dir="desc"), 1
    elif pattern("orders_by").match(reading.text) and by:
        out.order = Order(by=by[0], dir=stated_order(reading, by[0]) or "desc")
    elif fresh.order:
        out.order = fresh.order
    elif out.metrics and (
        fresh.ranked or (before.ranked and out.order is None) or stated_order(reading, out.metrics[0])
    ):
        way = stated_order(reading, out.metrics[0]) or direction_of(
            fresh.ranked or before.ranked or "top", out.metrics[0]
        )
        out.order = Order(by=out.metrics[0], dir=way)
    elif out.metrics and (last := next((w for w in reversed(reading.folded) if w.isalnum()), "")) in EXTREMES:
        out.order = Order(by=out.metrics[0], dir="desc" if last in {"mais", "most"} else "asc")
    elif reading.cue("invert") and out.order:
        out.order = Order(by=out.order.by, dir="asc" if out.order.dir == "desc" else "desc")
    if out.order and pattern("only_the_first").search(reading.text):
        out.limit = 1
    if fresh.ranked and not fresh.metrics and len(set(before.metrics)) > 1 and not before.order and not fresh.order:
        out.ambiguous = reading.question  # `ordena` after two metrics: by which of them
    if fresh.limit:
        out.limit = fresh.limit
        if out.order is None and out.metrics:
            out.order = Order(by=out.metrics[0], dir="desc")
