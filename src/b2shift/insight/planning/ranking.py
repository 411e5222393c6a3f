"""Rankings: order, direction and limit."""

from typing import Literal

from b2shift.insight.planning.changes import goes_down
from b2shift.insight.planning.conditions import operator_of
from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.wording import pattern, words
from b2shift.insight.reading.mentions import CONNECTORS, Mention, Reading
from b2shift.insight.reading.numbers import Amount
from b2shift.insight.reading.text import Word
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Order

TOWARDS = frozenset({"pela", "pelo", "por", "by", "se", "percentual", "para", "pra", "to", "in", "em", "na", "no"})
BY = frozenset({"por", "em", "by", "in"})
REACH = 7
"""Words between a superlative and the change that it is about."""
SUPERLATIVES = ("top", "bottom", "best", "worst", "ranking", "oldest", "newest")
INDEFINITE = frozenset({"um", "uma", "one"})
WHOLE = {"from_worst": "worst", "from_best": "best", "from_high": "top", "from_low": "bottom"}
"""Name of a pattern that tells both ends of an order → the end it begins with."""
SINGULAR = {"qual", "which", "what", "que"}


def take_order(reading: Reading, draft: Draft, used: Used) -> None:
    """Fill order and limit; `ranked` when no metric to order by is named."""
    cues = [
        i
        for i in reading.of("cue")
        if i.name in SUPERLATIVES and not _only_amount(reading, i) and not _leaves_out(i, used)
    ]
    if _asks_place(reading, draft, used):
        return
    draft.limit = _limit(reading, used, bool(cues))
    said = stated_order(reading, draft.metrics[0]) if draft.metrics and (draft.dimensions or draft.customers) else None
    ends = any(pattern(end).search(reading.text) for end in WHOLE)
    if said and (ends or all(c.name in {"best", "worst", "ranking"} for c in cues)):
        draft.order = Order(by=draft.metrics[0], dir=said)
        return
    if not cues:
        if draft.limit and (draft.dimensions or draft.customers) and draft.metrics:
            draft.order = Order(by=draft.metrics[0], dir="desc")
        return
    _sentiments(reading, cues, used)
    cue = next(
        (c for c in cues if c.name not in {"ranking", "top"}), next((c for c in cues if c.name != "ranking"), cues[0])
    )
    if cue.name in {"oldest", "newest"}:
        draft.order = Order(by="tenure_months", dir="desc" if cue.name == "oldest" else "asc")
    else:
        metric = _ranked_metric(reading, cue, used)
        if metric not in draft.metrics and draft.metrics:
            metric = draft.metrics[0]
        if metric is None and any(i.name == "campaign" for i in reading.of("dimension")):
            metric = "campaign_conversion_rate"
            draft.metrics = [metric]
            others = [name for name in draft.dimensions if name != "campaign"]
            draft.dimensions = others or draft.dimensions  # `qual segmento responde melhor às campanhas?`
        if metric is None:
            mood = next((v for v in reading.of("value") if v.name == "nps_band" and 0 <= v.start - cue.end <= 1), None)
            draft.ranked = cue.name
            if draft.dimensions and _counts_customers(reading, cue):
                draft.metrics, draft.ranked = ["active_customers"], None
                draft.dimensions = [name for name in draft.dimensions if name != "customer"] or draft.dimensions
                draft.order = Order(by="active_customers", dir="asc" if cue.name == "bottom" else "desc")
                draft.limit = draft.limit or _singular(reading, draft)
                return
            if mood and mood.value in {"promotor", "detrator"} and cue.name in {"top", "bottom"}:
                happiest = (mood.value == "promotor") == (cue.name == "top")
                draft.order, draft.ranked = Order(by="nps", dir="desc" if happiest else "asc"), None
                draft.metrics = ["nps"]
                used.mentions.add(mood)
            return
        changed = _changes(reading, cue)
        by = f"{metric}.change" if changed else metric
        draft.order = Order(by=by, dir=_direction(cue.name, metric, changed, reading))
    draft.limit = draft.limit or _singular(reading, draft)


def _asks_place(reading: Reading, draft: Draft, used: Used) -> bool:
    """`Em que posição está o varejo em ARR?`: the full ranking shows it."""
    values = [value for value in reading.of("value") if value not in used.mentions]
    if reading.cue("place") is None or len(values) != 1:
        return False
    used.mentions.add(values[0])
    draft.dimensions, draft.ranked = [values[0].name], "top"
    if draft.metrics:
        draft.order, draft.ranked = (
            Order(by=draft.metrics[0], dir=stated_order(reading, draft.metrics[0]) or "desc"),
            None,
        )
    return True


