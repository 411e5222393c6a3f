"""The metrics a question asks for, by name or implied by a verb."""

import itertools

from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.wording import pattern, words
from b2shift.insight.reading.mentions import Mention, Reading
from b2shift.metrics.api import load_dictionary

WITHIN = {
    "resolution_hours": {"tickets"},
    "csat": {"tickets"},
    "tickets_per_customer": {"tickets", "active_customers"},
    "churned_mrr": {"mrr", "churn_rate", "churned_customers"},
    "expansion_mrr": {"mrr", "upsell_pipeline"},
    "mrr_at_risk": {"mrr", "churn_risk"},
    "upsell_propensity": {"upsell_pipeline"},
    "arpa": {"mrr"},
    "arr": {"mrr"},
    "churned_customers": {"churn_rate"},
    "delinquency_rate": {"overdue_amount"},
    "product_adoption_rate": {"usage_hours"},
    "order_value": {"orders", "buying_customers"},
    "average_order_value": {"orders", "order_value", "arpa"},
    "cancelled_orders": {"orders"},
    "order_cancellation_rate": {"orders", "cancelled_orders", "churn_rate"},
    "first_time_buyers": {"orders", "buying_customers"},
    "orders": {"buying_customers"},
}
"""Metric → metrics whose names its longer wordings touch: said without `e` between, they are one."""
MONEY = {"mrr", "arr"}
BANDS = {"nps_band": "nps", "risk_band": "churn_risk"}
IN_UNIT = {
    ("churn_rate", "in_money"): "churned_mrr",
    ("churned_customers", "in_money"): "churned_mrr",
    ("churn_rate", "in_count"): "churned_customers",
    ("delinquency_rate", "in_money"): "overdue_amount",
}
"""A metric and the unit it is wanted in → its sister in that unit."""


def metrics_asked(reading: Reading, draft: Draft, used: Used) -> list[str]:
    """Names of the metrics asked for, in order, without those that only filter."""
    used.mentions.update(_scales(reading) | _totals(reading))
    free = [m for m in reading.of("metric") if m not in used.mentions]
    named = list(dict.fromkeys(m.name for m in free))
    if not named and "base" in reading.folded and reading.cue("rise", "drop", "growth", "trend", "moved"):
        return ["active_customers"]
    unit = reading.cue("in_money", "in_count")
    if unit:
        named = [IN_UNIT.get((name, unit.name), name) for name in named]
    named = _counted_leaving(reading, free, _with_customers(reading, draft, free, named))
    named = _counted_debtors(reading, draft, free, named)
    lost, gained = reading.cue("lose", "leave"), reading.cue("gain")
    counted = draft.customers or any(i.name == "customer" for i in reading.of("dimension"))
    if not {lost, gained} & used.mentions and _came_and_left(reading, lost, gained, counted):
        return ["new_customers", "churned_customers"]
    apart = reading.cue("count") or len(set(draft.dimensions)) > 1  # `tickets per customer by plan`
    if "tickets" in named and apart and "customer" in draft.dimensions:
        named = ["tickets_per_customer" if name == "tickets" else name for name in named]
        draft.dimensions.remove("customer")  # `quantos chamados o varejo abriu por cliente?`
    if pattern("churn_in_both").search(reading.text):
        return ["churn_rate", "churned_mrr"]
    named = _bought(reading, draft, _at_risk(reading, _by_verb(reading, draft, named, used), used))
    for metric in list(named):
        for other in WITHIN.get(metric, ()):
            if other in named and not _joined(free, metric, other, reading):
                named.remove(other)
    if (
        "new_customers" in named
        and len(named) > 1
        and not any(_joined(free, "new_customers", other, reading) for other in named if other != "new_customers")
    ):
        named.remove("new_customers")
    return named


def _bought(reading: Reading, draft: Draft, named: list[str]) -> list[str]:
    """`Clientes que mais compraram` by value; `compraram expansão acima de 3 mil` asks for the expansion."""
    if "buying_customers" not in named:
        return named
    if {one.field for one in draft.filters} & set(load_dictionary().metrics):
        return [name for name in named if name != "buying_customers"]
    if reading.cue("top", "bottom", "best", "worst") and not reading.cue("count") and draft.customers:
        return ["order_value" if name == "buying_customers" else name for name in named]
    return named


