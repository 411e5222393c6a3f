"""Conditions of a question: values, comparisons with numbers, changes, renewal dates, time as a customer."""

import re
from dataclasses import dataclass, field
from datetime import date

from b2shift.insight.planning.draft import Draft
from b2shift.insight.reading.items import CONNECTORS, Item, Reading
from b2shift.insight.reading.numbers import Amount
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Filter, Op

INVERSE: dict[Op, Op] = {"gt": "lte", "lt": "gte", "gte": "lt", "lte": "gt"}
"""What a comparison says when it is denied."""
OPS: dict[str, Op] = {"gt": "gt", "lt": "lt", "gte": "gte", "lte": "lte", "eq": "eq"}
MOVES = frozenset({"drop", "rise", "lose", "gain"})
MONTHS = {"mes": 1, "month": 1, "ano": 12, "year": 12}
ENDING = re.compile(
    r"(o que|quem|quais|que|which|what|who) (e que |is )?(vence|renov|expir|termin|acab|encerr|renew|end)"
    r"|(as |os )?(renovac|vencimento)"
)
MONEY_ENDS = re.compile(
    r"\b(?:que|that) (?:vence|venc\w+|renov\w+|expir\w+|renews?|expires?)\b|\brenova\w*\b|\brenewals?\b|\bup for renewal\b"
)
RUNS_UNTIL = re.compile(
    r"\b(?:contrato|contract)s? (?:que )?(?:vao |vai |valido |vigente |runs? |valid )?(?:ate|until|through|by) "
)
LEFT_OUT = frozenset({"menos", "minus", "exceto"})
BESIDES = frozenset({"com", "with", "que", "em", "in", "e que"})
"""Words that begin what is wanted after what is left out: `exceto pequenas, com risco alto`."""
JOINERS = frozenset({"e", "and", "ou", "or", "nem", ",", "nor"})
COUNTED = frozenset({"tickets", "overdue_amount", "expansion_mrr"})
HAVE = re.compile(
    r"\b(?:que|quem|who|that|which) (?:ja )?(?:abriram|abriu|abrem|tiveram|teve|tem|registraram|have|had|has|opened|got)$"
)
SIGNS: dict[Op, frozenset[str]] = {
    "lt": frozenset({"negativo", "negativa", "negative"}),
    "gt": frozenset({"positivo", "positiva", "positive"}),
}
HAVE_ANY = re.compile(r"\b(?:abriram|abriu|abrem|tiveram|teve|tem|registraram|have|had|has|opened|got)$")
"""`Quantas contas têm chamados?`: asked for, they need no `que`."""
HAVING = frozenset("com with tem tiveram teve abriram abriu have had opened exatamente exactly".split())
DURATIONS = frozenset("dia day semana week mes month ano year".split())
SKIPPED = CONNECTORS | frozenset(
    "em in um uma seu seus sua suas valor nota r $ brl no na ter tem com with by que for is are e estar esta estao ficar "
    "ficarem seja for fica marca score taxa any abriu abriram abrem tiveram teve fizeram nenhum nenhuma had opened open have houve registraram do indice cliente clientes customer ficou a ao hoje atual superior".split()
)


@dataclass
class Used:
    """What conditions took: metrics that only filter, amounts, values, dimension names."""

    items: set[Item] = field(default_factory=set)
    amounts: set[Amount] = field(default_factory=set)
    negated: set[Item] = field(default_factory=set)
    periods: bool = False


def take_conditions(reading: Reading, draft: Draft) -> Used:
    """Write the numeric, change, renewal and tenure conditions of a question into the draft."""
    used = Used()
    _renewal(reading, draft, used)
    for amount in reading.amounts:
        if amount not in used.amounts:
            _tenure(reading, draft, used, amount) or _change(reading, draft, used, amount) or _compared(
                reading, draft, used, amount
            )
    _something(reading, draft, used)
    _nothing(reading, draft, used)
    _none_in_english(reading, draft, used)
    _zero(reading, draft, used)
    _negative(reading, draft, used)
    return used


