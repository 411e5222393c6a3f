"""Cues and periods whose sense depends on their neighbours."""

from b2shift.insight.reading.calendar import last_closed
from b2shift.insight.reading.mentions import Mention, Reading
from b2shift.insight.reading.numbers import number

PAYING = ("pag", "fatur", "pay", "bill")
_NARROWED = frozenset(
    "tirando exceto menos fora excluindo ignorando desconsiderando contar ignoring excluding except so apenas somente only de entre para com "
    "considerando por dentre among for of by".split()
)


def drop_rate_grain(reading: Reading) -> None:
    """`Mais de 5 mil por mês`: a rate of an amount, not the grain of a series."""
    ends = {a.end + (reading.folded[a.end : a.end + 1] in (["horas"], ["hours"])) for a in reading.amounts}
    ends |= {i.end for i in reading.mentions if i.kind == "metric" and i.start in ends}
    asked = any(mention.kind == "cue" and mention.name == "how_much" for mention in reading.mentions)
    if asked and not reading.periods:  # `quanto o agro nos paga por mês?`: the number is a month's anyway
        ends |= {i.end for i in reading.mentions if i.name == "mrr" and reading.folded[i.start].startswith(PAYING)}
    for position, mention in enumerate(reading.mentions):
        if mention.kind == "cue" and mention.name == "grain_month" and mention.start in ends:
            reading.mentions[position] = mention._replace(name="each_month")


def restrict_whoever(reading: Reading) -> None:
    """`Considerando só quem paga mais de 5 mil`: a restriction, not a request for a list."""
    for position, mention in enumerate(reading.mentions):
        alone = mention.kind == "cue" and mention.name == "list" and reading.folded[mention.start] in {"quem", "who"}
        if alone and mention.start and reading.folded[mention.start - 1] in _NARROWED:
            reading.mentions[position] = mention._replace(name="whoever")


def extend_idle_period(reading: Reading) -> None:
    """`Sem usar há 3 meses`: the whole span of months, not the month three months ago."""
    if not any(i.kind == "cue" and i.name in {"none", "not"} for i in reading.mentions):
        return
    for position, found in enumerate(reading.periods):
        said = reading.folded[found.start : found.end]
        count = number(said[1]) if len(said) == 3 and said[0] in {"ha", "faz"} else None
        if isinstance(count, int) and said[2] in {"mes", "meses"}:
            reading.periods[position] = found._replace(days=last_closed(count, "month", reading.as_of))


def drop_closing_gain(reading: Reading) -> None:
    """`Fechamos maio com quantos clientes?`: a period is closed, nobody is won."""
    positions = {found.start for found in reading.periods}
    for mention in [i for i in reading.mentions if i.kind == "cue" and i.name == "gain"]:
        after = mention.end + (reading.folded[mention.end : mention.end + 1] in (["o"], ["a"], ["the"]))
        if reading.folded[mention.start].startswith(("fech", "clos")) and {mention.end, after} & positions:
            reading.mentions.remove(mention)


def drop_drawing(reading: Reading) -> None:
    """`Tira uma foto do churn`: something is made, nothing excluded."""
    for position, mention in enumerate(reading.mentions):
        made = reading.folded[mention.end : mention.end + 1] in (["um"], ["uma"])
        if mention.kind == "cue" and made and reading.folded[mention.start] in {"tira", "tire", "tirar"}:
            reading.mentions[position] = mention._replace(name="drawn")


def least_as_ranking(reading: Reading) -> None:
    """`Qual segmento usa menos o sistema?`: a ranking, not an exclusion."""
    starts = {mention.start for mention in reading.of("value")}
    for position, mention in enumerate(reading.mentions):
        less = mention.kind == "cue" and mention.name == "not" and reading.folded[mention.start] == "menos"
        if less and not starts & set(range(mention.end, mention.end + 3)):
            reading.mentions[position] = Mention("cue", "bottom", mention.start, mention.start + 1)
