"""Phrasings that decide the intent: profile, advice, a month to name, the future, a correlation."""

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.mentions import CONNECTORS, Mention, Reading
from b2shift.metrics.api import load_dictionary

PUSHES = ("puxou", "puxaram", "impulsion")
"""`Puxou a queda`: the verb says who moved, the noun which way."""


def asks_for_profile(reading: Reading, draft: Draft) -> bool:
    """A profile of a cluster: `quem são os clientes do cluster 3?`; `como são` asks for one of any group."""
    liked = pattern("what_like").search(reading.text) and not (reading.amounts or reading.periods or draft.dimensions)
    return bool(liked and draft.filters) or (
        [f.field for f in draft.filters] == ["cluster"]
        and bool(pattern("portrait").search(reading.text))
        and not reading.periods
    )


STEPS = {"mes": "month", "month": "month", "trimestre": "quarter", "quarter": "quarter", "ano": "year", "year": "year"}


def asks_when(reading: Reading) -> str | None:
    """The grain whose extreme is asked for: `em que mês…`, `which quarter…`."""
    found = pattern("when").search(reading.text)
    return STEPS[next(filter(None, found.groups()))] if found else None


def dangling_reference(reading: Reading) -> str:
    """Words of an anaphora without antecedent: `qual o health score dele`, `compara os dois clusters`; else empty."""
    named = [i for i in reading.mentions if i.kind in {"dimension", "value"}]
    found = pattern("points_back").search(reading.text)
    if found:
        position = reading.text[: found.start()].count(" ")
        meant = named + ([] if found["of"] else reading.of("metric"))
        held = 1 if found["of"] else 0  # `a conta deles`: what is theirs is not who they are
        if not any(mention.end + held <= position for mention in meant):
            return found.group()
    ranked = reading.cue("top", "bottom", "best", "worst") is not None  # `as duas regiões com menor NPS`
    for mention in reading.of("dimension"):
        before = pattern("points_at_groups").search(" ".join(reading.folded[: mention.start]))
        known = any(other.end < mention.start or other.kind == "value" for other in named)
        if before and not known and not (ranked and before["two"]):
            return f"{before.group()} {reading.words[mention.start].typed}"
    return ""


def asks_what_moves(reading: Reading) -> bool:
    """`O que está derrubando o NPS?`: the drivers of a metric."""
    return pattern("what_moves").search(reading.text) is not None


def asks_what_is(reading: Reading) -> bool:
    """`What is churn rate?`: a definition; `what is our churn rate` asks for the number."""
    named = pattern("bare_name").match(reading.text)
    if named is None or not reading.of("metric"):
        return False
    metric, start = reading.of("metric")[0], named.group().count(" ")
    return metric.start == start and not any(word.folded.isalnum() for word in reading.words[metric.end :])


def names_delivery(reading: Reading) -> bool:
    """`Manda pro meu e-mail`: the channel is the destination of the answer, unless campaigns are asked about."""
    campaigns = any(m.name == "campaign_conversion_rate" for m in reading.of("metric"))
    return pattern("delivery").search(reading.text) is not None and not campaigns


def asks_delivery(reading: Reading) -> bool:
    """`Manda por e-mail`: delivery of the answer, which filters nothing."""
    narrowed = reading.cue("only") is not None  # `manda só no WhatsApp` after channels
    return names_delivery(reading) and pattern("sending").search(reading.text) is not None and not narrowed


def states_influence(reading: Reading) -> bool:
    """`O aumento do uso melhora o NPS?`: one metric is said to influence another."""
    metrics = reading.of("metric")
    if len(metrics) != 2 or len({m.name for m in metrics}) != 2:
        return False
    between = [
        word for word in reading.folded[metrics[0].end : metrics[1].start] if word not in {"o", "a", "os", "as", "the"}
    ]
    if pattern("moves_when").search(" ".join(between)) and not reading.cue("alert", "explain"):
        return True
    return bool(between) and pattern("effect").search(" ".join(between)) is not None and len(between) <= 2


COMPARATIVE = frozenset({"mais", "menos", "maior", "menor", "more", "less", "higher", "lower", "fewer"})


def looks_forward(reading: Reading) -> bool:
    """A forecast by name or by a verb in the future: `quanto devemos vender em julho`."""
    if pattern("closing").search(reading.text) and reading.of("metric") and not reading.cue("alert", "actions"):
        return True
    if pattern("expected_for").search(reading.text) and reading.of("metric") and reading.periods:
        return True
    counted = reading.cue("count") and any(i.name == "customer" for i in reading.of("dimension")) and reading.periods
    if counted and pattern("will_have").search(reading.text):
        return True
    return reading.cue("forecast") is not None or (
        bool(pattern("future").search(reading.text))
        and not reading.cue("alert", "actions", "renewal")
        and bool(reading.of("metric") or reading.cue("lose", "gain"))
    )


def asks_to_act(reading: Reading) -> bool:
    """A verb of action that is no name of the dictionary."""
    found = pattern("acting").search(reading.text)
    if found is None or reading.cue("forecast", "define", "alert"):
        return False
    last = reading.text[: found.end()].count(" ")
    return not any(i.start <= last < i.end and i.kind in {"dimension", "value"} for i in reading.mentions)


def states_correlation(reading: Reading) -> bool:
    """`Clientes com mais uso têm menos churn?`: both metrics with a comparative."""
    said = [i for i in reading.mentions if i.kind == "metric" or i.name in {"leave", "lose"}]
    if len(said) > 1 and {"e", "and"} & set(reading.folded[said[0].end : said[0].end + 1]):
        return False  # `menos churn e mais expansão`: both are wanted of one group
    beside = [
        {p for p in (i.start - 1, i.end) if 0 <= p < len(reading.words) and reading.folded[p] in COMPARATIVE}
        for i in said[:2]
    ]
    return len(said) >= 2 and all(beside) and len(set.union(*beside)) > 1


def is_unit_percent(reading: Reading, draft: Draft, cue: Mention) -> bool:
    """`NRR por plano, em %`: percent as the unit of the metric, not a share of total."""
    known = load_dictionary().metrics
    said = reading.folded[cue.start] in {"em", "in", "as"} or any(
        m.start >= cue.end and set(reading.folded[cue.end : m.start]) <= CONNECTORS for m in reading.of("metric")
    )
    return said and bool(draft.metrics) and all(known[name].unit == "percent" for name in draft.metrics)
