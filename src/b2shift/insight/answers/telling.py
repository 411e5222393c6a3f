"""An answer in one to three sentences, every numeral from its rows."""

from datetime import date
from typing import Any

from b2shift.insight.answers.numbers import REST, Numbers, Row
from b2shift.insight.answers.teller import Teller
from b2shift.insight.answers.voice import Voice
from b2shift.metrics.api import metric
from b2shift.metrics.contracts import Period

Labels = dict[str, dict[str, str]]
FEW = 30
"""Places of a ranking of which the last one is still worth a word."""
NOBODY = "Nenhuma linha atende ao que foi pedido."
LACKING = "{what} em {when}: sem dados para calcular."
EMPTY = "{what}: sem dados para calcular."
EQUAL = ", igual à média da base, {base}"
ABOVE = ", acima da média da base, {base}"
BELOW = ", abaixo da média da base, {base}"
SAME = "; sem mudança{ratio} que em {other}, que teve {before}"
MORE = "; {size} mais{ratio} que em {other}, que teve {before}"
LESS = "; {size} menos{ratio} que em {other}, que teve {before}"
HIGHEST = "{what}: o maior valor foi o de {when}, {value}."
LOWEST = "{what}: o menor valor foi o de {when}, {value}."
STAYED = "{what}: {first} em {began} e {last} em {ended}, sem mudança."
ROSE = "{what}: de {first} em {began} para {last} em {ended}, em alta."
FELL = "{what}: de {first} em {began} para {last} em {ended}, em queda."
MEET = "{all} clientes atendem ao que foi pedido."
FIRST_OF_EACH = "{what} em {when}: os primeiros de cada {group}, {all} ao todo; à frente de todos {first}."
UNKNOWN = "sem informação"
DEFINED = "{what}: {definition} Quem responde: {owner}."


def sentences(numbers: Numbers, rows: list[Row], other: Period | None, labels: Labels) -> list[str]:
    """What the rows of a number, series, ranking, comparison, list or report say."""
    query = numbers.query
    if not rows:
        return [numbers.voice.say(NOBODY)]
    if query.intent == "list" or "customer" in query.dimensions:
        return _listed(numbers, rows, labels)
    if len({row["bucket"] for row in rows}) > 1 and query.intent == "rank":
        return [_extreme(numbers, rows, name) for name in query.metrics]
    if len({row["bucket"] for row in rows}) > 1:
        return [_moved(numbers, rows, name, labels) for name in query.metrics]
    when = numbers.voice.period(numbers.period)
    if query.dimensions:
        return [ends(numbers, rows, name, labels, when) for name in query.metrics]
    return [_one(numbers.voice, rows[0], name, when, other) for name in query.metrics]


def _one(voice: Voice, row: Row, name: str, when: str, other: Period | None) -> str:
    told, label, value = metric(name), voice.metric(name), row[name]
    if value is None:
        return voice.say(LACKING, what=label, when=when)
    teller = Teller([row], voice=voice)
    text = voice.say("{what} em {when}: {value}", what=label, when=when, value=teller.figure(value, told.unit))
    share, whole = row.get(f"{name}_share"), row.get(f"{name}_overall")
    if share is not None:
        text += voice.say(", {share} do total", share=teller.figure(share, "percent"))
    if whole is not None:
        side = EQUAL if value == whole else ABOVE if value > whole else BELOW
        text += voice.say(side, base=teller.figure(whole, told.unit))
    change, before, pct = (row.get(f"{name}_{part}") for part in ("change", "before", "change_pct"))
    if change is not None and before is not None and other:
        text += voice.say(
            SAME if not change else MORE if change > 0 else LESS,
            size=teller.size(change, told.unit),
            ratio=f" ({teller.figure(abs(pct), 'percent')})" if pct and told.unit != "percent" else "",
            other=voice.period(other),
            before=teller.figure(before, told.unit),
        )
    return f"{text}."