def _counted_leaving(reading: Reading, free: list[Mention], named: list[str]) -> list[str]:
    """`O mês com mais cancelamentos`: plural churn is a count, not a rate."""
    several = any(
        m.name == "churn_rate" and reading.folded[m.start] != reading.words[m.start].lemma for m in free
    ) and not reading.cue("share")
    return ["churned_customers" if name == "churn_rate" else name for name in named] if several else named


def _counted_debtors(reading: Reading, draft: Draft, free: list[Mention], named: list[str]) -> list[str]:
    """`Qual região tem mais devedores?`: a count of debtors, not an amount."""
    late = [m for m in free if reading.words[m.start].lemma in words("debtors")]
    several = [m for m in late if reading.folded[m.start] != reading.words[m.start].lemma]
    if not any(reading.folded[max(0, m.start - 1)] in words("more_of") for m in several):
        return named
    draft.add_filter("overdue_amount", "gt", 0)
    return ["active_customers" if name == "overdue_amount" else name for name in named]


def _with_customers(reading: Reading, draft: Draft, free: list[Mention], named: list[str]) -> list[str]:
    """`MRR, clientes e churn por plano`: customers in a list of metrics are a count."""
    if not set(draft.dimensions) - {"customer"} or reading.cue("list"):
        return named
    lists = words("list_marks")
    for mention in reading.of("dimension"):
        before, after = reading.folded[mention.start - 1 : mention.start], reading.folded[mention.end : mention.end + 1]
        left = any(m.end == mention.start - 1 for m in free) and set(before) & lists
        right = any(m.start == mention.end + 1 for m in free) and set(after) & lists
        if mention.name == "customer" and (left or right) and "active_customers" not in named:
            position = sum(m.start < mention.start for m in free)
            draft.customers = False
            return [*named[:position], "active_customers", *named[position:]]
    return named


def _scales(reading: Reading) -> set[Mention]:
    """Metrics that only name the scale of a band: `quantos são neutros no NPS?`."""
    bands = [value for value in reading.of("value") if value.name in BANDS]
    return {
        metric
        for metric in reading.of("metric")
        for band in bands
        if metric.name == BANDS[band.name] and _tells_scale(reading, metric, band)
    }


def _totals(reading: Reading) -> set[Mention]:
    """Metrics that only qualify the one beside them: `o MRR total dos clientes`, `MRR em atraso`."""
    ends = {metric.end for metric in reading.of("metric")}
    late = {metric.start for metric in reading.of("metric") if metric.name == "overdue_amount"}
    return {
        m
        for m in reading.of("metric")
        if (m.start in ends and reading.folded[m.start] in words("amounts")) or (m.name in MONEY and m.end in late)
    }


def _tells_scale(reading: Reading, metric: Mention, band: Mention) -> bool:
    after = metric.start - band.end == 1 and reading.folded[band.end] in {"no", "do", "em", "de", "on", "in", "pelo"}
    before = band.start - metric.end == 1 and reading.folded[metric.end] == "de"  # `NPS de promotor`
    return after or (before and reading.words[band.start].folded == reading.words[band.start].lemma)


