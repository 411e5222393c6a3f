"""Turns of phrase that tell what is wanted: a portrait, a deed, a month to be named, what will be, what goes with what."""

import re

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.items import CONNECTORS, Item, Reading
from b2shift.metrics.api import load_dictionary

MOST_COMMON = re.compile(
    r"\b(motivo|causa|razao|reason|cause)s? (?:(?:de|do|da|for|of) \w+ )?(mais|principa)|\b(principa|most common|main|top)\w* (motivo|causa|razao|reason|cause)"
)
PORTRAIT = re.compile(
    r"\b(quem (sao|esta|estao|faz|fazem|compoe|pertence)|who (are|is|belongs)|o que (e|tem|ha|o|os|a|as|caracteriza)|what (is|are|does|do)|como (e|sao|se comporta\w*|vive\w*)"
    r"|fale|conte|tell me|resum\w*|detalh\w*|apresent\w*)\b"
)


def portrays(reading: Reading, draft: Draft) -> bool:
    """`Quem são os clientes do cluster 3?`: a cluster, and nothing but the cluster, is asked about."""
    return (
        [f.field for f in draft.filters] == ["cluster"] and bool(PORTRAIT.search(reading.text)) and not reading.periods
    )


_STEP = "(mes|month|trimestre|quarter|ano|year)"
WHEN = re.compile(
    rf"\b(?:qual|que|which|what) (?:foi o )?{_STEP}\b(?! passad| anterior| retrasad)|\b(?:pior|melhor|maior|menor|best|worst) {_STEP}\b"
    rf"|\b{_STEP} (?:(?:de|do|of|in|em) (?:\S+ ){{1,2}})?(?:com|with|de|em que \w+) (?:o |a |the )?(?:maior|menor|melhor|pior|mais|menos|highest|lowest|most|best|worst)\b"
)
STEPS = {"mes": "month", "month": "month", "trimestre": "quarter", "quarter": "quarter", "ano": "year", "year": "year"}


def asks_when(reading: Reading) -> str | None:
    """`Em que mês…`, `which quarter…`: the step whose extreme is asked for."""
    found = WHEN.search(reading.text)
    return STEPS[found[1] or found[2] or found[3]] if found else None


MOVING_NOW = re.compile(
    r"\b(?:o que|oque|que fatores|quais fatores|what)(?: mais)?(?: (?:esta|estao|tem|vem|anda|is|has been|s))?"
    r" (?:derrub|pux|empurr|elev|aument|reduz|diminu|pression|afet|prejudic|pior|melhor|segur|impuls|caus|provoc|trav"
    r"|drag|driv|push|hurt|lift|pull|affect|weigh)\w*?(?:ando|endo|indo|ou|eu|iu|aram|ing|ed)\b"
)


def asks_what_moves(reading: Reading) -> bool:
    """`O que está derrubando o NPS?`: what moves a metric is asked for."""
    return MOVING_NOW.search(reading.text) is not None


def asks_what_is(reading: Reading) -> bool:
    """`What is churn rate?`: the bare name and nothing more; `what is our churn rate` asks for the number."""
    named = re.match(r"(?:what is|what s|whats)(?: an?)? ", reading.text)
    if named is None or not reading.of("metric"):
        return False
    metric, start = reading.of("metric")[0], named.group().count(" ")
    return metric.start == start and not any(word.folded.isalnum() for word in reading.words[metric.end :])


TURNING = re.compile(
    r"\b(?:convert|transform|torn|mover|migrar|levar|turn|move|upgrade|bring)\w* (?:\w+ ){1,4}?(?:em|para|pro|into|to|ao)\b"
)
GOING_ON = re.compile(
    r"\b(?:vem|tem|esta|estao|anda|andam|continua|segue|is|are|been|keeps)"
    r" (?:melhorando|piorando|caindo|subindo|crescendo|aumentando|diminuindo|recuando|improving|worsening|falling|rising|growing|dropping)\b"
)
"""`O CSAT vem melhorando?`: a movement that goes on is seen in its months."""
DELIVERY = re.compile(r"\b(?:meu|nosso|my|our|por|via|by) (?:email|whatsapp|zap|sms)s?\b")


def delivers(reading: Reading) -> bool:
    """`Manda pro meu e-mail`: the channel is where an answer goes, unless campaigns are what is asked about."""
    campaigns = any(m.name == "campaign_conversion_rate" for m in reading.of("metric"))
    return DELIVERY.search(reading.text) is not None and not campaigns


