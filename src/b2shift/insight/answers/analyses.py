"""Answers of the analytical intents: explanation, forecast, recommendation, profile, correlation, alert."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from b2shift.insight.answers.backtest import backtest, lacks_history
from b2shift.insight.answers.customer_groups import profile, rank_correlation, recommended_actions
from b2shift.insight.answers.explaining import explain
from b2shift.insight.answers.forecasting import forecast, forecast_groups
from b2shift.insight.answers.grounding import GroundedFigures
from b2shift.insight.answers.labels import labels, value_labels
from b2shift.insight.answers.narrative import EMPTY, UNKNOWN, first_and_last
from b2shift.insight.answers.numbers import Numbers, Row
from b2shift.insight.contracts import Picture
from b2shift.metrics.api import load_dictionary, metric
from b2shift.metrics.contracts import Period

STEADY = "{what} não mudou de {before} para {now}."
RISEN = "{what} subiu {size} de {before} para {now}."
FALLEN = "{what} caiu {size} de {before} para {now}."
RISEN_INSTEAD = "{what} não caiu: subiu {size} de {before} para {now}."
FALLEN_INSTEAD = "{what} não subiu: caiu {size} de {before} para {now}."
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


class Analysis(NamedTuple):
    """The parts of an answer: rows, narrative, chart, period compared with, notes."""

    rows: list[Row]
    narrative: list[str]
    picture: Picture | None = None
    other: Period | None = None
    notes: tuple[str, ...] = ()


def _explain_change(numbers: Numbers) -> Analysis:
    rows, other = explain(numbers)
    name = numbers.query.metrics[0]
    unit, locale = metric(name).unit, numbers.locale
    if not rows:
        return Analysis(
            rows, [locale.say("{what} não tem dados nos dois períodos.", what=locale.metric(name))], other=other
        )
    first = rows[0]["dimension"]
    parts = [row for row in rows if row["dimension"] == first]
    whole = sum(row["contribution"] for row in parts)
    words = {
        d: value_labels(numbers.lake, d, [r["group"] for r in rows if r["dimension"] == d])
        for d in {r["dimension"] for r in rows}
    }
    for row in rows:
        row["label"] = words[row["dimension"]].get(str(row["group"]), locale.say(UNKNOWN))
    figures = GroundedFigures(rows, [whole], locale)
    values = {"what": locale.metric(name), "size": figures.magnitude(whole, unit), "before": locale.period(other)}
    out = [locale.say(_changed(whole, numbers.query.presumed), **values, now=locale.period(numbers.period))]
    for dimension in dict.fromkeys(row["dimension"] for row in rows):
        top = next(row for row in rows if row["dimension"] == dimension)
        if top["contribution"] and top["share"] is not None:
            sign = "+" if top["contribution"] > 0 else "−"
            out.append(
                locale.say(
                    "Por {dimension}, a maior parte veio de {who}: {sign}{size}.",
                    dimension=locale.dimension(dimension).lower(),
                    who=top["label"],
                    sign=sign,
                    size=figures.magnitude(top["contribution"], unit),
                )
            )
    note = locale.say("As partes somam a mudança exatamente; dizem onde ela aconteceu, não a causa.")
    return Analysis(
        rows, out, Picture(kind="waterfall", x="label", values=("contribution",), split=first), other, (note,)
    )


def _changed(whole: float, presumed: str | None) -> str:
    """The sentence of a change; it denies one that the question took for granted and that did not happen."""
    if not whole:
        return STEADY
    if whole > 0:
        return RISEN_INSTEAD if presumed == "drop" else RISEN
    return FALLEN_INSTEAD if presumed == "rise" else FALLEN


def _forecast(numbers: Numbers) -> Analysis:
    if numbers.query.dimensions:
        return _forecast_by_group(numbers)
    rows, found = forecast(numbers)
    name = numbers.query.metrics[0]
    unit, locale = metric(name).unit, numbers.locale
    asked = [row for row in rows if row.get("asked")]
    last, test = asked[-1], found.backtest
    figures = GroundedFigures(rows, [100 * test.wape] if test and test.wape is not None else [], locale)
    values = {
        "what": locale.metric(name),
        "when": locale.month(date.fromisoformat(last["bucket"])),
        "value": figures.figure(last[name], unit),
    }
    if last["low"] is not None and last["high"] is not None:
        low, high = (figures.figure(last[side], unit) for side in ("low", "high"))
        out = [locale.say(BETWEEN, **values, low=low, high=high)]
    else:
        out = [locale.say(SHORT, **values)]
    notes = list(found.notes)
    if test and test.wape is not None:
        out.append(
            locale.say(
                "No passado, as mesmas contas erraram em média {error} do valor.",
                error=figures.figure(100 * test.wape, "percent"),
            )
        )
        notes.append(
            locale.say(
                "Ensaio no passado: {origins} origens; {share}% dos valores caíram dentro do intervalo de 80%.",
                origins=test.origins,
                share=locale.number(100 * test.coverage_80),
            )
        )
    return Analysis(
        rows, out, Picture(kind="line", x="bucket", values=(name,), low="low", high="high"), None, tuple(notes)
    )


def _forecast_by_group(numbers: Numbers) -> Analysis:
    rows, short = forecast_groups(numbers)
    (name, *_), dimensions, locale = numbers.query.metrics, numbers.query.dimensions, numbers.locale
    if not rows:
        return Analysis(rows, [locale.say(EMPTY, what=locale.metric(name))])
    when = locale.month(date.fromisoformat(rows[0]["bucket"]))
    out = [first_and_last(numbers, rows, name, labels(numbers.lake, rows, dimensions), when)]
    notes = [locale.say("Cada grupo é projetado por si: as partes não somam a projeção do todo.")]
    if short:
        notes.append(locale.say("Grupos com menos de 12 meses, sem projeção: {short}.", short=locale.number(short)))
    drawn = len(dimensions) == 1 and len(rows) > 1
    picture = Picture(kind="bar", x=dimensions[0], values=(name,), low="low", high="high") if drawn else None
    return Analysis(rows, out, picture, None, tuple(notes))


def _recommend(numbers: Numbers) -> Analysis:
    rows = recommended_actions(numbers)
    locale = numbers.locale
    if not rows:
        return Analysis(rows, [locale.say("A régua não propõe nada para estes clientes hoje.")])
    first = rows[0]
    figures = GroundedFigures(rows, locale=locale)
    out = [
        locale.say(
            "A régua propõe {contacts} contatos para {clients} clientes, com {money} de MRR em jogo.",
            contacts=figures.figure(first["proposed"], "count"),
            clients=figures.figure(first["concerned"], "count"),
            money=figures.figure(first["at_stake"], "brl"),
        ),
        locale.say("Primeiro: {action}, {who}.", action=first["action"].rstrip("."), who=first["name"].rstrip(".")),
    ]
    note = locale.say("Propostas da régua em vigor, das mais urgentes; nada foi enviado.")
    return Analysis(rows, out, None, None, (note,))


def _profile(numbers: Numbers) -> Analysis:
    rows = profile(numbers)
    known, locale = load_dictionary().metrics, numbers.locale
    figures = GroundedFigures(rows, locale=locale)
    for row in rows:
        row["label"] = locale.metric(row["metric"]) if "metric" in row else row["trait"]
    size = rows[0]
    parts = []
    for row in rows[1:]:
        if "metric" in row and row["value"] is not None and row["base"]:
            unit = known[row["metric"]].unit
            parts.append(
                f"{row['label']} {figures.figure(row['value'], unit)} (base {figures.figure(row['base'], unit)})"
            )
    counted = figures.figure(size["value"] or 0, "count")
    out = [locale.say("{clients} clientes ativos: {parts}.", clients=counted, parts="; ".join(parts[1:4]))]
    traits = [row for row in rows if "trait" in row]
    if traits:
        listed = ", ".join(
            f"{row['trait']} ({figures.figure(row['value'], 'share')}; base {figures.figure(row['base'], 'share')})"
            for row in traits[:3]
        )
        out.append(locale.say("O que mais o distingue: {traits}.", traits=listed))
    return Analysis(rows, out)


def _correlate(numbers: Numbers) -> Analysis:
    rows, found = rank_correlation(numbers)
    names = [*numbers.query.metrics, *numbers.query.dimensions][:2]
    known, locale = load_dictionary(), numbers.locale
    labels = [locale.metric(n) if n in known.metrics else locale.dimension(n) for n in names]
    figures = GroundedFigures(rows, found.values(), locale)
    r = found["correlation"]
    apart = found["low"] <= 0 <= found["high"]
    degree = locale.say("forte" if abs(r) >= 0.5 else "moderada" if abs(r) >= 0.3 else "fraca")
    out = [
        locale.say(
            APART if apart else TOGETHER if r > 0 else AGAINST,
            one=labels[0],
            other=labels[1],
            degree=degree,
            r=figures.figure(r, "correlation"),
            low=figures.figure(found["low"], "correlation"),
            high=figures.figure(found["high"], "correlation"),
            clients=figures.figure(found["customers"], "count"),
        )
    ]
    note = locale.say(NO_CAUSE)
    return Analysis(rows, out, Picture(kind="bar", x="fifth", values=(names[1],)), None, (note,))


def _backtest_alert(numbers: Numbers) -> Analysis:
    rows = backtest(numbers)
    name = numbers.query.metrics[0]
    fired = [row for row in rows if row["fired"]]
    months = len({row["bucket"] for row in rows})
    locale = numbers.locale
    figures = GroundedFigures(rows, [len(fired), months], locale)
    values = {"months": figures.figure(months, "count"), "times": figures.figure(len(fired), "count")}
    lacking_history = lacks_history(name)
    if lacking_history:
        once, often, note = ONCE_LOADED, OFTEN_LOADED, locale.say(LOADED)
    else:
        once, often, note = ONCE, OFTEN, locale.say(TRIED)
    out = [locale.say(once if len(fired) == 1 else often, **values)]
    if fired:
        out.append(locale.say("A última, em {when}.", when=locale.month(date.fromisoformat(fired[-1]["bucket"]))))
    group = numbers.query.dimensions[0] if numbers.query.dimensions else None
    return Analysis(rows, out, Picture(kind="line", x="bucket", values=(name,), group=group), None, (note,))


ANALYSES: dict[str, Callable[[Numbers], Analysis]] = {
    "explain": _explain_change,
    "forecast": _forecast,
    "actions": _recommend,
    "profile": _profile,
    "relationship": _correlate,
    "alert": _backtest_alert,
}