def negated_values(reading: Reading) -> set[Item]:
    """Values said to be left out: `exceto varejo e agro`, `sem o Sul`, `que não são do Norte`."""
    out: set[Item] = set()
    nots = [item for item in reading.of("cue") if item.name == "not"]
    values = reading.of("value")
    for item in nots:
        at, first = item.end, True
        for value in [v for v in values if v.start >= item.end]:
            between = reading.words[at : value.start]
            told = {word.folded for word in between}
            joined = first or (bool(JOINERS & told) and not told & BESIDES)
            if not joined or not all(_passable(word.lemma) for word in between):
                break
            out.add(value)
            at, first = value.end, False
    for value in values:
        before = reading.folded[value.start - 1] if value.start else ""
        if before in LEFT_OUT or (value.name == "risk_band" and before in {"sem", "without"}):
            out.add(value)
    nothing = [item for item in reading.of("cue") if item.name == "none"]
    for item in nothing:
        out |= {
            v
            for v in values
            if v.start - item.end <= 1 and v.start >= item.end and (v.name != "risk_band" or v.value == "alto")
        }
    return out


def _passable(word: str) -> bool:
    return word in CONNECTORS or word in {
        "e", "and", "ou", "or", ",", "segmento", "segment", "setor", "regiao", "region", "cliente", "customer", "estado", "em", "in",
        "from", "empresa", "conta", "plano", "plan", "sector", "account", "cluster", "no", "na", "nem", "porte", "estar", "estao",
        "de", "state", "on", "at", "under", "using", "with", "part", "of", "belong", "belonging", "to", "com", "do", "company", "companie",
    }  # fmt: skip


def _renewal(reading: Reading, draft: Draft, used: Used) -> None:
    cue = reading.cue("renewal")
    subject: list[object] = [i for i in reading.of("dimension") if i.name in {"customer", "renewal_date"}]
    subject += [cue] if cue and (asks_what_ends(reading) or ends_when(reading)) else []
    if cue is None and not runs_until(reading) and not any(i.name == "renewal_date" for i in reading.of("dimension")):
        return
    if reading.of("metric") and not (subject and _of_contracts(reading)):
        return  # `em quanto o MRR termina o ano`: no contract ends there
    if not reading.periods:
        if cue and subject and not any(reading.of("metric")):
            draft.add_filter("renewal_date", "gte", reading.as_of.isoformat())
        return
    period = reading.periods[0]
    start, end = period.days
    if period.open_start or (period.start and reading.folded[period.start] == "ate"):
        start = reading.as_of
    if period.open_end:
        draft.add_filter("renewal_date", "gte", start.isoformat())
    else:
        draft.add_filter("renewal_date", "between", (start.isoformat(), end.isoformat()))
    used.periods = True


def _of_contracts(reading: Reading) -> bool:
    people = any(i.name in {"customer", "renewal_date"} for i in reading.of("dimension"))
    return (
        people
        or any(i.name in {"list", "whoever"} for i in reading.of("cue"))
        or MONEY_ENDS.search(reading.text) is not None
    )


def asks_what_ends(reading: Reading) -> bool:
    """`O que vence em julho`, `quem renova`: contracts are the subject without being named."""
    cue = reading.cue("renewal")
    return cue is not None and cue.start <= 2 and bool(ENDING.match(reading.text))


def runs_until(reading: Reading) -> bool:
    """`Com contrato até dezembro`: the contract ends by then."""
    return RUNS_UNTIL.search(reading.text) is not None and bool(reading.periods)


def ends_when(reading: Reading) -> bool:
    """`Quem tem health baixo e vence até setembro`: the period stands right after the ending."""
    cue = reading.cue("renewal")
    return cue is not None and any(0 <= period.start - cue.end <= 2 for period in reading.periods)