def _sentiments(reading: Reading, cues: list[Mention], used: Used) -> None:
    """`Os mais insatisfeitos em NPS`: the sentiment names the end of the scale."""
    for position, cue in enumerate(cues):
        mood = next((v for v in reading.of("value") if v.name == "nps_band" and 0 <= v.start - cue.end <= 1), None)
        named = any(m.name == "nps" and m not in used.mentions for m in reading.of("metric"))
        if mood and named and cue.name in {"top", "bottom"} and mood.value in {"promotor", "detrator"}:
            happiest = (mood.value == "promotor") == (cue.name == "top")
            cues[position] = cue._replace(name="top" if happiest else "bottom")
            used.mentions.add(mood)


def _leaves_out(cue: Mention, used: Used) -> bool:
    """`todos os segmentos menos educação`."""
    return cue.name == "bottom" and any(0 <= value.start - cue.end <= 1 for value in used.negated)


def _counts_customers(reading: Reading, cue: Mention) -> bool:
    """`cluster com mais promotores`, `estado com mais clientes`: order by a count of customers."""
    counted = [
        i for i in reading.mentions if i.name in {"customer", "nps_band", "risk_band"} and 0 <= i.start - cue.end <= 1
    ]
    named = [v for v in reading.of("value") if v.name in {"nps_band", "risk_band"}]
    if named and pattern("number_of").search(reading.text):
        return True  # `do maior para o menor em número de promotores`
    if cue.name in {"top", "bottom", "ranking"} and any(_ordered_by(reading, i) for i in reading.of("dimension")):
        return True  # `top 5 vendedores por clientes`
    return cue.name in {"top", "bottom"} and bool(counted) and reading.folded[cue.start] not in words("sizes")


def _ordered_by(reading: Reading, mention: Mention) -> bool:
    """Whether groups are ordered by customers: `por clientes`; `por cliente` groups."""
    many = reading.folded[mention.end - 1] != reading.words[mention.end - 1].lemma
    return mention.name == "customer" and many and mention.start > 0 and reading.folded[mention.start - 1] in BY


def _only_amount(reading: Reading, cue: Mention) -> bool:
    """`mais` and `menos` without a superlative: `mais detalhes`, `um a mais`."""
    if reading.folded[cue.start] not in {"mais", "menos", "more", "less"} or cue.end - cue.start > 1:
        return False
    nearby = [
        i
        for i in reading.mentions
        if i.kind in {"metric", "cue", "value", "dimension"} and 0 <= i.start - cue.end <= 2 and i.name != "and_what"
    ]
    verb = [
        i
        for i in reading.mentions
        if i.end == cue.start and (i.kind == "metric" or i.name in {"lose", "leave", "gain", "rise", "drop"})
    ]
    return not nearby and not verb


def _limit(reading: Reading, used: Used, ranked: bool) -> int | None:
    """A small whole number beside a superlative or what is ranked: `top 10`, `os 5 piores`."""
    for amount in reading.amounts:
        if amount in used.amounts or amount.unit or not isinstance(amount.value, int) or not 1 <= amount.value <= 1000:
            continue
        if operator_of(reading, amount)[0] or (
            reading.words[amount.end].lemma if amount.end < len(reading.words) else ""
        ) in words("durations"):
            continue  # `mais de 10 clientes` compares, `nos primeiros 6 meses` lasts
        if reading.folded[amount.start] in INDEFINITE and (not ranked or len(reading.amounts) > 1):
            continue  # `um cliente` is any of them, `um top 5` one ranking
        beside = [
            i
            for i in reading.mentions
            if (
                (i.kind == "dimension" and not _is_code(reading, i, amount))
                or (i.kind == "cue" and i.name in {*SUPERLATIVES, "first_of"})
                or i.kind in {"metric", "value"}
            )
            and (0 <= i.start - amount.end <= 1 or 0 <= amount.start - i.end <= 1)
        ]
        if not ranked and any(_is_all_of_them(mention, amount) for mention in beside):
            used.amounts.add(amount)
            return None
        if beside and (ranked or any(i.kind == "dimension" or i.name == "first_of" for i in beside)):
            used.amounts.add(amount)
            return amount.value
    return None


def _is_all_of_them(mention: Mention, amount: Amount) -> bool:
    """`Os 4 portes`, `as cinco regiões`: as many as the dimension has."""
    values = load_dictionary().dimensions[mention.name].values if mention.kind == "dimension" else ()
    return len(values) == amount.value and mention.start == amount.end


