"""Superlatives: what is ordered, which way, how many."""

from typing import Literal

from b2shift.insight.planning.changes import goes_down
from b2shift.insight.planning.conditions import operator_of
from b2shift.insight.planning.draft import Draft, Used
from b2shift.insight.planning.wording import pattern, words
from b2shift.insight.reading.items import CONNECTORS, Item, Reading
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
    """Write order and limit of a ranking into the draft; `ranked` when its metric was not said."""
    cues = [
        i
        for i in reading.of("cue")
        if i.name in SUPERLATIVES and not _only_amount(reading, i) and not _leaves_out(i, used)
    ]
    if _asks_place(reading, draft, used):
        return
    draft.limit = _limit(reading, used, bool(cues))
    said = said_order(reading, draft.metrics[0]) if draft.metrics and (draft.dimensions or draft.customers) else None
    ends = any(pattern(end).search(reading.text) for end in WHOLE)
    if said and (ends or all(c.name in {"best", "worst", "ranking"} for c in cues)):
        draft.order = Order(by=draft.metrics[0], dir=said)
        return
    if not cues:
        if draft.limit and (draft.dimensions or draft.customers) and draft.metrics:
            draft.order = Order(by=draft.metrics[0], dir="desc")
        return
    _moods(reading, cues, used)
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
                used.items.add(mood)
            return
        changed = _changes(reading, cue)
        by = f"{metric}.change" if changed else metric
        draft.order = Order(by=by, dir=_direction(cue.name, metric, changed, reading))
    draft.limit = draft.limit or _singular(reading, draft)


def _asks_place(reading: Reading, draft: Draft, used: Used) -> bool:
    """`Em que posição está o varejo em ARR?`: the whole ranking of its kind shows it."""
    values = [value for value in reading.of("value") if value not in used.items]
    if reading.cue("place") is None or len(values) != 1:
        return False
    used.items.add(values[0])
    draft.dimensions, draft.ranked = [values[0].name], "top"
    if draft.metrics:
        draft.order, draft.ranked = (
            Order(by=draft.metrics[0], dir=said_order(reading, draft.metrics[0]) or "desc"),
            None,
        )
    return True


def _moods(reading: Reading, cues: list[Item], used: Used) -> None:
    """`Os mais insatisfeitos em NPS`: the mood names the end of the scale from which they are taken."""
    for place, cue in enumerate(cues):
        mood = next((v for v in reading.of("value") if v.name == "nps_band" and 0 <= v.start - cue.end <= 1), None)
        named = any(m.name == "nps" and m not in used.items for m in reading.of("metric"))
        if mood and named and cue.name in {"top", "bottom"} and mood.value in {"promotor", "detrator"}:
            happiest = (mood.value == "promotor") == (cue.name == "top")
            cues[place] = cue._replace(name="top" if happiest else "bottom")
            used.items.add(mood)


def _leaves_out(cue: Item, used: Used) -> bool:
    """`todos os segmentos menos educação`."""
    return cue.name == "bottom" and any(0 <= value.start - cue.end <= 1 for value in used.negated)


def _counts_customers(reading: Reading, cue: Item) -> bool:
    """`cluster com mais promotores`, `estado com mais clientes`: the most of somebody."""
    counted = [
        i for i in reading.items if i.name in {"customer", "nps_band", "risk_band"} and 0 <= i.start - cue.end <= 1
    ]
    named = [v for v in reading.of("value") if v.name in {"nps_band", "risk_band"}]
    if named and pattern("number_of").search(reading.text):
        return True  # `do maior para o menor em número de promotores`
    if cue.name in {"top", "bottom", "ranking"} and any(_ordered_by(reading, i) for i in reading.of("dimension")):
        return True  # `top 5 vendedores por clientes`
    return cue.name in {"top", "bottom"} and bool(counted) and reading.folded[cue.start] not in words("sizes")


def _ordered_by(reading: Reading, item: Item) -> bool:
    """Whether customers are what groups are ordered by: `por clientes`; `por cliente` says each of them."""
    many = reading.folded[item.end - 1] != reading.words[item.end - 1].lemma
    return item.name == "customer" and many and item.start > 0 and reading.folded[item.start - 1] in BY


def _only_amount(reading: Reading, cue: Item) -> bool:
    """`mais` and `menos` of ordinary speech: `mais detalhes`, `um a mais`, followed by nothing ranked."""
    if reading.folded[cue.start] not in {"mais", "menos", "more", "less"} or cue.end - cue.start > 1:
        return False
    nearby = [
        i
        for i in reading.items
        if i.kind in {"metric", "cue", "value", "dimension"} and 0 <= i.start - cue.end <= 2 and i.name != "and_what"
    ]
    verb = [
        i
        for i in reading.items
        if i.end == cue.start and (i.kind == "metric" or i.name in {"lose", "leave", "gain", "rise", "drop"})
    ]
    return not nearby and not verb


