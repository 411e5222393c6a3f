"""Filters on numbers: thresholds, changes, tenure."""

from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.renewal import take_renewal
from b2shift.insight.planning.wording import words
from b2shift.insight.planning.zero_conditions import take_zero_conditions
from b2shift.insight.reading.mentions import CONNECTORS, Mention, Reading
from b2shift.insight.reading.numbers import Amount
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Filter, Op

INVERSE: dict[Op, Op] = {"gt": "lte", "lt": "gte", "gte": "lt", "lte": "gt"}
"""What a comparison says when it is denied."""
OPS: dict[str, Op] = {"gt": "gt", "lt": "lt", "gte": "gte", "lte": "lte", "eq": "eq"}
WHOLE_UNITS = frozenset({"brl", "count", "hours"})
PARTS = {"upsell_propensity": {"upsell_pipeline"}, "mrr_at_risk": {"mrr"}}
"""Metric → those whose name is part of it: `upsell acima de 70% de propensão`."""
IN_MONEY = {"orders": "order_value", "buying_customers": "order_value"}
"""A metric that an amount of money is set beside → what is meant: `compraram mais de R$ 5 mil`."""
PROBABILITIES = frozenset({"churn_risk", "upsell_propensity"})
MOVES = frozenset({"drop", "rise", "lose", "gain"})
MONTHS = {"mes": 1, "month": 1, "ano": 12, "year": 12}


def take_conditions(reading: Reading, draft: Draft) -> Used:
    """Fill the numeric, change, renewal and tenure filters; return the mentions they used."""
    used = Used()
    take_renewal(reading, draft, used)
    for amount in reading.amounts:
        if amount not in used.amounts:
            _tenure(reading, draft, used, amount) or _change(reading, draft, used, amount) or _compared(
                reading, draft, used, amount
            )
    take_zero_conditions(reading, draft, used)
    return used


def _tenure(reading: Reading, draft: Draft, used: Used, amount: Amount) -> bool:
    tokens = reading.words
    if amount.end >= len(tokens) or tokens[amount.end].lemma not in MONTHS:
        return False
    near = [
        i
        for i in reading.mentions
        if ((i.kind == "cue" and i.name == "tenure") or (i.kind == "dimension" and i.name == "tenure_months"))
    ]
    since = any(tokens[p].folded in {"ha", "faz"} for p in range(max(0, amount.start - 4), amount.start))
    op, between = operator_of(reading, amount)
    new = [m for m in reading.of("metric") if m.name == "new_customers" and m not in used.mentions]
    people = any(i.name == "customer" for i in reading.of("dimension")) or new
    metrics = reading.of("metric")
    idle = any(0 <= amount.start - metric.end <= 4 for metric in metrics)  # `uso zerado há mais de 2 meses`
    if since and not near and metrics and (idle or reading.cue("none", "not")):
        return False  # `não abre chamado há mais de 6 meses`: how long nothing happened, not how old the customer is
    if not near and not (since and op) and not (op and (_says_customer(reading, amount.end) or people)):
        return False
    if new and op:
        used.mentions.update(new)
        draft.customers = all(metric.start >= new[0].start for metric in metrics)
    months = MONTHS[tokens[amount.end].lemma]
    if between:
        draft.add_filter("tenure_months", "between", (amount.value * months, between.value * months))
        used.amounts.add(between)
    else:
        draft.add_filter("tenure_months", op or "eq", amount.value * months)
    used.amounts.add(amount)
    used.mentions.update(near)
    return True


def _says_customer(reading: Reading, end: int) -> bool:
    after = [word.lemma for word in reading.words[end + 1 : end + 4]]
    return any(word in {"cliente", "customer", "contrato", "casa", "base"} for word in after)


def operator_of(reading: Reading, amount: Amount) -> tuple[Op | None, Amount | None]:
    """The comparison operator of an amount, and the other bound of a range."""
    after = next((i for i in reading.of("cue") if 0 <= i.start - amount.end <= 2 and i.name.startswith("or_")), None)
    if after:
        return ("gte" if after.name == "or_more" else "lte"), None
    following = next((a for a in reading.amounts if a.start > amount.start), None)
    joined = following is not None and following.start - amount.end == 1 and reading.folded[amount.end] in {
        "e", "a", "and", "to", "ate", "-",
    }  # fmt: skip
    cue = _cue_before(reading, amount.start)
    opener = reading.folded[amount.start - 1] if amount.start else ""
    if joined and following and ((cue and cue.name == "between") or opener in {"de", "from"}):
        return "between", following
    if cue is None or cue.name not in OPS:
        return None, None
    op = OPS[cue.name]
    return (INVERSE.get(op) if _denied(reading, cue) else op), None


def _denied(reading: Reading, cue: Mention) -> bool:
    """Whether a comparison is negated and so inverted: `não passaram de 10`, `didn't reach 90%`."""
    denials = [i for i in reading.of("cue") if i.name in {"none", "not"} and 0 <= cue.start - i.end <= 2]
    denials = [i for i in denials if reading.folded[i.end - 1] not in {"sem", "without", "fora"}]
    return _left_out(reading, cue) or any(
        all(word.lemma in CONNECTORS | words("skipped") for word in reading.words[i.end : cue.start]) for i in denials
    )


def _left_out(reading: Reading, cue: Mention) -> bool:
    """Whether those who match are excluded: `tirando clientes com NPS abaixo de 0`."""
    named = {p for m in reading.of("metric") for p in range(m.start, m.end)}
    return any(
        i.name == "not"
        and words("leaving_out") & {*reading.folded[i.start : i.end]}
        and i.end <= cue.start
        and all(
            position in named or reading.words[position].lemma in CONNECTORS | words("skipped") | {"quem", "who", "que"}
            for position in range(i.end, cue.start)
        )
        for i in reading.of("cue")
    )