def _is_code(reading: Reading, mention: Mention, amount: Amount) -> bool:
    """`Cliente 300` is a code, `clientes 300` a limit."""
    return amount.start == mention.end and reading.folded[mention.end - 1] == reading.words[mention.end - 1].lemma


def _ranked_metric(reading: Reading, cue: Mention, used: Used) -> str | None:
    free = [m for m in reading.of("metric") if m not in used.mentions]
    after = [m for m in free if m.start >= cue.start]
    before = [m for m in free if m.end <= cue.start]
    near = after[:1] or before[-1:]
    return near[0].name if near else None


def _changes(reading: Reading, cue: Mention) -> Mention | None:
    """The movement that a superlative orders by: `maior queda`, `mais cresceram`."""
    return next(
        (
            i
            for i in reading.of("cue")
            if (i.name in {"drop", "rise", "growth"} or _gains_active(reading, i))
            and (
                (0 <= i.start - cue.end <= REACH and all(_leads(reading, p) for p in range(cue.end, i.start)))
                or (cue.start >= i.end and all(_may_stand(reading, p) for p in range(i.end, cue.start)))
            )
        ),
        None,
    )


def _gains_active(reading: Reading, cue: Mention) -> bool:
    """`Mais ganharam clientes ativos`: the net change of active customers."""
    return cue.name == "gain" and any(m.name == "active_customers" and m.start == cue.end for m in reading.of("metric"))


def _leads(reading: Reading, position: int) -> bool:
    """Whether a word may stand between a superlative and its movement: `top 3 segments by MRR growth`."""
    named = any(
        i.start <= position < i.end and (i.kind in {"metric", "dimension"} or i.name == "by") for i in reading.mentions
    )
    counted = any(a.start <= position < a.end for a in reading.amounts)
    return named or counted or reading.folded[position] in CONNECTORS | TOWARDS


def _may_stand(reading: Reading, position: int) -> bool:
    """Whether a word may stand between a movement and its superlative: `a queda de NPS foi maior`."""
    metric = any(m.start <= position < m.end for m in reading.of("metric"))
    return metric or reading.folded[position] in CONNECTORS | {
        "foi",
        "foram",
        "e",
        "no",
        "na",
        "em",
        "que",
        "was",
        "in",
    }


def direction_of(cue: str, metric: str) -> Literal["asc", "desc"]:
    """The direction in which a superlative orders a metric."""
    up_is_good = load_dictionary().metrics[metric].direction == "up"
    if cue in {"top", "ranking", "bottom"}:
        return "asc" if cue == "bottom" else "desc"
    return "desc" if (cue == "best") == up_is_good else "asc"


def stated_order(reading: Reading, metric: str) -> Literal["asc", "desc"] | None:
    """The direction stated by both ends: `do pior para o melhor`, `crescente`."""
    for end, cue in WHOLE.items():
        if pattern(end).search(reading.text):
            return direction_of(cue, metric)
    return "asc" if reading.cue("ascending") else None


def _direction(cue: str, metric: str, changed: Mention | None, reading: Reading) -> Literal["asc", "desc"]:
    up_is_good = load_dictionary().metrics[metric].direction == "up"
    if changed:
        falls = goes_down(reading, changed, metric)
        strongest = cue in {"top", "ranking"} or cue in {"best", "worst"}
        return "asc" if falls == strongest else "desc"
    if cue in {"top", "ranking"}:
        return stated_order(reading, metric) or "desc"
    if cue == "bottom":
        return "asc"
    return "desc" if (cue == "best") == up_is_good else "asc"


def _head(reading: Reading, mention: Mention) -> Word:
    """The head noun of a mention: `linhas` of `linhas de produto`, `owners` of `account owners`."""
    named = reading.words[mention.start : mention.end]
    end = next((position for position, word in enumerate(named) if word.folded in CONNECTORS and position), len(named))
    return named[end - 1]


def _singular(reading: Reading, draft: Draft) -> int | None:
    """1 where the singular asks for one (`qual cluster tem o maior…`); None for an ordered list."""
    for mention in reading.of("dimension"):
        head = _head(reading, mention)
        plural = head.folded != head.lemma
        before = [w.folded for w in reading.words[max(0, mention.start - 2) : mention.start]]
        asked = any(word in SINGULAR for word in before) or (mention.start and before[-1:] in (["o"], ["a"], ["the"]))
        if not plural and asked and mention.name in {*draft.dimensions, "customer"}:
            return 1
    return None
