"""Nothing recognised may be lost: every number, value, metric, period and cue leaves its mark in the query, or is asked about."""

from collections.abc import Callable, Iterator

from b2shift.insight.planning.conditions import INVERSE, OPS
from b2shift.insight.planning.constructions import construed
from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.finishing import SCHEDULES
from b2shift.insight.planning.grouping import among, split_by
from b2shift.insight.planning.measures import IN_UNIT, WITHIN
from b2shift.insight.planning.phrasing import PUSHES, delivers, in_percent_anyway
from b2shift.insight.planning.places import placed
from b2shift.insight.planning.turns import turned
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.items import Item, Reading
from b2shift.metrics.api import load_dictionary

ANY_NUMBER = frozenset({"um", "uma", "one", "meia", "100", "cento"})
"""Words that count nothing in ordinary speech."""
DENIED = 6
"""Words between a denial and the comparison it turns round: `sem os clientes com menos de 6 meses`."""
COMPARES = frozenset({*OPS, "between", "or_more", "or_less"})
MOVING = frozenset({"explain", "trend", "alert", "relationship", "actions", "compare", "forecast", "define", "profile"})
LEAVING = frozenset({"churned_customers", "churned_mrr", "churn_rate", "churn_risk", "mrr_at_risk", "nrr", "grr"})
COMING = frozenset(
    {
        "new_customers",
        "expansion_mrr",
        "campaign_conversion_rate",
        "active_customers",
        "upsell_pipeline",
        "upsell_propensity",
    }
)


def lost(reading: Reading, draft: Draft, used: Used) -> list[str]:
    """What was recognised in a question and is not in its query, as typed."""
    return [
        " ".join(word.typed for word in reading.words[start:end])
        for start, end in sorted(
            {
                *_numbers(reading, draft, used),
                *_named(reading, draft, used),
                *_split(reading, draft, used),
                *_unheld(reading, draft, used),
                *_cues(reading, draft),
                *_unsaid(reading, draft),
                *placed(reading, draft),
                *_turned(reading, draft),
            }
        )
    ]


def _numbers(reading: Reading, draft: Draft, used: Used) -> Iterator[tuple[int, int]]:
    for amount in reading.amounts:
        said = " ".join(reading.folded[amount.start : amount.end])
        if amount not in used.amounts and said not in ANY_NUMBER and draft.schedule is None:
            yield amount.start, amount.end
    timed = draft.days or draft.forecast or draft.schedule or draft.intent in {"alert", "define"}
    room = 1 + (draft.comparison is not None)
    free = [period for period in reading.periods if period not in used.periods]
    if free and not timed and draft.comparison is None:
        yield free[0].start, free[0].end
    elif len({p.days for p in free}) > room and draft.intent != "forecast":
        yield free[room].start, free[room].end


def _named(reading: Reading, draft: Draft, used: Used) -> Iterator[tuple[int, int]]:
    fields = {one.field for one in draft.filters}
    if draft.condition:
        fields.add(draft.condition.field)
    if draft.comparison and draft.comparison.field:
        fields.add(draft.comparison.field)
    if draft.intent in {"report", "alert"} and delivers(reading):
        fields.add("channel")
    metrics = {*draft.metrics, *fields} | ({draft.order.by.removesuffix(".change")} if draft.order else set())
    share = reading.cue("share") if draft.calculation == "share_of_total" else None
    metrics |= {name for (name, _), sister in IN_UNIT.items() if sister in metrics}
    hidden = {name for metric in metrics for name in WITHIN.get(metric, ())} | {"active_customers", "tickets"}
    for item in reading.items:
        paying = item.name == "mrr" and reading.folded[item.start].startswith(("pag", "pay"))
        if item in used.items or draft.intent == "define" or (paying and draft.metrics == ["active_customers"]):
            continue
        if (item.kind == "value" and item.name not in fields) or (
            item.kind == "metric"
            and item.name not in metrics | (set() if share and item.start > share.start else hidden)
        ):
            yield item.start, item.end


def _split(reading: Reading, draft: Draft, used: Used) -> Iterator[tuple[int, int]]:
    """`Por região`, `em cada plano`: what splits is a dimension of the query, or one of its conditions."""
    if draft.intent in {"define", "profile", "actions", "explain", "relationship", "alert"}:
        return
    held = {
        *draft.dimensions,
        *(one.field for one in draft.filters),
        *(draft.metrics if draft.intent == "list" else ()),
    }
    held |= {draft.comparison.field} if draft.comparison and draft.comparison.field else set()
    counted = (
        {"customer"} if {"active_customers", "tickets_per_customer"} & {*draft.metrics} or draft.customers else set()
    )
    for item in reading.of("dimension"):
        scope = item.name == "customer" and among(reading, item)
        if item.name not in held | counted and item not in used.items and not scope and split_by(reading, item):
            yield item.start, item.end


ABOUT = frozenset({"define", "profile", "actions", "explain", "relationship", "alert"})
"""Answers that may name a group without splitting by it."""
NAMED_BY = {
    "campaign": {"campaign_conversion_rate"}, "product_line": {"product_adoption_rate"}, "tenure_months": {"ltv"},
}  # fmt: skip
"""Dimension → metrics whose wording may name it: `o segmento que melhor responde às campanhas`."""


