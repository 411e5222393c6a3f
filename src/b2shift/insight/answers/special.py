"""Answers of the kinds that are more than numbers: why, what comes, what to do, who they are, what goes together."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from b2shift.insight.answers.alerting import of_today, rehearse
from b2shift.insight.answers.explaining import explain
from b2shift.insight.answers.forecasting import forecast, forecast_groups
from b2shift.insight.answers.labels import labels, named
from b2shift.insight.answers.numbers import Numbers, Row
from b2shift.insight.answers.people import act, portray, relate
from b2shift.insight.answers.teller import Teller
from b2shift.insight.answers.telling import EMPTY, UNKNOWN, ends
from b2shift.insight.contracts import Picture
from b2shift.metrics.api import load_dictionary, metric
from b2shift.metrics.contracts import Period

STEADY = "{what} não mudou de {before} para {now}."
RISEN = "{what} subiu {size} de {before} para {now}."
FALLEN = "{what} caiu {size} de {before} para {now}."
BETWEEN = "{what} em {when}: {value}, entre {low} e {high} em 80 de 100 casos."
SHORT = "{what} em {when}: {value}; a história é curta demais para dizer um intervalo."
APART = "{one} e {other} não andam juntos: correlação de postos {r} ({low} a {high}) em {clients} clientes."
TOGETHER = (
    "{one} e {other} andam juntos, relação {degree}: correlação de postos {r} ({low} a {high}) em {clients} clientes."
)
AGAINST = (
    "{one} e {other} andam em sentidos contrários, relação {degree}: correlação de postos {r} ({low} a {high}) "
    "em {clients} clientes."
)
NO_CAUSE = (
    "Correlação não é causa. Cada quinto tem o mesmo número de clientes, do menor ao maior valor da primeira medida."
)
TRIED = "Ensaio nos meses fechados: conta cada vez que o número cruza o limite, não cada mês além dele."
LOADED = "Ensaio nas cargas guardadas: esta nota só tem o valor do dia de cada carga."
ONCE_LOADED = "Nas {months} cargas guardadas, este alerta teria disparado {times} vez."
OFTEN_LOADED = "Nas {months} cargas guardadas, este alerta teria disparado {times} vezes."
ONCE = "Nos últimos {months} meses, este alerta teria disparado {times} vez."
OFTEN = "Nos últimos {months} meses, este alerta teria disparado {times} vezes."


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
    unit, voice = metric(name).unit, numbers.voice
    if not rows:
        return Told(rows, [voice.say("{what} não tem dados nos dois períodos.", what=voice.metric(name))], other=other)
    first = rows[0]["dimension"]
    parts = [row for row in rows if row["dimension"] == first]
    whole = sum(row["contribution"] for row in parts)
    words = {
        d: named(numbers.lake, d, [r["group"] for r in rows if r["dimension"] == d])
        for d in {r["dimension"] for r in rows}
    }
    for row in rows:
        row["label"] = words[row["dimension"]].get(str(row["group"]), voice.say(UNKNOWN))
    teller = Teller(rows, [whole], voice)
    said = {"what": voice.metric(name), "size": teller.size(whole, unit), "before": voice.period(other)}
    text = STEADY if not whole else RISEN if whole > 0 else FALLEN
    out = [voice.say(text, **said, now=voice.period(numbers.period))]
    for dimension in dict.fromkeys(row["dimension"] for row in rows):
        top = next(row for row in rows if row["dimension"] == dimension)
        if top["contribution"] and top["share"] is not None:
            sign = "+" if top["contribution"] > 0 else "−"
            out.append(
                voice.say(
                    "Por {dimension}, a maior parte veio de {who}: {sign}{size}.",
                    dimension=voice.dimension(dimension).lower(),
                    who=top["label"],
                    sign=sign,
                    size=teller.size(top["contribution"], unit),
                )
            )
    note = voice.say("As partes somam a mudança exatamente; dizem onde ela aconteceu, não a causa.")
    return Told(rows, out, Picture(kind="waterfall", x="label", values=("contribution",), split=first), other, (note,))


def _foreseen(numbers: Numbers) -> Told:
    if numbers.query.dimensions:
        return _foreseen_by_group(numbers)
    rows, found = forecast(numbers)
    name = numbers.query.metrics[0]
    unit, voice = metric(name).unit, numbers.voice
    asked = [row for row in rows if row.get("asked")]
    last, test = asked[-1], found.backtest
    teller = Teller(rows, [100 * test.wape] if test and test.wape is not None else [], voice)
    said = {
        "what": voice.metric(name),
        "when": voice.month(date.fromisoformat(last["bucket"])),
        "value": teller.figure(last[name], unit),
    }
    if last["low"] is not None and last["high"] is not None:
        low, high = (teller.figure(last[side], unit) for side in ("low", "high"))
        out = [voice.say(BETWEEN, **said, low=low, high=high)]
    else:
        out = [voice.say(SHORT, **said)]
    notes = list(found.notes)
    if test and test.wape is not None:
        out.append(
            voice.say(
                "No passado, as mesmas contas erraram em média {error} do valor.",
                error=teller.figure(100 * test.wape, "percent"),
            )
        )
        notes.append(
            voice.say(
                "Ensaio no passado: {origins} origens; {share}% dos valores caíram dentro do intervalo de 80%.",
                origins=test.origins,
                share=voice.number(100 * test.coverage_80),
            )
        )
    return Told(rows, out, Picture(kind="line", x="bucket", values=(name,), low="low", high="high"), None, tuple(notes))


def _foreseen_by_group(numbers: Numbers) -> Told:
    rows, short = forecast_groups(numbers)
    (name, *_), dimensions, voice = numbers.query.metrics, numbers.query.dimensions, numbers.voice
    if not rows:
        return Told(rows, [voice.say(EMPTY, what=voice.metric(name))])
    when = voice.month(date.fromisoformat(rows[0]["bucket"]))
    out = [ends(numbers, rows, name, labels(numbers.lake, rows, dimensions), when)]
    notes = [voice.say("Cada grupo é projetado por si: as partes não somam a projeção do todo.")]
    if short:
        notes.append(voice.say("Grupos com menos de 12 meses, sem projeção: {short}.", short=voice.number(short)))
    drawn = len(dimensions) == 1 and len(rows) > 1
    picture = Picture(kind="bar", x=dimensions[0], values=(name,), low="low", high="high") if drawn else None
    return Told(rows, out, picture, None, tuple(notes))


def _acted(numbers: Numbers) -> Told:
    rows = act(numbers)
    voice = numbers.voice
    if not rows:
        return Told(rows, [voice.say("A régua não propõe nada para estes clientes hoje.")])
    first = rows[0]
    teller = Teller(rows, voice=voice)
    out = [
        voice.say(
            "A régua propõe {contacts} contatos para {clients} clientes, com {money} de MRR em jogo.",
            contacts=teller.figure(first["proposed"], "count"),
            clients=teller.figure(first["concerned"], "count"),
            money=teller.figure(first["at_stake"], "brl"),
        ),
        voice.say("Primeiro: {action}, {who}.", action=first["action"].rstrip("."), who=first["name"].rstrip(".")),
    ]
    note = voice.say("Propostas da régua em vigor, das mais urgentes; nada foi enviado.")
    return Told(rows, out, None, None, (note,))


def _portrayed(numbers: Numbers) -> Told:
    rows = portray(numbers)
    known, voice = load_dictionary().metrics, numbers.voice
    teller = Teller(rows, voice=voice)
    for row in rows:
        row["label"] = voice.metric(row["metric"]) if "metric" in row else row["trait"]
    size = rows[0]
    parts = []
    for row in rows[1:]:
        if "metric" in row and row["value"] is not None and row["base"]:
            unit = known[row["metric"]].unit
            parts.append(
                f"{row['label']} {teller.figure(row['value'], unit)} (base {teller.figure(row['base'], unit)})"
            )
    counted = teller.figure(size["value"] or 0, "count")
    out = [voice.say("{clients} clientes ativos: {parts}.", clients=counted, parts="; ".join(parts[1:4]))]
    traits = [row for row in rows if "trait" in row]
    if traits:
        told = ", ".join(
            f"{row['trait']} ({teller.figure(row['value'], 'share')}; base {teller.figure(row['base'], 'share')})"
            for row in traits[:3]
        )
        out.append(voice.say("O que mais o distingue: {traits}.", traits=told))
    return Told(rows, out)


def _related(numbers: Numbers) -> Told:
    rows, found = relate(numbers)
    names = [*numbers.query.metrics, *numbers.query.dimensions][:2]
    known, voice = load_dictionary(), numbers.voice
    labels = [voice.metric(n) if n in known.metrics else voice.dimension(n) for n in names]
    teller = Teller(rows, found.values(), voice)
    r = found["correlation"]
    apart = found["low"] <= 0 <= found["high"]
    degree = voice.say("forte" if abs(r) >= 0.5 else "moderada" if abs(r) >= 0.3 else "fraca")
    out = [
        voice.say(
            APART if apart else TOGETHER if r > 0 else AGAINST,
            one=labels[0],
            other=labels[1],
            degree=degree,
            r=teller.figure(r, "correlation"),
            low=teller.figure(found["low"], "correlation"),
            high=teller.figure(found["high"], "correlation"),
            clients=teller.figure(found["customers"], "count"),
        )
    ]
    note = voice.say(NO_CAUSE)
    return Told(rows, out, Picture(kind="bar", x="fifth", values=(names[1],)), None, (note,))


def _rehearsed(numbers: Numbers) -> Told:
    rows = rehearse(numbers)
    name = numbers.query.metrics[0]
    fired = [row for row in rows if row["fired"]]
    months = len({row["bucket"] for row in rows})
    voice = numbers.voice
    teller = Teller(rows, [len(fired), months], voice)
    said = {"months": teller.figure(months, "count"), "times": teller.figure(len(fired), "count")}
    past = of_today(name)
    if past:
        once, often, note = ONCE_LOADED, OFTEN_LOADED, voice.say(LOADED)
    else:
        once, often, note = ONCE, OFTEN, voice.say(TRIED)
    out = [voice.say(once if len(fired) == 1 else often, **said)]
    if fired:
        out.append(voice.say("A última, em {when}.", when=voice.month(date.fromisoformat(fired[-1]["bucket"]))))
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