def _tenure(reading: Reading, draft: Draft, used: Used, amount: Amount) -> bool:
    words = reading.words
    if amount.end >= len(words) or words[amount.end].lemma not in MONTHS:
        return False
    near = [
        i
        for i in reading.items
        if ((i.kind == "cue" and i.name == "tenure") or (i.kind == "dimension" and i.name == "tenure_months"))
    ]
    since = any(words[p].folded in {"ha", "faz"} for p in range(max(0, amount.start - 4), amount.start))
    op, between = operator_of(reading, amount)
    new = [m for m in reading.of("metric") if m.name == "new_customers" and m not in used.items]
    people = any(i.name == "customer" for i in reading.of("dimension")) or new
    idle = since and not near and reading.cue("none", "not") is not None and bool(reading.of("metric"))
    if idle:
        return False  # `não abre chamado há mais de 6 meses`: how long nothing happened, not how old the customer is
    if not near and not (since and op) and not (op and (_says_customer(reading, amount.end) or people)):
        return False
    used.items.update(new if op else ())
    months = MONTHS[words[amount.end].lemma]
    if between:
        draft.add_filter("tenure_months", "between", (amount.value * months, between.value * months))
        used.amounts.add(between)
    else:
        draft.add_filter("tenure_months", op or "eq", amount.value * months)
    used.amounts.add(amount)
    used.items.update(near)
    return True


def _says_customer(reading: Reading, end: int) -> bool:
    after = [word.lemma for word in reading.words[end + 1 : end + 4]]
    return any(word in {"cliente", "customer", "contrato", "casa", "base"} for word in after)


def operator_of(reading: Reading, amount: Amount) -> tuple[Op | None, Amount | None]:
    """How an amount is compared, and the other end when it is a range."""
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


def _denied(reading: Reading, cue: Item) -> bool:
    """`Não passaram de 10`, `didn't reach 90%`: the condition is turned round."""
    denials = [i for i in reading.of("cue") if i.name in {"none", "not"} and 0 <= cue.start - i.end <= 2]
    denials = [i for i in denials if reading.folded[i.end - 1] not in {"sem", "without", "fora"}]
    return any(all(word.lemma in SKIPPED for word in reading.words[i.end : cue.start]) for i in denials)


def _cue_before(reading: Reading, start: int) -> Item | None:
    cues = [i for i in reading.of("cue") if i.end <= start and (i.name in OPS or i.name == "between")]
    if not cues:
        return None
    cue = cues[-1]
    between = [word.lemma for word in reading.words[cue.end : start]]
    return cue if all(word in SKIPPED for word in between) and len(between) <= 3 else None


def _compared(reading: Reading, draft: Draft, used: Used, amount: Amount) -> bool:
    op, other = operator_of(reading, amount)
    if _counts_people(reading, (other or amount).end):
        return False  # `com pelo menos 20 clientes e NPS abaixo de 30`
    following = reading.words[amount.end].lemma if amount.end < len(reading.words) else ""
    if op is None or following in DURATIONS:
        return False
    metric = _measured(reading, used, amount, other)
    if metric is None:
        return False
    first = amount.value
    if other:
        if other.value >= 1000 > amount.value and other.unit != "%":
            scale = 1000 if other.value < 1_000_000 else 1_000_000
            first = amount.value * scale
        draft.add_filter(metric.name, "between", (first, other.value))
        used.amounts.add(other)
    else:
        draft.add_filter(metric.name, op, first)
    used.items.add(metric)
    used.amounts.add(amount)
    return True


def _measured(reading: Reading, used: Used, amount: Amount, other: Amount | None) -> Item | None:
    """The metric an amount belongs to: right after it (`mais de 5 chamados`), else the nearest before."""
    end = (other or amount).end
    end = next((i.end for i in reading.of("cue") if i.start == end and i.name.startswith("or_")), end)
    metrics = reading.of("metric")
    for metric in metrics:
        gap = [word.lemma for word in reading.words[end : metric.start]]
        if metric.start >= end and len(gap) <= 2 and all(word in CONNECTORS | {"em", "in"} for word in gap):
            return metric
    before = [m for m in metrics if m.end <= amount.start and m not in used.items]
    before = before or [m for m in metrics if m.end <= amount.start]
    if before:
        return before[-1]
    after = [m for m in metrics if m.start >= end and m not in used.items]
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
    used.items.update({metric, move})
    used.amounts.add(amount)
    return True


def _moves(reading: Reading, cue: Item) -> bool:
    """`crescimento acima de 5%` is a rise too."""
    return cue.name in MOVES or (cue.name == "growth" and reading.folded[cue.start].startswith(("cresc", "growth")))


def _counts_people(reading: Reading, end: int) -> bool:
    return any(i.start == end and i.name in {"customer", "nps_band", "risk_band"} for i in reading.items)