def _unheld(reading: Reading, draft: Draft, used: Used) -> Iterator[tuple[int, int]]:
    """`Os clientes do vendedor com mais chamados`: a group that neither splits nor narrows is lost."""
    if draft.intent in ABOUT:
        return
    fields = {one.field for one in draft.filters}
    held = {*draft.dimensions, *fields, "customer"} | ({draft.order.by} if draft.order else set())
    held |= {draft.comparison.field} if draft.comparison and draft.comparison.field else set()
    for item in reading.of("dimension"):
        by_its_metric = NAMED_BY.get(item.name, set()) & {*draft.metrics, *fields}
        if item.name not in held and item not in used.items and not by_its_metric:
            yield item.start, item.end


def _turned(reading: Reading, draft: Draft) -> Iterator[tuple[int, int]]:
    """Turns and constructions; a definition or advice holds whatever is said beside its subject."""
    if draft.intent not in {"define", "actions"}:
        yield from turned(reading, draft)
        yield from construed(reading, draft)


def _unsaid(reading: Reading, draft: Draft) -> Iterator[tuple[int, int]]:
    """`Receita por chamado` is a number nobody declared."""
    ranked = draft.order or draft.limit or draft.ranked or draft.intent not in {"metric", "trend", "compare"}
    for cue in reading.of("cue"):
        split = next((m for m in reading.of("metric") if m.start == cue.end), None) if cue.name == "by" else None
        if split and split.name in draft.metrics and len(set(draft.metrics)) > 1 and not ranked:
            yield cue.start, split.end


def _cues(reading: Reading, draft: Draft) -> Iterator[tuple[int, int]]:
    for item in reading.of("cue"):
        check = CHECKS.get(item.name)
        if check and not check(draft, item, reading):
            yield item.start, item.end


def _compares(draft: Draft, item: Item, reading: Reading) -> bool:
    """`acima de`, `ou mais`: a condition; without a number after it the words are ordinary ones."""
    if not any(0 <= amount.start - item.end <= 4 or 0 <= item.start - amount.end <= 2 for amount in reading.amounts):
        return reading.folded[item.start] not in {"maximo", "minimo", "maximum", "minimum"}  # `MRR máximo de 2025`
    every = [*draft.filters, *([draft.condition] if draft.condition else [])]
    told = any(one.op not in {"eq", "neq", "in"} for one in every)
    return told or draft.comparison is not None or draft.intent == "forecast"


def _set_against(draft: Draft, item: Item, reading: Reading) -> bool:
    return (
        draft.comparison is not None
        or draft.intent in {"compare", "define", "explain", "relationship", "rank"}
        or draft.calculation is not None
        or bool(draft.dimensions)
        or (draft.intent == "profile" and any(one.op == "in" for one in draft.filters))
        or len(set(draft.metrics)) > 1
        or (reading.folded[item.start] == "em" and any(0 <= m.start - item.end <= 1 for m in reading.of("metric")))
    )


def _ordered(draft: Draft, item: Item, reading: Reading) -> bool:
    if draft.order or draft.ranked or draft.limit or draft.comparison or draft.intent in MOVING - {"trend", "compare"}:
        return True
    if (
        item.name in {"top", "bottom"}
        and item.end - item.start == 1
        and reading.folded[item.start] in {"mais", "menos"}
    ):
        following = reading.folded[item.end : item.end + 1]
        if any(i.start == item.end and i.name in {"lose", "leave", "gain"} for i in reading.of("cue")):
            return False  # `que perfil mais cancela?`
        return not any(i.start == item.end and i.kind == "metric" for i in reading.items) or following == ["de"]
    return False


def _moves(draft: Draft, item: Item, reading: Reading) -> bool:
    ordered = draft.order is not None and draft.order.by.endswith(".change")
    plain = reading.folded[item.start] in {"up", "down"}
    plain = plain or (draft.order is not None and reading.folded[item.start].startswith(PUSHES))
    told = draft.calculation == "growth" or draft.comparison is not None or _changes(draft) or ordered
    return told or plain or draft.intent in MOVING


def _left_out(draft: Draft, item: Item, reading: Reading) -> bool:
    """`exceto varejo`, `sem chamados`: something is left out, or is zero, or stays on the other side of a number."""
    near = 3 if item.name == "not" else 2
    kinds = {"value"} if item.name == "not" else {"value", "metric", "dimension"}
    named = [i for i in reading.items if i.kind in kinds and i.name != "customer"]
    if not any(0 <= i.start - item.end <= near for i in named):
        return _denies(draft, item, reading)
    after = next((i for i in named if 0 <= i.start - item.end <= near), None)
    if after is not None and after.kind == "value" and item.name == "not":
        return any(one.field == after.name and one.op != "eq" for one in draft.filters) or draft.comparison is not None
    return _denies(draft, item, reading)