ACTING = re.compile(
    r"\bo que (?:eu |a gente |nos |se )?(?:faz|faco|fazemos|faria|faremos|fariamos|faco eu)\b(?: com| para| sobre|$)|\b(?:o que|que|what|how|como|(?:que|quais) clientes|quem|which customers)"
    r"(?: (?:eu|a gente|nos|devo|deve|devemos|deveriamos|posso|podemos|pode|should|can|could|i|we|to|se|melhor))*"
    r" (?:(?!calcul|defin|med|mostr|interpret|explic|saber|ler|ver|evolu|ficar|ser|estar|compar|expo|baix|tirar|gerar|chegar|fechar|terminar)\w{2,}(?:ar|er|ir)"
    r"|(?:offer|engage|approach|contact|retain|prioriti[sz]e|reduce|improve|keep|save|reach|win))\b"
)
"""`Que clientes abordar primeiro?`, `o que oferecer aos promotores`: a question word before a deed that can be done."""
EFFECT = re.compile(
    r"\b(?:melhora|piora|aumenta|reduz|diminui|derruba|eleva|afeta|influencia|improves?|worsens?|raises?|reduces?|lowers?|drives?)$"
)


def acts_on(reading: Reading) -> bool:
    """`O aumento do uso melhora o NPS?`: one metric is said to move another."""
    metrics = reading.of("metric")
    if len(metrics) != 2 or len({m.name for m in metrics}) != 2:
        return False
    between = [
        word for word in reading.folded[metrics[0].end : metrics[1].start] if word not in {"o", "a", "os", "as", "the"}
    ]
    return bool(between) and EFFECT.search(" ".join(between)) is not None and len(between) <= 2


COMPARATIVE = frozenset({"mais", "menos", "maior", "menor", "more", "less", "higher", "lower", "fewer"})


FUTURE = re.compile(
    r"\b(vamos|vai|vao|devemos|devem|deve|deveremos|devera|iremos|ira|espero|esperamos)"
    r" (?:se )?(?!ver|mostrar|saber|olhar|falar|dizer|comparar|analisar|fazer com)\w{2,}(ar|er|ir|or)\b"
)


CLOSING = re.compile(
    r"\b(?:fecha|termina|encerra|acaba|fechar|terminar|encerrar|acabar|closes?|ends?|finish(?:es)?)"
    r" (?:o |este |the |this )?(?P<unit>ano|year|semestre|trimestre|quarter|mes|month)\b"
)
"""`Em quanto o MRR termina o ano?`: what will be, by the end of what runs."""


def looks_forward(reading: Reading) -> bool:
    """A forecast by its name, or by a verb that tells what will be: `quanto devemos vender em julho`."""
    if CLOSING.search(reading.text) and reading.of("metric") and not reading.cue("alert", "actions"):
        return True
    if pattern("expected_for").search(reading.text) and reading.of("metric") and reading.periods:
        return True
    return reading.cue("forecast") is not None or (
        bool(FUTURE.search(reading.text))
        and not reading.cue("alert", "actions", "renewal")
        and bool(reading.of("metric") or reading.cue("lose", "gain"))
    )


def asks_to_act(reading: Reading) -> bool:
    """The deed is no name of the dictionary, as `cluster` is."""
    found = ACTING.search(reading.text)
    if found is None or reading.cue("forecast", "define", "alert"):
        return False
    last = reading.text[: found.end()].count(" ")
    return not any(i.start <= last < i.end and i.kind in {"dimension", "value"} for i in reading.items)


def more_with_more(reading: Reading) -> bool:
    """`Clientes com mais uso têm menos churn?`: both metrics are said to be more or less."""
    said = [i for i in reading.items if i.kind == "metric" or i.name in {"leave", "lose"}]
    if len(said) > 1 and {"e", "and"} & set(reading.folded[said[0].end : said[0].end + 1]):
        return False  # `menos churn e mais expansão`: both are wanted of one group
    beside = [
        {p for p in (i.start - 1, i.end) if 0 <= p < len(reading.words) and reading.folded[p] in COMPARATIVE}
        for i in said[:2]
    ]
    return len(said) >= 2 and all(beside) and len(set.union(*beside)) > 1


def in_percent_anyway(reading: Reading, draft: Draft, cue: Item) -> bool:
    """`NRR por plano, em %`, `qual o percentual de inadimplência`: the unit of the metric, no share of anything."""
    known = load_dictionary().metrics
    said = reading.folded[cue.start] in {"em", "in", "as"} or any(
        m.start >= cue.end and set(reading.folded[cue.end : m.start]) <= CONNECTORS for m in reading.of("metric")
    )
    return said and bool(draft.metrics) and all(known[name].unit == "percent" for name in draft.metrics)