def counted_people(reading: Reading, draft: Draft, used: Used) -> list[Filter]:
    """`Mais de 50 detratores`: a number of customers."""
    people = [i for i in reading.items if i.name in {"customer", "nps_band", "risk_band"}]
    for amount in reading.amounts:
        op, _ = operator_of(reading, amount)
        if op and op != "between" and amount not in used.amounts and any(i.start == amount.end for i in people):
            used.amounts.add(amount)
            counted = "churned_customers" if reading.cue("lose", "leave") else "active_customers"
            draft.add_filter(counted, op, amount.value)
            return [draft.filters[-1]]
    return []


def _nothing(reading: Reading, draft: Draft, used: Used) -> None:
    """`sem chamados`, `nenhum uso`: a metric that is zero."""
    for cue in [
        i
        for i in reading.of("cue")
        if i.name == "none" or (i.name == "not" and reading.folded[i.start] in {"sem", "que"})
    ]:
        metric = next((m for m in reading.of("metric") if 0 <= m.start - cue.end <= 2), None)
        between = reading.words[cue.end : metric.start] if metric else []
        if metric and metric not in used.items and all(w.lemma in SKIPPED for w in between):
            unit = load_dictionary().metrics[metric.name].unit
            if unit in {"count", "hours", "brl"}:
                draft.add_filter(metric.name, "eq", 0)
                used.items.add(metric)


def _something(reading: Reading, draft: Draft, used: Used) -> None:
    """`Clientes que abriram chamado`, `who have overdue invoices`: a metric that is not zero."""
    people = next((i for i in reading.of("dimension") if i.name == "customer"), None)
    people = people or next((i for i in reading.of("cue") if reading.folded[i.start] in {"quem", "who"}), None)
    asked = people is not None and any(
        i.name in {"count", "list"} and i.start < people.start for i in reading.of("cue")
    )
    have = HAVE_ANY if asked else HAVE
    for metric in reading.of("metric"):
        verbal = metric.start + (reading.folded[metric.start][:4] in {"abri", "tive", "open"})
        told = metric.name in COUNTED and have.search(" ".join(reading.folded[max(0, metric.start - 4) : verbal]))
        if not (told and people and people.end <= metric.start and metric not in used.items):
            continue
        if any(abs(a.start - metric.start) < 4 for a in reading.amounts) or reading.cue(
            "top", "bottom", "worst", "best"
        ):
            continue
        draft.add_filter(metric.name, "gt", 0)
        used.items.add(metric)


def _none_in_english(reading: Reading, draft: Draft, used: Used) -> None:
    """`with no overdue amount`; in Portuguese `no` is `in the`."""
    for metric in reading.of("metric") if not reading.portuguese else ():
        if metric.start and reading.folded[metric.start - 1] == "no" and metric not in used.items:
            draft.add_filter(metric.name, "eq", 0)
            used.items.add(metric)


def _zero(reading: Reading, draft: Draft, used: Used) -> None:
    """`zero chamados`, `0 horas de uso`; among customers also `com 3 chamados`."""
    people = next((i for i in reading.of("dimension") if i.name == "customer"), None)
    for amount in reading.amounts:
        metric = next((m for m in reading.of("metric") if m.start == amount.end), None)
        had = people is not None and people.end <= amount.start and reading.folded[amount.start - 1] in HAVING
        counted = had and metric is not None and metric.name in COUNTED and not amount.unit
        if metric and (amount.value == 0 or counted) and amount not in used.amounts and metric not in used.items:
            draft.add_filter(metric.name, "eq", amount.value)
            used.items.add(metric)
            used.amounts.add(amount)


def _negative(reading: Reading, draft: Draft, used: Used) -> None:
    for metric in reading.of("metric"):
        beside = {
            *reading.folded[metric.end : metric.end + 1],
            *reading.folded[max(0, metric.start - 1) : metric.start],
        }
        side = next((op for op, words in SIGNS.items() if beside & words), None)
        if side:
            draft.add_filter(metric.name, side, 0)
            used.items.add(metric)


def iso(day: date) -> str:
    """A day as filters write it."""
    return day.isoformat()