def _denies(draft: Draft, item: Item, reading: Reading) -> bool:
    """Something is left out or is zero, or a comparison after the denial was turned round."""
    every = [*draft.filters, *([draft.condition] if draft.condition else [])]
    compared = any(0 <= i.start - item.end <= DENIED and i.name in OPS for i in reading.of("cue"))
    return any(one.op == "neq" or (one.op == "eq" and one.value == 0) for one in every) or (
        compared and any(one.op in INVERSE for one in every)
    )


def _said_as(*intents: str) -> Callable[[Draft, Item, Reading], bool]:
    """A cue of one kind of answer, in none of these others."""
    return lambda draft, item, reading: draft.intent not in intents


def _calculated(draft: Draft, item: Item, reading: Reading) -> bool:
    kinds = {"rank", "explain", "define", "relationship", "alert", "forecast", "actions", "report"}
    told = bool(draft.calculation or draft.comparison) or draft.intent in kinds or _changes(draft)
    return told or in_percent_anyway(reading, draft, item)


def _leaves(draft: Draft, item: Item, reading: Reading) -> bool:
    """Who is lost or leaves: a metric of leaving, why they left, or those about to."""
    fields = {one.field for one in draft.filters}
    told = LEAVING & {*draft.metrics, *fields} or fields & {"risk_band", "renewal_date"} or _changes(draft)
    return bool(told) or draft.intent in MOVING or "churn_reason" in draft.dimensions


def _comes(draft: Draft, item: Item, reading: Reading) -> bool:
    aged = any(one.field == "tenure_months" for one in draft.filters)
    closed = reading.folded[item.start].startswith(("fech", "clos", "cheg"))  # `como fechou o MRR`
    return closed or bool(COMING & {*draft.metrics}) or draft.intent in MOVING or aged


def _stepped(draft: Draft, item: Item, reading: Reading) -> bool:
    """`Por mês`, `todo mês`: steps of a series, of a forecast, or of what is sent; names and ranks have none."""
    alone = item.end - item.start == 1  # `a maior taxa mensal` is how the rate is made
    ranked = draft.intent == "rank" and not draft.grain and not alone
    return not (draft.intent == "list" or ranked)


def _in_money(draft: Draft, item: Item, reading: Reading) -> bool:
    """`Carteira em risco em reais`: money is wanted, no number of customers."""
    known = load_dictionary().metrics
    return any(known[name].unit == "brl" for name in draft.metrics) or draft.intent in MOVING


def _renews(draft: Draft, item: Item, reading: Reading) -> bool:
    told = any(one.field == "renewal_date" for one in draft.filters) or "renewal_date" in draft.dimensions
    return told or draft.intent != "list"


def _averaged(draft: Draft, item: Item, reading: Reading) -> bool:
    whole = item.end - item.start == 1 and not (draft.filters or draft.dimensions or draft.customers)
    return (
        whole
        or pattern("others_together").search(reading.text) is not None
        or draft.comparison is not None
        or draft.intent in {"define", "profile"}
    )


def _changes(draft: Draft) -> bool:
    every = [*draft.filters, *([draft.condition] if draft.condition else [])]
    return any(one.op.startswith("change") for one in every)


CHECKS: dict[str, Callable[[Draft, Item, Reading], bool]] = {
    **dict.fromkeys(COMPARES, _compares),
    "compare": _set_against,
    **dict.fromkeys(("top", "bottom", "best", "worst", "ranking", "maximum"), _ordered),
    **dict.fromkeys(("drop", "rise", "halved", "doubled"), _moves),
    **dict.fromkeys(("not", "none"), _left_out),
    **dict.fromkeys(("share", "growth", "cumulative", "median", "p90", "p95", "moving_average"), _calculated),
    "in_money": _in_money,
    "moved": _moves,
    "trend": _said_as("metric", "rank", "list"),
    "explain": _said_as("metric", "list", "compare"),
    "forecast": _said_as("metric", "trend", "compare", "rank"),
    "actions": _said_as("metric", "trend", "list", "rank", "compare"),
    "alert": _said_as("metric", "trend", "list", "rank", "compare", "forecast"),
    "define": lambda draft, item, reading: (
        draft.intent not in {"metric", "trend", "rank", "compare"} or reading.folded[item.start] == "que"
    ),
    "relationship": lambda draft, item, reading: (
        draft.intent in {"relationship", "define", "explain", "actions", "profile", "report"} or bool(draft.calculation)
    ),
    **dict.fromkeys(
        ("oldest", "newest"), lambda draft, item, reading: bool(draft.order and draft.order.by == "tenure_months")
    ),
    "average_all": _averaged,
    "profile": lambda draft, item, reading: draft.intent in {"profile", "define", "actions", "compare"},
    "place": lambda draft, item, reading: draft.intent == "rank" and not draft.limit,
    **dict.fromkeys(("grain_month", "grain_quarter", "grain_year"), _stepped),
    **dict.fromkeys(SCHEDULES, _stepped),
    **dict.fromkeys(("lose", "leave"), _leaves),
    "gain": _comes,
    "renewal": _renews,
}
"""Cue → whether it left its mark in the draft."""
