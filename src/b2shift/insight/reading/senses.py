"""Cues and periods that mean something else beside what was recognised: a second look at each."""

from b2shift.insight.reading.calendar import last_closed
from b2shift.insight.reading.items import Item, Reading
from b2shift.insight.reading.numbers import number

PAYING = ("pag", "fatur", "pay", "bill")
_NARROWED = frozenset(
    "tirando exceto menos fora excluindo ignorando desconsiderando contar ignoring excluding except so apenas somente only de entre para com "
    "considerando por dentre among for of by".split()
)


def rates(reading: Reading) -> None:
    """`Mais de 5 mil por mês`, `10 chamados por mês`: a month beside an amount is no step of a series."""
    ends = {a.end + (reading.folded[a.end : a.end + 1] in (["horas"], ["hours"])) for a in reading.amounts}
    ends |= {i.end for i in reading.items if i.kind == "metric" and i.start in ends}
    asked = any(item.kind == "cue" and item.name == "how_much" for item in reading.items)
    if asked and not reading.periods:  # `quanto o agro nos paga por mês?`: the number is a month's anyway
        ends |= {i.end for i in reading.items if i.name == "mrr" and reading.folded[i.start].startswith(PAYING)}
    for place, item in enumerate(reading.items):
        if item.kind == "cue" and item.name == "grain_month" and item.start in ends:
            reading.items[place] = item._replace(name="each_month")


def whoever(reading: Reading) -> None:
    """`Considerando só quem paga mais de 5 mil`: those narrow what is asked for, they are not it."""
    for place, item in enumerate(reading.items):
        alone = item.kind == "cue" and item.name == "list" and reading.folded[item.start] in {"quem", "who"}
        if alone and item.start and reading.folded[item.start - 1] in _NARROWED:
            reading.items[place] = item._replace(name="whoever")


def idle(reading: Reading) -> None:
    """`Sem usar há 3 meses`: all those months, not the one three months ago."""
    if not any(i.kind == "cue" and i.name in {"none", "not"} for i in reading.items):
        return
    for place, found in enumerate(reading.periods):
        said = reading.folded[found.start : found.end]
        count = number(said[1]) if len(said) == 3 and said[0] in {"ha", "faz"} else None
        if isinstance(count, int) and said[2] in {"mes", "meses"}:
            reading.periods[place] = found._replace(days=last_closed(count, "month", reading.as_of))


def closed(reading: Reading) -> None:
    """`Fechamos maio com quantos clientes?`: a period is closed, nobody is won."""
    places = {found.start for found in reading.periods}
    for item in [i for i in reading.items if i.kind == "cue" and i.name == "gain"]:
        after = item.end + (reading.folded[item.end : item.end + 1] in (["o"], ["a"], ["the"]))
        if reading.folded[item.start].startswith(("fech", "clos")) and {item.end, after} & places:
            reading.items.remove(item)


def drawn(reading: Reading) -> None:
    """`Tira uma foto do churn`, `tire um relatório`: something is made, nothing left out."""
    for place, item in enumerate(reading.items):
        made = reading.folded[item.end : item.end + 1] in (["um"], ["uma"])
        if item.kind == "cue" and made and reading.folded[item.start] in {"tira", "tire", "tirar"}:
            reading.items[place] = item._replace(name="drawn")


def least(reading: Reading) -> None:
    """`Qual segmento usa menos o sistema?` leaves nothing out."""
    starts = {item.start for item in reading.of("value")}
    for place, item in enumerate(reading.items):
        less = item.kind == "cue" and item.name == "not" and reading.folded[item.start] == "menos"
        if less and not starts & set(range(item.end, item.end + 3)):
            reading.items[place] = Item("cue", "bottom", item.start, item.start + 1)
