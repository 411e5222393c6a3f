"""The narrative of an answer: one to three sentences, every figure grounded in its rows."""

from datetime import date
from typing import Any

from b2shift.insight.answers.columns import grain_of
from b2shift.insight.answers.grounding import GroundedFigures
from b2shift.insight.answers.locale import Locale
from b2shift.insight.answers.numbers import REST, Numbers, Row
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
    """The narrative of a number, series, ranking, comparison, list or report."""
    query = numbers.query
    if not rows:
        return [numbers.locale.say(NOBODY)]
    if query.intent == "list" or "customer" in query.dimensions:
        return _listed(numbers, rows, labels)
    if len({row["bucket"] for row in rows}) > 1 and query.intent == "rank":
        return [_extreme(numbers, rows, name) for name in query.metrics]
    if len({row["bucket"] for row in rows}) > 1:
        return [_moved(numbers, rows, name, labels) for name in query.metrics]
    when = numbers.locale.period(numbers.period)
    if query.dimensions:
        return [first_and_last(numbers, rows, name, labels, when) for name in query.metrics]
    return [_single(numbers.locale, rows[0], name, when, other) for name in query.metrics]


def _single(locale: Locale, row: Row, name: str, when: str, other: Period | None) -> str:
    declared, label, value = metric(name), locale.metric(name), row[name]
    if value is None:
        return locale.say(LACKING, what=label, when=when)
    figures = GroundedFigures([row], locale=locale)
    text = locale.say("{what} em {when}: {value}", what=label, when=when, value=figures.figure(value, declared.unit))
    share, whole = row.get(f"{name}_share"), row.get(f"{name}_overall")
    if share is not None:
        text += locale.say(", {share} do total", share=figures.figure(share, "percent"))
    if whole is not None:
        side = EQUAL if value == whole else ABOVE if value > whole else BELOW
        text += locale.say(side, base=figures.figure(whole, declared.unit))
    change, before, pct = (row.get(f"{name}_{part}") for part in ("change", "before", "change_pct"))
    if change is not None and before is not None and other:
        text += locale.say(
            SAME if not change else MORE if change > 0 else LESS,
            size=figures.magnitude(change, declared.unit),
            ratio=f" ({figures.figure(abs(pct), 'percent')})" if pct and declared.unit != "percent" else "",
            other=locale.period(other),
            before=figures.figure(before, declared.unit),
        )
    return f"{text}."


def first_and_last(numbers: Numbers, rows: list[Row], name: str, labels: Labels, when: str) -> str:
    """The first and the last group: in the order asked for, else the largest and the smallest."""
    locale = numbers.locale
    changed = numbers.query.order is not None and numbers.query.order.by.endswith(".change")
    column = f"{name}_change" if changed else name
    known = [row for row in rows if row.get(column) is not None and REST not in row]
    if not known:
        return locale.say(LACKING, what=locale.metric(name), when=when)
    figures, order = GroundedFigures(known, locale=locale), numbers.query.order
    if order is None:
        known = sorted(known, key=lambda row: -row[column])
    first, last = (_place(numbers, row, column, figures, labels) for row in (known[0], known[-1]))
    share = known[0].get(f"{name}_share")
    first += locale.say(" ({share} do total)", share=figures.figure(share, "percent")) if share is not None else ""
    what = locale.say("Mudança de {what}", what=locale.metric(name)) if changed else locale.metric(name)
    words = {"what": what, "when": when, "first": first, "last": last, "all": locale.number(len(known))}
    if len(known) == 1:
        return locale.say("{what} em {when}: {first}.", **words)
    if numbers.query.each:
        return locale.say(FIRST_OF_EACH, group=locale.dimension(numbers.query.each).lower(), **words)
    if order is None:
        return locale.say("{what} em {when}: o maior é {first}; o menor, {last}; {all} ao todo.", **words)
    if len(known) > FEW:
        return locale.say("{what} em {when}: em 1º {first}; {all} ao todo.", **words)
    return locale.say("{what} em {when}: em 1º {first}; em {all}º {last}.", **words)


def _place(numbers: Numbers, row: Row, column: str, figures: GroundedFigures, labels: Labels) -> str:
    unit = metric(column.removesuffix("_change")).unit
    value = (
        figures.figure(row[column], unit) if column in numbers.query.metrics else _signed(row[column], unit, figures)
    )
    return f"{_name(numbers, row, labels)}, {value}"


def _signed(change: float, unit: str, figures: GroundedFigures) -> str:
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{figures.magnitude(change, unit)}"


def _extreme(numbers: Numbers, rows: list[Row], name: str) -> str:
    """The month with the highest or the lowest value."""
    locale, order = numbers.locale, numbers.query.order
    known = [row for row in rows if row.get(name) is not None]
    if not known or order is None:
        return locale.say(EMPTY, what=locale.metric(name))
    value = GroundedFigures(known, locale=locale).figure(known[0][name], metric(name).unit)
    text = HIGHEST if order.dir == "desc" else LOWEST
    return locale.say(text, what=locale.metric(name), when=_when(numbers, known[0]), value=value)


def _moved(numbers: Numbers, rows: list[Row], name: str, labels: Labels) -> str:
    unit, locale = metric(name).unit, numbers.locale
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        if row.get(name) is not None:
            groups.setdefault(tuple(row[d] for d in numbers.query.dimensions), []).append(row)
    if not groups:
        return locale.say(EMPTY, what=locale.metric(name))
    newest = max(row["bucket"] for row in rows)
    _, series = max(groups.items(), key=lambda one: (one[1][-1]["bucket"] == newest, one[1][-1][name]))
    series = sorted(series, key=lambda row: row["bucket"])
    figures, first, last = GroundedFigures(series, locale=locale), series[0], series[-1]
    whose = (
        locale.say(" de {who} (o maior hoje)", who=_name(numbers, first, labels)) if numbers.query.dimensions else ""
    )
    return locale.say(
        STAYED if first[name] == last[name] else ROSE if last[name] > first[name] else FELL,
        what=locale.metric(name) + whose,
        first=figures.figure(first[name], unit),
        began=_when(numbers, first),
        last=figures.figure(last[name], unit),
        ended=_when(numbers, last),
    )


def _listed(numbers: Numbers, rows: list[Row], labels: Labels) -> list[str]:
    kept = [row for row in rows if REST not in row]
    if numbers.query.intent == "list":
        text = "{all} cliente atende ao que foi pedido." if len(kept) == 1 else MEET
        return [numbers.locale.say(text, all=numbers.locale.number(len(kept)))]
    when = numbers.locale.period(numbers.period)
    return [first_and_last(numbers, rows, name, labels, when) for name in numbers.query.metrics]


def _name(numbers: Numbers, row: Row, labels: Labels) -> str:
    return ", ".join(
        labels.get(name, {}).get(str(row[name]), str(row[name]))
        if row[name] is not None
        else numbers.locale.say(UNKNOWN)
        for name in numbers.query.dimensions
    )


def _when(numbers: Numbers, row: Row) -> str:
    return numbers.locale.bucket(date.fromisoformat(row["bucket"]), grain_of(numbers.query))


def definitions(names: tuple[str, ...], locale: Locale) -> list[str]:
    """Definitions of metrics and their owners."""
    return [
        locale.say(DEFINED, what=locale.metric(name), definition=locale.definition(name), owner=locale.owner(name))
        for name in names
    ]
