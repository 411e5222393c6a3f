"""Answers of the kinds that are more than numbers: why, what comes, what to do, who they are, what goes together."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from b2shift.insight.answers.alerting import rehearse
from b2shift.insight.answers.explaining import explain
from b2shift.insight.answers.forecasting import forecast
from b2shift.insight.answers.labels import named
from b2shift.insight.answers.numbers import Numbers, Row
from b2shift.insight.answers.people import act, portray, relate
from b2shift.insight.answers.teller import Teller, month_words, period_words
from b2shift.insight.contracts import Picture
from b2shift.kernel.money import format_number
from b2shift.metrics.api import load_dictionary, metric
from b2shift.metrics.contracts import Period


class Told(NamedTuple):
    """Rows with what they say, how they are drawn, and what to know about them."""

    rows: list[Row]
    narrative: list[str]
    picture: Picture | None = None
    other: Period | None = None
    notes: tuple[str, ...] = ()


def _explained(numbers: Numbers) -> Told:
    rows, other = explain(numbers)
    name = numbers.query.metrics[0]
    told = metric(name)
    if not rows:
        return Told(rows, [f"{told.label} não tem dados nos dois períodos."], other=other)
    first = rows[0]["dimension"]
    parts = [row for row in rows if row["dimension"] == first]
    whole = sum(row["contribution"] for row in parts)
    words = {
        d: named(numbers.lake, d, [r["group"] for r in rows if r["dimension"] == d])
        for d in {r["dimension"] for r in rows}
    }
    for row in rows:
        row["label"] = words[row["dimension"]].get(str(row["group"]), "sem informação")
    teller = Teller(rows, [whole])
    verb = "não mudou" if not whole else "subiu" if whole > 0 else "caiu"
    size = f" {teller.size(whole, told.unit)}" if whole else ""
    out = [f"{told.label} {verb}{size} entre {period_words(other)} e {period_words(numbers.period)}."]
    for dimension in dict.fromkeys(row["dimension"] for row in rows):
        top = next(row for row in rows if row["dimension"] == dimension)
        if top["contribution"] and top["share"] is not None:
            sign = "+" if top["contribution"] > 0 else "−"
            out.append(
                f"Por {load_dictionary().dimensions[dimension].label.lower()}, a maior parte veio de {top['label']}: "
                f"{sign}{teller.size(top['contribution'], told.unit)}."
            )
    note = "As partes somam a mudança exatamente; dizem onde ela aconteceu, não a causa."
    return Told(rows, out, Picture(kind="waterfall", x="label", values=("contribution",), split=first), other, (note,))


def _foreseen(numbers: Numbers) -> Told:
    rows, found = forecast(numbers)
    name = numbers.query.metrics[0]
    told = metric(name)
    asked = [row for row in rows if row.get("asked")]
    last, test = asked[-1], found.backtest
    teller = Teller(rows, [100 * test.wape] if test and test.wape is not None else [])
    text = f"{told.label} em {month_words(date.fromisoformat(last['bucket']))}: {teller.figure(last[name], told.unit)}"
    if last["low"] is not None and last["high"] is not None:
        low, high = (teller.figure(last[side], told.unit) for side in ("low", "high"))
        out = [f"{text}, entre {low} e {high} em 80 de 100 casos."]
    else:
        out = [f"{text}; a história é curta demais para dizer um intervalo."]
    notes = list(found.notes)
    if test and test.wape is not None:
        out.append(
            f"No passado, as mesmas contas erraram em média {teller.figure(100 * test.wape, 'percent')} do valor."
        )
        notes.append(
            f"Ensaio no passado: {test.origins} origens; {format_number(100 * test.coverage_80)}% dos valores caíram "
            "dentro do intervalo de 80%."
        )
    return Told(rows, out, Picture(kind="line", x="bucket", values=(name,), low="low", high="high"), None, tuple(notes))


def _acted(numbers: Numbers) -> Told:
    rows = act(numbers)
    if not rows:
        return Told(rows, ["A régua não propõe nada para estes clientes hoje."])
    first = rows[0]
    teller = Teller(rows)
    out = [
        (
            f"A régua propõe {teller.figure(first['proposed'], 'count')} contatos para "
            f"{teller.figure(first['concerned'], 'count')} clientes, com {teller.figure(first['at_stake'], 'brl')} de MRR em jogo."
        ),
        f"Primeiro: {first['action'].rstrip('.')}, {first['name'].rstrip('.')}.",
    ]
    note = "Propostas da régua em vigor, das mais urgentes; nada foi enviado."
    return Told(rows, out, None, None, (note,))


def _portrayed(numbers: Numbers) -> Told:
    rows = portray(numbers)
    known = load_dictionary().metrics
    teller = Teller(rows)
    for row in rows:
        row["label"] = known[row["metric"]].label if "metric" in row else row["trait"]
    size = rows[0]
    parts = []
    for row in rows[1:]:
        if "metric" in row and row["value"] is not None and row["base"]:
            unit = known[row["metric"]].unit
            parts.append(
                f"{row['label']} {teller.figure(row['value'], unit)} (base {teller.figure(row['base'], unit)})"
            )
    out = [f"{teller.figure(size['value'] or 0, 'count')} clientes ativos: {'; '.join(parts[1:4])}."]
    traits = [row for row in rows if "trait" in row]
    if traits:
        told = ", ".join(
            f"{row['trait']} ({teller.figure(row['value'], 'share')}; base {teller.figure(row['base'], 'share')})"
            for row in traits[:3]
        )
        out.append(f"O que mais o distingue: {told}.")
    return Told(rows, out)


def _related(numbers: Numbers) -> Told:
    rows, found = relate(numbers)
    names = [*numbers.query.metrics, *numbers.query.dimensions][:2]
    known = load_dictionary()
    labels = [known.metrics[n].label if n in known.metrics else known.dimensions[n].label for n in names]
    teller = Teller(rows, found.values())
    r = found["correlation"]
    strong = "não andam juntos" if found["low"] <= 0 <= found["high"] else (
        f"andam {'juntos' if r > 0 else 'em sentidos contrários'}, relação {'forte' if abs(r) >= 0.5 else 'moderada' if abs(r) >= 0.3 else 'fraca'}"
    )  # fmt: skip
    out = [
        (
            f"{labels[0]} e {labels[1]} {strong}: correlação de postos {teller.figure(r, 'correlation')} "
            f"({teller.figure(found['low'], 'correlation')} a {teller.figure(found['high'], 'correlation')}) em "
            f"{teller.figure(found['customers'], 'count')} clientes."
        ),
    ]
    note = "Correlação não é causa. Cada quinto tem o mesmo número de clientes, do menor ao maior valor da primeira medida."
    return Told(rows, out, Picture(kind="bar", x="fifth", values=(names[1],)), None, (note,))


def _rehearsed(numbers: Numbers) -> Told:
    rows = rehearse(numbers)
    name = numbers.query.metrics[0]
    fired = [row for row in rows if row["fired"]]
    months = len({row["bucket"] for row in rows})
    teller = Teller(rows, [len(fired), months])
    out = [
        (
            f"Nos últimos {teller.figure(months, 'count')} meses, este alerta teria disparado "
            f"{teller.figure(len(fired), 'count')} {'vez' if len(fired) == 1 else 'vezes'}."
        )
    ]
    if fired:
        out.append(f"A última, em {month_words(date.fromisoformat(fired[-1]['bucket']))}.")
    note = "Ensaio nos meses fechados: conta cada vez que o número cruza o limite, não cada mês além dele."
    group = numbers.query.dimensions[0] if numbers.query.dimensions else None
    return Told(rows, out, Picture(kind="line", x="bucket", values=(name,), group=group), None, (note,))


SPECIAL: dict[str, Callable[[Numbers], Told]] = {
    "explain": _explained,
    "forecast": _foreseen,
    "actions": _acted,
    "profile": _portrayed,
    "relationship": _related,
    "alert": _rehearsed,
}