def _limit(reading: Reading, used: Used, ranked: bool) -> int | None:
    """`top 10`, `os 5 piores`, `10 clientes`: a small whole number beside a superlative or what is ranked."""
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
            for i in reading.items
            if (
                (i.kind == "dimension" and not _is_code(reading, i, amount))
                or (i.kind == "cue" and i.name in {*SUPERLATIVES, "first_of"})
                or i.kind in {"metric", "value"}
            )
            and (0 <= i.start - amount.end <= 1 or 0 <= amount.start - i.end <= 1)
        ]
        if not ranked and any(_is_all_of_them(item, amount) for item in beside):
            used.amounts.add(amount)
            return None
        if beside and (ranked or any(i.kind == "dimension" or i.name == "first_of" for i in beside)):
            used.amounts.add(amount)
            return amount.value
    return None


def _is_all_of_them(item: Item, amount: Amount) -> bool:
    """`Os 4 portes`, `as cinco regiões`: as many as there are."""
    values = load_dictionary().dimensions[item.name].values if item.kind == "dimension" else ()
    return len(values) == amount.value and item.start == amount.end


def _is_code(reading: Reading, item: Item, amount: Amount) -> bool:
    """`Cliente 300` is one of them, `clientes 300` counts."""
    return amount.start == item.end and reading.folded[item.end - 1] == reading.words[item.end - 1].lemma


def _ranked_metric(reading: Reading, cue: Item, used: Used) -> str | None:
    free = [m for m in reading.of("metric") if m not in used.items]
    after = [m for m in free if m.start >= cue.start]
    before = [m for m in free if m.end <= cue.start]
    near = after[:1] or before[-1:]
    return near[0].name if near else None


def _changes(reading: Reading, cue: Item) -> Item | None:
    """`maior queda`, `mais cresceram`, `maior crescimento`: the superlative is about the change."""
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


def _gains_active(reading: Reading, cue: Item) -> bool:
    """`Mais ganharam clientes ativos`: how many more there are, whoever came or left."""
    return cue.name == "gain" and any(m.name == "active_customers" and m.start == cue.end for m in reading.of("metric"))


def _leads(reading: Reading, place: int) -> bool:
    """Between a superlative and the change it ranks by: `top 3 segments by MRR growth`."""
    named = any(
        i.start <= place < i.end and (i.kind in {"metric", "dimension"} or i.name == "by") for i in reading.items
    )
    counted = any(a.start <= place < a.end for a in reading.amounts)
    return named or counted or reading.folded[place] in CONNECTORS | TOWARDS


def _may_stand(reading: Reading, place: int) -> bool:
    """Between a change and its superlative: the metric and words that say nothing, `a queda de NPS foi maior`."""
    metric = any(m.start <= place < m.end for m in reading.of("metric"))
    return metric or reading.folded[place] in CONNECTORS | {"foi", "foram", "e", "no", "na", "em", "que", "was", "in"}


def direction_of(cue: str, metric: str) -> Literal["asc", "desc"]:
    """Which way a superlative orders a metric."""
    up_is_good = load_dictionary().metrics[metric].direction == "up"
    if cue in {"top", "ranking", "bottom"}:
        return "asc" if cue == "bottom" else "desc"
    return "desc" if (cue == "best") == up_is_good else "asc"


def said_order(reading: Reading, metric: str) -> Literal["asc", "desc"] | None:
    """`Do pior para o melhor`, `crescente`: the whole order by its ends."""
    for end, cue in WHOLE.items():
        if pattern(end).search(reading.text):
            return direction_of(cue, metric)
    return "asc" if reading.cue("ascending") else None


def _direction(cue: str, metric: str, changed: Item | None, reading: Reading) -> Literal["asc", "desc"]:
    up_is_good = load_dictionary().metrics[metric].direction == "up"
    if changed:
        falls = goes_down(reading, changed, metric)
        strongest = cue in {"top", "ranking"} or cue in {"best", "worst"}
        return "asc" if falls == strongest else "desc"
    if cue in {"top", "ranking"}:
        return said_order(reading, metric) or "desc"
    if cue == "bottom":
        return "asc"
    return "desc" if (cue == "best") == up_is_good else "asc"


def _head(reading: Reading, item: Item) -> Word:
    """The noun of a name: `linhas` of `linhas de produto`, `owners` of `account owners`."""
    named = reading.words[item.start : item.end]
    end = next((place for place, word in enumerate(named) if word.folded in CONNECTORS and place), len(named))
    return named[end - 1]


def _singular(reading: Reading, draft: Draft) -> int | None:
    """`Qual cluster tem o maior…` asks for one; `Quais clusters…` for an ordered list."""
    for item in reading.of("dimension"):
        head = _head(reading, item)
        plural = head.folded != head.lemma
        before = [w.folded for w in reading.words[max(0, item.start - 2) : item.start]]
        asked = any(word in SINGULAR for word in before) or (item.start and before[-1:] in (["o"], ["a"], ["the"]))
        if not plural and asked and item.name in {*draft.dimensions, "customer"}:
            return 1
    return None
