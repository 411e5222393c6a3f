"""Coverage check: every number, value, metric, period and cue recognised is used in the query, or is asked about."""

from collections.abc import Callable, Iterator

from b2shift.insight.planning.conditions import INVERSE, OPS
from b2shift.insight.planning.constructions import unsupported_constructions
from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.grouping import among, split_by
from b2shift.insight.planning.idioms import unsupported_idioms
from b2shift.insight.planning.measures import IN_UNIT, WITHIN
from b2shift.insight.planning.phrasing import PUSHES, is_unit_percent, names_delivery
from b2shift.insight.planning.qualifiers import unsupported_qualifiers
from b2shift.insight.planning.slot_filling import SCHEDULES
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.mentions import Mention, Reading
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


def uncovered(reading: Reading, draft: Draft, used: Used) -> list[str]:
    """Words, as typed, of recognised mentions that the query does not use."""
    return [
        " ".join(word.typed for word in reading.words[start:end])
        for start, end in sorted(
            {
                *_numbers(reading, draft, used),
                *_named(reading, draft, used),
                *_split(reading, draft, used),
                *_unused_dimensions(reading, draft, used),
                *_cues(reading, draft),
                *_undeclared_ratio(reading, draft),
                *unsupported_qualifiers(reading, draft),
                *_unsupported(reading, draft),
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
    if draft.intent in {"report", "alert"} and names_delivery(reading):
        fields.add("channel")
    metrics = {*draft.metrics, *fields} | ({draft.order.by.removesuffix(".change")} if draft.order else set())
    share = reading.cue("share") if draft.calculation == "share_of_total" else None
    metrics |= {name for (name, _), sister in IN_UNIT.items() if sister in metrics}
    hidden = {name for metric in metrics for name in WITHIN.get(metric, ())} | {"active_customers", "tickets"}
    for mention in reading.mentions:
        paying = mention.name == "mrr" and reading.folded[mention.start].startswith(("pag", "pay"))
        if mention in used.mentions or draft.intent == "define" or (paying and draft.metrics == ["active_customers"]):
            continue
        if (mention.kind == "value" and mention.name not in fields) or (
            mention.kind == "metric"
            and mention.name not in metrics | (set() if share and mention.start > share.start else hidden)
        ):
            yield mention.start, mention.end


def _split(reading: Reading, draft: Draft, used: Used) -> Iterator[tuple[int, int]]:
    """Dimensions after a grouping cue (`por região`, `em cada plano`) that are neither grouped nor filtered by."""
    if draft.intent in {"define", "profile", "actions", "explain", "relationship", "alert"}:
        return
    used_names = {
        *draft.dimensions,
        *(one.field for one in draft.filters),
        *(draft.metrics if draft.intent == "list" else ()),
    }
    used_names |= {draft.comparison.field} if draft.comparison and draft.comparison.field else set()
    counted = (
        {"customer"} if {"active_customers", "tickets_per_customer"} & {*draft.metrics} or draft.customers else set()
    )
    for mention in reading.of("dimension"):
        scope = mention.name == "customer" and among(reading, mention)
        if (
            mention.name not in used_names | counted
            and mention not in used.mentions
            and not scope
            and split_by(reading, mention)
        ):
            yield mention.start, mention.end


ABOUT = frozenset({"define", "profile", "actions", "explain", "relationship", "alert"})
"""Answers that may name a group without splitting by it."""
NAMED_BY = {
    "campaign": {"campaign_conversion_rate"}, "product_line": {"product_adoption_rate"}, "tenure_months": {"ltv"},
}  # fmt: skip
"""Dimension → metrics whose wording may name it: `o segmento que melhor responde às campanhas`."""


def _unused_dimensions(reading: Reading, draft: Draft, used: Used) -> Iterator[tuple[int, int]]:
    """Dimensions named but neither grouped nor filtered by: `os clientes do vendedor com mais chamados`."""
    if draft.intent in ABOUT:
        return
    fields = {one.field for one in draft.filters}
    used_names = {*draft.dimensions, *fields, "customer"} | ({draft.order.by} if draft.order else set())
    used_names |= {draft.comparison.field} if draft.comparison and draft.comparison.field else set()
    for mention in reading.of("dimension"):
        by_its_metric = NAMED_BY.get(mention.name, set()) & {*draft.metrics, *fields}
        if mention.name not in used_names and mention not in used.mentions and not by_its_metric:
            yield mention.start, mention.end


def _unsupported(reading: Reading, draft: Draft) -> Iterator[tuple[int, int]]:
    """Unsupported idioms and constructions; a definition or advice needs only its subject."""
    if draft.intent not in {"define", "actions"}:
        yield from unsupported_idioms(reading, draft)
        yield from unsupported_constructions(reading, draft)


def _undeclared_ratio(reading: Reading, draft: Draft) -> Iterator[tuple[int, int]]:
    """A ratio of two metrics that no metric declares: `receita por chamado`."""
    ranked = draft.order or draft.limit or draft.ranked or draft.intent not in {"metric", "trend", "compare"}
    for cue in reading.of("cue"):
        split = next((m for m in reading.of("metric") if m.start == cue.end), None) if cue.name == "by" else None
        if split and split.name in draft.metrics and len(set(draft.metrics)) > 1 and not ranked:
            yield cue.start, split.end


def _cues(reading: Reading, draft: Draft) -> Iterator[tuple[int, int]]:
    for mention in reading.of("cue"):
        check = CHECKS.get(mention.name)
        if check and not check(draft, mention, reading):
            yield mention.start, mention.end


def _compares(draft: Draft, mention: Mention, reading: Reading) -> bool:
    """`acima de`, `ou mais`: a filter exists; without a number beside them these are ordinary words."""
    if not any(
        0 <= amount.start - mention.end <= 4 or 0 <= mention.start - amount.end <= 2 for amount in reading.amounts
    ):
        return reading.folded[mention.start] not in {"maximo", "minimo", "maximum", "minimum"}  # `MRR máximo de 2025`
    every = [*draft.filters, *([draft.condition] if draft.condition else [])]
    stated = any(one.op not in {"eq", "neq", "in"} for one in every)
    return stated or draft.comparison is not None or draft.intent == "forecast"


def _compared_with(draft: Draft, mention: Mention, reading: Reading) -> bool:
    return (
        draft.comparison is not None
        or draft.intent in {"compare", "define", "explain", "relationship", "rank"}
        or draft.calculation is not None
        or bool(draft.dimensions)
        or (draft.intent == "profile" and any(one.op == "in" for one in draft.filters))
        or len(set(draft.metrics)) > 1
        or (
            reading.folded[mention.start] == "em" and any(0 <= m.start - mention.end <= 1 for m in reading.of("metric"))
        )
    )


def _ordered(draft: Draft, mention: Mention, reading: Reading) -> bool:
    if draft.order or draft.ranked or draft.limit or draft.comparison or draft.intent in MOVING - {"trend", "compare"}:
        return True
    if (
        mention.name in {"top", "bottom"}
        and mention.end - mention.start == 1
        and reading.folded[mention.start] in {"mais", "menos"}
    ):
        following = reading.folded[mention.end : mention.end + 1]
        if any(i.start == mention.end and i.name in {"lose", "leave", "gain"} for i in reading.of("cue")):
            return False  # `que perfil mais cancela?`
        return not any(i.start == mention.end and i.kind == "metric" for i in reading.mentions) or following == ["de"]
    return False


def _moves(draft: Draft, mention: Mention, reading: Reading) -> bool:
    ordered = draft.order is not None and draft.order.by.endswith(".change")
    plain = reading.folded[mention.start] in {"up", "down"}
    plain = plain or (draft.order is not None and reading.folded[mention.start].startswith(PUSHES))
    stated = draft.calculation == "growth" or draft.comparison is not None or _changes(draft) or ordered
    return stated or plain or draft.intent in MOVING


def _excludes(draft: Draft, mention: Mention, reading: Reading) -> bool:
    """`exceto varejo`, `sem chamados`: a value is excluded, equals zero, or a comparison is inverted."""
    reach = 3 if mention.name == "not" else 2
    kinds = {"value"} if mention.name == "not" else {"value", "metric", "dimension"}
    named = [i for i in reading.mentions if i.kind in kinds and i.name != "customer"]
    if not any(0 <= i.start - mention.end <= reach for i in named):
        return _negates(draft, mention, reading)
    after = next((i for i in named if 0 <= i.start - mention.end <= reach), None)
    if after is not None and after.kind == "value" and mention.name == "not":
        return any(one.field == after.name and one.op != "eq" for one in draft.filters) or draft.comparison is not None
    return _negates(draft, mention, reading)


def _negates(draft: Draft, mention: Mention, reading: Reading) -> bool:
    """Whether a filter excludes or equals zero, or a comparison after the negation is inverted."""
    every = [*draft.filters, *([draft.condition] if draft.condition else [])]
    compared = any(0 <= i.start - mention.end <= DENIED and i.name in OPS for i in reading.of("cue"))
    return any(one.op == "neq" or (one.op == "eq" and one.value == 0) for one in every) or (
        compared and any(one.op in INVERSE for one in every)
    )


def _not_as(*intents: str) -> Callable[[Draft, Mention, Reading], bool]:
    """A cue that is covered by every intent but these."""
    return lambda draft, mention, reading: draft.intent not in intents


def _calculated(draft: Draft, mention: Mention, reading: Reading) -> bool:
    kinds = {"rank", "explain", "define", "relationship", "alert", "forecast", "actions", "report"}
    stated = bool(draft.calculation or draft.comparison) or draft.intent in kinds or _changes(draft)
    return stated or is_unit_percent(reading, draft, mention)


def _leaves(draft: Draft, mention: Mention, reading: Reading) -> bool:
    """Cues of leaving: a churn metric, a churn reason or customers at risk."""
    fields = {one.field for one in draft.filters}
    stated = LEAVING & {*draft.metrics, *fields} or fields & {"risk_band", "renewal_date"} or _changes(draft)
    return bool(stated) or draft.intent in MOVING or "churn_reason" in draft.dimensions


def _gains(draft: Draft, mention: Mention, reading: Reading) -> bool:
    aged = any(one.field == "tenure_months" for one in draft.filters)
    closed = reading.folded[mention.start].startswith(("fech", "clos", "cheg"))  # `como fechou o MRR`
    return closed or bool(COMING & {*draft.metrics}) or draft.intent in MOVING or aged


def _has_steps(draft: Draft, mention: Mention, reading: Reading) -> bool:
    """`Por mês`, `todo mês`: the grain of a series, a forecast or a schedule; lists and rankings have none."""
    alone = mention.end - mention.start == 1  # `a maior taxa mensal` is how the rate is made
    ranked = draft.intent == "rank" and not draft.grain and not alone
    return not (draft.intent == "list" or ranked)


def _in_money(draft: Draft, mention: Mention, reading: Reading) -> bool:
    """`Carteira em risco em reais`: an amount is wanted, not a number of customers."""
    known = load_dictionary().metrics
    return any(known[name].unit == "brl" for name in draft.metrics) or draft.intent in MOVING


def _renews(draft: Draft, mention: Mention, reading: Reading) -> bool:
    stated = any(one.field == "renewal_date" for one in draft.filters) or "renewal_date" in draft.dimensions
    return stated or draft.intent != "list"


def _averaged(draft: Draft, mention: Mention, reading: Reading) -> bool:
    whole = mention.end - mention.start == 1 and not (draft.filters or draft.dimensions or draft.customers)
    return (
        whole
        or pattern("others_together").search(reading.text) is not None
        or draft.comparison is not None
        or draft.intent in {"define", "profile"}
    )


def _changes(draft: Draft) -> bool:
    every = [*draft.filters, *([draft.condition] if draft.condition else [])]
    return any(one.op.startswith("change") for one in every)


CHECKS: dict[str, Callable[[Draft, Mention, Reading], bool]] = {
    **dict.fromkeys(COMPARES, _compares),
    "compare": _compared_with,
    **dict.fromkeys(("top", "bottom", "best", "worst", "ranking", "maximum"), _ordered),
    **dict.fromkeys(("drop", "rise", "halved", "doubled"), _moves),
    **dict.fromkeys(("not", "none"), _excludes),
    **dict.fromkeys(("share", "growth", "cumulative", "median", "p90", "p95", "moving_average"), _calculated),
    "in_money": _in_money,
    "moved": _moves,
    "trend": _not_as("metric", "rank", "list"),
    "explain": _not_as("metric", "list", "compare"),
    "forecast": _not_as("metric", "trend", "compare", "rank"),
    "actions": _not_as("metric", "trend", "list", "rank", "compare"),
    "alert": _not_as("metric", "trend", "list", "rank", "compare", "forecast"),
    "define": lambda draft, mention, reading: (
        draft.intent not in {"metric", "trend", "rank", "compare"} or reading.folded[mention.start] == "que"
    ),
    "relationship": lambda draft, mention, reading: (
        draft.intent in {"relationship", "define", "explain", "actions", "profile", "report"} or bool(draft.calculation)
    ),
    **dict.fromkeys(
        ("oldest", "newest"), lambda draft, mention, reading: bool(draft.order and draft.order.by == "tenure_months")
    ),
    "average_all": _averaged,
    "profile": lambda draft, mention, reading: draft.intent in {"profile", "define", "actions", "compare"},
    "place": lambda draft, mention, reading: draft.intent == "rank" and not draft.limit,
    **dict.fromkeys(("grain_month", "grain_quarter", "grain_year"), _has_steps),
    **dict.fromkeys(SCHEDULES, _has_steps),
    **dict.fromkeys(("lose", "leave"), _leaves),
    "gain": _gains,
    "renewal": _renews,
}
"""Cue → whether it left its mark in the draft."""
