"""An answer in one to three sentences, every numeral from its rows."""

from datetime import date
from typing import Any

from b2shift.insight.answers.numbers import REST, Numbers, Row
from b2shift.insight.answers.teller import Teller, month_words, period_words
from b2shift.kernel.money import format_number
from b2shift.metrics.api import load_dictionary, metric
from b2shift.metrics.contracts import Period

Labels = dict[str, dict[str, str]]
FEW = 30
"""Places of a ranking of which the last one is still worth a word."""
NOBODY = "Nenhuma linha atende ao que foi pedido."


def sentences(numbers: Numbers, rows: list[Row], other: Period | None, labels: Labels) -> list[str]:
    """What the rows of a number, series, ranking, comparison, list or report say."""
    query = numbers.query
    if not rows:
        return [NOBODY]
    if query.intent == "list" or "customer" in query.dimensions:
        return _listed(numbers, rows, labels)
    if len({row["bucket"] for row in rows}) > 1 and query.intent == "rank":
        return [_extreme(numbers, rows, name) for name in query.metrics]
    if len({row["bucket"] for row in rows}) > 1:
        return [_moved(numbers, rows, name, labels) for name in query.metrics]
    when = period_words(numbers.period)
    if query.dimensions:
        return [_ends(numbers, rows, name, labels, when) for name in query.metrics]
    return [_one(rows[0], name, when, other) for name in query.metrics]


def _one(row: Row, name: str, when: str, other: Period | None) -> str:
    told, value = metric(name), row[name]
    if value is None:
        return f"{told.label} em {when}: sem dados para calcular."
    teller = Teller([row])
    text = f"{told.label} em {when}: {teller.figure(value, told.unit)}"
    share, whole = row.get(f"{name}_share"), row.get(f"{name}_overall")
    if share is not None:
        text += f", {teller.figure(share, 'percent')} do total"
    if whole is not None:
        side = "igual à" if value == whole else "acima da" if value > whole else "abaixo da"
        text += f", {side} média da base, {teller.figure(whole, told.unit)}"
    change, before, pct = (row.get(f"{name}_{part}") for part in ("change", "before", "change_pct"))
    if change is not None and before is not None and other:
        word = "sem mudança" if not change else "mais" if change > 0 else "menos"
        size = teller.size(change, told.unit) + " " if change else ""
        ratio = f" ({teller.figure(abs(pct), 'percent')})" if pct and told.unit != "percent" else ""
        text += f"; {size}{word}{ratio} que em {period_words(other)}, quando era {teller.figure(before, told.unit)}"
    return f"{text}."


def _ends(numbers: Numbers, rows: list[Row], name: str, labels: Labels, when: str) -> str:
    told = metric(name)
    changed = numbers.query.order is not None and numbers.query.order.by.endswith(".change")
    column = f"{name}_change" if changed else name
    known = [row for row in rows if row.get(column) is not None and REST not in row]
    if not known:
        return f"{told.label} em {when}: sem dados para calcular."
    teller, order = Teller(known), numbers.query.order
    if order is None:
        known = sorted(known, key=lambda row: -row[column])
    first, last = (_place(numbers, row, column, teller, labels) for row in (known[0], known[-1]))
    share = known[0].get(f"{name}_share")
    first += f" ({teller.figure(share, 'percent')} do total)" if share is not None else ""
    what = f"Mudança de {told.label}" if changed else told.label
    if len(known) == 1:
        return f"{what} em {when}: {first}."
    if order is None:
        return f"{what} em {when}: o maior é {first}; o menor, {last}; {format_number(len(known))} ao todo."
    if len(known) > FEW:
        return f"{what} em {when}: em 1º {first}; {format_number(len(known))} ao todo."
    return f"{what} em {when}: em 1º {first}; em {len(known)}º {last}."


def _place(numbers: Numbers, row: Row, column: str, teller: Teller, labels: Labels) -> str:
    unit = metric(column.removesuffix("_change")).unit
    value = teller.figure(row[column], unit) if column in numbers.query.metrics else _signed(row[column], unit, teller)
    return f"{_name(numbers, row, labels)}, {value}"


def _signed(change: float, unit: str, teller: Teller) -> str:
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{teller.size(change, unit)}"


def _extreme(numbers: Numbers, rows: list[Row], name: str) -> str:
    """Which month was the highest or the lowest."""
    told, order = metric(name), numbers.query.order
    known = [row for row in rows if row.get(name) is not None]
    if not known or order is None:
        return f"{told.label}: sem dados para calcular."
    word = "maior" if order.dir == "desc" else "menor"
    return (
        f"{told.label}: o {word} valor foi o de {_when(known[0])}, {Teller(known).figure(known[0][name], told.unit)}."
    )


def _moved(numbers: Numbers, rows: list[Row], name: str, labels: Labels) -> str:
    told = metric(name)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        if row.get(name) is not None:
            groups.setdefault(tuple(row[d] for d in numbers.query.dimensions), []).append(row)
    if not groups:
        return f"{told.label}: sem dados para calcular."
    newest = max(row["bucket"] for row in rows)
    _, series = max(groups.items(), key=lambda one: (one[1][-1]["bucket"] == newest, one[1][-1][name]))
    series = sorted(series, key=lambda row: row["bucket"])
    teller, first, last = Teller(series), series[0], series[-1]
    whose = f" de {_name(numbers, first, labels)}, o maior hoje," if numbers.query.dimensions else ""
    verb = "ficou em" if first[name] == last[name] else "subiu para" if last[name] > first[name] else "caiu para"
    return (
        f"{told.label}{whose} era {teller.figure(first[name], told.unit)} em {_when(first)} e {verb} "
        f"{teller.figure(last[name], told.unit)} em {_when(last)}."
    )


def _listed(numbers: Numbers, rows: list[Row], labels: Labels) -> list[str]:
    kept = [row for row in rows if REST not in row]
    if numbers.query.intent == "list":
        word = "cliente atende" if len(kept) == 1 else "clientes atendem"
        return [f"{format_number(len(kept))} {word} ao que foi pedido."]
    return [_ends(numbers, rows, name, labels, period_words(numbers.period)) for name in numbers.query.metrics]


def _name(numbers: Numbers, row: Row, labels: Labels) -> str:
    return ", ".join(
        labels.get(name, {}).get(str(row[name]), str(row[name])) if row[name] is not None else "sem informação"
        for name in numbers.query.dimensions
    )


def _when(row: Row) -> str:
    return month_words(date.fromisoformat(row["bucket"]))


def definitions(names: tuple[str, ...]) -> list[str]:
    """What metrics mean, who answers for them."""
    known = load_dictionary().metrics
    return [f"{known[name].label}: {known[name].definition} Quem responde: {known[name].owner}." for name in names]