def _cue_before(reading: Reading, start: int) -> Mention | None:
    cues = [i for i in reading.of("cue") if i.end <= start and (i.name in OPS or i.name == "between")]
    if not cues:
        return None
    cue = cues[-1]
    between = [word.lemma for word in reading.words[cue.end : start]]
    return cue if all(word in CONNECTORS | words("skipped") for word in between) and len(between) <= 3 else None


def _compared(reading: Reading, draft: Draft, used: Used, amount: Amount) -> bool:
    op, other = operator_of(reading, amount)
    if _counts_people(reading, (other or amount).end):
        return False  # `com pelo menos 20 clientes e NPS abaixo de 30`
    following = reading.words[amount.end].lemma if amount.end < len(reading.words) else ""
    if op is None or following in words("durations"):
        return False
    metric = _measured(reading, used, amount, other)
    if metric is None or (amount.unit == "%" and load_dictionary().metrics[metric.name].unit in WHOLE_UNITS):
        return False  # `mais de 15% do MRR` is a share of it
    name = IN_MONEY.get(metric.name, metric.name) if amount.unit == "brl" else metric.name
    first = _points(name, amount)
    if other:
        if other.value >= 1000 > amount.value and other.unit != "%":
            scale = 1000 if other.value < 1_000_000 else 1_000_000
            first = amount.value * scale
        draft.add_filter(name, "between", (first, _points(name, other)))
        used.amounts.add(other)
    else:
        draft.add_filter(name, op, first)
    used.mentions.add(metric)
    used.mentions |= {
        m for m in reading.of("metric") if m.end <= amount.start < metric.start and m.name in PARTS.get(metric.name, ())
    }
    used.amounts.add(amount)
    return True


def _points(metric: str, amount: Amount) -> int | float:
    """Probabilities given as fractions, converted to percent: `propensão acima de 0,7`."""
    if metric in PROBABILITIES and 0 < amount.value < 1 and amount.unit != "%":
        points = round(amount.value * 100, 6)
        return int(points) if points == int(points) else points
    return amount.value


def _measured(reading: Reading, used: Used, amount: Amount, other: Amount | None) -> Mention | None:
    """The metric an amount belongs to: right after it (`mais de 5 chamados`), else the nearest before."""
    end = (other or amount).end
    end = next((i.end for i in reading.of("cue") if i.start == end and i.name.startswith("or_")), end)
    metrics = reading.of("metric")
    for metric in metrics:
        gap = [word.lemma for word in reading.words[end : metric.start]]
        if metric.start >= end and len(gap) <= 2 and all(word in CONNECTORS | {"em", "in"} for word in gap):
            return metric
    before = [m for m in metrics if m.end <= amount.start and m not in used.mentions]
    before = before or [m for m in metrics if m.end <= amount.start]
    if before:
        return before[-1]
    after = [m for m in metrics if m.start >= end and m not in used.mentions]
    return after[0] if after and len(metrics) == 1 else None


def _change(reading: Reading, draft: Draft, used: Used, amount: Amount) -> bool:
    """`cujo uso caiu mais de 30%`, `queda de 10 pontos no NPS`."""
    moves = [i for i in reading.of("cue") if _moves(reading, i) and i.end <= amount.start]
    if not moves:
        return False
    move = moves[-1]
    metrics = reading.of("metric")
    inside = [m for m in metrics if m.start >= move.end and m.end <= amount.start]
    plain = [w.lemma for w in reading.words[move.end : amount.start]]
    gap = len(plain) - sum(m.end - m.start for m in inside)
    if gap > 5 or any(a.start > move.start and a.end <= amount.start for a in reading.amounts):
        return False
    metric = _measured(reading, used, amount, None) or (metrics[0] if metrics else None)
    if metric is None:
        return False
    if move.name in {"lose", "gain"} and not (amount.unit and metric.start >= amount.end):
        return False
    down = move.name in {"drop", "lose"}
    op, _ = operator_of(reading, amount)
    less = op in {"lt", "lte"}
    pct = "pct_" if amount.unit == "%" else ""
    side = "lt" if down != less else "gt"
    draft.add_filter(metric.name, f"change_{pct}{side}", -amount.value if down else amount.value)  # type: ignore[arg-type]
    used.mentions.update({metric, move})
    used.amounts.add(amount)
    return True


def _moves(reading: Reading, cue: Mention) -> bool:
    """`crescimento acima de 5%` is a rise too."""
    return cue.name in MOVES or (cue.name == "growth" and reading.folded[cue.start].startswith(("cresc", "growth")))


def _counts_people(reading: Reading, end: int) -> bool:
    return any(i.start == end and i.name in {"customer", "nps_band", "risk_band"} for i in reading.mentions)


def counted_people(reading: Reading, draft: Draft, used: Used) -> list[Filter]:
    """Filters on a number of customers: `mais de 50 detratores`."""
    people = [i for i in reading.mentions if i.name in {"customer", "nps_band", "risk_band"}]
    for amount in reading.amounts:
        op, _ = operator_of(reading, amount)
        if op and op != "between" and amount not in used.amounts and any(i.start == amount.end for i in people):
            used.amounts.add(amount)
            counted = "churned_customers" if reading.cue("lose", "leave") else "active_customers"
            draft.add_filter(counted, op, amount.value)
            return [draft.filters[-1]]
    return []