def ends(numbers: Numbers, rows: list[Row], name: str, labels: Labels, when: str) -> str:
    """The first and the last of groups: in the order asked for, else the largest and the smallest."""
    voice = numbers.voice
    changed = numbers.query.order is not None and numbers.query.order.by.endswith(".change")
    column = f"{name}_change" if changed else name
    known = [row for row in rows if row.get(column) is not None and REST not in row]
    if not known:
        return voice.say(LACKING, what=voice.metric(name), when=when)
    teller, order = Teller(known, voice=voice), numbers.query.order
    if order is None:
        known = sorted(known, key=lambda row: -row[column])
    first, last = (_place(numbers, row, column, teller, labels) for row in (known[0], known[-1]))
    share = known[0].get(f"{name}_share")
    first += voice.say(" ({share} do total)", share=teller.figure(share, "percent")) if share is not None else ""
    what = voice.say("Mudança de {what}", what=voice.metric(name)) if changed else voice.metric(name)
    said = {"what": what, "when": when, "first": first, "last": last, "all": voice.number(len(known))}
    if len(known) == 1:
        return voice.say("{what} em {when}: {first}.", **said)
    if numbers.query.each:
        return voice.say(FIRST_OF_EACH, group=voice.dimension(numbers.query.each).lower(), **said)
    if order is None:
        return voice.say("{what} em {when}: o maior é {first}; o menor, {last}; {all} ao todo.", **said)
    if len(known) > FEW:
        return voice.say("{what} em {when}: em 1º {first}; {all} ao todo.", **said)
    return voice.say("{what} em {when}: em 1º {first}; em {all}º {last}.", **said)


def _place(numbers: Numbers, row: Row, column: str, teller: Teller, labels: Labels) -> str:
    unit = metric(column.removesuffix("_change")).unit
    value = teller.figure(row[column], unit) if column in numbers.query.metrics else _signed(row[column], unit, teller)
    return f"{_name(numbers, row, labels)}, {value}"


def _signed(change: float, unit: str, teller: Teller) -> str:
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{teller.size(change, unit)}"


def _extreme(numbers: Numbers, rows: list[Row], name: str) -> str:
    """Which month was the highest or the lowest."""
    voice, order = numbers.voice, numbers.query.order
    known = [row for row in rows if row.get(name) is not None]
    if not known or order is None:
        return voice.say(EMPTY, what=voice.metric(name))
    value = Teller(known, voice=voice).figure(known[0][name], metric(name).unit)
    text = HIGHEST if order.dir == "desc" else LOWEST
    return voice.say(text, what=voice.metric(name), when=_when(known[0], voice), value=value)


def _moved(numbers: Numbers, rows: list[Row], name: str, labels: Labels) -> str:
    unit, voice = metric(name).unit, numbers.voice
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        if row.get(name) is not None:
            groups.setdefault(tuple(row[d] for d in numbers.query.dimensions), []).append(row)
    if not groups:
        return voice.say(EMPTY, what=voice.metric(name))
    newest = max(row["bucket"] for row in rows)
    _, series = max(groups.items(), key=lambda one: (one[1][-1]["bucket"] == newest, one[1][-1][name]))
    series = sorted(series, key=lambda row: row["bucket"])
    teller, first, last = Teller(series, voice=voice), series[0], series[-1]
    whose = voice.say(" de {who} (o maior hoje)", who=_name(numbers, first, labels)) if numbers.query.dimensions else ""
    return voice.say(
        STAYED if first[name] == last[name] else ROSE if last[name] > first[name] else FELL,
        what=voice.metric(name) + whose,
        first=teller.figure(first[name], unit),
        began=_when(first, voice),
        last=teller.figure(last[name], unit),
        ended=_when(last, voice),
    )


def _listed(numbers: Numbers, rows: list[Row], labels: Labels) -> list[str]:
    kept = [row for row in rows if REST not in row]
    if numbers.query.intent == "list":
        text = "{all} cliente atende ao que foi pedido." if len(kept) == 1 else MEET
        return [numbers.voice.say(text, all=numbers.voice.number(len(kept)))]
    when = numbers.voice.period(numbers.period)
    return [ends(numbers, rows, name, labels, when) for name in numbers.query.metrics]


def _name(numbers: Numbers, row: Row, labels: Labels) -> str:
    return ", ".join(
        labels.get(name, {}).get(str(row[name]), str(row[name]))
        if row[name] is not None
        else numbers.voice.say(UNKNOWN)
        for name in numbers.query.dimensions
    )


def _when(row: Row, voice: Voice) -> str:
    return voice.month(date.fromisoformat(row["bucket"]))


def definitions(names: tuple[str, ...], voice: Voice) -> list[str]:
    """What metrics mean, who answers for them."""
    return [
        voice.say(DEFINED, what=voice.metric(name), definition=voice.definition(name), owner=voice.owner(name))
        for name in names
    ]