def _by_verb(reading: Reading, draft: Draft, named: list[str], used: Used) -> list[str]:  # noqa: C901, PLR0911 - one meaning per line
    """Metrics implied by verbs: `quantos clientes perdemos`, `receita que saiu`, `clientes que conquistamos`."""
    customers = any(i.name == "customer" for i in reading.of("dimension")) or named == ["active_customers"]
    customers = customers or draft.customers
    who = any(w in {"quem", "who"} for w in reading.folded)
    reasons = "churn_reason" in draft.dimensions
    lost, gained = reading.cue("lose", "leave"), reading.cue("gain")
    if lost is None and pattern("will_lose").search(reading.text):
        lost = reading.cue("forecast")
    if {lost, gained} & used.mentions or _counted_and_timed(reading, named):
        return named
    if gained and not named and pattern("sold_to_base").search(reading.text):
        return ["expansion_mrr"]
    money = [name for name in named if name in MONEY]
    if set(named) == {"churn_rate", "mrr"} and pattern("churn_in_money").search(reading.text):
        return ["churned_mrr"]
    if reasons and money and pattern("lost").search(reading.text):
        return ["churned_mrr", *(n for n in named if n not in MONEY and n != "churn_rate")]
    worth = _by_how_much(reading, draft, named, lost, customers)
    if worth:
        return worth
    if lost and money and lost.name in {"lose", "forecast"}:
        return ["churned_mrr", *(n for n in named if n not in MONEY and n != "churn_rate")]
    if lost and lost.name == "leave" and money and not customers and len(named) == len(money):
        return ["churned_mrr"]
    if (lost or reasons) and not (set(named) - {"active_customers", "churn_rate"}) and (customers or who or reasons):
        return ["churned_customers"]
    if named == ["mrr"] and customers and reading.cue("count"):
        return ["active_customers"]
    if "tickets" in named and pattern("how_long").search(reading.text):
        return ["resolution_hours", *(n for n in named if n not in {"tickets", "resolution_hours"})]
    aged = any(f.field == "tenure_months" for f in draft.filters)
    active = gained and any(m.name == "active_customers" and m.start == gained.end for m in reading.of("metric"))
    if gained and customers and not (aged or active) and not (set(named) - {"active_customers"}):
        return ["new_customers"]
    return named


def _counted_and_timed(reading: Reading, named: list[str]) -> bool:
    """`Quantos chamados abriram e em quanto tempo os resolvemos`: both metrics."""
    counted = {cue.end for cue in reading.of("cue") if cue.name == "count"}
    apart = "resolution_hours" in named and _joined(reading.of("metric"), "tickets", "resolution_hours", reading)
    return apart and any(m.name == "tickets" and m.start in counted for m in reading.of("metric"))


def _by_how_much(reading: Reading, draft: Draft, named: list[str], lost: Mention | None, customers: bool) -> list[str]:
    """`Quanto deixamos de ganhar com churn?`: `how much` asks for money."""
    if reading.cue("how_much") is None:
        return []
    if lost and named == ["churn_rate"] and not customers:
        return ["churned_mrr"]
    people = any(i.name == "customer" for i in reading.of("dimension"))
    renewing = any(f.field == "renewal_date" for f in draft.filters)
    return ["mrr"] if not named and renewing and not people else []


def _came_and_left(reading: Reading, lost: Mention | None, gained: Mention | None, customers: bool) -> bool:
    """`Quantos clientes ganhamos e quantos perdemos?`: both counts."""
    new = next((m for m in reading.of("metric") if m.name == "new_customers"), gained)
    counted = customers or (new is not None and new.kind == "metric")
    if lost is None or new is None or not counted or {m.name for m in reading.of("metric")} - {"new_customers"}:
        return False
    first, second = sorted((new, lost), key=lambda mention: mention.start)
    return bool({"e", "and", "x", "vs", "versus", "contra", ","} & set(reading.folded[first.end : second.start]))


def _at_risk(reading: Reading, named: list[str], used: Used) -> list[str]:
    """`Quanto do MRR está em risco?`: MRR at risk, not the MRR of those in the risk band."""
    risk = next((v for v in reading.of("value") if v.name == "risk_band" and v.value == "alto"), None)
    money = next((m for m in reading.of("metric") if m.name in MONEY and m not in used.mentions), None)
    if risk is None or money is None or named[:1] != [money.name] or money.end > risk.start:
        return named
    between = set(reading.folded[money.end : risk.start])
    if between <= {"esta", "estao", "ta", "em", "is", "hoje", "atual", "que", "temos", "recorrente"}:
        used.mentions.add(risk)
        return ["mrr_at_risk", *named[1:]]
    return named


def _joined(items: list[Mention], one: str, other: str, reading: Reading) -> bool:
    """Whether two metrics are coordinated: `reclamam, em chamados por cliente` is one with its measure."""
    positions = sorted((i for i in items if i.name in {one, other}), key=lambda i: i.start)
    through = {one, other} == {"churned_mrr", "churn_rate"}  # `quanto deixamos de faturar com churn`
    joining = words("metric_joiners") - ({"com"} if through else set())
    return any(
        {a.name, b.name} == {one, other}
        and (joining - ({","} if reading.folded[b.start - 1] in {"em", "in"} else set()))
        & set(reading.folded[a.end : b.start])
        for a, b in itertools.pairwise(positions)
    )
